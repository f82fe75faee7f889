"""How allauth behaves here: nobody signs up; an operator makes the account."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an operator (`manage.py add_user`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
