"""What differs between two sets of answers, answer by answer, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carepaths.core.said import answer_words
from scamps.core.definition import words

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

Answers = Mapping[str, Mapping[str, Any]]
NOT_ASKED = "Not asked"


@dataclass(frozen=True)
class Difference:
    """One answer that changed; `unusual` if the new value is outside its usual range."""

    key: str
    label: str
    before: str
    after: str
    unusual: bool


def differences(plan: Plan, before: Answers, after: Answers) -> tuple[Difference, ...]:
    """Return what changed from *before* to *after*, in the order of the plan."""
    found = (
        _difference(element, before.get(element.key, {}), after.get(element.key, {}))
        for element in plan.elements
    )
    return tuple(one for one in found if one.before != one.after)


def _difference(
    element: Element, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Difference:
    return Difference(
        key=element.key,
        label=words(element.label, "en"),
        before=answer_words(element, before) or NOT_ASKED,
        after=answer_words(element, after) or NOT_ASKED,
        unusual="implausible" in (after.get("flags") or ()),
    )
