"""A case as JSON, whole: how the database keeps it, whatever the plan becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from scamps.core.cases.document import Case, Expected
from scamps.core.cases.reading import read_value
from scamps.core.definition import Plan
from scamps.core.walk import json_value

NUMBERS = ("Decimal", "Quantity")


def to_stored(case: Case) -> dict[str, Any]:
    """*case* as JSON types: decimals and dates as strings."""
    return {
        "name": case.name,
        "note": case.note,
        "visit": case.visit,
        "like": case.like,
        "answers": {key: _plain(value) for key, value in case.answers.items()},
        "context": {key: _plain(value) for key, value in case.context.items()},
        "walk": _walk(case.expected) if case.expected else None,
    }


def read_stored(plan: Plan, data: Mapping[str, Any]) -> tuple[Case, tuple[str, ...]]:
    """The case that *data* is under *plan*, and in words what of it the plan has no
    more: that is left out, and such a case cannot be run."""
    problems: list[str] = []
    read = {
        side: dict(_read(plan, data[side], side == "answers", problems))
        for side in ("answers", "context")
    }
    if data["visit"] not in plan.visit:
        problems.append(f"the plan has no visit {data['visit']!r}")
    case = Case(
        name=data["name"],
        note=data["note"],
        visit=data["visit"],
        like=data["like"],
        expected=Expected.model_validate(data["walk"]) if data["walk"] else None,
        **read,
    )
    return case, tuple(problems)


def _read(
    plan: Plan, stored: Mapping[str, Any], answers: bool, problems: list[str]
) -> Iterator[tuple[str, Any]]:
    for key, raw in stored.items():
        try:
            value = number_of(plan, key, raw)
            yield key, read_value(plan, key, value, answers=answers)
        except ValueError as error:
            problems.append(str(error))


def number_of(plan: Plan, key: str, raw: Any) -> Any:
    """A decimal that JSON keeps as its text, where *key* is a number of *plan*.

    Raises: ValueError: the text is no number.
    """
    known = plan.names().get(key)
    is_number = known is not None and known.name in NUMBERS
    element = plan.element.get(key.removeprefix("previous."))
    if element is not None:
        is_number = element.type == "decimal"
    if not (is_number and isinstance(raw, str)):
        return raw
    try:
        return Decimal(raw)
    except ArithmeticError:
        raise ValueError(f"{raw!r} is no number for {key!r}") from None


def _walk(expected: Expected) -> dict[str, Any]:
    told = expected.model_dump(mode="python", exclude={"scores"})
    lists = {key: list(v) if isinstance(v, tuple) else v for key, v in told.items()}
    scores = {key: json_value(value) for key, value in expected.scores.items()}
    return lists | {"scores": scores}


def _plain(value: Any) -> Any:
    """As JSON, a decimal with the digits that were typed."""
    return f"{value:f}" if isinstance(value, Decimal) else json_value(value)
