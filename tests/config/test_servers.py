"""The real servers that the other tests stand on."""

import redis
from django.contrib.auth import get_user_model
from django.db import connection


def test_the_database_is_postgresql_18(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")

        assert cursor.fetchone()[0].startswith("18")
        assert get_user_model().objects.count() == 0


def test_redis_answers_and_starts_empty(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("key", "value")
        assert client.get("key") == b"value"


def test_a_real_worker_runs_a_task(celery_worker_process):
    from config.celery import app

    answers = app.control.ping(timeout=5)

    assert [list(answer.values()) for answer in answers] == [[{"ok": "pong"}]]


def test_health_is_open_and_asks_both_servers(live_server, client, redis_url):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "redis": "ok"}


def test_a_real_browser_opens_a_page(page, live_server):
    response = page.goto(f"{live_server.url}/healthz")

    assert response.status == 200
    assert "database" in page.content()
