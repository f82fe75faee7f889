"""Episodes of a patient on a plan: enrolled, declined with a reason, left."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from carepaths.actions import enrolments as actions
from carepaths.actions.submissions import once
from carepaths.forms.encounters import ReasonForm
from carepaths.models import Enrolment, Patient
from carepaths.permissions import may_enrol
from carepaths.views.subjects import (
    demand,
    find_enrolment,
    find_patient,
    payload_of,
    problems_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.models import Scamp


@refusals_as_pages
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Show for whom a plan is, and enrol the patient or note that they decline."""
    patient = find_patient(request, pk)
    demand(may_enrol(request.user, patient))
    sent = request.POST if request.method == "POST" else request.GET
    scamp = get_object_or_404(
        Scamp.objects.visible_to(request.user),
        key=sent.get("scamp", "").replace("\0", ""),
    )
    if request.method == "POST":
        return switched(request, patient) or _enrol(request, patient, scamp)
    version = scamp.active_version
    context = {
        "patient": patient,
        "scamp": scamp,
        "plan": version.plan if version else None,
        "submission": uuid4(),
    }
    return render(request, "carepaths/enrol.html", context)


def _enrol(request: HttpRequest, patient: Patient, scamp: Scamp) -> HttpResponse:
    declines = request.POST.get("verb") == "decline"

    def act() -> int:
        what = {"patient": patient, "scamp": scamp}
        who = {"by": request.user, "at": timezone.now()}
        if declines:
            return _eligible(what, who).pk
        return actions.enrol(**what, **who).pk

    enrolment = once(
        user=request.user,
        purpose="enrol",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )
    if declines:
        return redirect("carepaths:decline", enrolment)
    return redirect(patient)


def _eligible(what: dict, who: dict) -> Enrolment:
    return actions.open_episode(**what) or actions.find_eligible(**what, **who)


@refusals_as_pages
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Record why an eligible patient does not take part."""
    page = {
        "question": "Why does the patient not take part?",
        "consequence": "The patient still counts as eligible: who is left out matters.",
        "button": "Record",
    }
    return _with_reason(request, pk, actions.decline, page)


@refusals_as_pages
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Record why a patient leaves the plan."""
    page = {
        "question": "Why does the patient leave the plan?",
        "consequence": "The encounters so far stay. A later return is a new episode.",
        "button": "Leave the plan",
    }
    return _with_reason(request, pk, actions.leave, page)


def _with_reason(request: HttpRequest, pk: int, action, page: dict) -> HttpResponse:
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    demand(may_enrol(request.user, patient))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        action(enrolment=enrolment, reason=reason, by=request.user, at=timezone.now())
        return redirect(patient)
    context = {
        "patient": patient,
        "form": form,
        "problems": problems_of(form),
        "back": patient.get_absolute_url(),
        **page,
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/reason.html", context, status=status)
