"""Finding a patient, and a patient's own page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Site, User
from accounts.trail import record
from carepaths.actions.eligibility import judgements
from carepaths.core.searching import read_query
from carepaths.models import Patient
from carepaths.permissions import may_correct, may_enrol
from carepaths.views.chart import chart_of
from carepaths.views.identities import REGISTERING
from carepaths.views.merging import merges_of
from carepaths.views.subjects import find_patient

SHOWN = 40


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


def patient(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one patient's episodes, and the plans that are open to the patient."""
    patient = find_patient(request, pk)
    if patient.identity.kept_id:  # merged: the one who is kept shows all
        return redirect("carepaths:patient", patient.identity.kept_id)
    record(request.user, "saw", patient, patient.site)
    chart = chart_of(patient)
    judged = judgements(patient, timezone.now())
    context = {
        "patient": patient,
        "may_enrol": may_enrol(request.user, patient),
        "may_correct": may_correct(request.user, patient),
        "merges": merges_of(patient),
        "offers": [
            {"scamp": scamp, "judged": judged.get(scamp.pk)}
            for scamp in chart["open_scamps"]
        ],
        **chart,
    }
    return render(request, "carepaths/patient.html", context)
