"""`make run`: from nothing to an address, and from there to nothing."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from config.embedded.home import Home
from config.embedded.processes import Process, wait_until

pytestmark = pytest.mark.xdist_group("make run")
FIRST_START, STOPPING = 180, 30


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One home for all of these tests: only the first start makes its data."""
    return Home(tmp_path_factory.mktemp("trial") / "a home")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command_of(process: psutil.Process) -> list[str]:
    """The command of *process*; nothing if it has just ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def still_there(pid: int) -> Process | None:
    """The process; None if it has ended since it was listed, as backends do."""
    try:
        return Process.of(pid)
    except psutil.NoSuchProcess:
        return None


class Running:
    """A `make run`, its output so far, and everything that it started."""

    def __init__(self, home: Home) -> None:
        self.home, self.port = home, free_port()
        environment = os.environ | {"SCAMPS_HOME": str(home.path)}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.make = subprocess.Popen(
            ["make", "run", f"PORT={self.port}"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        self.lines.extend(iter(self.make.stdout.readline, ""))

    def await_line(self, pattern: str, patience: float = FIRST_START) -> None:
        def seen() -> bool:
            return any(re.search(pattern, line) for line in list(self.lines))

        assert wait_until(seen, patience), "".join(self.lines)

    def await_ready(self) -> None:
        self.await_line(r"Ready after \d+ seconds: http://127\.0\.0\.1:")

    def get(self, path: str) -> int:
        web = HTTPConnection("127.0.0.1", self.port, timeout=10)
        web.request("GET", path, headers={"Host": "localhost"})
        status = web.getresponse().status
        web.close()
        return status

    def supervisor(self) -> psutil.Process:
        """The `manage.py run` process."""
        return psutil.Process(self.make.pid).children()[0]

    def program(self, name: str) -> psutil.Process | None:
        """The program with the word *name* in its command, if it runs."""
        children = self.supervisor().children()
        return next((one for one in children if name in command_of(one)), None)

    def everything(self) -> list[Process]:
        """All processes of this run, the embedded servers among them."""
        found = psutil.Process(self.make.pid).children(recursive=True)
        for line in self.home.started.read_text().splitlines():
            server = psutil.Process(Process.parse(line.split(" ")[1]).pid)
            found += [server, *server.children(recursive=True)]
        return list(filter(None, (still_there(process.pid) for process in found)))

    def end(self) -> None:
        """End it whatever state it is in."""
        if self.make.poll() is None:
            os.killpg(self.make.pid, signal.SIGTERM)
        self.make.wait(STOPPING)
        self.reader.join(STOPPING)
        self.make.stdout.close()


@pytest.fixture
def run(home: Home) -> Iterator[Running]:
    running = Running(home)
    yield running
    running.end()


def assert_nothing_is_left(run: Running, processes: list[Process]) -> None:
    assert processes
    gone = wait_until(lambda: not any(one.is_alive for one in processes), STOPPING)
    assert gone, [one for one in processes if one.is_alive]
    assert wait_until(lambda: not run.home.run.exists(), 5)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", run.port))


def press_ctrl_c(run: Running) -> None:
    """In a terminal, everybody in the foreground gets it."""
    os.killpg(run.make.pid, signal.SIGINT)


def kill_the_supervisor(run: Running) -> None:
    run.supervisor().kill()


@pytest.mark.parametrize("end", [press_ctrl_c, kill_the_supervisor])
def test_it_serves_and_then_leaves_nothing_running(run, end):
    run.await_ready()
    processes = run.everything()

    assert run.get("/healthz") == 200
    assert any("Demo users:" in line for line in run.lines)
    end(run)

    assert_nothing_is_left(run, processes)


def test_ctrl_c_while_it_prepares_leaves_nothing_running(run):
    run.await_line("Preparing plans")
    processes = run.everything()

    press_ctrl_c(run)

    assert_nothing_is_left(run, processes)


def test_a_killed_worker_is_replaced_and_a_killed_postgresql_too(run):
    run.await_ready()
    worker = run.program("worker")
    worker.kill()

    assert wait_until(lambda: run.program("worker") not in {None, worker}, 20)
    (embedded,) = {
        psutil.Process(Process.parse(line.split(" ")[1]).pid).ppid()
        for line in run.home.started.read_text().splitlines()
    }
    psutil.Process(embedded).kill()
    time.sleep(1)
    assert wait_until(lambda: run.get("/healthz") == 200, 30, pause=0.5)


def test_a_port_in_use_is_one_clear_line(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        result = start_in_vain(home.path, f"PORT={port}")

    assert result.returncode != 0
    assert f"Port {port} is in use: choose another, such as" in result.stderr


def test_a_missing_cohort_is_one_clear_line(home):
    result = start_in_vain(home.path, "COHORT=no such file.csv")

    assert result.returncode != 0
    assert "COHORT=no such file.csv: there is no such file" in result.stderr


def test_a_home_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").touch()

    result = start_in_vain(tmp_path / "file" / "home")

    assert result.returncode != 0
    assert str(tmp_path / "file" / "home") in result.stderr
    assert "Traceback" not in result.stderr


def start_in_vain(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["make", "run", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"SCAMPS_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
