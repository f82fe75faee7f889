"""The plan's own checks that hold now: what each says, and about which answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scamps.core.definition import words

if TYPE_CHECKING:
    from carepaths.core.draft import Draft
    from scamps.core.definition import Check, Plan

WITHHOLDS = "block"


@dataclass(frozen=True)
class Broken:
    """A check that says something is wrong. `by`: the elements it reads, with labels."""

    key: str
    message: str
    level: str
    by: tuple[tuple[str, str], ...]

    @property
    def withholds(self) -> bool:
        """Whether no advice is given until it is put right."""
        return self.level == WITHHOLDS

    @property
    def at(self) -> str:
        """The element beside which it is said: the last it reads; empty if none."""
        return self.by[-1][0] if self.by else ""


def broken(draft: Draft) -> tuple[Broken, ...]:
    """Return the checks of the plan that hold on the answers of *draft*."""
    plan = draft.compiled.plan
    return tuple(_broken(plan, check) for check in draft.checks)


def _broken(plan: Plan, check: Check) -> Broken:
    expression = plan.criteria.parsed["checks", plan.checks.index(check), "when"]
    read = elements_behind(plan, expression.names)
    by = tuple(
        (element.key, words(element.label, plan.language))
        for element in plan.elements
        if element.key in read
    )
    return Broken(check.key, words(check.message, plan.language), check.level, by)


def elements_behind(plan: Plan, names: Iterable[str]) -> set[str]:
    """The elements behind *names*, through scores."""
    found: set[str] = set()
    for name in names:
        if name in plan.element:
            found.add(name)
        elif name in plan.score:
            index = [score.key for score in plan.scores].index(name)
            inner = plan.criteria.parsed["scores", index, "expression"].names
            found |= elements_behind(plan, inner)
    return found
