"""What was posted of an encounter's form, read into stored answers.

A choice is one radio group `a.KEY`, whose missing codes begin with "?", so that a value
and "not known" exclude each other without a script. What is typed comes as `a.KEY`
with its own group `m.KEY`, its unit as `u.KEY`, the day a pending result is due as
`w.KEY`; `c.KEY` confirms an answer that was taken from an earlier visit (see taking.py,
where `f.KEY` is). An element that was not posted keeps its answer. What cannot be read is kept
as it was typed, flagged, and never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from carepaths.core.answers import REFUSED
from carepaths.core.entry import missing, read_entry
from carepaths.core.previous import awaits_confirming, confirmed
from carepaths.core.said import BOTH, MISSING, sentence, typed_text
from scamps.core.definition import Element
from scamps.core.definition.entry_units import entry_unit
from scamps.core.say.units import unit_words

LONGEST = 4000


@dataclass
class Reading:
    """Answers to store; of those that could not be read, why (`errors`), by key."""

    answers: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def errors_since(self, stored: Mapping[str, Any]) -> dict[str, str]:
        """The errors in what differs from the *stored* answers."""
        return {
            key: problem
            for key, problem in self.errors.items()
            if self.answers.get(key) != stored.get(key)
        }


def read_sheet(
    elements: Iterable[Element], posted: Mapping[str, str], stored: Mapping[str, Any]
) -> Reading:
    """Read *posted* over the *stored* answers of *elements*."""
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
    if typed and code in MISSING and _stands_alone(code, reading.answers.get(key)):
        code = ""  # the code was there before; the value is what was typed since
    if typed and code in MISSING:
        stored = {"value": None, "missing": code, "typed": typed, "flags": [REFUSED]}
        _refuse(key, stored, BOTH.format(MISSING[code].lower()), reading)
    elif code in MISSING:
        reading.answers[key] = _missing(code, posted.get(f"w.{key}", ""))
    elif not typed:
        _clear(element, reading)
    elif not _is_as_taken(element, typed, posted, reading):
        _read_value(element, typed, posted.get(f"u.{key}"), reading)


def _is_as_taken(
    element: Element, typed: str, posted: Mapping[str, str], reading: Reading
) -> bool:
    """Whether it is the answer of an earlier visit, taken before, and not changed."""
    key = element.key
    stored = reading.answers.get(key, {})
    if not stored.get("from") or typed_text(element, stored) != typed:
        return False
    if posted.get(f"u.{key}", element.unit) != element.unit:
        return False
    if awaits_confirming(stored) and posted.get(f"c.{key}"):
        reading.answers[key] = confirmed(element, stored)
    return True


def _stands_alone(code: str, stored: Mapping[str, Any] | None) -> bool:
    return bool(stored) and stored == _missing(code, stored.get("due_on") or "")


def _missing(code: str, due: str) -> dict[str, Any]:
    """Why there is no value; a pending one may say on which day it is due."""
    stored = missing(code).stored
    try:
        day = date.fromisoformat(due).isoformat() if code == "pending" else ""
    except ValueError:
        day = ""
    return stored | ({"due_on": day} if day else {})


def _read_value(
    element: Element, typed: str, unit: str | None, reading: Reading
) -> None:
    unit = unit if unit != element.unit else None
    if unit and entry_unit(element, unit) is None:
        said = f"{unit_words(unit)} is no unit of this item."
        stored = {"value": None, "missing": None, "typed": typed, "flags": [REFUSED]}
        _refuse(element.key, stored, said, reading)
        return
    entry = read_entry(element, typed, unit=unit)
    if REFUSED in entry.flags:
        _refuse(element.key, entry.stored, sentence(entry.problem), reading)
    else:
        reading.answers[element.key] = entry.stored


def _refuse(key: str, stored: dict[str, Any], problem: str, reading: Reading) -> None:
    reading.answers[key], reading.errors[key] = stored, problem


def _clear(element: Element, reading: Reading) -> None:
    """Drop an answer; a date that could not be read is not shown, so it is kept."""
    stored = reading.answers.get(element.key, {})
    if element.type != "date" or REFUSED not in (stored.get("flags") or ()):
        reading.answers.pop(element.key, None)


def _clean(typed: str) -> str:
    """What was typed, less what no database holds and the space around it."""
    return typed.replace("\0", "").strip()[:LONGEST]
