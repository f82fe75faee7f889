"""Duties: what a signed visit calls for afterwards, each with its window.

A follow-up visit of the plan, an action to be carried out, a result still to come, a
decision put off, an outcome to be asked for. A pure function of the plan and of what
was signed; tasks are made of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from carepaths.core.durations import after
from carepaths.core.months import day_of
from carepaths.core.windows import Window, plus
from scamps.core.definition.parts import words

if TYPE_CHECKING:
    from scamps.core.definition.document import Action, Plan, Visit

VISIT, ACTION, RESULT, REVIEW, OUTCOME = (
    "visit",
    "action",
    "result",
    "review",
    "outcome",
)
DEFERRED = "deferred/"  # keys of decisions put off
OTHERWISE = "otherwise/"  # keys of amendments that advise otherwise
BEFORE = "before/"  # keys of visits that rest on one amended since
SHIFTING = ("interval", "timing")  # kinds of deviation that move a day, not drop a deed


@dataclass(frozen=True)
class Taken:
    """One advised action, with the decision that holds about it (no choice: none)."""

    node: str
    action: Action
    choice: str = ""
    kind: str = ""
    due_on: date | None = None

    @property
    def key(self) -> str:
        return f"{self.node}/{self.action.key}"

    @property
    def is_shifted(self) -> bool:
        """The clinician keeps the deed and chose another day for it."""
        departs = self.choice == "deviated" and self.kind in SHIFTING
        return departs and self.due_on is not None

    @property
    def is_dropped(self) -> bool:
        """The clinician decided that it is not to be done."""
        if self.choice == "deviated":
            return not self.is_shifted
        return self.choice == "not-applicable"


@dataclass(frozen=True)
class Visited:
    """A signed visit: its kind, its moment (None: undated), the zone of its site."""

    kind: str
    moment: datetime | None
    zone: str

    @property
    def day(self) -> date | None:
        return None if self.moment is None else day_of(self.moment, self.zone)

    def until(self, duration: str) -> date | None:
        """Return the day on which *duration* from the visit is over."""
        if self.moment is None:
            return None
        return day_of(after(self.moment, duration, self.zone), self.zone)


@dataclass(frozen=True)
class Duty:
    """What is to be done: kind and key name it once per visit."""

    kind: str
    key: str
    title: str
    window: Window
    opportunity: str = ""  # node/action


def duties(
    plan: Plan,
    visited: Visited,
    taken: Sequence[Taken],
    pending: Mapping[str, date | None],
    done: Collection[str],
) -> list[Duty]:
    """Return what *visited* calls for.

    Args: taken: the advised actions of its walk as signed. pending: the elements whose
        answers are to come, with the day if it was told. done: resources used already.
    """
    found = [
        *_visits(plan, visited, taken),
        *_actions(plan, visited, taken, done),
        *_deferrals(taken),
        *_results(plan, pending),
        *_outcomes(plan, visited),
    ]
    return list({(one.kind, one.key): one for one in found}.values())


def _visits(plan: Plan, visited: Visited, taken: Sequence[Taken]) -> Iterator[Duty]:
    for visit in plan.visits:
        if visit.window is None or visit.window.after != visited.kind:
            continue
        advice = [one for one in taken if one.action.key == visit.advised_by]
        if visit.advised_by and (not advice or advice[0].is_dropped):
            continue
        window = _visit_window(visit, visited, advice[0] if advice else None)
        key = advice[0].key if advice else ""
        yield Duty(VISIT, visit.key, words(visit.title, "en"), window, key)


def _visit_window(visit: Visit, visited: Visited, advice: Taken | None) -> Window:
    if advice and advice.is_shifted:
        return Window(advice.due_on, advice.due_on)
    if visited.day is None or visit.window is None:
        return Window()
    declared = visit.window
    earliest = plus(visited.day, declared.earliest_days)
    return Window(earliest, plus(visited.day, declared.latest_days))


def _actions(
    plan: Plan, visited: Visited, taken: Sequence[Taken], done: Collection[str]
) -> Iterator[Duty]:
    are_visits = {visit.advised_by for visit in plan.visits if visit.window}
    for one in taken:
        action = one.action
        is_open = action.direction == "do" and action.resource not in done
        if not is_open or action.key in are_visits:
            continue
        title = words(action.words, "en")
        if one.is_shifted:
            window = Window(one.due_on, one.due_on)
        elif one.choice in ("followed", "modified") and action.window:
            window = Window(visited.day, visited.until(action.window))
        else:
            continue
        yield Duty(ACTION, action.resource, title, window, one.key)


def _deferrals(taken: Sequence[Taken]) -> Iterator[Duty]:
    for one in taken:
        if one.choice == "deferred" and one.due_on is not None:
            title = f"Decide: {words(one.action.words, 'en')}"
            window = Window(one.due_on, one.due_on)
            yield Duty(REVIEW, DEFERRED + one.key, title, window, one.key)


def _results(plan: Plan, pending: Mapping[str, date | None]) -> Iterator[Duty]:
    for key, due_on in pending.items():
        element = plan.element.get(key)
        label = words(element.label, "en") if element else key
        yield Duty(RESULT, key, label, Window(None, due_on))


def _outcomes(plan: Plan, visited: Visited) -> Iterator[Duty]:
    """Outcomes whose window the plan declares: to be asked for once it has closed."""
    for outcome in plan.outcomes:
        closes = visited.until(outcome.window) if outcome.window else None
        if closes is not None:
            label = words(outcome.label, "en")
            yield Duty(OUTCOME, outcome.key, label, Window(closes, None))
