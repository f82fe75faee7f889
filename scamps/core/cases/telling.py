"""A case in words: its answers, the walk it expects beside the walk the plan gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scamps.core.cases.document import Case, Expected, expected_of, fingerprint
from scamps.core.cases.running import Ran
from scamps.core.definition import Plan, words
from scamps.core.definition.criteria import PREVIOUS
from scamps.core.say.units import unit_words
from scamps.core.walk import CompiledPlan, Explained, explain, json_value, labels
from scamps.core.wording import amount

UNKNOWN, NOTHING = "not known", "nothing"
QUIET = ("Waits for", "Not used")  # said only where there is something


@dataclass(frozen=True)
class Row:
    """One thing about a walk: as it is expected, as it is now."""

    label: str
    expected: str
    now: str

    @property
    def differs(self) -> bool:
        return self.expected != self.now

    @property
    def is_nothing(self) -> bool:
        return {self.expected, self.now} <= {NOTHING, ""}


@dataclass(frozen=True)
class Given:
    """The walk that the plan gives: in words, and as what a person may confirm.

    `shown` is its fingerprint.
    """

    steps: tuple[Explained, ...]
    expected: Expected
    shown: str


def answers_of(plan: Plan, case: Case) -> tuple[tuple[str, str], ...]:
    """What a case answers, as pairs of words, in the order of the plan."""
    order = {element.key: index for index, element in enumerate(plan.elements)}
    named = labels(plan, plan.language)
    mine = sorted(case.answers.items(), key=lambda pair: order.get(pair[0], 0))
    pairs = [*mine, *case.context.items()]
    return tuple(
        (named.get(key, key), _value(plan, key, value)) for key, value in pairs
    )


def given(compiled: CompiledPlan, case: Case) -> Given:
    """The walk that the plan gives this case now."""
    walk = case.walk(compiled)
    facts = compiled.facts(case.answers, visit=case.visit, context=case.context)
    told = explain(compiled.plan, walk, facts)
    found = expected_of(walk)
    return Given(told, found, fingerprint(found))


def rows(plan: Plan, expected: Expected | None, now: Expected | None) -> list[Row]:
    """The walk expected beside the walk given, thing by thing; either may be missing."""
    before, after = _told(plan, expected), _told(plan, now)
    if expected is not None:
        after = {key: after[key] for key in after if key in before}
    found = [
        Row(label, before.get(label, ""), after.get(label, ""))
        for label in before | after
    ]
    return [row for row in found if row.label not in QUIET or not row.is_nothing]


def brief(plan: Plan, ran: Ran) -> str:
    """What stands against a case, in one short sentence; empty if nothing does."""
    want = ran.case.expected
    if ran.state != "differs" or want is None or ran.walk is None:
        return ran.said[:1].upper() + ran.said[1:]
    now = expected_of(ran.walk)
    end, other = _title(plan, now.path[-1]), _title(plan, want.path[-1])
    if end != other:
        return f"Comes to “{end}”, not to “{other}”"
    if now.path != want.path:
        return f"Comes to “{end}” another way"
    told = [row.label for row in rows(plan, want, now) if row.differs]
    return f"Comes to “{end}”, but otherwise: {', '.join(told)}"


def end_of(plan: Plan, ran: Ran) -> str:
    """Where the walk of a case ends, or waits."""
    if ran.walk is None:
        return ""
    end = _title(plan, ran.walk.end)
    return f"waits at {end}" if ran.walk.stopped else end


def turn(expected: Expected, now: Expected) -> str:
    """The last node at which both walks still are together; empty if there is none."""
    together = ""
    for one, other in zip(expected.path, now.path, strict=False):
        if one != other:
            break
        together = one
    return together


def _told(plan: Plan, walk: Expected | None) -> dict[str, str]:
    if walk is None:
        return {}
    named = labels(plan, plan.language)
    told = {
        "Way": " → ".join(_title(plan, key) for key in walk.path),
        "Ends": "It stops here" if walk.stopped else "Where the plan ends",
        "Waits for": _listed(walk.waiting_for, named),
        "Advises": _listed(walk.actions, _actions(plan), "; "),
        "Not used": _listed(sorted(walk.hidden), named),
    }
    scores = {
        named.get(key, key): _value(plan, key, value)
        for key, value in walk.scores.items()
    }
    return told | scores


def _listed(keys: Any, named: Mapping[str, str], between: str = ", ") -> str:
    return between.join(named.get(key, key) for key in keys) or NOTHING


def _title(plan: Plan, key: str) -> str:
    node = plan.node.get(key)
    return words(node.title, plan.language) if node else key


def _actions(plan: Plan) -> dict[str, str]:
    return {
        action.key: words(action.words, plan.language).rstrip(".")
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    }


def _value(plan: Plan, key: str, value: Any) -> str:
    """A value in words, with its unit."""
    element = plan.element.get(key.removeprefix(f"{PREVIOUS}."))
    score = plan.score.get(key)
    unit = element.unit if element else score.unit if score else None
    if isinstance(value, Decimal):
        return amount(value, unit)
    match json_value(value):
        case None:
            return UNKNOWN
        case bool() as truth:
            return "yes" if truth else "no"
        case str() as text if element is not None and element.options:
            named = {
                one.key: words(one.label, plan.language) for one in element.options
            }
            return named.get(text, text)
        case found:
            said = value.isoformat() if isinstance(value, date) else str(found)
            return f"{said} {unit_words(unit)}".strip()
