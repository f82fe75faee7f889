"""Episodes of a patient on a plan: eligible, enrolled, declined with a reason, left."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import CLINICIAN, DATA_MANAGER
from accounts.trail import record
from carepaths.actions import enrolments as actions
from carepaths.actions.eligibility import judgements
from carepaths.actions.submissions import once
from carepaths.core.eligibility import Judgement
from carepaths.forms.encounters import ReasonForm
from carepaths.forms.enrolments import EnrolForm
from carepaths.models import Enrolment, Patient
from carepaths.permissions import may_enrol, may_open
from carepaths.views.subjects import (
    find_enrolment,
    find_patient,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.models import Scamp
from scamps.views.found import demand, problems_of

DECLINED = [
    "Patient or family prefers not to",
    "Treated elsewhere",
    "No time at this visit",
    "Could not be informed: language or emergency",
]
"""The reasons offered as buttons; own words are the other way."""


@refusals_as_pages
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whether a plan is for the patient, and enrol, decline, or say it is not."""
    patient = find_patient(request, pk)
    demand(may_enrol(request.user, patient))
    sent = request.POST if request.method == "POST" else request.GET
    here = Q(pk__in=Scamp.objects.meant_for(patient.site))
    under_way = Q(pk__in=patient.enrolments.values("scamp"))
    scamp = get_object_or_404(
        Scamp.objects.visible_to(request.user).filter(here | under_way),
        key=sent.get("scamp", "").replace("\0", ""),
    )
    if request.method == "GET" and (kept := patient.identity.kept_id):
        return redirect(f"{reverse('carepaths:enrol', args=[kept])}?scamp={scamp.key}")
    judged = judgements(patient, timezone.now()).get(scamp.pk)
    form = EnrolForm(request.POST if request.method == "POST" else None, judged=judged)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_bound and form.is_valid():
        return _enrol(request, patient, scamp, judged, form)
    version = scamp.version_at(patient.site)
    context = {
        "patient": patient,
        "scamp": scamp,
        "plan": version.plan if version else None,
        "judged": judged,
        "form": form,
        "problems": problems_of(form),
        "may_open": may_open(request.user, Enrolment(patient=patient)),
        "submission": submission_key(request) if form.is_bound else uuid4(),
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/enrol.html", context, status=status)


def _enrol(
    request: HttpRequest,
    patient: Patient,
    scamp: Scamp,
    judged: Judgement | None,
    form: EnrolForm,
) -> HttpResponse:
    verb = form.cleaned_data["verb"]
    enrolment = once(
        user=request.user,
        purpose="enrol",
        key=submission_key(request),
        payload=payload_of(request),
        act=lambda: _act(request, patient, scamp, judged, form),
    )
    match verb:
        case "decline":
            return redirect("carepaths:decline", enrolment)
        case "open":
            return redirect("carepaths:open", enrolment)
    return redirect(patient)


def _act(
    request: HttpRequest,
    patient: Patient,
    scamp: Scamp,
    judged: Judgement | None,
    form: EnrolForm,
) -> int:
    by, at = request.user, timezone.now()
    what = {"patient": patient, "scamp": scamp}
    if form.cleaned_data["verb"] in ("decline", "later"):
        return _eligible(what, by, at).pk
    reason, state = form.cleaned_data["reason"], judged.state if judged else ""
    made = actions.enrol(**what, judged=state, reason=reason, by=by, at=at)
    record(by, "enrolled", made, patient.site, at=at, judged=state)
    return made.pk


def _eligible(what: dict, by: User, at: datetime) -> Enrolment:
    open_one = actions.open_episode(**what)
    return open_one or actions.find_eligible(**what, by=by, at=at)


@refusals_as_pages
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Record why an eligible patient does not take part, or does not fit after all."""
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    demand(may_enrol(request.user, patient))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    who = {"enrolment": enrolment, "by": request.user, "at": timezone.now()}
    if request.POST.get("verb") == "unfit":
        actions.find_unfit(**who, reason=request.POST.get("reason", ""))
        return _recorded(
            request, patient, "Recorded: the plan is not for this patient."
        )
    if form.is_valid():
        actions.decline(**who, reason=form.cleaned_data["reason"])
        return _recorded(request, patient, "Recorded: does not take part.")
    context = {
        "patient": patient,
        "enrolment": enrolment,
        "form": form,
        "problems": problems_of(form),
        "reasons": DECLINED,
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/decline.html", context, status=status)


def _recorded(request: HttpRequest, patient: Patient, words: str) -> HttpResponse:
    """Go back to where the tap was: the worklist's next row, or the patient."""
    messages.info(request, f"{words} You can undo it on the patient's page.")
    if request.POST.get("back") == "worklist":
        return redirect("carepaths:worklist")
    return redirect(patient)


@refusals_as_pages
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Record why a patient leaves the plan."""
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    demand(may_enrol(request.user, patient))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        who = {"by": request.user, "at": timezone.now()}
        actions.leave(enrolment=enrolment, reason=reason, **who)
        return redirect(patient)
    context = {
        "patient": patient,
        "form": form,
        "problems": problems_of(form),
        "back": patient.get_absolute_url(),
        "question": "Why does the patient leave the plan?",
        "consequence": "The encounters so far stay. A later return is a new episode.",
        "button": "Leave the plan",
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/reason.html", context, status=status)


@require_POST
@refusals_as_pages
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last step of an episode back."""
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    demand(may_enrol(request.user, patient))
    if refused := switched(request, patient):
        return refused
    by, at = request.user, timezone.now()
    was = enrolment.state
    now = actions.undo(enrolment=enrolment, by=by, at=at).state
    record(by, "undid", enrolment, patient.site, at=at, was=was, now=now)
    return redirect(patient)


def eligible_rows(user: User, most: int) -> list[Enrolment]:
    """The first *most* episodes that wait for *user* to enrol the patient or not."""
    found = Enrolment.objects.eligible_not_enrolled(user)
    mine = user.memberships.current().filter(role__name__in=(CLINICIAN, DATA_MANAGER))
    return list(found.filter(patient__site__in=mine.values("site"))[:most])
