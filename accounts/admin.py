"""The admin shows rows and changes none: everything is written by actions."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import AccessEvent, Membership, Site, User


class ReadOnlyAdmin(admin.ModelAdmin):
    """The base of every app's admin: superusers look, nobody changes anything.

    Tables that name patients are not registered: they are read on the pages, where a
    membership opens them and the access trail remembers it.
    """

    is_read_only = True  # what ReadOnlySite asks before it registers
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("username", "name", "is_active", "is_superuser", "last_login")
    search_fields = ("username", "name", "email")
    exclude = ("password",)


@admin.register(Site)
class SiteAdmin(ReadOnlyAdmin):
    list_display = ("name", "key", "time_zone", "is_sandbox")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "site", "starts_on", "ends_on")
    list_filter = ("role", "site")
    list_select_related = ("user", "role", "site")


@admin.register(AccessEvent)
class AccessEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "user", "verb", "subject", "subject_id", "site")
    list_filter = ("verb", "subject")
    list_select_related = ("user", "site")
    search_fields = ("subject_id", "user__username")
    date_hierarchy = "at"
