"""What was sent too late, shown to its author; and the page of a failed CSRF check."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actions import parking
from accounts.actions.parking import Kept
from accounts.middleware import park_form
from accounts.models import ParkedForm


def kept_forms(request: HttpRequest) -> HttpResponse:
    """List what is kept for the user."""
    waiting = ParkedForm.objects.waiting_for(request.user, timezone.now())
    kept = [form for parked in waiting if (form := parking.opened(parked))]
    rows = [{"kept": form, "about": _about(request, form)} for form in kept]
    return render(request, "accounts/kept_forms.html", {"rows": rows})


def kept_form(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one kept form, to be sent through the page it was meant for; POST: drop it."""
    waiting = ParkedForm.objects.waiting_for(request.user, timezone.now())
    kept = parking.opened(get_object_or_404(waiting, key=key))
    if kept is None:
        raise Http404
    if request.method == "POST":
        parking.discard(key=key, by=request.user)
        return redirect("kept_forms")
    context = {
        "kept": kept,
        "about": _about(request, kept),
        "shown": [(n, v) for n, v in kept.fields if v and n not in TECHNICAL],
        "hours": settings.KEPT_HOURS,
    }
    return render(request, "accounts/kept_form.html", context)


TECHNICAL = {"edit", "patient", "page", "turn", "submission", "revision", "then"}


def _about(request: HttpRequest, kept: Kept) -> str:
    """Whom and what *kept* is about, in words that an upper app finds."""
    try:
        match = resolve(kept.path.partition("?")[0])
    except Resolver404:
        return ""
    return import_string(settings.KEPT_SUBJECT)(request, match)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse the form, and keep it for its author.

    The usual cause is a new sign-in in another tab, which makes older pages stale.
    """
    parked = park_form(request)
    is_author = parked is not None and parked.user_id == request.user.pk
    context = {"parked": parked, "is_author": is_author, "hours": settings.KEPT_HOURS}
    return render(request, "403_csrf.html", context, status=403)
