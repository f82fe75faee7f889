"""On what the advice of an encounter rests, whole, so that anybody can check it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.trail import record
from carepaths.core.basis import used
from carepaths.models import Encounter
from carepaths.permissions import may_tell_committee
from carepaths.views.desk import Desk, desk_of, desk_of_revision
from carepaths.views.standing import recall_of, taken_back
from carepaths.views.subjects import find_encounter


def basis(request: HttpRequest, pk: int) -> HttpResponse:
    """Show advice, criteria, values, tree and sources, of the draft or as signed."""
    encounter = find_encounter(request, pk)
    record(request.user, "saw", encounter, encounter.site)
    if encounter.is_open and recall_of(encounter.version):
        return redirect(encounter)  # which hides the advice, and says why
    desk = _desk(encounter)
    context = {
        **taken_back(encounter.version),
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "advice": desk.advice,
        "used": used(desk.draft),
        "may_tell": may_tell_committee(request.user, encounter),
    }
    return render(request, "carepaths/basis.html", context)


def _desk(encounter: Encounter) -> Desk:
    if encounter.is_open:
        return desk_of(encounter)
    first = encounter.revisions.sealed().order_by("number")[0]
    return desk_of_revision(encounter, first)
