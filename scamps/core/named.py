"""What a part of a plan is called, by the section and the key that the outline uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scamps.core.definition import Plan, words

SECTIONS = {
    "nodes": "Steps",
    "visits": "Visits",
    "forms": "Forms",
    "elements": "Elements",
    "scores": "Scores",
    "checks": "Checks",
    "resources": "Resources",
    "outcomes": "Outcomes",
    "statements": "Statements",
    "reasons": "Reasons",
    "sources": "Sources",
}
FIXED = {
    ("about", "plan"): "The plan in words",
    ("about", "provenance"): "Authors and gaps",
    ("population", "inclusion"): "Who is in",
    ("population", "exclusion"): "Who is not",
}
CALLED = ("title", "label", "message", "words", "citation")
LONGEST = 80


def part_words(plan: Plan, section: str, key: str) -> str | None:
    """What the part is called; None if *plan* has no such part."""
    if (section, key) in FIXED:
        return FIXED[section, key]
    if section not in SECTIONS:
        return None
    found = (one for one in _parts(plan, section) if one.key == key)
    part = next(found, None)
    return None if part is None else _called(part, plan)


def named_parts(plan: Plan) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The sections of *plan* that have parts: a title, and of each its place and words."""
    yield (
        "The plan",
        [(f"{section}/{key}", said) for (section, key), said in FIXED.items()],
    )
    for section, title in SECTIONS.items():
        parts = [
            (f"{section}/{one.key}", _called(one, plan))
            for one in _parts(plan, section)
        ]
        if parts:
            yield title, parts


def _parts(plan: Plan, section: str) -> tuple[Any, ...]:
    owner: Any = plan.provenance if section == "sources" else plan
    return tuple(getattr(owner, section))


def _called(part: Any, plan: Plan) -> str:
    found = (getattr(part, name, None) for name in CALLED)
    text = next(filter(None, found), None)
    said = words(text, "en", plan.language) if text else str(part.key)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"
