"""The live report: the same tables as a frozen one, read from the roll-ups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.models import Site
from carepaths.models import Mark, Origin
from feedback.core.report import Head, build
from feedback.models import Count, EnrolmentRollup, Rollup
from feedback.models.enrolments import NAMES, add_up
from feedback.models.facts import Row, tally_of
from scamps.models import Version


def live_report(
    *, version: Version, sites: Iterable[Site], origin: str, at: datetime
) -> dict[str, Any]:
    """Build the report of *version* from its roll-ups, as they read at the moment *at*.

    Two queries, however many encounters there are.
    """
    places = list(sites)
    counts = Count.objects.of(version, origin, places).added_up()
    rows = [Row(*row[:6], int(row[6])) for row in counts]
    enrolments = EnrolmentRollup.objects.filter(scamp=version.scamp, site__in=places)
    head = Head(
        scamp=version.scamp.key,
        version=version.number,
        digest=version.content_id,
        cut_off=at,
        origin=str(origin),
    )
    opened = add_up(enrolments.values(*NAMES))
    return build(version.plan, head, tally_of(rows, places, at), opened)


def counted_at(version: Version, sites: Iterable[Site]) -> datetime | None:
    """When a bucket of *version* at *sites* was last counted."""
    rollups = Rollup.objects.filter(version=version, site__in=list(sites))
    return rollups.aggregate(last=Max("counted_at"))["last"]


def waiting(version: Version, sites: Iterable[Site]) -> int:
    """How many changes the roll-ups do not show yet."""
    return Mark.objects.filter(version=version, site__in=list(sites)).count()


def origins_counted(version: Version, sites: Iterable[Site]) -> list[str]:
    """The origins that *version* has counts of at *sites*, in their order."""
    rollups = Rollup.objects.filter(version=version, site__in=list(sites))
    found = set(rollups.values_list("origin", flat=True).distinct())
    return [origin for origin in Origin.values if origin in found]
