"""Finding a patient, registering one, and a patient's own page."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Site, User
from accounts.permissions import CLINICIAN, DATA_MANAGER
from accounts.trail import record
from carepaths.actions import patients as actions
from carepaths.actions.eligibility import judgements
from carepaths.actions.refusals import RecordNumberTaken
from carepaths.actions.submissions import once
from carepaths.core.searching import read_query
from carepaths.forms.patients import RegisterForm
from carepaths.models import Patient
from carepaths.permissions import may_enrol
from carepaths.views.chart import chart_of
from carepaths.views.subjects import (
    demand,
    find_patient,
    payload_of,
    problems_of,
    refusals_as_pages,
    submission_key,
)

SHOWN = 40
REGISTERING = (CLINICIAN, DATA_MANAGER)


def patients(request: HttpRequest) -> HttpResponse:
    """List the patients of the user's sites, the latest first, or those searched for.

    What is searched for is sent as a form, because addresses are logged.
    """
    sent = request.POST if request.method == "POST" else request.GET
    query = sent.get("q", "").replace("\0", "").strip()
    found = _found(request.user, query)
    days = read_query(query).days
    context = {
        "query": query,
        "patients": found[:SHOWN],
        "more": len(found) > SHOWN,
        "several_sites": len({patient.site_id for patient in found}) > 1,
        "may_register": Site.objects.open_to(request.user, *REGISTERING).exists(),
        "readings": [(day, _born_on(found, day)) for day in days if len(days) > 1],
    }
    return render(request, "carepaths/patients.html", context)


def _found(user: User, query: str) -> list[Patient]:
    """Whom the words begin; if nobody, whom they are part of."""
    mine = Patient.objects.visible_to(user).select_related("identity", "site")
    found = list(mine.matching(query)[: SHOWN + 1])
    if found or not read_query(query).words:
        return found
    return list(mine.matching(query, anywhere=True)[: SHOWN + 1])


def _born_on(found: list[Patient], day: date) -> int:
    return sum(patient.identity.birth_date == day for patient in found)


@refusals_as_pages
def register(request: HttpRequest) -> HttpResponse:
    """Register a patient at one of the clinician's sites."""
    sites = Site.objects.open_to(request.user, *REGISTERING)
    demand(sites.exists())
    data = request.POST if request.method == "POST" else None
    form = RegisterForm(data, sites=sites, today=timezone.localdate())
    if form.is_valid():
        try:
            return redirect("carepaths:patient", _register(request, form))
        except RecordNumberTaken:
            form.add_error(
                "record_number", "This record number is already in use here."
            )
    context = {
        "form": form,
        "problems": problems_of(form),
        "taken": _holder_of_number(request, form),
        "submission": submission_key(request) if form.is_bound else uuid4(),
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/register.html", context, status=status)


def _register(request: HttpRequest, form: RegisterForm) -> int:
    def act() -> int:
        by, at = request.user, timezone.now()
        made = actions.register_patient(**form.identity, by=by, at=at)
        record(by, "registered", made, made.site)
        return made.pk

    return once(
        user=request.user,
        purpose="register",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )


def _holder_of_number(request: HttpRequest, form: RegisterForm) -> Patient | None:
    """The patient who has the record number already, to open instead."""
    if not form.is_bound or "record_number" not in form.errors:
        return None
    data = form.cleaned_data
    number = form.data.get("record_number", "").strip()
    mine = Patient.objects.visible_to(request.user).filter(site=data.get("site"))
    return mine.filter(identity__record_number=number).first()


def patient(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one patient's episodes, and the plans that are open to the patient."""
    patient = find_patient(request, pk)
    record(request.user, "saw", patient, patient.site)
    chart = chart_of(patient)
    judged = judgements(patient, timezone.now())
    context = {
        "patient": patient,
        "may_enrol": may_enrol(request.user, patient),
        "offers": [
            {"scamp": scamp, "judged": judged.get(scamp.pk)}
            for scamp in chart["open_scamps"]
        ],
        **chart,
    }
    return render(request, "carepaths/patient.html", context)
