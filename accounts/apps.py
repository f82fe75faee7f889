"""The app, and the admin as this product has it."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class AccountsConfig(AppConfig):
    name = "accounts"


class ReadOnlyAdminConfig(admin_apps.AdminConfig):
    """Django's admin, on the site below."""

    default = False
    default_site = "accounts.apps.ReadOnlySite"


class ReadOnlySite(admin.AdminSite):
    """The admin without a door of its own, and without anything that can be changed."""

    site_header = site_title = "SCAMPs, read-only"
    index_title = "Rows"

    def register(
        self, model_or_iterable: object, admin_class: type | None = None, **more: object
    ) -> None:
        """Register what is read-only; libraries' own registrations are dropped."""
        if getattr(admin_class, "is_read_only", False):
            super().register(model_or_iterable, admin_class, **more)

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """Send to the one sign-in page, where guessing is slowed and MFA holds."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        onward = QueryDict(mutable=True)
        onward["next"] = request.GET.get("next", reverse("admin:index"))
        return redirect(f"{reverse(settings.LOGIN_URL)}?{onward.urlencode(safe='/')}")
