"""How earlier patients at the point fared where a patient is now."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.trail import record
from carepaths.core.advised import text_of
from carepaths.models import Encounter
from carepaths.views.desk import desk_of
from carepaths.views.subjects import find_encounter
from feedback.actions.earlier import own_encounters, point_of, read_point
from feedback.core.earlier import WARNING


def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done with earlier patients at a node, and what became of them.

    Asked: "node", else where the encounter stands; "decided" if it was opened by the
    clinician's own decision. Whoever has not decided is logged as having asked to see.
    """
    encounter = find_encounter(request, pk)
    node = _node(encounter, request.GET.get("node", ""))
    verb = "saw" if "decided" in request.GET else "asked to see"
    about = {"what": "earlier patients", "node": node}
    record(request.user, verb, encounter, encounter.site, **about)
    point = point_of(request.user, encounter, node)
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "title": text_of(
            encounter.version.plan, encounter.version.plan.node[node].title
        ),
        "sites": point.sites,
        "found": read_point(point, timezone.now()),
        "own": own_encounters(encounter, node),
        "warning": WARNING,
    }
    return render(request, "feedback/earlier.html", context)


def _node(encounter: Encounter, asked: str) -> str:
    """The node asked about, or the last one that advises this patient something."""
    if asked:
        if asked not in encounter.version.plan.node:
            raise Http404
        return asked
    if not encounter.is_open:
        last = encounter.opportunities.order_by("-position").first()
        signed = encounter.revisions.sealed().order_by("number").first()
        return last.node if last else signed.end_node
    draft = desk_of(encounter).draft
    return draft.advised[-1].node if draft.advised else draft.walk.end
