"""Registering a patient and correcting an identity, with a look for duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Site
from accounts.permissions import CLINICIAN, DATA_MANAGER
from accounts.trail import record
from carepaths.actions import patients as actions
from carepaths.actions.refusals import CorrectedMeanwhile, MayBeKnown, RecordNumberTaken
from carepaths.actions.submissions import once
from carepaths.core.duplicates import Who, alike
from carepaths.forms.patients import CorrectForm, IdentityForm, RegisterForm, stated
from carepaths.models import Patient
from carepaths.permissions import may_correct
from carepaths.views.subjects import (
    find_patient,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.views.found import demand, problems_of

REGISTERING = (CLINICIAN, DATA_MANAGER)
TAKEN = "This record number is already in use here."
SHOWN = 6


@dataclass(frozen=True)
class Double:
    """Somebody who may be the patient meant, and why."""

    patient: Patient
    reasons: tuple[str, ...]


def doubles(request: HttpRequest, who: Who, but: Patient | None = None) -> list[Double]:
    """Those among the user's patients who may be *who*, the likeliest first."""
    mine = Patient.objects.visible_to(request.user)
    rows = mine.resembling(who)
    found = [
        Double(row, reasons)
        for row in rows
        if row != but and (reasons := alike(who, row.identity.who))
    ]
    return sorted(found, key=lambda one: (-len(one.reasons), one.patient.pk))[:SHOWN]


@refusals_as_pages
def register(request: HttpRequest) -> HttpResponse:
    """Register a patient at one of the clinician's sites."""
    sites = Site.objects.open_to(request.user, *REGISTERING)
    demand(sites.exists())
    data = request.POST if request.method == "POST" else None
    form = RegisterForm(data, sites=sites, today=timezone.localdate())
    found, holder = _doubles_of(request, form), None
    if form.is_valid():
        try:
            return redirect("carepaths:patient", _register(request, form, found))
        except (RecordNumberTaken, MayBeKnown):
            if holder := _holder_of_number(request, form):
                form.add_error("record_number", TAKEN)
    context = {
        "form": form,
        "problems": problems_of(form),
        "doubles": found,
        "taken": holder,
        "submission": submission_key(request) if form.is_bound else uuid4(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "carepaths/register.html", context, status=status)


def _register(request: HttpRequest, form: RegisterForm, found: list[Double]) -> int:
    def act() -> int:
        if not _are_others(request, found):
            raise MayBeKnown
        by, at = request.user, timezone.now()
        site = form.cleaned_data["site"]
        made = actions.register_patient(site=site, **form.identity, by=by, at=at)
        record(by, "registered", made, made.site)
        return made.pk

    return once(
        user=request.user,
        purpose="register",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )


def _doubles_of(
    request: HttpRequest, form: IdentityForm, but: Patient | None = None
) -> list[Double]:
    """Those whom the form, as far as it can be read, may mean."""
    if not form.is_bound:
        return []
    form.is_valid()
    site = but.site if but else form.cleaned_data.get("site")
    return doubles(request, form.who(site.pk), but) if site else []


def _are_others(request: HttpRequest, found: list[Double]) -> bool:
    """The user saw each of those who may be meant, and says it is another person."""
    seen = set(request.POST.get("another", "").split())
    return {str(one.patient.pk) for one in found} <= seen


def _holder_of_number(request: HttpRequest, form: RegisterForm) -> Patient | None:
    """The patient who has the record number already, to open instead."""
    number, site = form.cleaned_data["record_number"], form.cleaned_data["site"]
    here = Patient.objects.visible_to(request.user).filter(site=site)
    return here.filter(identity__record_number=number).first()


@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """The fragment of those who may be meant by what is typed so far."""
    sites = Site.objects.open_to(request.user, *REGISTERING)
    demand(sites.exists())
    if key := request.POST.get("patient", ""):
        patient = find_patient(request, int(key) if key.isdecimal() else 0)
        form = CorrectForm(request.POST, today=timezone.localdate())
        found = _doubles_of(request, form, patient)
    else:
        form = RegisterForm(request.POST, sites=sites, today=timezone.localdate())
        found = _doubles_of(request, form)
    return render(request, "carepaths/similar.html", {"doubles": found})


@refusals_as_pages
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who a patient is; what was before stays readable."""
    patient = find_patient(request, pk)
    demand(may_correct(request.user, patient))
    changes = list(patient.corrections.select_related("by").order_by("-pk"))
    first = stated(patient.identity) | {"edition": len(changes)}
    data = request.POST if request.method == "POST" else None
    form = CorrectForm(data, initial=first, today=timezone.localdate())
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    found = _doubles_of(request, form, patient)
    if form.is_valid() and _are_others(request, found):
        try:
            return _correct(request, patient, form)
        except RecordNumberTaken:
            form.add_error("record_number", TAKEN)
        except CorrectedMeanwhile as refusal:
            form.add_error(None, f"{refusal.words} It now reads as the banner says.")
    context = {
        "patient": patient,
        "form": form,
        "edition": len(changes),
        "problems": problems_of(form),
        "doubles": found,
        "changes": changes,
    }
    status = 422 if form.is_bound else 200
    return render(request, "carepaths/correct.html", context, status=status)


def _correct(request: HttpRequest, patient: Patient, form: CorrectForm) -> HttpResponse:
    by, at = request.user, timezone.now()
    asked = {name: form.cleaned_data[name] for name in ("edition", "reason")}
    change = actions.correct_identity(
        patient=patient, **form.identity, **asked, by=by, at=at
    )
    if change is not None:
        record(by, "corrected", patient, patient.site, at=at, fields=change.fields)
    return redirect(patient)
