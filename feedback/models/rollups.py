"""Roll-ups: the counts of one bucket, replaced as a whole whenever it is marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Site
from carepaths.models import Origin
from scamps.models import Scamp, Version


class RollupQuerySet(models.QuerySet):
    def encounters_by_version(
        self, scamp: Scamp, sites: Iterable[Site]
    ) -> QuerySet[dict[str, Any]]:
        """Rows {number, origin, encounters} of *scamp* at *sites*, newest first."""
        mine = self.filter(version__scamp=scamp, site__in=sites)
        counted = Sum("counts__count", filter=Q(counts__measure="encounters"))
        return (
            mine.values("origin", number=F("version__number"))
            .annotate(encounters=Coalesce(counted, 0))
            .order_by("-number", "origin")
        )


class Rollup(models.Model):
    """One bucket of encounters: a version, a site, a month, an origin.

    `month` is its first day in the site's time zone, empty for undated visits.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    month = models.DateField(null=True)
    origin = models.CharField(max_length=13, choices=Origin)
    counted_at = models.DateTimeField()

    objects = RollupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "site", "month", "origin"],
                name="bucket_is_counted_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} at {self.site}, {self.month}, {self.origin}"


class CountQuerySet(models.QuerySet):
    def of(self, version: Version, origin: str, sites: Iterable[Site]) -> Self:
        return self.filter(
            rollup__version=version, rollup__origin=origin, rollup__site__in=sites
        )

    def decided(self, scamp: Scamp, origin: str, sites: Iterable[Site]) -> Self:
        """Decisions that were made about advice of any version of *scamp*."""
        return self.filter(
            rollup__version__scamp=scamp,
            rollup__origin=origin,
            rollup__site__in=sites,
            measure="decision",
            value__in=["followed", "modified", "deviated"],
        )

    def about(self, pairs: Iterable[tuple[str, str]]) -> Self:
        """Those about *pairs* of a node and an action."""
        chosen = Q(pk__in=[])
        for node, action in pairs:
            chosen |= Q(node=node, item=action)
        return self.filter(chosen)

    def shares_by(self, *names: str) -> Iterable[tuple]:
        """Rows (*names, followed, decided), in the order of the names."""
        followed = Coalesce(Sum("count", filter=Q(value="followed")), 0)
        rows = self.values_list(*names).annotate(f=followed, n=Sum("count"))
        return rows.order_by(*names)

    def added_up(self) -> Iterable[tuple]:
        """Rows (site, measure, node, item, value, day, sum), over the months."""
        names = ["rollup__site", "measure", "node", "item", "value", "day"]
        return self.values_list(*names).annotate(sum=Sum("count")).order_by()


class Count(models.Model):
    """One fact of a bucket: a count or a sum that may be added to other buckets'.

    What the measures mean is written where they are read from the rows (`facts.py`).
    `day`: from the day after it on, the fact is read differently (a deferral is
    overdue, an outcome's window has closed), so that no clock changes a roll-up.
    """

    rollup = models.ForeignKey(Rollup, models.CASCADE, related_name="counts")
    measure = models.CharField(max_length=16)
    node = models.CharField(max_length=64, blank=True)
    item = models.CharField(max_length=64, blank=True)
    value = models.TextField(blank=True)
    day = models.DateField(null=True)
    count = models.BigIntegerField()

    objects = CountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.measure} {self.node} {self.item} {self.value}: {self.count}"


class EnrolmentRollup(models.Model):
    """The episodes of one Scamp that a site opened in one month, by what became of them.

    Every eligible patient is one of `episodes`. `enrolled`: ever so, even if left
    since; the others are the episodes whose state now is eligible, declined, left.
    """

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    month = models.DateField(null=True)
    counted_at = models.DateTimeField()
    episodes = models.PositiveIntegerField()
    enrolled = models.PositiveIntegerField()
    undecided = models.PositiveIntegerField()
    declined = models.PositiveIntegerField()
    left = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scamp", "site", "month"],
                name="enrolment_bucket_is_counted_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.scamp} at {self.site}, {self.month}: {self.episodes}"
