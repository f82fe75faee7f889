"""Marks: which buckets an action may have changed, told in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from carepaths.core.months import month_of
from carepaths.models import Encounter, Enrolment, Mark, Patient

Bucket = tuple[int, int, date | None, str]  # version, site, month, origin


def mark_encounter(*, encounter: Encounter, at: datetime) -> None:
    """Mark every bucket whose counts *encounter* may change.

    These are its own, and those of the patient's other signed encounters on the Scamp:
    which of them is the first to reach a node may move.
    """
    own = bucket_of(encounter)
    mark_buckets(buckets={own, *patient_buckets(encounter.enrolment)}, at=at)


def mark_outcomes(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark the buckets of every signed encounter of the patient on the Scamp."""
    mark_buckets(buckets=patient_buckets(enrolment), at=at)


def mark_enrolment(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark the enrolment's own bucket, and those of the patient's encounters."""
    site = enrolment.patient.site
    month = month_of(enrolment.opened_at, site.time_zone)
    own = Mark(scamp_id=enrolment.scamp_id, site=site, month=month, made_at=at)
    Mark.objects.bulk_create([own, *_marks(patient_buckets(enrolment), at)])


def mark_buckets(*, buckets: Iterable[Bucket], at: datetime) -> None:
    """Leave one mark for each of *buckets*."""
    Mark.objects.bulk_create(_marks(buckets, at))


def bucket_of(encounter: Encounter) -> Bucket:
    return (
        encounter.version_id,
        encounter.site_id,
        month_of(encounter.visit_time, encounter.site.time_zone),
        encounter.origin,
    )


def patient_buckets(enrolment: Enrolment) -> set[Bucket]:
    """Return the buckets of the patient's signed encounters on the Scamp.

    The patient is locked first. Otherwise, of two encounters signed at the same moment,
    neither would know of the other, and both could stay counted as the first one.
    """
    patients = Patient.objects.select_for_update(no_key=True)
    patient = patients.get(pk=enrolment.patient_id)
    signed = Encounter.objects.signed().filter(
        enrolment__patient=patient, enrolment__scamp=enrolment.scamp_id
    )
    rows = signed.values_list(
        "version", "site", "visit_time", "origin", "site__time_zone"
    )
    return {
        (version, site, month_of(time, zone), origin)
        for version, site, time, origin, zone in rows
    }


def _marks(buckets: Iterable[Bucket], at: datetime) -> list[Mark]:
    return [
        Mark(version_id=version, site_id=site, month=month, origin=origin, made_at=at)
        for version, site, month, origin in sorted(buckets, key=str)
    ]
