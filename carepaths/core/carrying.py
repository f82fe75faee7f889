"""Carrying the answers of a draft to another version of its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carepaths.core.advised import text_of
from carepaths.core.answers import MalformedAnswers, Stored, check
from carepaths.core.said import answer_words

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


@dataclass(frozen=True)
class LeftBehind:
    """An answer that cannot be carried: the question, the answer in words, and why."""

    key: str
    label: str
    said: str
    why: str


def left_behind(
    old: Plan, new: Plan, answers: Mapping[str, Stored]
) -> tuple[LeftBehind, ...]:
    """Say of each answer that `carry` leaves behind what it was, and why."""
    return tuple(
        LeftBehind(
            key,
            text_of(old, old.element[key].label) if key in old.element else key,
            answer_words(old.element[key], answers[key]) if key in old.element else "",
            _why(old, new, key),
        )
        for key in carry(old, new, answers)[1]
    )


def _why(old: Plan, new: Plan, key: str) -> str:
    before, after = old.element.get(key), new.element.get(key)
    if after is None or before is None:
        return "The new version does not ask this any more."
    if before.type != after.type:
        return f"It was answered as {before.type}, and is now asked as {after.type}."
    if before.unit != after.unit:
        was, now = before.unit or "no unit", after.unit or "no unit"
        return f"Its unit was {was}, and is now {now}."
    if after.options:
        return "The new version has no such option."
    return "The value is not possible in the new version."
