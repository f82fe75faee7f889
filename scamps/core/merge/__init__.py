"""Merge: two plan documents that both come from a third become one.

What one side changed stands; what both changed alike stands once; what both changed
in different ways is a conflict, told in the plan's words, and chosen by people. Things
are recognised by key, as in `compare`, so that what was renamed or moved meets itself.
"""

from __future__ import annotations

from scamps.core.compare.said import Speaker
from scamps.core.definition import Finding, Plan, findings
from scamps.core.merge.conflict import Choices, Conflict, Merged, Side, Touched
from scamps.core.merge.here import Here, Record, Sides
from scamps.core.merge.parts import merge_parts

__all__ = ["Choices", "Conflict", "Merged", "Side", "Touched", "broken_by", "merge"]


def merge(
    base: Plan,
    mine: Plan,
    theirs: Plan,
    choices: Choices | None = None,
    *,
    otherwise: Side = "theirs",
) -> Merged:
    """Merge what two sides made of *base*.

    Args: choices: by the name of a conflict, the side that is to stand. otherwise: the
        side that stands in a conflict nobody has chosen in.
    """
    record = Record()
    speakers = (Speaker(base), Speaker(mine), Speaker(theirs))
    chosen = dict(choices or {})
    here = Here(Sides(*speakers, chosen, otherwise, record))
    made = merge_parts(base, mine, theirs, here)
    found = tuple(record.conflicts)
    return Merged(
        plan=Plan.model_validate(made.model_dump(by_alias=True)),
        conflicts=found,
        open=tuple(one for one in found if one.name not in chosen),
        both=tuple(record.both),
    )


def broken_by(merged: Plan, *sides: Plan) -> list[Finding]:
    """The errors of *merged* that none of its *sides* has: what no longer fits."""
    known = {(one.code, one.where) for side in sides for one in findings(side)}
    return [
        one
        for one in findings(merged)
        if one.level == "error" and (one.code, one.where) not in known
    ]
