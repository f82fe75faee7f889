"""Carrying the answers of a draft to another version of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from carepaths.core.answers import MalformedAnswers, Stored, check

if TYPE_CHECKING:
    from scamps.core.definition import Plan


def carry(
    old: Plan, new: Plan, answers: Mapping[str, Stored]
) -> tuple[dict[str, Stored], tuple[str, ...]]:
    """Return the answers that mean the same in *new*, and the keys of those that do not.

    An answer is carried if its element has the same key, type and unit, and its value is
    an option and possible there.
    """
    carried = {
        key: stored for key, stored in answers.items() if _same(old, new, key, stored)
    }
    return carried, tuple(sorted(set(answers) - set(carried)))


def _same(old: Plan, new: Plan, key: str, stored: Stored) -> bool:
    before, after = old.element.get(key), new.element.get(key)
    if before is None or after is None:
        return False
    if (before.type, before.unit) != (after.type, after.unit):
        return False
    try:
        check(new, {key: stored})
    except MalformedAnswers:
        return False
    return True
