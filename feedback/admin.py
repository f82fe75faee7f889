"""Roll-ups and reports in the read-only admin."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from feedback.models import EnrolmentRollup, Report, Rollup


@admin.register(Rollup)
class RollupAdmin(ReadOnlyAdmin):
    list_display = ("version", "site", "month", "origin", "counted_at")
    list_filter = ("origin", "site")
    list_select_related = ("version__scamp", "site")


@admin.register(EnrolmentRollup)
class EnrolmentRollupAdmin(ReadOnlyAdmin):
    list_display = ("scamp", "site", "month", "episodes", "enrolled", "counted_at")
    list_filter = ("scamp", "site")
    list_select_related = ("scamp", "site")


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("scamp", "cut_off", "software", "by", "at")
    list_filter = ("scamp",)
    list_select_related = ("scamp", "by")
    exclude = ("text",)
