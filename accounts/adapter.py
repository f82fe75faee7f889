"""How allauth behaves here: nobody signs up; an operator makes the account."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ParkedForm, User
from accounts.permissions import pages_of


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an operator (`manage.py add_user`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """What is kept for the user, or the first page of their top bar."""
        if ParkedForm.objects.waiting_for(request.user, timezone.now()).exists():
            return reverse("kept_forms")
        first, *_ = pages_of(request.user)
        return reverse(settings.NAVIGATION[first][1])


def password_link(user: User) -> str:
    """The path at which *user*, once, chooses a password."""
    kwargs = {
        "uidb36": user_pk_to_url_str(user),
        "key": default_token_generator.make_token(user),
    }
    return reverse("account_reset_password_from_key", kwargs=kwargs)
