"""The one process of a home that starts, watches and stops the embedded servers.

It ends by itself when the last lease is gone. If it is killed, the kernel stops the
servers (Linux), or the next supervisor does.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from config.embedded import postgres, redis
from config.embedded.home import Home
from config.embedded.leases import live_leases
from config.embedded.owner import Owner, owner_of
from config.embedded.processes import Process, stop, wait_until

START_PATIENCE = 60.0
STOP_PATIENCE = 15.0
POLL = 0.2
MAX_RESTARTS = 5


class CannotStart(Exception):
    """A server did not come up; the message says why."""


@dataclass
class Server:
    """A running server and the module that knows how to start it again."""

    kind: ModuleType
    popen: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        return self.kind.__name__.rpartition(".")[2]


@contextlib.contextmanager
def locked(home: Home) -> Iterator[bool]:
    """Hold the home's lock; false if another process holds it."""
    with home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def supervise(home: Home, report: Callable[[], None]) -> None:
    """Run the servers while there are leases; call *report* once they answer.

    Raises: CannotStart, postgres.OtherMajor, OSError: they cannot be run.
    """
    signal.signal(signal.SIGINT, _leave)
    signal.signal(signal.SIGHUP, _leave)
    signal.signal(signal.SIGTERM, _leave)
    clean_up(home)
    owner = owner_of(home.data)
    owner.take(home.run)
    servers: list[Server] = []
    try:
        postgres.prepare(home, owner)
        for kind in (postgres, redis):
            servers.append(start(kind, home, owner))
            remember(home, servers)
        for server in servers:
            await_answer(server, home)
        postgres.create_database(home)
        home.ready.touch()
        report()
        watch(home, owner, servers)
    finally:
        home.ready.unlink(missing_ok=True)
        stop_all(servers)
        home.started.unlink(missing_ok=True)
        shutil.rmtree(home.run, ignore_errors=True)


def start(kind: ModuleType, home: Home, owner: Owner) -> Server:
    return Server(kind, kind.start(home, owner))


def await_answer(server: Server, home: Home) -> None:
    """Wait until *server* answers. Raises: CannotStart: it ended, or never did."""

    def settled() -> bool:
        return server.kind.answers(home) or server.popen.poll() is not None

    if not wait_until(settled, START_PATIENCE) or server.popen.poll() is not None:
        raise CannotStart(f"{server.name} did not start: see {home.log}")


def remember(home: Home, servers: list[Server]) -> None:
    """Note which processes were started."""
    lines = [f"{server.name} {Process.of(server.popen.pid)}\n" for server in servers]
    home.started.write_text("".join(lines))


def watch(home: Home, owner: Owner, servers: list[Server]) -> None:
    """Return when nobody needs the servers; restart a server that died."""
    restarts = 0
    while True:
        time.sleep(POLL)
        for server in servers:
            if server.popen.poll() is not None:
                restarts += 1
                if restarts > MAX_RESTARTS:
                    raise CannotStart(f"{server.name} keeps ending: see {home.log}")
                server.popen = server.kind.start(home, owner)
                remember(home, servers)
        if not live_leases(home) and _nobody_came(home):
            return


def _nobody_came(home: Home) -> bool:
    """Take the sign down, look again; whoever saw the sign had left a lease before."""
    home.ready.unlink(missing_ok=True)
    if live_leases(home):
        home.ready.touch()
        return False
    return True


def clean_up(home: Home) -> None:
    """Stop what a killed supervisor left behind. The caller holds the lock."""
    home.ready.unlink(missing_ok=True)
    signals = {"postgres": postgres.STOP_SIGNALS, "redis": redis.STOP_SIGNALS}
    lines = home.started.read_text().splitlines() if home.started.exists() else []
    for line in lines:
        name, process = line.split(" ")
        if not stop(Process.parse(process), signals[name], STOP_PATIENCE):
            raise CannotStart(f"{name} of an earlier run does not end: {process}")
    # With ours stopped, its process id may by now be anybody's, and would mislead.
    (home.data / "postmaster.pid").unlink(missing_ok=True)


def stop_all(servers: list[Server]) -> None:
    for server in reversed(servers):
        for number in server.kind.STOP_SIGNALS:
            server.popen.send_signal(number)
            try:
                server.popen.wait(STOP_PATIENCE)
                break
            except subprocess.TimeoutExpired:
                continue


def _leave(number: int, frame: object) -> None:
    sys.exit(0)


def detach(home: Home) -> int:
    """Become the supervisor in the background; return in the foreground when ready.

    Returns: the exit code of the foreground process; a failure is on standard error.
    """
    read, write = os.pipe()
    if os.fork():
        os.close(write)
        with os.fdopen(read) as pipe:
            message = pipe.read()
        if message == "ready":
            return 0
        print(message or f"The servers did not start: see {home.log}", file=sys.stderr)
        return 1
    os.close(read)
    os._exit(_background(home, write))


def _background(home: Home, write: int) -> int:
    def report(message: str = "ready") -> None:
        os.write(write, message.encode())
        os.close(write)

    os.setsid()
    _redirect_output(home)
    with locked(home) as mine:
        if not mine:  # another one was faster
            report()
            return 0
        try:
            supervise(home, report)
        except (CannotStart, postgres.OtherMajor, OSError) as error:
            report(str(error))
            return 1
        except SystemExit:
            return 0
    return 0


def _redirect_output(home: Home) -> None:
    """Send all output to the log, which starts afresh once it is large."""
    too_large = home.log.exists() and home.log.stat().st_size > 10_000_000
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if too_large else os.O_APPEND)
    log = os.open(home.log, flags, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in [(null, 0), (log, 1), (log, 2)]:
        os.dup2(source, target)
