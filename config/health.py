"""Is this process able to serve? Asked by the container engine and the proxy."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

PATIENCE_SECONDS = 2


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    ) as client:
        client.ping()


CHECKS: dict[str, Callable[[], None]] = {"database": _ask_database, "redis": _ask_redis}


@login_not_required
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database and Redis answer, else 503; never says why."""
    state = {name: _state(check) for name, check in CHECKS.items()}
    healthy = all(value == "ok" for value in state.values())
    return JsonResponse(state, status=200 if healthy else 503)


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except (DatabaseError, redis.RedisError):
        return "down"
    return "ok"
