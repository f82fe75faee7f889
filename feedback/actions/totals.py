"""Adding up what the roll-ups hold about each point, over the months of a place.

A place is a version at a site, for one origin. Whoever counts one of its buckets anew
leaves an `Unsummed` row in the same transaction, and the totals follow by the same rule
as the roll-ups themselves (`rollups.py`): lock the place, delete the rows that are
seen, only then read, and replace. So a job may be killed, repeated or run twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Case, F, Sum, When

from accounts.models import Site
from carepaths.core.months import day_of
from feedback.models import Count, PointTotal, Unsummed
from feedback.models.totals import MEASURES


class Place(NamedTuple):
    """A version (its key), a site (its key), an origin."""

    version: int
    site: int
    origin: str

    @property
    def lock(self) -> int:
        """A number of 64 bits, the same on every machine, for the advisory lock."""
        name = f"totals {self.version} {self.site} {self.origin}"
        return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def unsummed_places() -> list[Place]:
    """The places that wait to be added up."""
    rows = Unsummed.objects.values_list("version", "site", "origin").distinct()
    return [Place(*row) for row in rows.order_by("version", "site", "origin")]


def leave_unsummed(place: Place) -> None:
    """Say that a bucket of *place* was counted anew."""
    version, site, origin = place
    Unsummed.objects.create(version_id=version, site_id=site, origin=origin)


@transaction.atomic(durable=True)
def add_up(*, place: Place, at: datetime) -> bool:
    """Add up the points of *place* anew; False if another job is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [place.lock])
        if not cursor.fetchone()[0]:
            return False
    Unsummed.objects.filter(**place._asdict()).delete()
    facts = _facts_of(place, at)
    PointTotal.objects.filter(**place._asdict()).delete()
    PointTotal.objects.bulk_create(
        PointTotal(
            version_id=place.version,
            site_id=place.site,
            origin=place.origin,
            node=node,
            facts=found,
            counted_at=at,
        )
        for node, found in sorted(facts.items())
    )
    return True


def add_up_all(*, at: datetime) -> int:
    """Add up every place that waits; return how many were."""
    return sum(add_up(place=place, at=at) for place in unsummed_places())


def _facts_of(place: Place, at: datetime) -> dict[str, list[list[Any]]]:
    """Facts by node, of those nodes that anybody has come to."""
    facts: dict[str, list[list[Any]]] = defaultdict(list)
    for node, measure, item, value, day, count in _added_up(place, at):
        said = day.isoformat() if day else None
        facts[node].append([measure, item, value, said, int(count)])
    return {
        node: sorted(found, key=str)
        for node, found in facts.items()
        if any(measure == "reached" for measure, *_ in found)
    }


def _added_up(
    place: Place, at: datetime
) -> Iterator[tuple[str, str, str, str, date | None, int]]:
    today = day_of(at, Site.objects.get(pk=place.site).time_zone)
    counts = Count.objects.filter(
        rollup__version=place.version,
        rollup__site=place.site,
        rollup__origin=place.origin,
        measure__in=MEASURES,
    ).exclude(node="")
    open_day = Case(When(day__gte=today, then=F("day")), default=None)
    names = ["node", "measure", "item", "value", "open_day"]
    rows = counts.annotate(open_day=open_day).values_list(*names)
    yield from rows.annotate(sum=Sum("count")).order_by()
