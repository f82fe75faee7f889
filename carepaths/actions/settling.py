"""Tasks that follow from a void, an amendment, an outcome, or the end of an episode."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.told import Told
from carepaths.core.duties import BEFORE, OUTCOME, REVIEW, VISIT, Duty
from carepaths.core.windows import Window
from carepaths.models import (
    Encounter,
    Enrolment,
    Event,
    Origin,
    Outcome,
    Revision,
    Task,
    TaskEvent,
)

RESTS_ON = "The visit before was changed: does this one still hold?"
LEFT_THE_PLAN = "The patient left the plan."


@transaction.atomic(savepoint=False)
def review_later_visits(
    *, encounter: Encounter, mark: str, at: datetime, by: User
) -> list[Task]:
    """Ask whether the visits that rest on *encounter* still hold, now it was changed.

    Args: mark: names the change: the number of the amendment, or "void".
    """
    resting = Revision.objects.reads_an_older_answer().filter(
        previous__encounter=encounter
    )
    name = f"{BEFORE}{encounter.pk}/"
    asked = Task.objects.open().filter(kind=REVIEW, key__startswith=name)
    later = (
        Encounter.objects.counted()
        .filter(pk__in=resting.values("encounter"))
        .exclude(origin=Origin.RETROSPECTIVE)
        .exclude(pk__in=asked.values("encounter"))
    )
    told, duty = Told(by, at), Duty(REVIEW, name + mark, RESTS_ON, Window())
    made = [told.task(each, duty) for each in later]
    return Task.objects.bulk_create(made, ignore_conflicts=True)


@transaction.atomic(savepoint=False)
def withdraw_tasks(
    *, encounter: Encounter, reason: str, at: datetime, by: User
) -> None:
    """Cancel the open tasks of a voided *encounter*, reopen what it had closed."""
    told = Told(by, at)
    events = [
        told.event(task, Event.CANCELLED, f"Entered in error: {reason}")
        for task in Task.objects.open().filter(encounter=encounter)
    ]
    closed = TaskEvent.objects.standing().filter(
        encounter=encounter, is_automatic=True, kind__in=(Event.DONE, Event.CANCELLED)
    )
    events += [
        told.event(one.task, Event.UNDONE, takes_back=one)
        for one in closed.select_related("task")
        if one.task.encounter_id != encounter.pk
    ]
    TaskEvent.objects.bulk_create(events)
    review_later_visits(encounter=encounter, mark="void", at=at, by=by)


@transaction.atomic(savepoint=False)
def cancel_visits(*, enrolment: Enrolment, reason: str, at: datetime, by: User) -> None:
    """Cancel the visits to come of an episode that ended; what else is open stays."""
    told, why = Told(by, at), f"{LEFT_THE_PLAN} {reason}".strip()
    visits = Task.objects.open().filter(enrolment=enrolment, kind=VISIT)
    TaskEvent.objects.bulk_create(
        told.event(task, Event.CANCELLED, why) for task in visits
    )


@transaction.atomic(savepoint=False)
def settle_outcome(
    *, outcome: Outcome, is_void: bool = False, at: datetime, by: User
) -> None:
    """Close the task that asked for *outcome*; reopen it if that was entered in error."""
    told, events = Told(by, at), []
    asked = Task.objects.filter(
        enrolment=outcome.enrolment_id, kind=OUTCOME, key=outcome.key
    )
    if not is_void:
        events = [
            told.event(task, Event.DONE, outcome=outcome) for task in asked.open()
        ]
    else:
        closed = TaskEvent.objects.standing().filter(outcome=outcome, is_automatic=True)
        events = [
            told.event(one.task, Event.UNDONE, takes_back=one)
            for one in closed.select_related("task")
        ]
    TaskEvent.objects.bulk_create(events)
