"""Plans in the read-only admin."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from scamps.models import Content, Scamp, Seat, Transition, Version


@admin.register(Scamp)
class ScampAdmin(ReadOnlyAdmin):
    list_display = ("title", "key", "created_at")
    search_fields = ("key", "title")


@admin.register(Content)
class ContentAdmin(ReadOnlyAdmin):
    list_display = ("digest", "recorded_at")
    search_fields = ("digest",)
    exclude = ("document",)


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("scamp", "number", "content_id", "created_at", "created_by")
    list_filter = ("scamp",)
    list_select_related = ("scamp", "created_by")


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    list_display = ("version", "to", "by", "at", "reason")
    list_filter = ("to",)
    list_select_related = ("version__scamp", "by")


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "scamp", "is_chair", "starts_on", "ends_on")
    list_filter = ("role", "scamp")
    list_select_related = ("user", "role", "scamp")
