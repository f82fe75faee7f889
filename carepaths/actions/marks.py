"""Marks: which buckets an action may have changed, told in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from carepaths.core.months import month_of
from carepaths.models import Encounter, Enrolment, Mark

Bucket = tuple[int, int, date | None, str]  # version, site, month, origin


def mark_encounter(*, encounter: Encounter, at: datetime) -> None:
    """Mark every bucket whose counts *encounter* may change.

    These are its own, and those of the other signed encounters of its episode: which of
    them is the first to reach a node may move.
    """
    own = bucket_of(encounter)
    others = episode_buckets(encounter.enrolment_id)
    mark_buckets(buckets={own, *others}, at=at)


def mark_outcomes(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark the buckets of every signed encounter of the episode."""
    mark_buckets(buckets=episode_buckets(enrolment.pk), at=at)


def mark_enrolment(*, enrolment: Enrolment, at: datetime) -> None:
    """Mark the enrolment's own bucket, and those of its signed encounters."""
    site = enrolment.patient.site
    month = month_of(enrolment.opened_at, site.time_zone)
    own = Mark(scamp_id=enrolment.scamp_id, site=site, month=month, made_at=at)
    Mark.objects.bulk_create([own, *_marks(episode_buckets(enrolment.pk), at)])


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


def episode_buckets(enrolment: int) -> set[Bucket]:
    """Return the buckets of the signed encounters of the episode with this id."""
    signed = Encounter.objects.signed().filter(enrolment=enrolment)
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
