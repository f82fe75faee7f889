"""What is told after a draft was saved, whoever saved it and how: of its cases."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from scamps.actions.case_names import follow_renames
from scamps.actions.cases import cases_said
from scamps.models import Version


def after_save(request: HttpRequest, version: Version) -> None:
    """Let the cases follow what was renamed, run them, and say how many fail."""
    follow_renames(version=version, by=request.user, at=timezone.now())
    now = Version.objects.with_content().get(pk=version.pk)
    if fails := cases_said(now):
        messages.warning(request, fails)
