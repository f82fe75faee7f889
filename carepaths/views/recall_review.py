"""One patient after a recall: what the version advised, what is open, what was found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.trail import record
from carepaths.actions import recalls as actions
from carepaths.forms.recalls import CloseForm, HandOverForm, ReopenForm
from carepaths.models import Choice, Encounter, Opportunity, Reached, RecallEvent, Task
from carepaths.models.recalls import tasks_left
from carepaths.permissions import may_review_recall
from carepaths.views.recalls import find_recalled, rows_of
from carepaths.views.signed import action_of
from carepaths.views.standing import recall_of
from carepaths.views.subjects import refusals_as_pages, switched
from scamps.core.definition import words
from scamps.models import Version
from scamps.views.found import demand, problems_of

SAID = {
    "close": "Closed.",
    "reopen": "Open again.",
    "hand_over": "Handed over.",
    "take": "It is yours.",
}


@refusals_as_pages
def review(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Show what the version did for this patient; on POST, tell what was found."""
    version = find_recalled(request, key, number)
    patient = _find(request, version, pk)
    if request.method != "POST":
        record(request.user, "saw", patient, patient.site)
        return _page(request, version, patient)
    demand(may_review_recall(request.user, patient))
    if refused := switched(request, patient):
        return refused
    then = request.POST.get("then", "")
    form = _forms(patient, request.POST).get(then)
    if then != "take" and (form is None or not form.is_valid()):
        return _page(request, version, patient, then, form)
    _tell(request, version, patient, then, form.cleaned_data if form else {})
    messages.success(request, SAID[then])
    return redirect(request.path)


def _find(request: HttpRequest, version: Version, pk: int) -> Reached:
    mine = Reached.objects.visible_to(request.user).by(version)
    found = mine.with_review(version, timezone.now())
    return get_object_or_404(found.select_related("identity", "site"), pk=pk)


def _tell(
    request: HttpRequest, version: Version, patient: Reached, then: str, given: dict
) -> None:
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    what = {"version": version, "patient": patient}
    match then:
        case "close":
            actions.close_review(**what, **given, **who)
        case "reopen":
            actions.reopen_review(**what, **given, **who)
        case "hand_over":
            actions.hand_over(**what, owner=given["to"], **who)
        case "take":
            actions.hand_over(**what, owner=request.user, **who)
    verb = "closed a recall of" if then == "close" else "worked on a recall of"
    record(request.user, verb, patient, patient.site)


def _forms(patient: Reached, data: Any = None) -> dict[str, forms.Form]:
    """What can be told now, by the name of its button."""
    if patient.is_closed:
        return {"reopen": ReopenForm(data, auto_id="reopen-%s")}
    has_left = patient.has_draft or patient.has_tasks
    now = timezone.now()
    return {
        "close": CloseForm(data, must_look=has_left, auto_id="close-%s"),
        "hand_over": HandOverForm(
            data,
            colleagues=actions.reviewers(patient.site_id, now),
            today=now.date(),
            auto_id="hand_over-%s",
        ),
    }


def _page(
    request: HttpRequest,
    version: Version,
    patient: Reached,
    then: str = "",
    bound: forms.Form | None = None,
) -> HttpResponse:
    may_review = may_review_recall(request.user, patient)
    offered = _forms(patient) if may_review else {}
    if bound is not None:
        offered[then] = bound
    context = {
        "version": version,
        "recalled": recall_of(version),
        "patient": patient,
        "row": rows_of([patient], request.user)[0],
        "visits": _visits(version, patient),
        "tasks": _tasks(version, patient),
        "events": _events(version, patient),
        "forms": offered,
        "opened": then,
        "problems": problems_of(bound) if bound is not None else [],
    }
    status = 200 if request.method != "POST" else 422
    return render(request, "carepaths/recall_review.html", context, status=status)


def _visits(version: Version, patient: Reached) -> list[dict[str, Any]]:
    """The visits on *version*, latest first, each with what it advised."""
    found = Encounter.objects.filter(version=version, enrolment__patient=patient)
    visits = list(found.with_void().select_related("site").order_by("-visit_time"))
    rows = Opportunity.objects.filter(encounter__in=visits)
    advised = rows.with_decision(timezone.now()).order_by("position")
    for one in advised:
        one.words = words(action_of(Encounter(version=version), one).words, "en")
        one.decided = Choice(one.state).label if one.state in Choice.values else ""
    return [
        {
            "encounter": visit,
            "advised": [one for one in advised if one.encounter_id == visit.pk],
        }
        for visit in visits
    ]


def _tasks(version: Version, patient: Reached) -> list[Task]:
    mine = tasks_left(version).filter(enrolment__patient=patient)
    return list(mine.order_by("until_on", "pk"))


def _events(version: Version, patient: Reached) -> list[RecallEvent]:
    mine = RecallEvent.objects.filter(version=version, patient=patient)
    return list(mine.select_related("by", "owner").order_by("pk"))
