"""Recording what became of an episode."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from carepaths.actions.outcomes import record_outcome
from carepaths.actions.submissions import once
from carepaths.forms.dates import local_time
from carepaths.forms.outcomes import (
    WhenAndHowForm,
    held_words,
    outcome_rows,
    read_outcomes,
)
from carepaths.models import Encounter, Enrolment, Outcome
from carepaths.permissions import may_record_outcome, may_void_outcome
from carepaths.views.subjects import (
    find_enrolment,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.core.definition import Outcome as Declared
from scamps.core.definition import Plan, words
from scamps.views.found import demand, problems_of


@refusals_as_pages
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for each outcome of the plan; on POST, record those that were told."""
    enrolment = find_enrolment(request, pk)
    demand(may_record_outcome(request.user, enrolment))
    plan = _plan(enrolment)
    declared = plan.outcomes if plan else ()
    posted = request.POST if request.method == "POST" else None
    values, errors = read_outcomes(declared, posted or {})
    form = WhenAndHowForm(posted)
    if posted is not None:
        if refused := switched(request, enrolment.patient):
            return refused
        if form.is_valid() and values and not errors:
            _record(request, enrolment, values, form.cleaned_data)
            return redirect(enrolment.patient)
    problems = [(f"o-{key}", message) for key, message in errors.items()]
    if posted is not None and not values and not errors:
        problems.append(("main", "Answer at least one."))
    held = _held(enrolment)
    rows = outcome_rows(declared, posted or {}, held, errors)
    context = {
        "enrolment": enrolment,
        "patient": enrolment.patient,
        "form": form,
        "rows": rows,
        "not_asked": [row for row in rows if row["is_harm"] and not row["held"]],
        "history": _history(request, enrolment, declared),
        "problems": problems + problems_of(form),
        "submission": submission_key(request) if posted else uuid4(),
    }
    status = 422 if context["problems"] else 200
    return render(request, "carepaths/outcomes.html", context, status=status)


def _held(enrolment: Enrolment) -> dict[str, Any]:
    """What is known so far, by the key of the outcome."""
    rows = Outcome.objects.held().filter(enrolment=enrolment)
    return {row.key: row.value for row in rows}


def _history(
    request: HttpRequest, enrolment: Enrolment, declared: Iterable[Declared]
) -> list[dict[str, Any]]:
    """All that was ever recorded, the latest first, with what was entered in error."""
    known = {one.key: one for one in declared}
    held = set(Outcome.objects.held().filter(enrolment=enrolment).values_list("pk"))
    rows = enrolment.outcomes.select_related("by", "enrolment__patient")
    return [
        {
            "row": row,
            "label": words(known[row.key].label, "en"),
            "said": held_words(known[row.key], row.value),
            "holds": (row.pk,) in held,
            "void": next(iter(row.voids.all()), None),
            "may_void": not row.voids.all() and may_void_outcome(request.user, row),
        }
        for row in rows.prefetch_related("voids__by").order_by("-pk")
        if row.key in known
    ]


def recorded_words(outcome: Outcome) -> str:
    """One recorded outcome as the page lists it: Fever: Yes."""
    plan = _plan(outcome.enrolment)
    declared = {one.key: one for one in plan.outcomes} if plan else {}
    if outcome.key not in declared:
        return outcome.key
    about = declared[outcome.key]
    return f"{words(about.label, 'en')}: {held_words(about, outcome.value)}"


def _plan(enrolment: Enrolment) -> Plan | None:
    """The plan of the episode's last encounter, else the active one."""
    mine = Encounter.objects.unvoided().filter(enrolment=enrolment)
    last = mine.select_related("version__content").order_by("-pk").first()
    here = enrolment.patient.site
    version = last.version if last else enrolment.scamp.version_at(here)
    return version.plan if version else None


def _record(
    request: HttpRequest, enrolment: Enrolment, values: dict[str, Any], said: dict
) -> None:
    zone, on = enrolment.patient.site.time_zone, said["happened_on"]
    happened_at = local_time(on, time(12), zone) if on else None

    @transaction.atomic
    def act() -> list[int]:
        who = {"by": request.user, "at": timezone.now()}
        how = {"known_how": said["known_how"], "happened_at": happened_at}
        return [
            record_outcome(enrolment=enrolment, key=key, value=value, **how, **who).pk
            for key, value in values.items()
        ]

    once(
        user=request.user,
        purpose="outcomes",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )
