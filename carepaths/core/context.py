"""The context of a walk: what it knows besides the answers of the visit itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import Stored, Value, decode, encode

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

Context = dict[str, Any]
PREVIOUS = "previous."
_DATES = ("birth_date", "visit_date")


def previous_facts(
    now: Plan, then: Plan, answers: Mapping[str, Stored], hidden: Collection[str] = ()
) -> Context:
    """Return `previous.KEY` for the elements of *now* that the visit before answered.

    An element is matched by its key, whatever version asked it then; it is null if its
    type changed, or if the walk of that visit hid it.
    """
    return {
        PREVIOUS + element.key: value
        for element in now.elements
        if element.key not in hidden
        and (value := _carried(element, then, answers.get(element.key))) is not None
    }


def _carried(element: Element, then: Plan, stored: Stored | None) -> Value | None:
    before = then.element.get(element.key)
    if stored is None or stored.get("value") is None or before is None:
        return None
    if (before.type, before.unit) != (element.type, element.unit):
        return None
    try:
        return decode(element, stored["value"])
    except ValueError:  # an option that is no more
        return None


def to_json(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the copy of *context* that a revision freezes."""
    return {key: encode(value) for key, value in context.items()}


def from_json(plan: Plan, stored: Mapping[str, Any]) -> Context:
    """Return the context that `to_json` wrote under *plan*.

    >>> from_json(None, {"visit_date": "2026-01-31", "weeks_since_previous": 3})
    {'visit_date': datetime.date(2026, 1, 31), 'weeks_since_previous': 3}
    """
    return {key: _read(plan, key, value) for key, value in stored.items()}


def _read(plan: Plan, key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in _DATES:
        return date.fromisoformat(value)
    if key.startswith(PREVIOUS):
        return decode(plan.element[key.removeprefix(PREVIOUS)], value)
    return value
