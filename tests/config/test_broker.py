"""Redis may be lost at any time: the worker waits, and goes on."""

import os
import signal

import pytest
from celery import Celery
from kombu import pools

from config.addresses import celery_address
from config.embedded import redis
from config.embedded.client import lease
from config.embedded.home import Home
from config.embedded.processes import Process, wait_until
from tests.conftest import celery_worker


@pytest.fixture
def home(tmp_path):
    """Servers of this test's own, for it kills Redis."""
    home = Home(tmp_path / "home")
    home.allow("fsync=off")
    claim = lease(home)
    yield home
    claim.release(wait=True)


def redis_of(home: Home) -> Process:
    lines = dict(line.split(" ") for line in home.started.read_text().splitlines())
    return Process.parse(lines["redis"])


def answers(home: Home) -> bool:
    pools.reset()  # connections to a Redis that is gone
    address = celery_address(home.redis_url())
    # A connection of its own: a pool of another app closes those of this process's app.
    with (
        Celery(broker=address, set_as_current=False) as app,
        app.connection_for_write() as connection,
    ):
        replies = app.control.ping(timeout=2, connection=connection)
    return [list(reply.values()) for reply in replies] == [[{"ok": "pong"}]]


@pytest.mark.worker
def test_a_worker_goes_on_after_redis_came_back_empty(
    home, server_environment, tmp_path
):
    environment = server_environment | {"REDIS_URL": home.redis_url()}
    with celery_worker(environment, tmp_path / "worker.log") as worker:
        assert wait_until(lambda: answers(home), 20)
        before = redis_of(home)

        os.kill(before.pid, signal.SIGKILL)
        assert wait_until(lambda: redis_of(home) != before, 20)
        assert wait_until(lambda: redis.answers(home), 20)

        assert wait_until(lambda: answers(home), 60)
        assert worker.poll() is None
