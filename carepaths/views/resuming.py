"""Going on with a draft: two sides of it compared, and one chosen."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from carepaths.actions.conflicts import settle
from carepaths.actions.refusals import EditConflict
from carepaths.core.comparing import MINE, THEIRS, Row, Side, differing, merged
from carepaths.models import Encounter, Origin
from carepaths.permissions import may_edit
from carepaths.views.autosave import read_posted
from carepaths.views.subjects import (
    CHANGES_WITH_THE_PAGE,
    edit_of,
    find_encounter,
    refusals_as_pages,
    switched,
)
from scamps.views.found import demand

LEFT_OUT = {*CHANGES_WITH_THE_PAGE, "edit", "then", "page", "turn", "take"}


@require_POST
@refusals_as_pages
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was sent beside what is saved; with `take`, let what was chosen stand.

    What was sent are the form's fields: of another window, or that a device has kept.
    """
    encounter = find_encounter(request, pk)
    demand(may_edit(request.user, encounter) or not encounter.is_open)
    if refused := switched(request, encounter.enrolment.patient):
        return refused
    take = request.POST.get("take")
    if take not in (MINE, THEIRS, "chosen"):
        return compared(request, encounter)
    theirs, mine, rows = _sides(request, encounter)
    picks = (
        _picks(request, rows) if take == "chosen" else dict.fromkeys(_keys(rows), take)
    )
    if len(picks) < len(rows):
        return compared(request, encounter, picks, status=422)
    try:
        settle(
            encounter=encounter,
            mine=mine,
            chosen=merged(theirs, mine, picks),
            edit=edit_of(request),
            by=request.user,
            at=timezone.now(),
        )
    except EditConflict:
        return compared(request, find_encounter(request, pk), picks, status=409)
    device = quote(request.POST.get("device", ""))
    return redirect(f"{encounter.get_absolute_url()}#settled-{device}")


def compared(
    request: HttpRequest,
    encounter: Encounter,
    picks: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with both sides, row by row."""
    _, _, rows = _sides(request, encounter)
    picks = picks or {}
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "rows": [(row, picks.get(row.key, row.likely)) for row in rows],
        "sent": [
            (name, value)
            for name, value in request.POST.items()
            if name not in LEFT_OUT and not name.startswith("pick.")
        ],
        "from_device": "device" in request.POST and status == 200,
        "problems": [
            (f"pick-{row.key}", f"{row.label}: choose one of the two")
            for row in rows
            if status == 422 and row.key not in picks
        ],
    }
    return render(request, "carepaths/conflict.html", context, status=status)


def _sides(
    request: HttpRequest, encounter: Encounter
) -> tuple[Side, Side, tuple[Row, ...]]:
    reading, intentions = read_posted(request, encounter)
    theirs = Side(encounter.answers, encounter.intentions)
    mine = Side(reading.answers, intentions)
    back = encounter.origin == Origin.RETROSPECTIVE
    return (
        theirs,
        mine,
        differing(encounter.version.plan, theirs, mine, looks_back=back),
    )


def _picks(request: HttpRequest, rows: tuple[Row, ...]) -> dict[str, str]:
    picked = {key: request.POST.get(f"pick.{key}") for key in _keys(rows)}
    return {key: side for key, side in picked.items() if side in (MINE, THEIRS)}


def _keys(rows: tuple[Row, ...]) -> list[str]:
    return [row.key for row in rows]
