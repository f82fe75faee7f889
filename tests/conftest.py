"""What every test may ask for: real servers, a real worker, a real browser.

- `db`, `transactional_db`, `live_server`: pytest-django's, on the embedded PostgreSQL;
- `redis_url`: an empty database of the embedded Redis, this worker's own;
- `server_environment`: the environment of a process that joins the test's servers;
- `celery_worker_process`: a real worker on them (needs committed rows);
- `page`, `context`, `browser`: pytest-playwright's, on the system's Chromium;
- `real_cohort`: the published appendicitis cohort, where it lies beside the project.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from config.embedded.client import lease
from config.embedded.home import Home
from tests.traffic import wait_for_silence

# Playwright runs an event loop in the test's thread; Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The headless shell is the same engine without the window around it: twice as fast.
CHROMIUM = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
)
BROWSER_FIXTURES = {"browser", "context", "page", "new_context"}
WORKER_PATIENCE = 60.0
PATIENCE = 20  # seconds that a session has to end
END_OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or a worker; skip the first where there is none."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & BROWSER_FIXTURES:
            item.add_marker("browser")
        if "celery_worker_process" in fixtures:
            item.add_marker("worker")
        if item.get_closest_marker("browser") and not CHROMIUM and not _is_ci():
            item.add_marker(pytest.mark.skip("no Chromium: `apt-get install chromium`"))


def _is_ci() -> bool:
    """In CI an absent Chromium is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[Home]:
    """PostgreSQL and Redis, shared by the parallel workers of this clone."""
    claim = lease(settings.HOME)
    yield claim.home
    claim.release()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, embedded_servers: Home
) -> None:
    """Have the servers running before pytest-django creates its database."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """pytest-django's; at the end it takes the database away from whoever lingers.

    A live server answers each browser in a thread of its own, and a browser keeps its
    connection, so the thread's session may outlive the last test by a moment.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS, [1000 * PATIENCE])


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """pytest-django's, emptied only once no request of a live server is under way."""
    yield
    wait_for_silence()


@pytest.fixture
def redis_url(embedded_servers: Home) -> Iterator[str]:
    """The address of an empty Redis database."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield settings.REDIS_URL
        client.flushdb()


@pytest.fixture
def server_environment(transactional_db: None, redis_url: str) -> dict[str, str]:
    """The environment of a production process on the test's database and Redis."""
    database = settings.HOME.database_url(connection.settings_dict["NAME"])
    inherited = dict(os.environ)
    inherited.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
    }


@contextmanager
def celery_worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """A real Celery worker, ready for tasks; its output goes to *log*."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker"]
    options = ["--concurrency=1", "--loglevel=INFO", "--without-gossip"]
    with log.open("w") as output:
        worker = subprocess.Popen(
            [*command, *options, f"--hostname=test-{os.getpid()}@localhost"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_worker(worker, log)
            yield worker
        finally:
            worker.terminate()
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


@pytest.fixture
def celery_worker_process(
    server_environment: dict[str, str], tmp_path: Path
) -> Iterator[subprocess.Popen]:
    """A real Celery worker on the test's database and Redis, ready for tasks.

    Its output is in `tmp_path / "worker.log"`.
    """
    with celery_worker(server_environment, tmp_path / "worker.log") as worker:
        yield worker


def _await_worker(worker: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + WORKER_PATIENCE
    while " ready." not in log.read_text():
        if worker.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The Celery worker did not start:\n{log.read_text()}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The system's Chromium, kept from phoning home."""
    if not CHROMIUM:
        pytest.fail("no Chromium: `apt-get install chromium`")
    flags = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses its sandbox to root
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def real_cohort() -> Path:
    """The file of the 782 real patients. It is read in place, never copied."""
    beside = settings.BASE_DIR.parent / "shared"
    shared = Path(os.environ.get("SCAMPS_SHARED", beside))
    file = shared / "data" / "appendicitis" / "cohort.csv"
    if not file.is_file():
        pytest.skip(f"the real cohort is not at {file}")
    return file
