"""The names that an expression may read at its place."""

import re
from collections.abc import Mapping

from scamps.core.definition import Plan
from scamps.core.definition.criteria import PREVIOUS
from scamps.core.language import Type

_SCORE = re.compile(r"scores\.([a-z][a-z0-9_]*)\.")
_READ = re.compile(r"(?<![.\w])[a-z]\w*")


def names_at(plan: Plan, where: str) -> Mapping[str, Type]:
    """The names of *plan* with their types, less those that would go in a circle.

    Args: where: the place as a finding names it, or nothing.
    """
    closed = _closed(plan, where)
    return {key: kind for key, kind in plan.names().items() if key not in closed}


def itself(plan: Plan, where: str, text: str) -> str:
    """Why a score cannot read one of the names of *text*; empty if it can."""
    for key in _READ.findall(text):
        if key in _closed(plan, where):
            return (
                f"'{key}' is the score itself, or reads it: it would go in a circle"
                f" ('{PREVIOUS}.{key}' is its value at the visit before)"
            )
    return ""


def _closed(plan: Plan, where: str) -> frozenset[str]:
    """The score at *where*, and every score that reads it, through others or not."""
    found = _SCORE.match(where)
    if not found:
        return frozenset()
    closed = {found[1]}
    reads = {s.key: set(_READ.findall(s.expression)) for s in plan.scores}
    while more := {k for k, read in reads.items() if read & closed} - closed:
        closed |= more
    return frozenset(closed)
