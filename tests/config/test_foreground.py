"""Programs in the foreground: revived, given up, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from config.embedded.processes import Process, wait_until

PATIENCE = 20
TOGETHER = """
import sys
from config.foreground import KeepsEnding, Program, Stop, run_together
names, code = sys.argv[1].split(","), sys.argv[2]
programs = [Program(name, [sys.executable, "-c", code]) for name in names]
try:
    run_together(programs, Stop(), [])
except KeepsEnding as error:
    print(error)
"""
SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(['sleep', '600'])
print('up', flush=True)
time.sleep(600)
"""
ENDS = "print('I end')"


def start(folder: Path, names: str, code: str) -> subprocess.Popen:
    """`make`, running a supervisor of the programs *names*, each of which is *code*."""
    (folder / "together.py").write_text(TOGETHER)
    (folder / "Makefile").write_text(
        'run:\n\t@exec "$$PY" together.py "$$NAMES" "$$CODE"\n'
    )
    return subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=os.environ
        | {
            "PY": sys.executable,
            "PYTHONPATH": str(settings.BASE_DIR),
            "PYTHONUNBUFFERED": "1",
            "NAMES": names,
            "CODE": code,
        },
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=listen,
    )


def listen() -> None:
    """Hear SIGHUP, even where whoever runs the tests has it ignored (nohup)."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str, str], subprocess.Popen]]:
    started = []

    def run(names: str, code: str) -> subprocess.Popen:
        started.append(start(tmp_path, names, code))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()


def await_up(process: subprocess.Popen, times: int) -> list[Process]:
    """Read *times* lines. Returns: all that make started."""
    for _ in range(times):
        assert process.stdout.readline().endswith("| up\n")
    return everything(process)


def everything(process: subprocess.Popen) -> list[Process]:
    children = psutil.Process(process.pid).children(recursive=True)
    return [Process.of(child.pid) for child in children]


def supervisor(process: subprocess.Popen) -> psutil.Process:
    return psutil.Process(process.pid).children()[0]


WAYS_TO_END = {
    "ctrl-c": lambda make: os.killpg(make.pid, signal.SIGINT),
    "SIGINT to make": lambda make: make.send_signal(signal.SIGINT),
    "SIGTERM to make": lambda make: make.send_signal(signal.SIGTERM),
    "SIGHUP to make": lambda make: make.send_signal(signal.SIGHUP),
    "SIGKILL to make": lambda make: make.send_signal(signal.SIGKILL),
    "SIGKILL to the supervisor": lambda make: supervisor(make).kill(),
}


@pytest.mark.parametrize("end", WAYS_TO_END.values(), ids=WAYS_TO_END.keys())
def test_however_it_ends_nothing_is_left(make, end):
    process = make("one,two", SLEEPS)
    processes = await_up(process, times=2)

    end(process)

    assert len(processes) == 3
    assert wait_until(lambda: not any(one.is_alive for one in processes), PATIENCE)


def test_what_does_not_listen_is_killed_with_its_children(make):
    process = make("deaf", STUBBORN)
    processes = await_up(process, times=1)

    os.killpg(process.pid, signal.SIGINT)

    assert len(processes) == 3
    assert wait_until(lambda: not any(one.is_alive for one in processes), PATIENCE)


def test_a_second_ctrl_c_does_not_wait(make):
    process = make("deaf", STUBBORN)
    processes = await_up(process, times=1)

    os.killpg(process.pid, signal.SIGINT)
    assert not wait_until(lambda: not any(one.is_alive for one in processes), 1)
    os.killpg(process.pid, signal.SIGINT)

    assert wait_until(lambda: not any(one.is_alive for one in processes), 2)


def test_a_program_that_dies_is_started_again(make):
    process = make("one", SLEEPS)
    _, program = await_up(process, times=1)

    os.kill(program.pid, signal.SIGKILL)

    assert program not in await_up(process, times=1)


def test_a_program_that_keeps_ending_is_given_up(make):
    process = make("short", ENDS)

    lines = process.stdout.read().splitlines()

    assert " short | I end" in lines
    assert lines[-1] == "short keeps ending: see its lines above"
