"""What if, in words: "Body temperature ≥ 38 °C (now 37.9 °C): score 7; surgical review"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from carepaths.core.answers import Value
from carepaths.core.draft import Draft
from carepaths.core.said import answer_words, day_words
from carepaths.core.scoring import names_read, score_words
from carepaths.core.whatif import Change, changes, foregone
from scamps.core.definition import Element, Plan, words
from scamps.core.walk import Walk, labels
from scamps.core.wording import amount

SHOWN_FIRST = 3
NAMED = 3


@dataclass(frozen=True)
class Supposed:
    """One answer otherwise: its label, what it would be, what it is, where it leads."""

    key: str
    label: str
    then: str
    now: str
    leads: str


@dataclass(frozen=True)
class Supposing:
    """The changes of one answer that lead elsewhere, the nearest before the rest."""

    first: tuple[Supposed, ...] = ()
    rest: tuple[Supposed, ...] = ()


def supposing(draft: Draft) -> Supposing:
    """Put in words which single answer would lead elsewhere."""
    said = tuple(_supposed(draft, change) for change in changes(draft))
    return Supposing(said[:SHOWN_FIRST], said[SHOWN_FIRST:])


def foregone_words(draft: Draft) -> str:
    """Say where every completion of what is missing leads; empty if that differs."""
    found = foregone(draft)
    if found is None:
        return ""
    plan = draft.compiled.plan
    named = labels(plan, "en")
    keys = [named[key] for key in found.keys]
    missing = ", ".join(keys) if len(keys) <= NAMED else f"the {len(keys)} answers"
    return f"Whatever comes of {missing}: {_advice(plan, draft.walk, found.walk)}"


def _supposed(draft: Draft, change: Change) -> Supposed:
    plan = draft.compiled.plan
    element = plan.element[change.key]
    now = answer_words(element, draft.answers.get(change.key, {}))
    scores = _scores(plan, draft.walk, change.walk)
    leads = "; ".join([*scores, _advice(plan, draft.walk, change.walk)])
    label = words(element.label, "en", plan.language)
    return Supposed(change.key, label, _then(element, change), now, leads)


def _then(element: Element, change: Change) -> str:
    low, high = (_valued(element, value) for value in (change.low, change.high))
    if change.lowest != change.highest:
        return f"≤ {high}" if change.lowest else f"≥ {low}"
    if change.lowest or change.low == change.high:
        return "given" if change.lowest else low
    return f"{low} to {high}"


def _valued(element: Element, value: Value) -> str:
    match value:
        case bool():
            return "Yes" if value else "No"
        case date():
            return day_words(value)
        case int() | Decimal():
            return amount(Decimal(value), element.unit)
    option = next(one for one in element.options if one.key == value)
    return words(option.label, "en")


def _scores(plan: Plan, now: Walk, then: Walk) -> Iterator[str]:
    """The scores that come out otherwise, of those the walk reads."""
    read = {name for step in then.steps for name in names_read(plan, step)}
    for score in plan.scores:
        value = then.scores.get(score.key)
        if score.key in read and value not in (None, now.scores.get(score.key)):
            label = words(score.label, "en", plan.language)
            yield f"{label} {score_words(score, value)}"


def _advice(plan: Plan, now: Walk, then: Walk) -> str:
    """What the other walk advises that this one does not, or where it ends."""
    held = {(node, action.key) for node, action in now.actions}
    new = [(n, action) for n, action in then.actions if (n, action.key) not in held]
    new = [one for one in new if one[0] == new[-1][0]]
    latest = [words(action.words, "en", plan.language).rstrip(".") for _, action in new]
    if len(latest) > 1:
        latest[1:] = [f"and {len(latest) - 1} more"]
    end = words(plan.node[then.end].title, "en", plan.language)
    if then.stopped:
        latest.append(f"then it turns on: {end}" if latest else f"it turns on: {end}")
    return "; ".join(latest) or end
