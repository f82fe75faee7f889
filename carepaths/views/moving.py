"""Moving a draft to the active version of its plan, and back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.trail import record
from carepaths.actions import moves
from carepaths.core.carrying import left_behind
from carepaths.permissions import may_edit
from carepaths.views.subjects import (
    edit_of,
    find_encounter,
    refusals_as_pages,
    switched,
)
from scamps.views.found import demand


@refusals_as_pages
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a move to the active version would carry, and what not; POST: move."""
    encounter = find_encounter(request, pk)
    demand(may_edit(request.user, encounter))
    if request.method == "POST":
        return switched(request, encounter.enrolment.patient) or _move(request, pk)
    version = moves.target_of(encounter)
    left = left_behind(encounter.version.plan, version.plan, encounter.answers)
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "version": version,
        "is_there": version.pk == encounter.version_id,
        "left": left,
        "carried": len(encounter.answers) - len(left),
        "decided": len(encounter.intentions),
        "back": moves.last_move(encounter),
    }
    return render(request, "carepaths/moved.html", context)


def _move(request: HttpRequest, pk: int) -> HttpResponse:
    encounter, edit = find_encounter(request, pk), edit_of(request)
    who = {"by": request.user, "at": timezone.now()}
    moved = moves.move_draft(encounter=encounter, edit=edit, **who).encounter
    record(request.user, "moved", moved, moved.site, version=moved.version.number)
    said = f"Moved to version {moved.version.number}. As it stood before, it is kept."
    messages.success(request, said)
    return redirect(moved)


@require_POST
@refusals_as_pages
def move_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the draft back on the version it was moved from, as it stood then."""
    encounter = find_encounter(request, pk)
    demand(may_edit(request.user, encounter))
    if refused := switched(request, encounter.enrolment.patient):
        return refused
    who = {"by": request.user, "at": timezone.now()}
    back = moves.move_back(encounter=encounter, edit=edit_of(request), **who)
    record(request.user, "moved", back, back.site, version=back.version.number)
    messages.success(request, f"Back on version {back.version.number}, as it was.")
    return redirect(back)
