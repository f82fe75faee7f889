"""Opportunities: what a walk as signed advised, and how a decision may depart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from carepaths.core.durations import after
from carepaths.core.reasons import OTHER, resolve

if TYPE_CHECKING:
    from scamps.core.definition import Plan
    from scamps.core.definition.document import Action
    from scamps.core.walk import Walk

CHOICES = ("followed", "modified", "deviated", "deferred", "not-applicable")
KINDS = ("added", "omitted", "substituted", "interval", "timing", "other")


class DecisionRefused(ValueError):
    """A decision lacks what its choice needs; the message says what."""


@dataclass(frozen=True)
class Advised:
    """One action of a walk: the denominator of every rate."""

    node: str
    action: Action
    position: int

    @property
    def key(self) -> str:
        return f"{self.node}/{self.action.key}"


@dataclass(frozen=True)
class Intention:
    """What the clinician intends about one opportunity, checked against the plan."""

    choice: str
    kind: str = ""
    reason: str = ""
    standard_reason: str = ""
    words: str = ""
    due_on: date | None = None


def opportunities(walk: Walk) -> tuple[Advised, ...]:
    """Return the actions of *walk* in the order they were advised, each once."""
    seen: dict[tuple[str, str], Action] = {}
    for node, action in walk.actions:
        seen.setdefault((node, action.key), action)
    return tuple(
        Advised(node, action, position)
        for position, ((node, _), action) in enumerate(seen.items())
    )


def window_closes(
    action: Action, moment: datetime | None, zone: str
) -> datetime | None:
    """Return when *action*'s window closes, counted from the visit; None if it has none.

    Until then a do-not action is not settled: it can still be done.
    """
    if action.window is None or moment is None:
        return None
    return after(moment, action.window, zone)


def default_kind(direction: str) -> str:
    """Return how a bare deviation departs: doing less than advised, or more.

    >>> default_kind("do"), default_kind("do-not")
    ('omitted', 'added')
    """
    return "added" if direction == "do-not" else "omitted"


def read_intention(
    plan: Plan, action: str, direction: str, intention: Mapping[str, Any]
) -> Intention:
    """Check one intention of a draft, {"choice", "kind", "reason", "words", "due_on"}.

    A deviation without a reason is allowed: it is completed later.

    Raises: DecisionRefused, UnknownReason.
    """
    choice = intention.get("choice") or ""
    words = (intention.get("words") or "").strip()
    key = intention.get("reason") or ""
    due_on = _due(intention.get("due_on"))
    kind = _kind(choice, intention.get("kind") or "", direction)
    if choice not in CHOICES:
        raise DecisionRefused(f"{choice!r} is no choice")
    if choice == "deferred" and due_on is None:
        raise DecisionRefused("a deferral needs the day it is due")
    if key == OTHER and not words:
        raise DecisionRefused("“other” needs words")
    standard = resolve(plan, action, key).standard if key else ""
    return Intention(choice, kind, key, standard, words, due_on)


def _kind(choice: str, kind: str, direction: str) -> str:
    if choice != "deviated":
        return ""
    kind = kind or default_kind(direction)
    if kind not in KINDS:
        raise DecisionRefused(f"{kind!r} is no kind of deviation")
    return kind


def _due(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise DecisionRefused(f"{value!r} is no date") from None
