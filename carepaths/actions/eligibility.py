"""Eligibility of a patient: judged from what is stored, and counted where it is sure."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from accounts.models import Site, User
from carepaths.actions.enrolments import find_eligible
from carepaths.actions.refusals import AlreadyEnrolled, AlreadyMerged
from carepaths.core.answers import decode
from carepaths.core.eligibility import Judgement, Known, Person, decides_alone, judge
from carepaths.core.months import day_of
from carepaths.models import Encounter, Enrolment, Patient, Revision
from scamps.core.definition import Plan
from scamps.models import Content, Scamp, State, Version

ELIGIBLE = "eligible"


def note_eligible(*, patient: Patient, by: User, at: datetime) -> list[Enrolment]:
    """Count *patient* as eligible for each active plan that surely is for them.

    A plan on which the patient has had an episode, and one whose population a person
    must judge, are left out; so is a demonstration at a real site. One query where no
    plan decides by criteria alone.
    """
    plans = {
        scamp: plan
        for scamp, plan in _active(patient.site)
        if _counts(plan, patient.site)
    }
    if not plans:
        return []
    person = Patient.objects.same_as(patient)
    had = Enrolment.objects.filter(patient__in=person, scamp__in=plans)
    for scamp in had.values_list("scamp", flat=True):
        plans.pop(scamp, None)
    if not plans:
        return []
    known = person_of(patient, at)
    fits = [key for key, plan in plans.items() if judge(plan, known).state == ELIGIBLE]
    found = []
    for scamp in Scamp.objects.filter(pk__in=fits):
        with suppress(AlreadyEnrolled, AlreadyMerged):  # by somebody, this moment
            found.append(find_eligible(patient=patient, scamp=scamp, by=by, at=at))
    return found


def judgements(patient: Patient, at: datetime) -> dict[int, Judgement]:
    """Judge *patient* for every active plan, by the Scamp's id."""
    person = person_of(patient, at)
    return {scamp: judge(plan, person) for scamp, plan in _active()}


def person_of(patient: Patient, at: datetime) -> Person:
    """What is known of *patient* at *at*: the identity, and the last signed answers."""
    identity = patient.identity
    return Person(
        visit_date=day_of(at, patient.site.time_zone),
        birth_date=identity.birth_date,
        birth_precision=identity.birth_date_precision,
        sex=identity.sex,
        answers=_signed_answers(patient),
    )


def _signed_answers(patient: Patient) -> dict[str, Known]:
    """The last signed answer under each key, whatever plan asked it.

    An answer that a walk hid does not count, nor does one entered in error.
    """
    person = Patient.objects.same_as(patient)
    counted = Encounter.objects.counted().filter(enrolment__patient__in=person)
    rows = (
        Revision.objects.latest_sealed()
        .filter(encounter__in=counted)
        .select_related("encounter__version", "encounter__site")
        .order_by("encounter__visit_time", "encounter_id")
    )
    found: dict[str, Known] = {}
    for row in rows:
        found |= _answers_of(row)
    return found


def _answers_of(row: Revision) -> dict[str, Known]:
    encounter = row.encounter
    plan = plan_of(encounter.version.content_id)
    hidden = (row.walk or {}).get("hidden", ())
    when = encounter.visit_time
    day = day_of(when, encounter.site.time_zone) if when else None
    return {
        key: Known(plan.element[key], decode(plan.element[key], stored["value"]), day)
        for key, stored in row.answers.items()
        if stored.get("value") is not None and key not in hidden
    }


def _counts(plan: Plan, site: Site) -> bool:
    return decides_alone(plan) and (site.is_sandbox or not plan.demonstration)


def _active(site: Site | None = None) -> list[tuple[int, Plan]]:
    """The Scamps that have an active version, with its plan; the newest of several.

    With *site*: those it works by.
    """
    rows = Version.objects.in_state(State.ACTIVE).order_by("number")
    if site:
        mine = Scamp.objects.meant_for(site)
        rows = Version.objects.in_use_at(site).filter(scamp__in=mine).reverse()
    newest = dict(rows.values_list("scamp", "content"))
    return [(scamp, plan_of(digest)) for scamp, digest in newest.items()]


@lru_cache(maxsize=64)
def plan_of(digest: str) -> Plan:
    """The plan under its hash; read once per process, for content never changes."""
    return Content.objects.get(pk=digest).plan
