"""What a plan leaves open: allowed, and yet a reader or another system will miss it.

Codes, units, bounds, sources, a window: none holds a plan up, because a number without a
source is worse than none. They are shown while it is written, frozen with its review,
and so known to whoever signs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scamps.core.definition.document import Plan
from scamps.core.definition.parts import words

Kind = Literal["code", "unit", "bounds", "source", "window", "review", "use", "data"]
KINDS: dict[Kind, tuple[str, str]] = {
    "source": ("thing rests on no source", "things rest on no source"),
    "data": ("outcome asks nobody for its data", "outcomes ask nobody for their data"),
    "window": ("outcome has no window: it stays open for ever", "outcomes have no window: they stay open for ever"),
    "use": ("outcome answers no statement", "outcomes answer no statement"),
    "unit": ("number has no unit", "numbers have no unit"),
    "bounds": ("number has no bounds of what is possible", "numbers have no bounds of what is possible"),
    "code": ("thing has no code of a terminology", "things have no code of a terminology"),
    "review": ("plan has no day of its next review", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """One thing left open. *section* and *key* name the part of the document."""

    kind: Kind
    section: str
    key: str
    label: str


@dataclass(frozen=True)
class Gaps:
    """The gaps of one kind, in the order of the document."""

    kind: Kind
    gaps: tuple[Gap, ...]

    @property
    def words(self) -> str:
        """
        >>> some = (Gap("unit", "elements", "a", "A"), Gap("unit", "elements", "b", "B"))
        >>> Gaps("unit", some).words
        '2 numbers have no unit'
        """
        one, several = KINDS[self.kind]
        number = len(self.gaps)
        return f"{number} {one if number == 1 else several}"


def gaps(plan: Plan) -> tuple[Gaps, ...]:
    """What *plan* leaves open, by kind; kinds without a gap are left out."""
    found = [
        *_of_the_whole(plan),
        *_of_elements(plan),
        *_of_actions(plan),
        *_of_resources(plan),
        *_of_outcomes(plan),
    ]
    by_kind = ((kind, [gap for gap in found if gap.kind == kind]) for kind in KINDS)
    return tuple(Gaps(kind, tuple(some)) for kind, some in by_kind if some)


def _of_the_whole(plan: Plan) -> Iterator[Gap]:
    whole = ("about", plan.key, words(plan.title, plan.language))
    if not plan.provenance.sources:
        yield Gap("source", *whole)
    if plan.provenance.next_review is None:
        yield Gap("review", *whole)


def _of_elements(plan: Plan) -> Iterator[Gap]:
    for element in plan.elements:
        here = ("elements", element.key, words(element.label, plan.language))
        if element.code is None:
            yield Gap("code", *here)
        if element.type in ("integer", "decimal"):
            if element.unit is None:
                yield Gap("unit", *here)
            if element.possible is None:
                yield Gap("bounds", *here)


def _of_actions(plan: Plan) -> Iterator[Gap]:
    for node in plan.nodes:
        for action in node.actions if node.kind == "recommend" else ():
            if not action.evidence:
                yield Gap(
                    "source", "nodes", node.key, words(action.words, plan.language)
                )


def _of_resources(plan: Plan) -> Iterator[Gap]:
    for resource in plan.resources:
        here = ("resources", resource.key, words(resource.title, plan.language))
        if resource.code is None:
            yield Gap("code", *here)
        if resource.cost is not None and resource.cost.source is None:
            yield Gap("source", *here)


def _of_outcomes(plan: Plan) -> Iterator[Gap]:
    stated = {statement.outcome for statement in plan.statements}
    asked = {
        item.element
        for form in plan.forms
        for section in form.sections
        for item in section.items
    }
    for outcome in plan.outcomes:
        here = ("outcomes", outcome.key, words(outcome.label, plan.language))
        if outcome.window is None:
            yield Gap("window", *here)
        if outcome.type != "boolean" and outcome.unit is None:
            yield Gap("unit", *here)
        if outcome.key not in stated:
            yield Gap("use", *here)
        if set(outcome.derived_from) - asked:
            yield Gap("data", *here)
