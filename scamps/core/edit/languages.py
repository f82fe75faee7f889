"""The languages in which a plan says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scamps.core.definition import Plan
from scamps.core.edit.changes import data_of, held
from scamps.core.edit.sections import all_sheets
from scamps.core.edit.uses import leaves


def languages_of(plan: Plan, *more: str) -> list[str]:
    """The plan's own language first, then each that some text of it is in, and *more*."""
    found = dict.fromkeys([plan.language, *sorted(set(_spoken(plan))), *more])
    return [language for language in found if language]


def _spoken(plan: Plan) -> Iterator[str]:
    data = data_of(plan)
    for sheet in all_sheets(plan):
        for _, field, value in leaves(sheet.fields, held(data, sheet)):
            if field.kind == "text" and isinstance(value, Mapping):
                yield from value
