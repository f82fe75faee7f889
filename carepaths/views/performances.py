"""What was really done, told or corrected after signing; the latest word holds."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.trail import record
from carepaths.actions.decisions import record_performance
from carepaths.actions.submissions import once
from carepaths.forms.performances import Told, read_performances, resource_fields
from carepaths.forms.tasks import HOW
from carepaths.models import Encounter, Performance
from carepaths.permissions import may_record_performance
from carepaths.views.subjects import (
    find_encounter,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.views.found import demand

Problems = list[tuple[str, str]]


@refusals_as_pages
def performances(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that was told about what was done; on POST, tell or correct it."""
    encounter = find_encounter(request, pk)
    demand(may_record_performance(request.user, encounter) and not encounter.is_open)
    if request.method != "POST":
        return _page(request, encounter, [])
    if refused := switched(request, encounter.enrolment.patient):
        return refused
    problems = _problems(request, encounter)
    if problems:
        return _page(request, encounter, problems)
    _record(request, encounter)
    messages.success(request, "Recorded.")
    return redirect(encounter)


def _told(request: HttpRequest, encounter: Encounter) -> Told:
    return read_performances(
        encounter.version.plan,
        request.POST,
        zone=encounter.site.time_zone,
        now=timezone.now(),
        known_how=request.POST.get("known_how", ""),
    )


def _problems(request: HttpRequest, encounter: Encounter) -> Problems:
    told = _told(request, encounter)
    found = [(f"p-{key}", message) for key, message in told.errors.items()]
    if not told.rows:
        found.append(("main", "Say about at least one thing whether it was done."))
    if request.POST.get("known_how") not in dict(HOW):
        found.append(("known_how", "Say how it is known."))
    return found


def _record(request: HttpRequest, encounter: Encounter) -> None:
    rows = _told(request, encounter).rows

    @transaction.atomic
    def act() -> list[int]:
        who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        made = [record_performance(encounter=encounter, **row, **who) for row in rows]
        record(request.user, "told what was done", encounter, encounter.site)
        return [row.pk for row in made]

    once(
        user=request.user,
        purpose="performances",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )


def _page(
    request: HttpRequest, encounter: Encounter, problems: Problems
) -> HttpResponse:
    told: dict[str, list[Performance]] = defaultdict(list)
    for row in encounter.performances.select_related("by").order_by("-pk"):
        told[row.resource].append(row)
    errors = _told(request, encounter).errors if problems else {}
    fields = resource_fields(encounter.version.plan, request.POST, errors)
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "rows": [{**row, "told": told[row["key"]]} for row in fields],
        "how": HOW,
        "known_how": request.POST.get("known_how", ""),
        "problems": problems,
        "submission": submission_key(request) if request.POST else uuid4(),
    }
    status = 422 if problems else 200
    return render(request, "carepaths/performances.html", context, status=status)
