"""Keeping roll-ups current: marked buckets are counted anew from their rows.

Why the counts come out right, whoever is killed and whatever runs at the same time:

- An action commits its rows and its marks together. In READ COMMITTED every statement
  sees what was committed before *it* began. We first delete the marks of a bucket, and
  only then read its rows, so the rows of every mark we deleted are among those we read.
  A signature that commits after our DELETE began leaves a mark that we did not see: it
  stays, and the bucket is counted once more. (The other way round, a signature between
  reading and deleting would lose its mark, and be missing for ever.)
- Deleting, reading and replacing are one transaction: a job that is killed leaves the
  marks and the old counts as they were. Nothing is added to old counts, so doing it
  twice is doing it once.
- Two jobs on one bucket could each read, and the one that read first write last. The
  bucket's advisory lock, held to the end of the transaction, is taken before anything
  is read, so the second one starts after the first has committed. It does not wait:
  whoever finds it taken goes on to other buckets, and the marks bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Min

from accounts.models import Site
from carepaths.core.months import month_of
from carepaths.models import Encounter, Enrolment, Mark
from feedback.actions.totals import Place, add_up_all, leave_unsummed
from feedback.models import Count, EnrolmentRollup, PointTotal, Rollup
from feedback.models.enrolments import enrolments_of_bucket
from feedback.models.facts import Bucket, Row, read_facts, scope_of_bucket
from scamps.models import Scamp, Version


class Key(NamedTuple):
    """The name of a bucket: of encounters (version, origin) or of enrolments (scamp)."""

    version: int | None
    scamp: int | None
    site: int
    month: date | None
    origin: str

    @property
    def lock(self) -> int:
        """A number of 64 bits, the same on every machine, for the advisory lock."""
        name = f"roll-up {self.version} {self.scamp} {self.site} {self.month} {self.origin}"
        return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def marked_buckets() -> list[Key]:
    """The buckets that wait to be counted, the longest waiting first."""
    rows = (
        Mark.objects.values_list("version", "scamp", "site", "month", "origin")
        .annotate(since=Min("made_at"))
        .order_by("since")
    )
    return [Key(*row[:5]) for row in rows]


@transaction.atomic(durable=True)
def refresh_bucket(*, key: Key, at: datetime) -> bool:
    """Count the bucket anew and delete the marks seen; False if another job is at it.

    durable: inside somebody's transaction the lock would outlive the counting.
    """
    if not _lock(key):
        return False
    Mark.objects.filter(**_matching(**key._asdict())).delete()
    if key.version is None:
        _count_enrolments(key, at)
    else:
        _count_encounters(key, at)
        leave_unsummed(Place(key.version, key.site, key.origin))
    return True


def refresh_all(*, at: datetime) -> int:
    """Count every marked bucket anew, and add up; return how many buckets were."""
    counted = sum(refresh_bucket(key=key, at=at) for key in marked_buckets())
    add_up_all(at=at)
    return counted


def rebuild_all(*, at: datetime) -> tuple[int, int]:
    """Count every bucket anew that has rows or counts; return (counted, removed).

    Gives what the marks would have given. Marks that are left meanwhile survive.
    """
    present = set(_buckets_of_encounters()) | set(_buckets_of_enrolments())
    stale = _counted_buckets() - present
    for key in sorted(present | stale, key=str):
        with transaction.atomic():
            _wait_for(key)
        while not refresh_bucket(key=key, at=at):
            with transaction.atomic():
                _wait_for(key)
    for row in PointTotal.objects.values_list("version", "site", "origin").distinct():
        leave_unsummed(Place(*row))
    add_up_all(at=at)
    return len(present), len(stale)


def _lock(key: Key) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key.lock])
        return bool(cursor.fetchone()[0])


def _wait_for(key: Key) -> None:
    """Return when no other job holds the bucket."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.lock])


def _matching(**values: object) -> dict[str, object]:
    """Return a filter that takes None for a value like any other."""
    return {
        name if value is not None else f"{name}__isnull": True
        if value is None
        else value
        for name, value in values.items()
    }


def _count_encounters(key: Key, at: datetime) -> None:
    version = Version.objects.select_related("content").get(pk=key.version)
    site = Site.objects.get(pk=key.site)
    bucket = Bucket(version, site, key.month, key.origin)
    rows = read_facts(version.plan, scope_of_bucket(bucket))
    rollups = Rollup.objects.filter(
        **_matching(version=version, site=site, month=key.month, origin=key.origin)
    )
    if not rows:
        rollups.delete()
        return
    Count.objects.filter(rollup__in=rollups)._raw_delete(connection.alias)
    if not rollups.update(counted_at=at):
        Rollup.objects.create(**bucket._asdict(), counted_at=at)
    _write(rollups.get(), rows)


def _write(rollup: Rollup, rows: Iterable[Row]) -> None:
    Count.objects.bulk_create(
        Count(
            rollup=rollup,
            measure=row.measure,
            node=row.node,
            item=row.item,
            value=row.value,
            day=row.day,
            count=row.amount,
        )
        for row in rows
    )


def _count_enrolments(key: Key, at: datetime) -> None:
    scamp, site = Scamp.objects.get(pk=key.scamp), Site.objects.get(pk=key.site)
    bucket = {"scamp": scamp, "site": site, "month": key.month}
    counts = enrolments_of_bucket(scamp, site, key.month)
    rollups = EnrolmentRollup.objects.filter(**_matching(**bucket))
    if not counts["episodes"]:
        rollups.delete()
    elif not rollups.update(counted_at=at, **counts):
        EnrolmentRollup.objects.create(counted_at=at, **bucket, **counts)


def _buckets_of_encounters() -> Iterable[Key]:
    """The buckets of every signed encounter there is."""
    rows = Encounter.objects.signed().values_list(
        "version", "site", "visit_time", "origin", "site__time_zone"
    )
    for version, site, visited, origin, zone in rows.iterator(chunk_size=10_000):
        yield Key(version, None, site, month_of(visited, zone), origin)


def _buckets_of_enrolments() -> Iterable[Key]:
    rows = Enrolment.objects.values_list(
        "scamp", "patient__site", "opened_at", "patient__site__time_zone"
    )
    for scamp, site, opened, zone in rows.iterator(chunk_size=10_000):
        yield Key(None, scamp, site, month_of(opened, zone), "")


def _counted_buckets() -> set[Key]:
    """The buckets that have counts, and those that are marked."""
    encounters = Rollup.objects.values_list("version", "site", "month", "origin")
    enrolments = EnrolmentRollup.objects.values_list("scamp", "site", "month")
    return {
        *(Key(version, None, *rest) for version, *rest in encounters),
        *(Key(None, scamp, *rest, "") for scamp, *rest in enrolments),
        *marked_buckets(),
    }
