"""What every request needs: roles asked once, sessions that end, private pages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.actions import parking
from accounts.models import ParkedForm

Handler = Callable[[HttpRequest], HttpResponse]

TOUCH_SECONDS = 60
"""A session in use is written at most this often, so that reading stays cheap."""


def remember_roles(get_response: Handler) -> Handler:
    """Ask for the memberships of `request.user` once per request, not once per check.

    A user object made anywhere else always asks the database.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.user._remembers_roles = True
        return get_response(request)

    return middleware


def end_idle_sessions(get_response: Handler) -> Handler:
    """Sign out after idle minutes, and after hours however busy (shared wards).

    Idle time is the session's own age, started anew by a request at most once a
    minute; a request with the header `X-Background` (polling) does not start it anew.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            began = request.session.setdefault("began", now)
            is_stale = now - request.session.get("used", 0) >= TOUCH_SECONDS
            if now - began > settings.SESSION_LONGEST_HOURS * 3600:
                logout(request)
            elif is_stale and "X-Background" not in request.headers:
                request.session["used"] = now
        return get_response(request)

    return middleware


def keep_pages_private(get_response: Handler) -> Handler:
    """No browser or proxy keeps a page of a signed-in user."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def keep_late_forms(get_response: Handler) -> Handler:
    """Keep a form that arrives when its author is signed out, and ask to sign in.

    It stands before `LoginRequiredMiddleware`, which would drop the form. A kept form
    that was sent again, and taken, is kept no longer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and request.user.is_authenticated:
            _forget_if_taken(request, response)
        return response

    def process_view(request: HttpRequest, view: Handler, *_: object) -> object:
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        parked = park_form(request)
        if parked is None:
            return None
        onward = QueryDict(mutable=True)
        onward["next"] = parked.get_absolute_url()
        return redirect(f"{reverse(settings.LOGIN_URL)}?{onward.urlencode(safe='/')}")

    middleware.process_view = process_view
    return middleware


def park_form(request: HttpRequest) -> ParkedForm | None:
    """Keep a form that a person sent, if it says whose it is; never a password."""
    is_a_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    match = request.resolver_match
    if request.method != "POST" or "HX-Request" in request.headers or not is_a_page:
        return None
    if match is None or match.route.startswith("accounts/"):
        return None
    author = parking.author_of(request.POST.get(parking.AUTHOR, ""))
    if author is None:
        return None
    fields = [(n, value) for n, values in request.POST.lists() for value in values]
    return parking.park(
        author=author,
        path=request.get_full_path(),
        fields=fields,
        files=bool(request.FILES),
        at=timezone.now(),
    )


def _forget_if_taken(request: HttpRequest, response: HttpResponse) -> None:
    key = request.POST.get("kept", "")
    try:
        key = UUID(key)
    except ValueError:
        return
    if response.status_code in (302, 303):
        parking.discard(key=key, by=request.user)
