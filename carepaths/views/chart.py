"""What a patient's page shows: episodes with their encounters and outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import Site
from carepaths.core.said import outcome_words
from carepaths.models import (
    Encounter,
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Outcome,
    Patient,
)
from scamps.core.definition import Plan, words
from scamps.models import Scamp, Version

STATES = {
    EnrolmentState.ELIGIBLE: "Eligible since",
    EnrolmentState.ENROLLED: "Enrolled",
    EnrolmentState.DECLINED: "Not enrolled",
    EnrolmentState.LEFT: "Left",
    EnrolmentState.UNFIT: "Does not fit, found",
}
OPEN = (EnrolmentState.ELIGIBLE, EnrolmentState.ENROLLED)


def same(patient: Patient) -> QuerySet[Patient]:
    """The patient, and whoever is merged with them."""
    return Patient.objects.same_as(patient)


def chart_of(patient: Patient) -> dict[str, Any]:
    """Return `episodes`, the latest first, and `open_scamps` to enrol the patient in."""
    mine = Enrolment.objects.filter(patient__in=same(patient)).with_state()
    enrolments = list(mine.select_related("scamp").order_by("-pk"))
    encounters = _encounters(patient)
    plans = _plans({row.version_id for row in encounters})
    held = Outcome.objects.held().filter(enrolment__patient__in=same(patient))
    outcomes = list(held)
    changes = _last_changes(patient)
    episodes = [
        {
            "enrolment": enrolment,
            "scamp": enrolment.scamp,
            "state": enrolment.state,
            "state_words": STATES[enrolment.state],
            "since": changes[enrolment.pk].at,
            "reason": changes[enrolment.pk].reason,
            "may_undo": _may_undo(enrolment, enrolments, encounters),
            "encounters": [
                _title(row, plans)
                for row in encounters
                if row.enrolment_id == enrolment.pk
            ],
            "outcomes": _outcomes(enrolment, outcomes, encounters, plans),
        }
        for enrolment in enrolments
    ]
    return {"episodes": episodes, "open_scamps": _open_scamps(enrolments, patient.site)}


def _may_undo(
    enrolment: Enrolment,
    enrolments: Iterable[Enrolment],
    encounters: Iterable[Encounter],
) -> bool:
    """Whether the last step may be taken back, as `actions.enrolments.undo` asks."""
    if enrolment.state == EnrolmentState.ENROLLED:
        mine = [row for row in encounters if row.enrolment_id == enrolment.pk]
        return all(row.is_void for row in mine)
    same = [row for row in enrolments if row.scamp_id == enrolment.scamp_id]
    return not any(row.state in OPEN for row in same)


def _encounters(patient: Patient) -> list[Encounter]:
    rows = Encounter.objects.filter(enrolment__patient__in=same(patient)).with_void()
    related = rows.select_related("signed_by", "edited_by", "site")
    return list(related.defer("answers", "intentions").order_by("-visit_time", "-pk"))


def _plans(versions: Iterable[int]) -> dict[int, Plan]:
    found = Version.objects.filter(pk__in=versions).select_related("content")
    return {version.pk: version.plan for version in found}


def _last_changes(patient: Patient) -> dict[int, EnrolmentChange]:
    changes = EnrolmentChange.objects.filter(enrolment__patient__in=same(patient))
    return {change.enrolment_id: change for change in changes.order_by("pk")}


def _title(row: Encounter, plans: Mapping[int, Plan]) -> Encounter:
    """Give the row what the page says of it: `title` and `status_words`."""
    visit = plans[row.version_id].visit.get(row.visit)
    row.title = words(visit.title, "en") if visit else row.visit
    if row.is_void:
        row.status_words = "Entered in error"
    elif row.is_open:
        row.status_words = f"Draft, saved by {row.edited_by}"
    else:
        row.status_words = f"Signed by {row.signed_by}"
    return row


def _outcomes(
    enrolment: Enrolment,
    outcomes: Iterable[Outcome],
    encounters: Iterable[Encounter],
    plans: Mapping[int, Plan],
) -> list[dict[str, Any]]:
    mine = [row for row in outcomes if row.enrolment_id == enrolment.pk]
    visits = [row for row in encounters if row.enrolment_id == enrolment.pk]
    known = [plans[row.version_id] for row in visits]
    if mine and not visits and (active := enrolment.scamp.active_version):
        known = [active.plan]
    declared = {outcome.key: outcome for plan in known for outcome in plan.outcomes}
    return [
        {
            "row": row,
            "label": words(declared[row.key].label, "en"),
            "value_words": outcome_words(declared[row.key], row.value),
        }
        for row in mine
        if row.key in declared
    ]


def _open_scamps(enrolments: Iterable[Enrolment], site: Site) -> list[Scamp]:
    """Scamps the site works by, with a version in use there, in which no episode is open;
    `again`: a new one."""
    past = defaultdict(list)
    for enrolment in enrolments:
        past[enrolment.scamp_id].append(enrolment.state)
    in_use = Version.objects.in_use_at(site).order_by().values("scamp")
    offered = []
    for scamp in Scamp.objects.meant_for(site).filter(pk__in=in_use):
        if not any(state in OPEN for state in past[scamp.pk]):
            scamp.again = bool(past[scamp.pk])
            offered.append(scamp)
    return offered
