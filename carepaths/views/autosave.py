"""Saving while somebody types: each answer says truthfully what the server holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.actions.parking import AUTHOR, author_of
from carepaths.actions import encounters as actions
from carepaths.actions.encounters import Source
from carepaths.actions.refusals import EditConflict, Refusal
from carepaths.core.comparing import Side, differing
from carepaths.forms.decisions import read_intentions
from carepaths.forms.sheet import Reading, read_sheet
from carepaths.models import Encounter
from carepaths.permissions import may_edit
from carepaths.templatetags.clinical import clock
from carepaths.views.desk import desk_of, elements_of
from carepaths.views.formers import mark_taken
from carepaths.views.standing import taken_back, version_state
from carepaths.views.subjects import edit_of, find_encounter
from scamps.views.found import demand

LONGEST_TURN = 2**31 - 1


@login_not_required
@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the form as it is; with `?advice`, answer with the advice on it as well.

    200 or, where an answer cannot be used, 422: saved, what cannot be used as it was
    typed. 401: signed out, or
    the page is of another user. 409: not saved; `reason` says why, and a conflict both sides.
    The state of the draft is JSON: the body or, with `?advice`, the header `X-Saved`.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"reason": "signed-out"}, status=401)
    if author_of(request.POST.get(AUTHOR, "")) not in (None, request.user.pk):
        return JsonResponse({"reason": "another-user"}, status=401)
    encounter = find_encounter(request, pk)
    demand(may_edit(request.user, encounter) or not encounter.is_open)
    if request.POST.get("patient") != str(encounter.enrolment.patient_id):
        return JsonResponse({"reason": "another-patient"}, status=409)
    reading, intentions = read_posted(request, encounter)
    try:
        saved = save_posted(request, encounter, reading, intentions)
    except EditConflict:
        return _conflict(find_encounter(request, pk), Side(reading.answers, intentions))
    except Refusal as refusal:
        return JsonResponse({"reason": "refused", "words": refusal.words}, status=409)
    return _answer(request, saved, reading, intentions)


@login_not_required
@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is signed in, who saved the draft last, and whether its version stands.

    An open page asks every few seconds. 401: signed out.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"reason": "signed-out"}, status=401)
    encounter = find_encounter(request, pk)
    who = {"user": str(request.user.pk), "csrf": get_token(request)}
    return JsonResponse(state_of(encounter) | who)


def read_posted(
    request: HttpRequest, encounter: Encounter
) -> tuple[Reading, dict[str, Any]]:
    """Read the posted answers and decisions over those of the draft."""
    elements = elements_of(encounter)
    reading = read_sheet(elements, request.POST, encounter.answers)
    mark_taken(request, encounter, elements, reading)
    return reading, read_intentions(request.POST, encounter.intentions)


def save_posted(
    request: HttpRequest,
    encounter: Encounter,
    reading: Reading,
    intentions: Mapping[str, Any],
) -> Encounter:
    """Save what was read; what is on the server already is not saved again.

    Raises: AlreadySigned, Voided, EditConflict.
    """
    edit = edit_of(request)
    unchanged = (reading.answers, intentions) == (
        encounter.answers,
        encounter.intentions,
    )
    if unchanged and edit == encounter.edit and encounter.is_open:
        return encounter
    return actions.save_draft(
        encounter=encounter,
        answers=reading.answers,
        intentions=intentions,
        edit=edit,
        by=request.user,
        at=timezone.now(),
        source=source_of(request),
    )


def source_of(request: HttpRequest) -> Source | None:
    """The open page that sends, if it says so."""
    try:
        page = UUID(request.POST.get("page", ""))
    except ValueError:
        return None
    turn = request.POST.get("turn", "")
    counted = int(turn) if turn.isascii() and turn.isdecimal() else 0
    return Source(page, min(counted, LONGEST_TURN))


def state_of(encounter: Encounter) -> dict[str, Any]:
    """What an open page must know of the draft and of its version."""
    return {
        "edit": encounter.edit,
        "saved_at": clock(encounter.edited_at, encounter.site),
        "saved_by": str(encounter.edited_by),
        "page": str(encounter.edited_from or ""),
        "turn": encounter.edited_turn,
        "open": encounter.is_open,
        "version": version_state(encounter.version),
    }


def _answer(
    request: HttpRequest,
    saved: Encounter,
    reading: Reading,
    intentions: Mapping[str, Any],
) -> HttpResponse:
    state = state_of(saved)
    status = 422 if reading.errors else 200
    if "advice" not in request.GET:
        return JsonResponse(state | {"errors": reading.errors}, status=status)
    desk = desk_of(saved, reading, intentions)
    context = {
        "may_edit": True,
        **taken_back(saved.version),
        **desk.page(),
    }
    response = render(request, "carepaths/advice.html", context, status=status)
    response.headers["X-Saved"] = json.dumps(state)
    return response


def _conflict(encounter: Encounter, mine: Side) -> HttpResponse:
    theirs = Side(encounter.answers, encounter.intentions)
    rows = [vars(row) for row in differing(encounter.version.plan, theirs, mine)]
    answer = state_of(encounter) | {"reason": "conflict", "rows": rows}
    return JsonResponse(answer, status=409)
