"""Merging two patients who are one person: proposed, decided by another, undone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import Site, User
from accounts.permissions import CLINICIAN, DATA_MANAGER
from accounts.trail import record
from carepaths.actions import merging as actions
from carepaths.forms.merging import MergeForm, ProposeForm
from carepaths.models import Merge, MergeState, Patient
from carepaths.permissions import may_merge
from carepaths.views.identities import doubles
from carepaths.views.subjects import find_patient, refusals_as_pages, switched
from scamps.views.found import demand, problems_of

VERBS = {
    "confirm": "confirmed a merge",
    "reject": "rejected a merge",
    "undo": "undid a merge",
}


@refusals_as_pages
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who may be the same person as the patient, and propose a merge."""
    patient = find_patient(request, pk)
    demand(may_merge(request.user, patient))
    here = Patient.objects.visible_to(request.user).filter(site=patient.site)
    others = here.exclude(pk=patient.pk).filter(identity__kept=None)
    found = doubles(request, patient.identity.who, patient)
    likely = [one for one in found if one.patient.site_id == patient.site_id]
    likely = [one for one in likely if one.patient.identity.kept_id is None]
    form = ProposeForm(
        request.POST if request.method == "POST" else None, others=others
    )
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_valid():
        by, at = request.user, timezone.now()
        made = actions.propose_merge(kept=patient, **form.cleaned_data, by=by, at=at)
        record(by, "proposed a merge", made, patient.site, at=at)
        return redirect(made)
    context = {
        "patient": patient,
        "form": form,
        "problems": problems_of(form),
        "likely": likely,
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/propose_merge.html", context, status=status)


@refusals_as_pages
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show both patients side by side; confirm, reject, or take the merge back."""
    merges = Merge.objects.visible_to(request.user).with_state().with_people()
    found = get_object_or_404(merges, pk=pk)
    demand(may_merge(request.user, found.kept))
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, found.kept)):
        return refused
    if form.is_valid():
        return _decided(request, found, form)
    context = {
        "merge": found,
        "patient": found.kept,
        "people": [_side(found.kept, "Kept"), _side(found.merged, "Merged into it")],
        "steps": found.steps.select_related("by").order_by("pk"),
        "form": form,
        "problems": problems_of(form),
        "is_mine": found.proposed_by_id == request.user.pk,
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/merge.html", context, status=status)


def _decided(request: HttpRequest, found: Merge, form: MergeForm) -> HttpResponse:
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    who = {"merge": found, "by": request.user, "at": timezone.now()}
    match verb:
        case "confirm":
            actions.confirm_merge(**who)
        case "reject":
            actions.reject_merge(**who, reason=reason)
        case "undo":
            actions.undo_merge(**who, reason=reason)
    record(request.user, VERBS[verb], found, found.kept.site, at=who["at"])
    return redirect(found)


def _side(patient: Patient, role: str) -> dict[str, object]:
    episodes = patient.enrolments.select_related("scamp").with_state().order_by("pk")
    return {"patient": patient, "role": role, "episodes": list(episodes)}


def merges_of(patient: Patient) -> list[Merge]:
    """What is proposed about the patient, and what holds."""
    shown = Merge.objects.about(patient)
    states = (MergeState.PROPOSED, MergeState.CONFIRMED)
    return list(shown.in_state(*states).with_people().order_by("pk"))


def merges_to_decide(user: User, most: int = 20) -> list[Merge]:
    """What others propose at the sites where *user* may decide."""
    mine = Site.objects.open_to(user, CLINICIAN, DATA_MANAGER)
    found = Merge.objects.in_state(MergeState.PROPOSED).filter(kept__site__in=mine)
    return list(found.exclude(proposed_by=user).with_people().order_by("pk")[:most])
