"""Marks: which buckets an action may have changed, told in its own transaction.

Some counts are kept once per episode or once per patient (who reached a node first, how
often one patient deviated). So whatever happens to one encounter may move a count in the
bucket of any other signed encounter of the same patient on the same plan: all of them
are marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from carepaths.core.months import month_of
from carepaths.models import Encounter, Enrolment, Mark, Patient

Bucket = tuple[int, int, date | None, str]  # version, site, month, origin


def mark_encounter(*, encounter: Encounter, at: datetime) -> None:
    """Mark every bucket whose counts *encounter* may change, its own among them."""
    others = related_buckets(encounter.enrolment)
    mark_buckets(buckets={bucket_of(encounter), *others}, at=at)


def mark_outcomes(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark every bucket whose counts an outcome of *enrolment* may change."""
    mark_buckets(buckets=related_buckets(enrolment), at=at)


def mark_enrolment(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark the enrolment's own bucket, and those of the patient's encounters."""
    site = enrolment.patient.site
    month = month_of(enrolment.opened_at, site.time_zone)
    own = Mark(scamp_id=enrolment.scamp_id, site=site, month=month, made_at=at)
    Mark.objects.bulk_create([own, *_marks(related_buckets(enrolment), at)])


def mark_buckets(*, buckets: Iterable[Bucket], at: datetime) -> None:
    """Leave one mark for each of *buckets*."""
    Mark.objects.bulk_create(_marks(buckets, at))


def bucket_of(encounter: Encounter) -> Bucket:
    """Return the bucket in which *encounter* is counted."""
    return (
        encounter.version_id,
        encounter.site_id,
        month_of(encounter.visit_time, encounter.site.time_zone),
        encounter.origin,
    )


def related_buckets(enrolment: Enrolment) -> set[Bucket]:
    """Return the buckets of all signed encounters of its patient on its plan.

    The patient is locked first, with whoever is merged with them. Otherwise, of two
    encounters signed at the same moment, neither would know of the other, and both
    could stay counted as the first one.
    """
    person = Patient.objects.same_as(enrolment.patient_id).order_by("pk")
    locked = list(person.select_for_update(no_key=True, of=("self",)))
    signed = Encounter.objects.signed().filter(
        enrolment__patient__in=locked, enrolment__scamp=enrolment.scamp_id
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
