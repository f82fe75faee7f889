"""Several programs run together in the foreground, their output side by side.

They are restarted when they die, and all end with this process: on Ctrl-C, on a
signal, when the `make` that started it goes away, or (Linux) when it is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

import psutil

from config.embedded.processes import die_with_parent, wait_until

STOP_PATIENCE = 8.0
POLL = 0.2
ONE_ACT = 0.3
MAX_DEATHS, DEATHS_WITHIN = 5, 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WRITING = threading.Lock()


class KeepsEnding(Exception):
    """A program ends as often as it is started."""


@dataclass
class Program:
    """One program to run: its name, its command, the descriptors it inherits."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    popen: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_DEATHS))

    def start(self) -> None:
        """Start it in a session of its own: only we receive the terminal's Ctrl-C."""
        self.popen = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.pass_fds,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        threading.Thread(target=self._relay, args=[self.popen], daemon=True).start()

    def _relay(self, popen: subprocess.Popen[bytes]) -> None:
        for line in popen.stdout or ():
            text = line.decode(errors="replace").rstrip("\n")
            with WRITING:
                sys.stdout.write(f"{self.name:>6} | {text}\n")
                sys.stdout.flush()

    def revive(self) -> None:
        """Start it again if it ended. Raises: KeepsEnding: that did not help."""
        if self.popen is None or self.popen.poll() is None:
            return
        self.kill()
        self.deaths.append(time.monotonic())
        if (
            len(self.deaths) == MAX_DEATHS
            and self.deaths[-1] - self.deaths[0] < DEATHS_WITHIN
        ):
            raise KeepsEnding(f"{self.name} keeps ending: see its lines above")
        self.start()

    def ask_to_stop(self) -> None:
        if self.popen and self.popen.poll() is None:
            self.popen.terminate()

    @property
    def has_ended(self) -> bool:
        return self.popen is None or self.popen.poll() is not None

    def kill(self) -> None:
        """End what is left of it, the processes it started included."""
        if self.popen is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


class Stop:
    """Whether we were asked to stop; asked again, we no longer wait for the rest."""

    def __init__(self) -> None:
        self.times = 0
        self.last = 0.0
        self.interrupts = False
        self.parent = os.getppid()
        self.made = _name(self.parent) in {"make", "gmake"}
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        # One act may come twice: `make` passes on a SIGTERM that the group had too.
        if time.monotonic() - self.last > ONE_ACT:
            self.times += 1
        self.last = time.monotonic()
        if self.interrupts:
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within, a signal raises KeyboardInterrupt instead of being noted."""
        self.interrupts = True
        try:
            yield
        finally:
            self.interrupts = False

    @property
    def is_asked(self) -> bool:
        return self.times > 0 or (self.made and self._make_is_leaving())

    def _make_is_leaving(self) -> bool:
        """Is `make` gone, or waiting for us to end?

        Ctrl-C reaches us too. But a SIGINT or SIGHUP sent to make alone is not passed
        on: make blocks that signal while it waits for its child, which shows (Linux).
        """
        return os.getppid() != self.parent or _blocks_interrupt(self.parent)


def _name(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.NoSuchProcess:
        return ""


def _blocks_interrupt(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/status") as file:
            blocked = next(line for line in file if line.startswith("SigBlk:"))
    except (OSError, StopIteration):
        return False
    bits = sum(1 << (number - 1) for number in (signal.SIGINT, signal.SIGHUP))
    return bool(int(blocked.split()[1], 16) & bits)


def run_together(
    programs: Sequence[Program], stop: Stop, chores: Sequence[Callable[[], None]]
) -> None:
    """Run *programs* until *stop* is asked, doing the *chores* some times a second.

    Raises: KeepsEnding: a program cannot be kept running.
    """
    try:
        for program in programs:
            program.start()
        while not stop.is_asked:
            time.sleep(POLL)
            for chore in chores:
                chore()
            for program in programs:
                program.revive()
    finally:
        _stop(programs, stop)


def _stop(programs: Sequence[Program], stop: Stop) -> None:
    times = stop.times
    for program in programs:
        program.ask_to_stop()
    wait_until(
        lambda: all(program.has_ended for program in programs) or stop.times > times,
        STOP_PATIENCE,
    )
    for program in programs:
        program.kill()
