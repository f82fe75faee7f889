"""Opening an encounter, filling in its draft, and the advice as the answers come."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.trail import record
from carepaths.actions import encounters as actions
from carepaths.actions.refusals import EditConflict
from carepaths.actions.submissions import once
from carepaths.forms.encounters import OpenForm
from carepaths.models import Encounter, Enrolment, Origin
from carepaths.permissions import may_edit, may_open
from carepaths.templatetags.clinical import clock, display_name
from carepaths.views.autosave import read_posted, save_posted
from carepaths.views.desk import Desk, desk_of
from carepaths.views.formers import formers_of
from carepaths.views.remarks import telling
from carepaths.views.resuming import compared
from carepaths.views.signed import signed_page
from carepaths.views.since import since_of
from carepaths.views.standing import taken_back
from carepaths.views.subjects import (
    find_encounter,
    find_enrolment,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.core.definition import words
from scamps.models import Version
from scamps.views.found import demand, problems_of

WITH_THE_PLAN = (Origin.PROSPECTIVE, "Yes")
LOOKING_BACK = (Origin.RETROSPECTIVE, "No, this looks back")


@refusals_as_pages
def open_(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which visit and when, and open the encounter under the active version."""
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    demand(may_open(request.user, enrolment))
    version = enrolment.scamp.version_at(patient.site)
    form = _open_form(request, enrolment, version) if version else None
    if request.method == "POST" and (refused := switched(request, patient)):
        return refused
    if form and form.is_valid():
        return redirect("carepaths:encounter", _open(request, enrolment, form))
    context = {
        "enrolment": enrolment,
        "patient": patient,
        "version": version,
        "form": form,
        "problems": problems_of(form) if form else [],
        "submission": submission_key(request) if request.POST else uuid4(),
    }
    status = 422 if form and form.errors else 200
    return render(request, "carepaths/open.html", context, status=status)


def _open_form(
    request: HttpRequest, enrolment: Enrolment, version: Version
) -> OpenForm:
    plan, site = version.plan, enrolment.patient.site
    if site.is_sandbox:
        origins = [(Origin.SANDBOX, "Sandbox")]
    else:
        origins = (
            [LOOKING_BACK] if plan.demonstration else [WITH_THE_PLAN, LOOKING_BACK]
        )
    form = OpenForm(
        request.POST if request.method == "POST" else None,
        visits=[(visit.key, words(visit.title, "en")) for visit in plan.visits],
        origins=origins,
        zone=site.time_zone,
        at=timezone.now(),
    )
    if (asked := request.GET.get("visit")) in plan.visit:  # as a task asks for it
        form.initial["visit"] = asked
    return form


def _open(request: HttpRequest, enrolment: Enrolment, form: OpenForm) -> int:
    chosen = {
        name: form.cleaned_data[name]
        for name in ("visit", "visit_time", "to_the_day", "origin", "medium")
    }

    def act() -> int:
        who = {"by": request.user, "at": timezone.now()}
        made = actions.open_encounter(enrolment=enrolment, **chosen, **who)
        record(request.user, "opened", made, made.site)
        return made.pk

    return once(
        user=request.user,
        purpose="open",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )


@refusals_as_pages
def encounter(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft to fill in, or what was signed; on POST, save the draft."""
    encounter = find_encounter(request, pk)
    if request.method == "POST":
        demand(may_edit(request.user, encounter) or not encounter.is_open)
        return switched(request, encounter.enrolment.patient) or _save(
            request, encounter
        )
    record(request.user, "saw", encounter, encounter.site)
    if not encounter.is_open:
        return signed_page(request, encounter)
    return _draft_page(request, desk_of(encounter))


def _draft_page(request: HttpRequest, desk: Desk, status: int = 200) -> HttpResponse:
    desk = replace(desk, formers=formers_of(desk.encounter))
    context = {
        "may_edit": may_edit(request.user, desk.encounter),
        **taken_back(desk.encounter.version),
        "page": uuid4(),
        "since": since_of(desk.encounter),
        **desk.page(),
    }
    return render(request, "carepaths/encounter.html", context, status=status)


def _save(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    reading, intentions = read_posted(request, encounter)
    before = desk_of(encounter).unused
    try:
        saved = save_posted(request, encounter, reading, intentions)
    except EditConflict:
        return compared(request, find_encounter(request, encounter.pk), status=409)
    desk = desk_of(saved, reading, intentions)
    for answer in desk.unused:
        if answer not in before:
            messages.warning(request, answer.sentence)
    return _saved(request, desk)


def _saved(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Go where the button says; what could not be read is saved as it was typed."""
    encounter, then = desk.encounter, request.POST.get("then")
    if then == "later":
        messages.success(request, _left_for_later(encounter))
        return redirect("carepaths:worklist")
    if desk.reading.errors:
        return _draft_page(request, desk, 422)
    if (took := request.POST.get("take")) in desk.plan.element:
        return redirect(f"{encounter.get_absolute_url()}#i-{took}")
    if then == "sign":
        return redirect("carepaths:sign", encounter.pk)
    return telling(encounter, request.POST.get("then", "")) or redirect(encounter)


def _left_for_later(encounter: Encounter) -> str:
    """What is said to somebody who treats now and documents later."""
    name = display_name(encounter.enrolment.patient.identity)
    at = clock(encounter.edited_at, encounter.site)
    emergency = words(encounter.version.plan.emergency or "", "en")
    said = f"{name}: saved as a draft at {at}. It waits in your worklist."
    return f"{said} {emergency}".strip()


@require_POST
@refusals_as_pages
def advice(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the advice on what is in the form now; nothing is saved.

    With `?supposing`: only with what would change it.
    """
    encounter = find_encounter(request, pk)
    demand(may_edit(request.user, encounter))
    if refused := switched(request, encounter.enrolment.patient):
        return refused
    reading, intentions = read_posted(request, encounter)
    desk = desk_of(encounter, reading, intentions)
    held = taken_back(encounter.version)
    if "supposing" in request.GET and not held["recalled"]:
        return render(request, "carepaths/_supposing.html", {"advice": desk.advice})
    context = {
        "may_edit": True,
        **held,
        **desk.page(),
    }
    return render(request, "carepaths/advice.html", context)
