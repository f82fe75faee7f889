"""What the roll-ups of a place hold about one point of the plan, added up for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models

from accounts.models import Site
from carepaths.models import Origin
from scamps.models import Version

MEASURES = (
    "node", "decision", "cluster", "performed", "done", "kind", "reason", "reached",
    "fate", "split",
)  # fmt: skip


class PointTotalQuerySet(models.QuerySet):
    def at_point(self, version: Version, node: str, sites: Iterable[Site]) -> Self:
        """What is known of *node* at *sites*: one row for each site and origin."""
        return self.filter(version=version, node=node, site__in=sites)


class PointTotal(models.Model):
    """The facts of one node over all months: a version, a site, an origin.

    One row is read however long the history is. `facts` are [measure, item, value, day,
    count], as in `Count`; a day that lay behind when they were added up is left out.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    origin = models.CharField(max_length=13, choices=Origin)
    node = models.CharField(max_length=64)
    facts = models.JSONField()
    counted_at = models.DateTimeField()

    objects = PointTotalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "site", "node", "origin"],
                name="point_is_added_up_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} of {self.version} at {self.site}, {self.origin}"


class Unsummed(models.Model):
    """A bucket of this place was counted anew since its totals were. Insert-only."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    origin = models.CharField(max_length=13, choices=Origin)

    def __str__(self) -> str:
        return f"{self.version} at {self.site}, {self.origin}"
