"""A plan in which every field of the schema says something, made from the schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scamps.core.definition import Plan
from scamps.core.edit.sections import SECTIONS
from scamps.core.edit.shapes import Field, Group, Rows, Value, fields_of

# A value of each kind; in two languages, composite, with zeros at its end.
VALUES: dict[str, Any] = {
    "text": {"en": "Said\nin two lines", "de": "Gesagt"},
    "words": "Words with  two blanks",
    "criterion": "known and\n  known\n",
    "unit": "mg/dL",
    "language": "en",
    "duration": "P1DT12H",
    "flag": True,
    "whole": 3,
    "number": Decimal("1.50"),
    "day": "2026-01-31",
}
PATTERNED = {"currency": "EUR"}
REFERRED = {"standard": "action-completed", "values": "elements_1", "actions": "key-1"}


def whole_plan() -> Plan:
    """Every section with two parts of each model, every field of them set."""
    data: dict[str, Any] = {"schema": 1, "key": "whole"}
    for section in SECTIONS.values():
        for _, path, model, names in (section.fixed or {}).values():
            _at(data, path).update(_part(fields_of(model, names), section.name))
        models = (section.models or {}).items()
        parts = [
            _part(fields_of(model), section.name, number)
            | ({"kind": kind} if kind else {})
            for index, (kind, model) in enumerate(models)
            for number in (2 * index + 1, 2 * index + 2)
        ]
        if parts:
            _at(data, section.path[:-1])[section.path[-1]] = parts
    return Plan.model_validate(data)


def _at(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    for step in path:
        data = data.setdefault(step, {})
    return data


def _part(fields: tuple[Field, ...], prefix: str, number: int = 1) -> dict[str, Any]:
    return {one.name: _field(one, prefix, number) for one in fields}


def _field(one: Field, prefix: str, number: int) -> Any:
    match one:
        case Rows(of=of):
            return [_field(of, "key", index) for index in (1, 2)]
        case Group():
            return _part(one.fields, prefix, number)
        case Value(kind="choice" | "constant"):
            return one.choices[-1]
        case Value(name="key"):
            return f"{prefix}_{number}" if one.kind == "name" else f"{prefix}-{number}"
        case Value(refers=refers) if refers:
            sign = "_" if one.kind == "name" else "-"
            return REFERRED.get(refers, f"{refers}{sign}{number}")
    return PATTERNED.get(one.name, VALUES[one.kind])
