"""What people do about tasks: done, put off, lost, handed over, cancelled, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership, User
from carepaths.actions.decisions import record_performance
from carepaths.actions.refusals import ReasonNeeded, Refusal
from carepaths.core.duties import ACTION, VISIT
from carepaths.models import Contact, Event, Performance, Task, TaskEvent
from carepaths.models.tasks import WORKERS

DIED = "The patient died."
TAKEN_BACK = "Recorded as done in error; taken back."


class TaskClosed(Refusal):
    words = "This task is closed already."


class NothingToTakeBack(Refusal):
    words = "There is nothing to take back, or it was taken back already."


class FollowedFromElsewhere(Refusal):
    words = "This followed from what was recorded elsewhere: correct it there."


class NotAColleague(Refusal):
    words = "Tasks go to clinicians and data managers of the site."


class WindowUpsideDown(Refusal):
    words = "The first day lies after the last."


@transaction.atomic
def finish(
    *, task: Task, words: str, happened_on: date | None = None, by: User, at: datetime
) -> TaskEvent:
    """Close *task* as done: *words* say what, *happened_on* when, if it is known.

    Raises: TaskClosed, ReasonNeeded: nothing says what was done.
    """
    _lock_open(task)
    _refuse_empty(task, words)
    return _event(task, Event.DONE, words, by, at, happened_on=happened_on)


@transaction.atomic
def carry_out(
    *,
    task: Task,
    status: str = "done",
    known_how: str,
    done_at: datetime | None = None,
    place: str = "",
    by: User,
    at: datetime,
) -> Performance:
    """Record what was really done about an action; what is done closes the task.

    Raises: TaskClosed, Voided.
    """
    _lock_open(task)
    return record_performance(
        encounter=task.encounter,
        resource=task.key,
        status=status,
        done_at=done_at,
        place=place,
        known_how=known_how,
        by=by,
        at=at,
    )


@transaction.atomic
def reschedule(
    *,
    task: Task,
    earliest_on: date,
    due_on: date,
    words: str,
    by: User,
    at: datetime,
) -> TaskEvent:
    """Give *task* another window, and say why.

    Raises: TaskClosed, ReasonNeeded, WindowUpsideDown.
    """
    _lock_open(task)
    _refuse_empty(task, words)
    if earliest_on > due_on:
        raise WindowUpsideDown(task)
    window = {"earliest_on": earliest_on, "due_on": due_on}
    return _event(task, Event.RESCHEDULED, words, by, at, **window)


@transaction.atomic
def lose(
    *,
    task: Task,
    contact: str,
    tries: int | None = None,
    words: str = "",
    by: User,
    at: datetime,
) -> TaskEvent:
    """Close *task* as lost to follow-up, with what the contact came to.

    Who died is asked nothing more: the patient's other open visits and actions, on any
    plan, are cancelled; taking this back takes that back too.

    Raises: TaskClosed, ReasonNeeded: "other" without words.
    """
    _lock_open(task)
    if contact == Contact.OTHER:
        _refuse_empty(task, words)
    event = _event(task, Event.LOST, words, by, at, contact=contact, tries=tries)
    if contact == Contact.DIED:
        TaskEvent.objects.bulk_create(
            _event_of(other, Event.CANCELLED, DIED, by, at, because=event)
            for other in Task.objects.open().filter(
                enrolment__patient=task.enrolment.patient_id, kind__in=(VISIT, ACTION)
            )
        )
    return event


@transaction.atomic
def hand_over(*, task: Task, to: User | None, by: User, at: datetime) -> TaskEvent:
    """Give *task* to *to*, or back to the site (None).

    Raises: TaskClosed, NotAColleague.
    """
    _lock_open(task)
    site = task.enrolment.patient.site_id
    if to is not None and not colleagues(site, at).filter(pk=to.pk).exists():
        raise NotAColleague(to)
    return _event(task, Event.HANDED_OVER, "", by, at, owner=to)


@transaction.atomic
def cancel(*, task: Task, words: str, by: User, at: datetime) -> TaskEvent:
    """Close *task* because it is not to be done, and say why.

    Raises: TaskClosed, ReasonNeeded.
    """
    _lock_open(task)
    _refuse_empty(task, words)
    return _event(task, Event.CANCELLED, words, by, at)


@transaction.atomic
def take_back(*, task: Task, by: User, at: datetime) -> None:
    """Take back the last thing a person did about *task*, and what followed from it.

    What was recorded as done is then recorded as not known. What followed from a signed
    visit, an answer or an outcome is corrected there.

    Raises: NothingToTakeBack, FollowedFromElsewhere.
    """
    Task.objects.select_for_update().get(pk=task.pk)
    last = last_event(task)
    if last is None:
        raise NothingToTakeBack(task)
    if last.performance_id is not None:
        _take_back_deed(last, by, at)
        return
    if last.is_automatic:
        raise FollowedFromElsewhere(task)
    events = [last, *last.consequences.standing().select_related("task")]
    told = {"by": by, "recorded_at": at}
    TaskEvent.objects.bulk_create(
        TaskEvent(task=one.task, kind=Event.UNDONE, takes_back=one, **told)
        for one in events
    )


def last_event(task: Task) -> TaskEvent | None:
    """Return the event of *task* that could be taken back: the last that stands."""
    mine = TaskEvent.objects.standing().filter(task=task).exclude(kind=Event.UNDONE)
    return mine.order_by("-pk").first()


def colleagues(site: int, at: datetime) -> QuerySet[User]:
    """Return who works on tasks at *site* today."""
    here = Membership.objects.current(at.date()).filter(
        site=site, role__name__in=WORKERS
    )
    return User.objects.filter(is_active=True, pk__in=here.values("user"))


def _take_back_deed(event: TaskEvent, by: User, at: datetime) -> None:
    deed = event.performance
    record_performance(
        encounter=deed.encounter,
        resource=deed.resource,
        status="unknown",
        known_how=TAKEN_BACK,
        by=by,
        at=at,
    )


def _lock_open(task: Task) -> None:
    """Hold off everybody else, or raise because the task is closed.

    Raises: TaskClosed.
    """
    Task.objects.select_for_update().get(pk=task.pk)
    if not Task.objects.open().filter(pk=task.pk).exists():
        raise TaskClosed(task)


def _refuse_empty(task: Task, words: str) -> None:
    if not words.strip():
        raise ReasonNeeded(task)


def _event(
    task: Task, kind: str, words: str, by: User, at: datetime, **more: Any
) -> TaskEvent:
    told = {"words": words.strip(), "by": by, "recorded_at": at}
    return TaskEvent.objects.create(task=task, kind=kind, **told, **more)


def _event_of(
    task: Task, kind: str, words: str, by: User, at: datetime, **more: Any
) -> TaskEvent:
    told = {"words": words, "by": by, "recorded_at": at, "is_automatic": True}
    return TaskEvent(task=task, kind=kind, **told, **more)
