"""The chart of a patient on a plan: all visits of one episode, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.trail import record
from carepaths.core import chart as core
from carepaths.core.said import outcome_words
from carepaths.models import (
    Decision,
    Encounter,
    Enrolment,
    Opportunity,
    Outcome,
    Performance,
    Revision,
    Task,
)
from carepaths.permissions import may_open
from carepaths.templatetags.clinical import day
from carepaths.views.chart import STATES
from carepaths.views.signed import decision_row, performances_told
from carepaths.views.subjects import find_enrolment
from scamps.core.definition import Plan, words
from scamps.models import Version


def chart(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all visits of one episode: answers, decisions, what was done, outcomes."""
    enrolment = find_enrolment(request, pk)
    patient = enrolment.patient
    record(request.user, "saw", enrolment, patient.site)
    encounters = _encounters(enrolment)
    sealed = _sealed(enrolment)
    counted = [row for row in encounters if row.pk in sealed and not row.is_void]
    context = {
        "enrolment": enrolment,
        "patient": patient,
        "state_words": STATES[enrolment.state],
        "visits": _visits(enrolment, encounters, sealed),
        "groups": core.chart([_visit(row, sealed[row.pk]) for row in counted]),
        "columns": [day(row.visit_time, row.site) for row in counted],
        "outcomes": _outcomes(enrolment, encounters),
        "tasks": _tasks(enrolment),
        "may_open": enrolment.state == "enrolled" and may_open(request.user, enrolment),
    }
    return render(request, "carepaths/chart.html", context)


def _encounters(enrolment: Enrolment) -> list[Encounter]:
    """The visits, the earliest first and undated ones last, each with its version."""
    rows = Encounter.objects.filter(enrolment=enrolment).with_void()
    related = rows.select_related("site", "signed_by", "edited_by")
    found = list(
        related.defer("answers", "intentions").order_by(
            F("visit_time").asc(nulls_last=True), "pk"
        )
    )
    pinned = {row.version_id for row in found}
    versions = Version.objects.select_related("content", "scamp").in_bulk(pinned)
    for row in found:
        row.version = versions[row.version_id]
        row.enrolment = enrolment
    return found


def _sealed(enrolment: Enrolment) -> Mapping[int, Revision]:
    """The answers that hold, by encounter."""
    rows = Revision.objects.latest_sealed().filter(encounter__enrolment=enrolment)
    return {row.encounter_id: row for row in rows}


def _visit(encounter: Encounter, revision: Revision) -> core.Visit:
    return core.Visit(
        when=encounter.visit_time,
        day=day(encounter.visit_time, encounter.site),
        plan=encounter.version.plan,
        answers=revision.answers,
        hidden=frozenset((revision.walk or {}).get("hidden", ())),
    )


def _visits(
    enrolment: Enrolment,
    encounters: Iterable[Encounter],
    sealed: Mapping[int, Revision],
) -> list[dict[str, Any]]:
    """Each visit with what was advised and decided, and what was done."""
    mine = {"encounter__enrolment": enrolment}
    advised: dict[int, list[Opportunity]] = defaultdict(list)
    for one in Opportunity.objects.filter(**mine).order_by("position"):
        advised[one.encounter_id].append(one)
    held = Decision.objects.held().filter(opportunity__encounter__enrolment=enrolment)
    decisions = {row.opportunity_id: row for row in held.select_related("by")}
    done: dict[int, list[Performance]] = defaultdict(list)
    for row in Performance.objects.held().filter(**mine).order_by("pk"):
        done[row.encounter_id].append(row)
    return [
        {
            "encounter": row,
            "title": _title(row),
            "stopped": row.pk in sealed and sealed[row.pk].stopped,
            "decisions": [
                decision_row(row, one, decisions.get(one.pk)) for one in advised[row.pk]
            ],
            "done": performances_told(row, advised[row.pk], done[row.pk]),
        }
        for row in encounters
    ]


def _title(encounter: Encounter) -> str:
    visit = encounter.version.plan.visit.get(encounter.visit)
    return words(visit.title, "en") if visit else encounter.visit


def _outcomes(
    enrolment: Enrolment, encounters: Iterable[Encounter]
) -> list[dict[str, Any]]:
    """Outcomes that hold, by the last plan that declares them."""
    plans: list[Plan] = [row.version.plan for row in encounters]
    declared = {one.key: one for plan in plans for one in plan.outcomes}
    held = Outcome.objects.held().filter(enrolment=enrolment).select_related("by")
    return [
        {
            "row": row,
            "label": words(declared[row.key].label, "en")
            if row.key in declared
            else row.key,
            "said": outcome_words(declared[row.key], row.value)
            if row.key in declared
            else str(row.value),
        }
        for row in held.order_by("happened_at", "pk")
    ]


def _tasks(enrolment: Enrolment) -> list[Task]:
    """Open tasks, the most urgent first."""
    mine = Task.objects.filter(enrolment=enrolment).open()
    return list(mine.order_by(F("until_on").asc(nulls_last=True), "pk"))
