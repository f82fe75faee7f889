"""Patients on plans in the read-only admin: only what names and describes no patient."""

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin
from carepaths.models import Mark, Submission


@admin.register(Mark)
class MarkAdmin(ReadOnlyAdmin):
    list_display = ("pk", "version", "scamp", "site", "month", "origin", "made_at")
    list_select_related = ("version__scamp", "scamp", "site")


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("pk", "user", "purpose", "at")
    list_filter = ("purpose",)
    list_select_related = ("user",)
    exclude = ("result",)
