"""What every request needs: roles asked once, sessions that end, private pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

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
