"""What people call a part of a plan that is named by its section and its key."""

from __future__ import annotations

from collections.abc import Sequence

from scamps.core.compare.said import Speaker
from scamps.core.definition import Plan
from scamps.core.definition.parts import Part

SECTIONS = {
    "about": "about the plan",
    "population": "for whom it is",
    "sources": "sources",
    "statements": "data statements",
}


def part_called(plan: Plan, section: str, key: str = "") -> str:
    """The words of the part, else of its section; empty for the whole plan.

    What the plan does not have (any more) is called by its section.
    """
    for part in _parts(plan, section):
        if key and getattr(part, "key", None) == key:
            return Speaker(plan).called(part)
    return SECTIONS.get(section, section)


def _parts(plan: Plan, section: str) -> Sequence[Part]:
    if section == "sources":
        return plan.provenance.sources
    found = getattr(plan, section, ()) if section in type(plan).model_fields else ()
    return found if isinstance(found, tuple) else ()
