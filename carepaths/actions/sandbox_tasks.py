"""Tasks of made-up patients: a few open, the older ones closed as people close them.

The duties are those that signing would have raised. What a simulation tells nothing
about is closed once it is long over, so that a worklist is alive and not flooded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from carepaths.actions.cases import VisitCase
from carepaths.core.duties import ACTION, OUTCOME, VISIT, Duty, Taken, Visited, duties
from carepaths.core.months import day_of
from carepaths.models import Encounter, Event, Opportunity, Task, TaskEvent
from scamps.core.definition import Plan

LONG_OVER = timedelta(days=60)
MADE_UP = "Simulated."
LOSSES: Sequence[dict[str, Any]] = (
    {"contact": "reached-well", "tries": 1},
    {"contact": "no-contact", "tries": 3},
    {"contact": "moved", "tries": 1},
)


@dataclass(frozen=True)
class Signed:
    """A signed visit as it was recorded: its case, its row and those of its advice."""

    case: VisitCase
    row: Encounter
    opportunities: Mapping[str, Opportunity]


def sandbox_tasks(
    plan: Plan, signed: Sequence[Signed], told: set[str], zone: str, at: datetime
) -> list[Task | TaskEvent]:
    """Return the tasks of one episode and what became of them, not saved.

    Args: told: the keys of the outcomes that are known.
    """
    found: list[Task | TaskEvent] = []
    asked = set(told)
    for place, one in enumerate(signed):
        later = {each.case.visit: each for each in signed[place + 1 :]}
        for duty in _duties(plan, one, zone):
            if duty.kind == OUTCOME and duty.key in asked:
                continue
            asked |= {duty.key} if duty.kind == OUTCOME else set()
            task = _task(one, duty)
            found.append(task)
            event = _end(task, duty, one, later.get(duty.key), day_of(at, zone))
            found += [event] if event else []
    return found


def _duties(plan: Plan, one: Signed, zone: str) -> list[Duty]:
    case = one.case
    if case.sealed is None or case.void is not None:
        return []
    held = {made.key: made.intention for made in case.decisions if made.void is None}
    taken = []
    for advised in case.sealed.advised:
        made = held.get(advised.key)
        decided = (made.choice, made.kind, made.due_on) if made else ()
        taken.append(Taken(advised.node, advised.action, *decided))
    last = case.amendments[-1] if case.amendments else case
    done = {row["resource"] for row in case.performances if row["status"] == "done"}
    pending = dict.fromkeys(last.sealed.pending, None)
    visited = Visited(case.visit, case.visit_time, zone)
    return duties(plan, visited, taken, pending, done)


def _task(one: Signed, duty: Duty) -> Task:
    return Task(
        enrolment=one.row.enrolment,
        encounter=one.row,
        opportunity=one.opportunities.get(duty.opportunity),
        kind=duty.kind,
        key=duty.key,
        title=duty.title[:300],
        earliest_on=duty.window.earliest_on,
        due_on=duty.window.due_on,
        owner=one.case.owner,
        made_at=one.case.at,
        by=one.case.by,
    )


def _end(
    task: Task, duty: Duty, one: Signed, later: Signed | None, today: date
) -> TaskEvent | None:
    """The visit that was held, else how somebody closed what is long over."""
    if duty.kind == VISIT and later is not None:
        told = {"by": later.case.by, "recorded_at": later.case.at}
        row = later.row if later.case.void is None else None
        if row is not None:
            given = {"encounter": row, "is_automatic": True, **told}
            return TaskEvent(task=task, kind=Event.DONE, **given)
    last = duty.window.due_on or duty.window.earliest_on or one.case.at.date()
    if today - last < LONG_OVER:
        return None
    signed_at = one.case.at
    closed_at = signed_at + LONG_OVER + (last - signed_at.date())
    told = {"by": one.case.by, "recorded_at": closed_at}
    if duty.kind in (VISIT, ACTION):
        loss = LOSSES[(last.toordinal() + signed_at.minute) % len(LOSSES)]
        return TaskEvent(task=task, kind=Event.LOST, words=MADE_UP, **loss, **told)
    return TaskEvent(task=task, kind=Event.DONE, words=MADE_UP, **told)
