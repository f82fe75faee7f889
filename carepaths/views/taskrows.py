"""Tasks as a list shows them: whose, by when, and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from carepaths.core.duties import DEFERRED
from carepaths.core.windows import Window
from carepaths.models import Patient, Task
from carepaths.permissions import may_work_on


@dataclass(frozen=True)
class TaskRow:
    """One task with its words. `step` is the page on which it is seen to."""

    task: Task
    state: str
    words: str
    span: str
    owner: str
    is_mine: bool
    may_take: bool
    step: tuple[str, str]

    @property
    def patient(self) -> Patient:
        return self.task.enrolment.patient


def rows_of(tasks: Iterable[Task], user: User) -> list[TaskRow]:
    """Return the rows of *tasks*, which carry what `waiting` gives them."""
    tasks = list(tasks)
    owners = User.objects.in_bulk({task.holder for task in tasks if task.holder})
    return [_row(task, user, owners.get(task.holder)) for task in tasks]


def _row(task: Task, user: User, owner: User | None) -> TaskRow:
    window = Window(task.from_on, task.until_on)
    is_mine = task.holder == user.pk
    return TaskRow(
        task=task,
        state=window.state(task.today),
        words=window.words(task.today),
        span=window.span(task.today),
        owner=owner_words(owner, task.is_owned, is_mine),
        is_mine=is_mine,
        may_take=not is_mine and may_work_on(user, task),
        step=step_of(task),
    )


def owner_words(owner: User | None, is_here: bool, is_mine: bool) -> str:
    if owner is None:
        return "nobody's yet"
    if is_mine:
        return "yours"
    return str(owner) if is_here else f"{owner}, who is not here any more"


def step_of(task: Task) -> tuple[str, str]:
    """Return the label and the address of what is to be done next about *task*."""
    page = task.get_absolute_url()
    match task.kind:
        case "visit":
            address = reverse("carepaths:open", args=[task.enrolment_id])
            return "Open the visit", f"{address}?{urlencode({'visit': task.key})}"
        case "result":
            return "Enter the result", reverse(
                "carepaths:amend", args=[task.encounter_id]
            )
        case "outcome":
            address = reverse("carepaths:outcomes", args=[task.enrolment_id])
            return "Record it", f"{address}#o-{task.key}"
        case "review" if task.key.startswith(DEFERRED):
            return "Decide", reverse("carepaths:decide", args=[task.opportunity_id])
        case "review":
            return "Read it", reverse("carepaths:encounter", args=[task.encounter_id])
    return "Tell what was done", f"{page}#done"
