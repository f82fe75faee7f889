"""A task: what it is, what came of it, and all that can be told about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.trail import record
from carepaths.actions import followup
from carepaths.actions.submissions import once
from carepaths.forms.tasks import (
    CancelForm,
    DeedForm,
    DoneForm,
    HandOverForm,
    LostForm,
    RescheduleForm,
    TaskForm,
)
from carepaths.models import Contact, Event, Task, TaskEvent
from carepaths.permissions import may_work_on
from carepaths.views.subjects import (
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from carepaths.views.taskrows import rows_of
from scamps.views.found import demand, problems_of

FORMS: dict[str, type[TaskForm]] = {
    "done": DoneForm,
    "reschedule": RescheduleForm,
    "lost": LostForm,
    "hand_over": HandOverForm,
    "cancel": CancelForm,
}
SAID = {
    "done": "Recorded.",
    "reschedule": "It has another day.",
    "lost": "Closed, with what came of the contact.",
    "hand_over": "Handed over.",
    "cancel": "Cancelled.",
}


def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the task, its history, and what can be told about it."""
    return _page(request, find_task(request, pk))


@require_POST
@refusals_as_pages
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was really done, when, where, and how it is known."""
    return _tell(request, pk, "done", _done)


@require_POST
@refusals_as_pages
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Another window, and why."""
    return _tell(request, pk, "reschedule", followup.reschedule)


@require_POST
@refusals_as_pages
def lost(request: HttpRequest, pk: int) -> HttpResponse:
    """Lost to follow-up, with the outcome of the contact."""
    return _tell(request, pk, "lost", followup.lose)


@require_POST
@refusals_as_pages
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Another owner: a colleague, oneself, or nobody in particular."""
    return _tell(request, pk, "hand_over", followup.hand_over)


@require_POST
@refusals_as_pages
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Not to be done, and why."""
    return _tell(request, pk, "cancel", followup.cancel)


@require_POST
@refusals_as_pages
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the last thing that was told."""
    found = find_task(request, pk)
    demand(may_work_on(request.user, found))
    if refused := switched(request, found.enrolment.patient):
        return refused

    def act() -> int:
        followup.take_back(task=found, by=request.user, at=timezone.now())
        record(request.user, "took back", found, found.enrolment.patient.site)
        return found.pk

    _once(request, "task-undo", act)
    messages.success(request, "Taken back.")
    return redirect(found)


def find_task(request: HttpRequest, pk: int) -> Task:
    at = timezone.now()
    found = Task.objects.visible_to(request.user).with_state().with_day(at)
    related = (
        found.with_owner_here(at)
        .with_recall()
        .select_related(
            "enrolment__patient__identity",
            "enrolment__patient__site",
            "enrolment__scamp",
            "encounter",
            "by",
        )
    )
    return get_object_or_404(related, pk=pk)


Act = Callable[..., object]


def _tell(request: HttpRequest, pk: int, verb: str, act: Act) -> HttpResponse:
    found = find_task(request, pk)
    site = found.enrolment.patient.site
    demand(may_work_on(request.user, found))
    if refused := switched(request, found.enrolment.patient):
        return refused
    form = _form(found, verb, request)
    if not form.is_valid():
        return _page(request, found, verb, form)

    def carry_out() -> int:
        given = _given(form)
        act(task=found, by=request.user, at=timezone.now(), **given)
        record(request.user, verb.replace("_", " "), found, site)
        return found.pk

    _once(request, f"task-{verb}", carry_out)
    messages.success(request, SAID[verb])
    if request.POST.get("back") == "worklist":
        return redirect("carepaths:worklist")
    return redirect(found)


def _given(form: TaskForm) -> dict[str, Any]:
    """What the action takes: all that was read, less the parts of days."""
    parts = ("day", "month", "year")
    return {k: v for k, v in form.cleaned_data.items() if not k.endswith(parts)}


def _once(request: HttpRequest, purpose: str, act: Callable[[], int]) -> None:
    once(
        user=request.user,
        purpose=purpose,
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )


def _done(*, task: Task, by: User, at: Any, **given: Any) -> None:
    if task.kind == "action":
        followup.carry_out(task=task, by=by, at=at, **given)
    else:
        followup.finish(task=task, by=by, at=at, **given)


def _form(found: Task, verb: str, request: HttpRequest | None = None) -> TaskForm:
    site = found.enrolment.patient.site
    given: dict[str, Any] = {"today": found.today, "zone": site.time_zone}
    kind = DeedForm if verb == "done" and found.kind == "action" else FORMS[verb]
    if verb == "hand_over":
        given["colleagues"] = followup.colleagues(site.pk, timezone.now())
    if request is None:
        return kind(prefix=None, auto_id=f"{verb}-%s", **given)
    return kind(request.POST, auto_id=f"{verb}-%s", **given)


def _page(
    request: HttpRequest, found: Task, verb: str = "", bound: TaskForm | None = None
) -> HttpResponse:
    patient = found.enrolment.patient
    may_work = may_work_on(request.user, found)
    is_open = found.closing is None
    forms = {}
    if may_work and is_open:
        forms = {key: _form(found, key) for key in FORMS}
    if bound is not None:
        forms[verb] = bound
    last = followup.last_event(found)
    context = {
        "task": found,
        "patient": patient,
        "row": rows_of([found], request.user)[0],
        "is_open": is_open,
        "forms": forms,
        "opened": verb,
        "is_action": found.kind == "action",
        "events": [_said(event) for event in _events(found)],
        "may_undo": may_work and last is not None and _may_be_undone(last),
        "problems": problems_of(bound) if bound is not None else [],
        "submission": submission_key(request) if bound is not None else uuid4(),
    }
    status = 422 if bound is not None else 200
    return render(request, "carepaths/task.html", context, status=status)


def _may_be_undone(last: TaskEvent) -> bool:
    return not last.is_automatic or last.performance_id is not None


def _events(found: Task):
    return (
        found.events.select_related(
            "by", "owner", "performance", "outcome", "takes_back", "encounter"
        )
        .prefetch_related("taken_back_by")
        .order_by("pk")
    )


def _said(event: TaskEvent) -> dict[str, Any]:
    """One line of the history: what happened, with what is known of it."""
    return {
        "event": event,
        "title": _title(event),
        "contact": Contact(event.contact).label if event.contact else "",
        "is_taken_back": hasattr(event, "taken_back_by"),
    }


def _title(event: TaskEvent) -> str:
    if event.kind == Event.UNDONE:
        return f"Taken back: {event.takes_back.get_kind_display().lower()}"
    if event.kind == Event.HANDED_OVER:
        return f"Handed over to {event.owner or 'the site'}"
    return event.get_kind_display()
