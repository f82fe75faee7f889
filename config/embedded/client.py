"""What a program that needs the servers calls: hold a lease while using them."""

import contextlib
import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass

from config.embedded.home import PROJECT, Home
from config.embedded.leases import live_leases
from config.embedded.processes import Process, wait_until

PATIENCE = 90.0


class EmbeddedError(Exception):
    """The embedded servers cannot be used; the message says why, in one line."""


@dataclass(frozen=True)
class Lease:
    """This process's claim on the servers. It ends with the process at the latest."""

    home: Home
    process: Process

    @property
    def is_served(self) -> bool:
        return self.home.ready.exists() and _is_supervised(self.home)

    def ensure(self) -> None:
        """Have the servers running. Raises: EmbeddedError: they do not start."""
        if not wait_until(self._try, PATIENCE):
            raise EmbeddedError(f"The servers did not start: see {self.home.log}")

    def _try(self) -> bool:
        if not self.is_served and not _is_supervised(self.home):
            _start_supervisor(self.home)
        return self.is_served

    def release(self, *, wait: bool = False) -> None:
        """Give the claim up; with *wait*, return when nothing is left to wait for."""
        (self.home.leases / str(self.process)).unlink(missing_ok=True)
        if wait:
            wait_until(self._is_settled, PATIENCE)

    def _is_settled(self) -> bool:
        return not _is_supervised(self.home) or bool(live_leases(self.home))


def lease(home: Home) -> Lease:
    """Claim the servers of *home* for this process, and have them running.

    Raises: EmbeddedError: they are not allowed there, or do not start.
    """
    if not home.is_allowed:
        raise EmbeddedError(f"No embedded servers in {home.path}: run `make setup`")
    claim = Lease(home, Process.of(os.getpid()))
    try:
        home.leases.mkdir(exist_ok=True)
        (home.leases / str(claim.process)).touch()
        claim.ensure()
    except OSError as error:
        raise EmbeddedError(f"Cannot use {home.path}: {error}") from error
    except EmbeddedError:
        claim.release()
        raise
    return claim


def _is_supervised(home: Home) -> bool:
    """Does a supervisor hold the lock?"""
    with contextlib.suppress(FileNotFoundError), home.lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _start_supervisor(home: Home) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "config.embedded", "start", os.fspath(home.path)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise EmbeddedError(result.stderr.strip().rpartition("\n")[2])
