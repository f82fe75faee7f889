"""One Redis address, as each library spells it."""

from urllib.parse import parse_qs, urlsplit


def celery_address(redis_url: str) -> str:
    """Spell *redis_url* the way Celery does, which has its own words for a socket.

    >>> celery_address("rediss://cache:6379/1")
    'rediss://cache:6379/1'
    >>> celery_address("unix:///tmp/redis.sock?db=3")
    'redis+socket:///tmp/redis.sock?virtual_host=3'
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
