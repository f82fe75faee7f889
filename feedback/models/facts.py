"""Facts read from the rows: one reading for roll-ups, reports and checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Site
from carepaths.core.months import bounds_of, day_of
from feedback.core.tally import Fact, Tally
from feedback.models.measures import MEASURES, STATEMENTS, statement_of
from feedback.models.points import POINTS
from scamps.core.definition import Plan
from scamps.models import Version


class Row(NamedTuple):
    """One fact, as the measures list them. `day` is in the site's time zone."""

    site: int
    measure: str
    node: str
    item: str
    value: str
    day: date | None
    amount: int


class Bucket(NamedTuple):
    """The encounters that are counted together."""

    version: Version
    site: Site
    month: date | None
    origin: str


@dataclass(frozen=True)
class Scope:
    """Which encounters to count, as SQL over `e`, their table, and its parameters.

    where: every encounter to look at. here: those of them that are counted.
    cut_off: what was recorded later is not known; None: all is known.
    """

    where: str
    here: str = "true"
    params: dict[str, Any] = field(default_factory=dict)
    cut_off: datetime | None = None


def scope_of_report(
    version: Version, origin: str, sites: Iterable[Site], cut_off: datetime
) -> Scope:
    """Return all encounters of a version and origin at *sites*, known at *cut_off*."""
    where = "e.version_id = %(version)s AND e.origin = %(origin)s"
    keys = [site.pk for site in sites]
    params = {"version": version.pk, "origin": origin, "sites": keys}
    return Scope(f"{where} AND e.site_id = ANY(%(sites)s)", "true", params, cut_off)


def scope_of_bucket(bucket: Bucket) -> Scope:
    """Return the encounters of a bucket, and the others of its patients beside them.

    The patients are looked up first and named to the database one by one: so it
    knows how few they are, and reaches their rows through indexes, however many
    rows there are of others.
    """
    here = "e.site_id = %(site)s AND " + _in_month(bucket.month)
    params = _bucket_params(bucket)
    where = "e.version_id = %(version)s AND e.origin = %(origin)s"
    with connection.cursor() as cursor:
        cursor.execute(PEERS.format(where=where, here=here), params)
        params["enrolments"] = [pk for (pk,) in cursor.fetchall()]
    return Scope(f"{where} AND e.enrolment_id = ANY(%(enrolments)s)", here, params)


# Peers: of the same patient, or of one who is merged with them.
PEERS = """
WITH here AS (
    SELECT DISTINCT n.patient_id, n.scamp_id FROM carepaths_encounter e
    JOIN carepaths_enrolment n ON n.id = e.enrolment_id
    WHERE {where} AND {here} AND e.signed_at IS NOT NULL
), merged AS (
    SELECT patient_id, kept_id AS person FROM carepaths_identity WHERE kept_id IS NOT NULL
    UNION SELECT kept_id, kept_id FROM carepaths_identity WHERE kept_id IS NOT NULL
)
SELECT peer.id FROM carepaths_enrolment peer
WHERE (peer.patient_id, peer.scamp_id) IN (
    SELECT patient_id, scamp_id FROM here
    UNION SELECT other.patient_id, here.scamp_id FROM here
    JOIN merged mine ON mine.patient_id = here.patient_id
    JOIN merged other ON other.person = mine.person)
"""


def _in_month(month: date | None) -> str:
    if month is None:
        return "e.visit_time IS NULL"
    return "e.visit_time >= %(start)s AND e.visit_time < %(end)s"


def _bucket_params(bucket: Bucket) -> dict[str, Any]:
    params: dict[str, Any] = {
        "version": bucket.version.pk,
        "origin": bucket.origin,
        "site": bucket.site.pk,
    }
    if bucket.month is not None:
        params["start"], params["end"] = bounds_of(bucket.month, bucket.site.time_zone)
    return params


def read_facts(plan: Plan, scope: Scope) -> list[Row]:
    """Count the encounters of *scope*, by every measure there is."""
    cut_off = scope.cut_off or "infinity"
    params = scope.params | {"cut_off": cut_off} | _named_by(plan)
    statements = [STATEMENTS] if plan.statements else []
    measures = [*MEASURES, POINTS, *statements]
    text = statement_of(measures).format(where=scope.where, here=scope.here)
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return [Row(*row[:6], int(row[6])) for row in cursor.fetchall()]


def _named_by(plan: Plan) -> dict[str, list[Any]]:
    """What the measures must know of a plan: its statements, points and outcomes."""
    windows = {outcome.key: outcome.window for outcome in plan.outcomes}
    statements = plan.statements
    return {
        "keys": [statement.key for statement in statements],
        "nodes": [statement.node for statement in statements],
        "outcomes": [statement.outcome for statement in statements],
        "windows": [windows[statement.outcome] for statement in statements],
        "omissions": [statement.omission_of for statement in statements],
        "advising": [node.key for node in plan.nodes if node.kind == "recommend"],
        "fates": [outcome.key for outcome in plan.outcomes],
        "fate_windows": [outcome.window for outcome in plan.outcomes],
        "affected": [outcome.affected_by_action for outcome in plan.outcomes],
    }


def tally_of(rows: Iterable[Row], sites: Iterable[Site], at: datetime) -> Tally:
    """Add up *rows* as they read at the moment *at*, each on its site's calendar."""
    today = {site.pk: day_of(at, site.time_zone) for site in sites}
    return Tally(
        Fact(
            measure=row.measure,
            node=row.node,
            item=row.item,
            value=row.value,
            is_past=row.day is None or row.day < today[row.site],
            amount=row.amount,
        )
        for row in rows
    )
