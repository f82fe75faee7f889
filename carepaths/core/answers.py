"""Answers: as typed, as stored, and as the facts a walk reads.

A stored answer is JSON: {"value": …, "missing": null | code, "typed": …, "flags": […]}.
A value is true or false, an integer, a decimal as a string, an option's key, a date
YYYY-MM-DD, text, or null; clinical values are never floats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

Value = bool | int | Decimal | str | date
Stored = Mapping[str, Any]

NOT_ASKED = "not-asked"
MISSING = (NOT_ASKED, "pending", "not-done", "refused", "not-known")
IMPLAUSIBLE = "implausible"  # used, although outside the plausible range
UNCONFIRMED = "unconfirmed"  # outside it, and not used until it is confirmed
REFUSED = "refused"  # outside the possible range, or unreadable: kept, never used
ROUNDED = "rounded"  # had more digits than the element
FLAGS = (IMPLAUSIBLE, UNCONFIRMED, REFUSED, ROUNDED)
PARTS = {"value", "missing", "typed", "unit", "flags", "due_on", "from"}
LEAST, MOST = -(2**31), 2**31 - 1  # of an Integer of the criteria language
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,8})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class MalformedAnswers(ValueError):
    """Some answers are not in the stored form: {element key: what is wrong}."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{k}: {v}" for k, v in self.problems.items()))


def facts(plan: Plan, answers: Mapping[str, Stored]) -> dict[str, Value | None]:
    """Return the value of every element of *plan* that has one; absent means null.

    Raises: MalformedAnswers: a value does not fit its element's type.
    """
    found: dict[str, Value | None] = {}
    problems: dict[str, str] = {}
    for key, stored in answers.items():
        element = plan.element.get(key)
        if element is None or stored.get("value") is None:
            continue
        try:
            found[key] = decode(element, stored["value"])
        except ValueError as problem:
            problems[key] = str(problem)
    if problems:
        raise MalformedAnswers(problems)
    return found


def decode(element: Element, value: Any) -> Value:
    """Return the typed value of a stored JSON *value* of *element*.

    Raises: ValueError: it does not fit the element.
    """
    match element.type, value:
        case "boolean", bool():
            return value
        case "integer", int() if not isinstance(value, bool):
            return _integer(value)
        case "decimal", str():
            return _decimal(value)
        case "date", str():
            return _date(value)
        case "choice", str() if value in {option.key for option in element.options}:
            return value
        case "text", str():
            return value
    raise ValueError(f"{value!r} is no value of a {element.type}")


def _integer(number: int) -> int:
    if not LEAST <= number <= MOST:
        raise ValueError(f"a whole number lies between {LEAST} and {MOST}")
    return number


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no decimal number of the plan's language")
    return Decimal(text)


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no date, as 2026-01-31")
    return date.fromisoformat(text)


def encode(value: Value | None) -> bool | int | str | None:
    """Return *value* as it is stored in JSON.

    >>> [encode(v) for v in (True, 3, Decimal("38.50"), date(2026, 1, 31), None)]
    [True, 3, '38.50', '2026-01-31', None]
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()


def check(plan: Plan, answers: Mapping[str, Stored]) -> None:
    """Refuse answers that are not in the stored form or name no element of *plan*.

    Raises: MalformedAnswers.
    """
    problems = {
        key: problem
        for key, stored in answers.items()
        if (problem := _problem(plan.element.get(key), stored))
    }
    if problems:
        raise MalformedAnswers(problems)


def _problem(element: Element | None, stored: Any) -> str:
    if element is None:
        return "the plan has no such element"
    if not isinstance(stored, Mapping) or not set(stored) <= PARTS:
        return f"an answer is an object of {', '.join(sorted(PARTS))}"
    if any(
        isinstance(said, str) and UNSTORABLE.search(said) for said in stored.values()
    ):
        return "a character that cannot be stored"
    if stored.get("missing") not in (None, *MISSING):
        return f"{stored['missing']!r} says not why it is missing"
    if stored.get("value") is None:
        return ""
    if stored.get("missing"):
        return "a missing answer has no value"
    try:
        return _beyond(element, decode(element, stored["value"]))
    except ValueError as problem:
        return str(problem)


def _beyond(element: Element, value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ""
    return "" if within(element.possible, value) else f"{value} is not possible"


def within(bounds: Any, value: int | Decimal) -> bool:
    """Say whether *value* lies within inclusive *bounds*; no bounds hold anything."""
    if bounds is None:
        return True
    low, high = bounds.low, bounds.high
    return (low is None or value >= low) and (high is None or value <= high)


def flagged(answers: Mapping[str, Stored]) -> tuple[str, ...]:
    """Return the keys of values used although outside their plausible range, sorted."""
    return tuple(
        sorted(
            key
            for key, stored in answers.items()
            if stored.get("value") is not None
            and IMPLAUSIBLE in (stored.get("flags") or ())
        )
    )


def pending(answers: Mapping[str, Stored]) -> tuple[str, ...]:
    """Return the keys of answers that are still to come, sorted."""
    return tuple(sorted(k for k, s in answers.items() if s.get("missing") == "pending"))
