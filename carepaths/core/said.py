"""Answers and outcomes in words, and as the inputs of a form hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from carepaths.core.answers import REFUSED, UNCONFIRMED
from carepaths.core.entry import number_typed, read_entry
from scamps.core.definition import Element, Outcome, words
from scamps.core.say.units import unit_words

MISSING = {
    "not-known": "Not known",
    "not-done": "Not done",
    "refused": "Refused or unable",
    "pending": "Pending",
}
PLURALS = {"years", "months", "weeks", "days", "hours", "minutes"}
BOTH = "There is a value and also “{}”. Keep one of them."


def typed_text(element: Element, answer: Mapping[str, Any]) -> str:
    """What the input shows: as it was typed if that was in another unit, or unused."""
    unused = {REFUSED, UNCONFIRMED}.intersection(answer.get("flags") or ())
    if unused or answer.get("unit"):
        return number_typed(answer)
    return input_text(element, answer.get("value"))


def refusal(element: Element, answer: Mapping[str, Any]) -> str:
    """Say why a stored answer was not read; empty if it was."""
    if REFUSED not in (answer.get("flags") or ()):
        return ""
    code = answer.get("missing")
    if code in MISSING:
        return BOTH.format(MISSING[code].lower())
    typed = number_typed(answer)
    said = sentence(read_entry(element, typed, unit=answer.get("unit")).problem)
    shown = element.type in ("integer", "decimal", "text")
    return said if shown else f"“{typed}” is not used. {said}".strip()


def sentence(problem: str) -> str:
    """A problem as a sentence: its own, or none."""
    return f"{problem[:1].upper()}{problem[1:]}." if problem else ""


def input_text(element: Element, value: Any) -> str:
    """Return *value* as the input of *element* holds it; empty for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def answer_words(element: Element, answer: Mapping[str, Any]) -> str:
    """Return a stored answer in words: Yes, Local, 38.4 °C, Not done; empty for none.

    One that was taken from an earlier visit says of which day it is.
    """
    value, source = answer.get("value"), answer.get("from")
    if source and value is None:
        value = read_entry(element, str(answer.get("typed"))).stored["value"]
    if value is None and answer.get("typed"):
        return f"“{answer['typed']}”, not used"
    if value is None:
        return MISSING.get(answer.get("missing") or "", "")
    said = _value_words(element, value)
    return f"{said} ({_source_words(answer)})" if source else said


def _source_words(answer: Mapping[str, Any]) -> str:
    said = f"of {taken_on(answer)}"
    if answer.get("value") is None:
        return f"{said}, not confirmed, not used"
    return f"{said}, confirmed" if answer["from"].get("confirmed") else said


def taken_on(answer: Mapping[str, Any]) -> str:
    """The day of which a taken answer is, in words; empty for one of the visit itself."""
    source = answer.get("from")
    return day_words(date.fromisoformat(source["on"])) if source else ""


def _value_words(element: Element, value: Any) -> str:
    match element.type:
        case "boolean":
            return "Yes" if value else "No"
        case "choice":
            labels = {o.key: words(o.label, "en") for o in element.options}
            return labels.get(value, str(value))
        case "date":
            return day_words(date.fromisoformat(value))
        case _:
            return f"{value} {unit_words(element.unit)}".strip()


def day_words(day: date) -> str:
    """
    >>> day_words(date(2026, 10, 3))
    '3 Oct 2026'
    """
    return f"{day.day} {day:%b %Y}"


def outcome_words(outcome: Outcome, value: Any) -> str:
    """Return the stored *value* of *outcome* in words; null is "not found".

    One of a unit that is a word is said in the singular: "1 day".
    """
    if value is None:
        return "Looked for, not found"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value} {_of(unit_words(outcome.unit), value)}".strip()


def _of(unit: str, number: Any) -> str:
    """
    >>> _of("days", 1), _of("days", "1.0"), _of("days", 2), _of("mg", 1)
    ('day', 'day', 'days', 'mg')
    """
    is_one = unit in PLURALS and Decimal(str(number)) == 1
    return unit.removesuffix("s") if is_one else unit
