"""Tasks raised by what was signed, and kept in line with what is recorded later.

Nothing here is told by a person: each event says what it followed from. What a person
did about a task is never overruled.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from carepaths.actions.told import Told
from carepaths.core.duties import (
    ACTION,
    DEFERRED,
    OTHERWISE,
    OUTCOME,
    RESULT,
    REVIEW,
    VISIT,
    Duty,
    Taken,
    Visited,
    duties,
)
from carepaths.core.windows import Window
from carepaths.models import (
    Decision,
    Encounter,
    Event,
    Opportunity,
    Origin,
    Outcome,
    Performance,
    Revision,
    Task,
    TaskEvent,
)
from scamps.core.definition import Plan

OTHER_ADVICE = "The amended answers advise otherwise: must something be done?"
DECIDED_OTHERWISE = "Not called for any more: decided otherwise since."
AMENDED_AGAIN = "Amended again since."
CHOSEN_ANEW = "Another day was chosen with the decision."
COUNTED_ANEW = "Counts anew from a later visit."
HELD_EARLY = "Held before its first day."


@dataclass(frozen=True)
class Known:
    """What stands about a signed encounter: its last revision, decisions, deeds."""

    revision: Revision
    opportunities: Sequence[Opportunity]
    decisions: Mapping[int, Decision]
    done: Mapping[str, Performance]


@transaction.atomic(savepoint=False)
def raise_tasks(
    *, encounter: Encounter, at: datetime, by: User, known: Known | None = None
) -> list[Task]:
    """Bring the tasks of a signed *encounter* in line with what stands about it.

    Raises those that are called for and not there, closes those that are settled or not
    called for any more, and reopens what was closed so and is called for again. Run
    again it does nothing. What looks back, before the plan, raises none.

    Args: known: what stands, where the caller has it at hand; else it is read.
    """
    if encounter.origin == Origin.RETROSPECTIVE or encounter.is_open:
        return []
    is_void = known is None and encounter.voids.exists()
    known = known or _known(encounter)
    there = _tasks_of(encounter.enrolment_id)
    wanted = {} if is_void else _wanted(encounter, known, there)
    mine = {(t.kind, t.key): t for t in there if t.encounter_id == encounter.pk}
    rows = {row.key: row for row in known.opportunities}
    told = Told(by, at)
    new = [
        told.task(encounter, duty, rows.get(duty.opportunity))
        for key, duty in wanted.items()
        if key not in mine
    ]
    events = [
        *_held_visits(encounter, _still_advised(encounter, known), there, told),
        *_counted_anew(encounter, wanted, there, told),
        *_in_line(mine, wanted, known, told),
    ]
    Task.objects.bulk_create(new)
    TaskEvent.objects.bulk_create(events)
    return new


def _known(encounter: Encounter) -> Known:
    revision = encounter.revisions.sealed().order_by("-number")[0]
    opportunities = list(encounter.opportunities.all())
    held = Decision.objects.held().filter(opportunity__encounter=encounter)
    deeds = Performance.objects.held().filter(encounter=encounter)
    return Known(
        revision,
        opportunities,
        {row.opportunity_id: row for row in held},
        {row.resource: row for row in deeds if row.status == Performance.Status.DONE},
    )


def _tasks_of(enrolment: int) -> list[Task]:
    """All tasks of the episode, each with its state and `visited_at`."""
    mine = Task.objects.filter(enrolment=enrolment).with_state()
    return list(mine.annotate(visited_at=F("encounter__visit_time")).order_by("pk"))


def _wanted(
    encounter: Encounter, known: Known, there: Iterable[Task]
) -> dict[tuple[str, str], Duty]:
    """What the encounter calls for now, less what the episode has had already."""
    found = duties(
        encounter.version.plan,
        Visited(encounter.visit, encounter.visit_time, encounter.site.time_zone),
        taken(encounter.version.plan, known.opportunities, known.decisions),
        pending_of(known.revision),
        known.done,
    )
    if known.revision.advises_otherwise:
        key = f"{OTHERWISE}{known.revision.number}"
        found.append(Duty(REVIEW, key, OTHER_ADVICE, Window()))
    had = _had(encounter, found, there)
    return {(d.kind, d.key): d for d in found if (d.kind, d.key) not in had}


def taken(
    plan: Plan, rows: Iterable[Opportunity], decisions: Mapping[int, Decision]
) -> list[Taken]:
    """Return the advised actions of *rows* with the decisions that hold."""
    found = []
    for row in rows:
        actions = plan.node[row.node].actions
        action = next(one for one in actions if one.key == row.action)
        held = decisions.get(row.pk)
        decided = (held.choice, held.kind, held.due_on) if held else ()
        found.append(Taken(row.node, action, *decided))
    return found


def pending_of(revision: Revision) -> dict[str, date | None]:
    """Return the elements still to be answered, with the day if it was told."""
    days = {key: revision.answers[key].get("due_on") for key in revision.pending}
    return {key: date.fromisoformat(d) if d else None for key, d in days.items()}


def _had(
    encounter: Encounter, found: Sequence[Duty], there: Iterable[Task]
) -> set[tuple[str, str]]:
    """Visits that took place since or count from a later visit; outcomes asked for."""
    visits = [duty.key for duty in found if duty.kind == VISIT]
    had = {
        (task.kind, task.key)
        for task in there
        if task.encounter_id != encounter.pk and _stands_instead(task, encounter)
    }
    if visits and encounter.visit_time is not None:
        later = Encounter.objects.counted().filter(
            enrolment=encounter.enrolment_id,
            visit__in=visits,
            visit_time__gt=encounter.visit_time,
        )
        had |= {(VISIT, key) for key in later.values_list("visit", flat=True)}
    asked = [duty.key for duty in found if duty.kind == OUTCOME]
    if asked:
        told = Outcome.objects.held().filter(enrolment=encounter.enrolment_id)
        had |= {(OUTCOME, key) for key in told.values_list("key", flat=True)}
    return had


def _stands_instead(task: Task, encounter: Encounter) -> bool:
    """A task of another visit makes one of *encounter* needless."""
    if task.kind == OUTCOME:
        return True
    undated = encounter.visit_time is None and task.closing is None
    later = _is_later(task.visited_at, encounter.visit_time)
    return task.kind == VISIT and (undated or later)


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


def _still_advised(encounter: Encounter, known: Known) -> set[str]:
    """Kinds of visit that this walk advises: they are to come, whatever was held."""
    plan = encounter.version.plan
    advised = taken(plan, known.opportunities, known.decisions)
    actions = {one.action.key for one in advised if not one.is_dropped}
    return {visit.key for visit in plan.visits if visit.advised_by in actions}


def _held_visits(
    encounter: Encounter, still: Container[str], there: Iterable[Task], told: Told
) -> Iterator[TaskEvent]:
    """This encounter is the visit that earlier ones called for: theirs is done."""
    visited = Visited(encounter.visit, encounter.visit_time, encounter.site.time_zone)
    for task in there:
        held = task.kind == VISIT and task.key == encounter.visit
        earlier = task.encounter_id != encounter.pk and not _is_later(
            task.visited_at, encounter.visit_time
        )
        if held and earlier and task.closing is None and task.key not in still:
            early = visited.day and task.from_on and visited.day < task.from_on
            words = HELD_EARLY if early else ""
            yield told.event(task, Event.DONE, words, encounter=encounter)


def _counted_anew(
    encounter: Encounter,
    wanted: Mapping[tuple[str, str], Duty],
    there: Iterable[Task],
    told: Told,
) -> list[TaskEvent]:
    """The visit to come counts from this visit; the one counted from before goes."""
    return [
        told.event(task, Event.CANCELLED, COUNTED_ANEW, encounter=encounter)
        for task in there
        if task.kind == VISIT
        and (task.kind, task.key) in wanted
        and task.key != encounter.visit
        and task.closing is None
        and task.encounter_id != encounter.pk
    ]


def _in_line(
    mine: Mapping[tuple[str, str], Task],
    wanted: Mapping[tuple[str, str], Duty],
    known: Known,
    told: Told,
) -> Iterator[TaskEvent]:
    """Events that bring the encounter's own tasks in line with what is wanted."""
    closings = TaskEvent.objects.in_bulk(
        [t.closing for t in mine.values() if t.closing]
    )
    for key, task in mine.items():
        closing, duty = closings.get(task.closing), wanted.get(key)
        if duty is None and closing is None:
            yield from _not_wanted(task, known, told)
        elif duty is not None and closing is None:
            yield from _moved(task, duty, told)
        elif duty is not None and _gave_way(closing):
            yield told.event(task, Event.UNDONE, takes_back=closing)


def _gave_way(closing: TaskEvent) -> bool:
    """Closed because nothing called for it any more, not by a person or a visit."""
    settled = closing.words in ("", DECIDED_OTHERWISE, AMENDED_AGAIN)
    return closing.is_automatic and closing.encounter_id is None and settled


def _not_wanted(task: Task, known: Known, told: Told) -> Iterator[TaskEvent]:
    if task.kind == RESULT or task.key.startswith(DEFERRED):
        yield told.event(task, Event.DONE)
    elif task.key.startswith(OTHERWISE):
        yield told.event(task, Event.CANCELLED, AMENDED_AGAIN)
    elif task.kind == ACTION and task.key in known.done:
        deed = known.done[task.key]
        yield told.event(task, Event.DONE, performance=deed)
    elif task.opportunity_id:
        yield told.event(task, Event.CANCELLED, DECIDED_OTHERWISE)


def _moved(task: Task, duty: Duty, told: Told) -> Iterator[TaskEvent]:
    """The decision chose another day; a day that a person set stays."""
    days = (duty.window.earliest_on, duty.window.due_on)
    if None in days or days == (task.from_on, task.until_on):
        return
    by_hand = TaskEvent.objects.standing().filter(
        task=task, kind=Event.RESCHEDULED, is_automatic=False
    )
    if not by_hand.exists():
        first, last = days
        chosen = {"earliest_on": first, "due_on": last}
        yield told.event(task, Event.RESCHEDULED, CHOSEN_ANEW, **chosen)
