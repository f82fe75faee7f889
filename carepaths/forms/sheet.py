"""What was posted of an encounter's form, read into stored answers.

A choice is one radio group `a.KEY`, whose missing codes begin with "?", so that a value
and "not known" exclude each other without a script. What is typed comes as `a.KEY`
with its own group `m.KEY`. An element that was not posted keeps its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from carepaths.core.answers import REFUSED
from carepaths.core.entry import missing, read_entry
from carepaths.core.sheet import MISSING
from scamps.core.definition import Element

LONGEST = 4000
BOTH = "There is a value and also “{}”. Keep one of them."


@dataclass
class Reading:
    """Answers to store, and for what could not be read: as typed, and why."""

    answers: dict[str, Any]
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_sheet(
    elements: Iterable[Element], posted: Mapping[str, str], stored: Mapping[str, Any]
) -> Reading:
    """Read *posted* over the *stored* answers of *elements*.

    What cannot be read stands in `typed` and `errors`, and gives no answer.
    """
    reading = Reading(dict(stored))
    for element in elements:
        _read_one(element, posted, reading)
    return reading


def _read_one(element: Element, posted: Mapping[str, str], reading: Reading) -> None:
    key = element.key
    if f"a.{key}" not in posted and f"m.{key}" not in posted:
        return
    typed, code = _clean(posted.get(f"a.{key}", "")), posted.get(f"m.{key}", "")
    if typed.startswith("?") and element.type in ("boolean", "choice"):
        typed, code = "", typed[1:]
    if typed and code in MISSING:
        _refuse(key, typed, BOTH.format(MISSING[code].lower()), reading)
    elif code in MISSING:
        reading.answers[key] = missing(code).stored
    elif not typed:
        _clear(key, reading)
    else:
        _read_value(element, typed, posted.get(f"u.{key}"), reading)


def _read_value(
    element: Element, typed: str, unit: str | None, reading: Reading
) -> None:
    entry = read_entry(element, typed, unit=unit)
    if REFUSED in entry.flags:
        _refuse(element.key, typed, entry.problem.capitalize() + ".", reading)
    else:
        reading.answers[element.key] = entry.stored


def _refuse(key: str, typed: str, problem: str, reading: Reading) -> None:
    reading.answers.pop(key, None)
    reading.typed[key], reading.errors[key] = typed, problem


def _clear(key: str, reading: Reading) -> None:
    """Drop an answer; what an import could not use stays readable as it came."""
    if REFUSED not in (reading.answers.get(key, {}).get("flags") or ()):
        reading.answers.pop(key, None)


def _clean(typed: str) -> str:
    """What was typed, less what no database holds and the space around it."""
    return typed.replace("\0", "").strip()[:LONGEST]
