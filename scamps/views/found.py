"""What a page of the workshop is about, found among what the user may see."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from scamps.models import Version


def find_version(request: HttpRequest, key: str, number: int) -> Version:
    visible = Version.objects.visible_to(request.user).with_content()
    return get_object_or_404(visible, scamp__key=key, number=number)


def demand(allowed: bool) -> None:
    """Answer 403 unless *allowed*."""
    if not allowed:
        raise PermissionDenied


def problems_of(form) -> list[tuple[str, str]]:
    """The errors of *form* as pairs of the field's id and the message."""
    found = []
    for name, messages in form.errors.items():
        place = form[name].auto_id if name in form.fields else "main"
        found += [(place, message) for message in messages]
    return found
