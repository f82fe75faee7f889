"""Who changed what when: edits with what each did to the document, by part."""

from __future__ import annotations

from functools import lru_cache

from scamps.core.compare import Change, compare
from scamps.core.definition import Plan
from scamps.core.edit import part_of


@lru_cache(maxsize=256)
def changes_between(before: Plan | None, after: Plan) -> tuple[Change, ...]:
    """What differs, the weightiest first; nothing for what was begun from nothing."""
    return () if before is None else compare(before, after).changes


def place_of(change: Change) -> str:
    """The part of the outline that a change is in, as an address names it.

    >>> place_of(Change("routing", "changed", "nodes/risk/branches/low", "", "", "", ""))
    'nodes/risk'
    """
    section, key = part_of(change.where.replace("/", ".") or "title")
    return f"{section}/{key}"


def touching(changes: tuple[Change, ...], place: str) -> tuple[Change, ...]:
    """Those of *changes* that are in the part *place*; all for an empty one."""
    return tuple(one for one in changes if not place or place_of(one) == place)
