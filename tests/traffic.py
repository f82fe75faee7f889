"""How many requests are under way in the test's live server."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition

from django.http import HttpRequest, HttpResponse

PATIENCE = 20.0
_changed = Condition()
_under_way = 0


def count_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that counts each request while it is answered."""

    def counted(request: HttpRequest) -> HttpResponse:
        _add(1)
        try:
            return get_response(request)
        finally:
            _add(-1)

    return counted


def _add(number: int) -> None:
    global _under_way
    with _changed:
        _under_way += number
        _changed.notify_all()


def wait_for_silence() -> None:
    """Return once nothing is under way; after PATIENCE seconds, whatever is."""
    until = time.monotonic() + PATIENCE
    with _changed:
        while _under_way and (left := until - time.monotonic()) > 0:
            _changed.wait(left)
