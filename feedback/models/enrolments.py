"""Eligible against enrolled: every episode, by what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.models import Site
from carepaths.core.months import bounds_of
from scamps.models import Scamp

# An episode is known from its first step on; its state is that of its last. Who was
# enrolled is so or has left, unless that was taken back; who does not fit is no episode.
EPISODES = """
SELECT count(*), count(*) FILTER (WHERE enrolled),
       count(*) FILTER (WHERE NOT enrolled AND state = 'eligible'),
       count(*) FILTER (WHERE NOT enrolled AND state = 'declined'),
       count(*) FILTER (WHERE state = 'left')
FROM (
    SELECT state, state IN ('enrolled', 'left') AS enrolled FROM (
    SELECT (array_agg(c."to" ORDER BY c.id DESC))[1] AS state
    FROM carepaths_enrolment n
    JOIN carepaths_patient p ON p.id = n.patient_id
    JOIN carepaths_enrolmentchange c ON c.enrolment_id = n.id
    WHERE n.scamp_id = %(scamp)s AND p.site_id = ANY(%(sites)s)
      AND c.recorded_at <= %(cut_off)s AND {month}
    GROUP BY n.id
    ) AS last WHERE state <> 'unfit'
) AS episode
"""
NAMES = ("episodes", "enrolled", "undecided", "declined", "left")


def enrolments_of(
    scamp: Scamp, sites: Iterable[Site], cut_off: datetime | None
) -> dict[str, int]:
    """Count the episodes of *scamp* at *sites*, as known at *cut_off*."""
    keys = [site.pk for site in sites]
    return _count("true", scamp=scamp.pk, sites=keys, cut_off=cut_off or "infinity")


def enrolments_of_bucket(
    scamp: Scamp, site: Site, month: date | None
) -> dict[str, int]:
    """Count the episodes that *site* opened in *month* on its calendar."""
    params = {"scamp": scamp.pk, "sites": [site.pk], "cut_off": "infinity"}
    if month is None:
        return _count("n.opened_at IS NULL", **params)
    start, end = bounds_of(month, site.time_zone)
    when = "n.opened_at >= %(start)s AND n.opened_at < %(end)s"
    return _count(when, **params, start=start, end=end)


def add_up(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up the counts of several buckets."""
    total = Counter(dict.fromkeys(NAMES, 0))
    for count in counts:
        total.update(count)
    return dict(total)


def _count(month: str, **params: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(EPISODES.format(month=month), params)
        row = cursor.fetchone()
    return dict(zip(NAMES, row, strict=True))
