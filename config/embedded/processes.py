"""Processes told apart by id and start time, for ids are used again."""

import contextlib
import ctypes
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Process:
    """One process, for as long as it lives.

    started: hundredths of a second since 1970, as the kernel counts them.
    """

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Raises: psutil.NoSuchProcess: there is none."""
        return cls(pid, round(psutil.Process(pid).create_time() * 100))

    @classmethod
    def parse(cls, text: str) -> "Process":
        """Read what `str` wrote. Raises: ValueError: it is something else."""
        pid, started = text.split("-")
        return cls(int(pid), int(started))

    def __str__(self) -> str:
        return f"{self.pid}-{self.started}"

    @property
    def is_alive(self) -> bool:
        """Running, and not another process that was given the same id."""
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.pid)
            # The start time is derived from the clock, which may have been set since.
            same = abs(found.create_time() * 100 - self.started) < 200
            return bool(same and found.status() != psutil.STATUS_ZOMBIE)
        return False

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(self.pid).send_signal(number)


def stop(process: Process, signals: Iterable[signal.Signals], patience: float) -> bool:
    """Send *signals* in turn, waiting *patience* seconds after each, until it ends."""
    for number in signals:
        if not process.is_alive:
            return True
        process.send(number)
        if wait_until(lambda: not process.is_alive, patience):
            return True
    return not process.is_alive


def wait_until(
    condition: Callable[[], bool], patience: float, pause: float = 0.02
) -> bool:
    """Ask *condition* again and again, for *patience* seconds; say if it came true."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def die_with_parent(number: signal.Signals) -> Callable[[], object] | None:
    """A `preexec_fn` that has the kernel send *number* when the parent dies (Linux).

    Elsewhere it does nothing; the next supervisor then cleans up.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(number))
