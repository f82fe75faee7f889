"""A proof in a process of its own, whose time and memory are bounded.

The child tells each finding as it comes; whatever ends it, what it told is kept, and
the rest is undecided.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from scamps.core.definition import Plan, canonical
from scamps.core.prove.found import Found, Proof, Undecided, read_patient
from scamps.core.walk import compile_plan

HOME = Path(__file__).resolve().parents[3]
GRACE = 5  # seconds: to start, and to say what is undecided
CUT = "the proof was cut off: {}"


def prove_apart(plan: Plan, *, seconds: float = 60, megabytes: int = 2048) -> Proof:
    """Prove *plan* in another process.

    Args:
        seconds: of the clock, after which it is ended.
        megabytes: of memory that it may take.
    Raises: PlanError: the plan has errors that need no proof.
    """
    compile_plan(plan)
    limits = [str(seconds), str(megabytes)]
    command = [sys.executable, "-m", "scamps.core.prove", *limits]
    try:
        done = subprocess.run(  # noqa: S603  (this very program)
            command,
            input=canonical(plan),
            capture_output=True,
            text=True,
            cwd=HOME,
            timeout=seconds + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return _cut(_read(_text(late.stdout)), f"it took over {seconds:g} seconds")
    proof = _read(done.stdout)
    if done.returncode == 0:
        return proof
    last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
    return _cut(proof, last[0])


def _text(output: str | bytes | None) -> str:
    return output.decode() if isinstance(output, bytes) else output or ""


def _cut(proof: Proof, why: str) -> Proof:
    rest = Undecided("proof", "", CUT.format(why))
    return replace(proof, undecided=(*proof.undecided, rest))


def _read(output: str) -> Proof:
    """What the child told, line by line; a line that was cut off is left out."""
    found: list[Found] = []
    undecided: list[Undecided] = []
    asked = 0
    for line in output.splitlines():
        try:
            told: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            continue
        match told.pop("kind"):
            case "found":
                people = (
                    read_patient(told.pop("patient", None)),
                    read_patient(told.pop("other", None)),
                )
                found.append(Found(**told, patient=people[0], other=people[1]))
            case "undecided":
                undecided.append(Undecided(**told))
            case "asked":
                asked = told["asked"]
    found.sort(key=lambda one: one.level)
    return Proof(tuple(found), tuple(undecided), asked)
