"""Reading earlier patients at one point: two queries, whatever the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q

from accounts.models import Site, User
from accounts.permissions import CLINICAL_ROLES
from carepaths.core.months import day_of
from carepaths.models import Encounter, Mark, Origin, Revision
from feedback.core.earlier import Earlier, earlier_at
from feedback.core.tally import Fact, Tally
from feedback.models import PointTotal, Unsummed
from scamps.models import Version


@dataclass(frozen=True)
class Point:
    """A node of a version as somebody asks about it: at which sites, of which realm."""

    version: Version
    node: str
    sites: tuple[Site, ...]


@dataclass(frozen=True)
class Reading:
    """What was found at a point, each origin apart, and how fresh it is."""

    groups: tuple[Earlier, ...]
    counted_at: datetime | None
    is_behind: bool


def point_of(user: User, encounter: Encounter, node: str) -> Point:
    """The point that *encounter* is at, at the user's own sites of the same realm.

    Own sites only, so that small numbers need not be hidden: whoever asks may open
    each of these patients (docs/decisions).
    """
    mine = Site.objects.open_to(user, *CLINICAL_ROLES)
    realm = mine.filter(is_sandbox=encounter.site.is_sandbox)
    return Point(encounter.version, node, tuple(realm.order_by("pk")))


def read_point(point: Point, at: datetime) -> Reading:
    """Read what is known of *point* at the moment *at*."""
    rows = list(PointTotal.objects.at_point(point.version, point.node, point.sites))
    plan = point.version.plan
    found = {
        origin: earlier_at(
            plan, point.node, origin, _tally(rows, origin, point.sites, at)
        )
        for origin in Origin.values
    }
    return Reading(
        groups=tuple(group for group in found.values() if group),
        counted_at=max((row.counted_at for row in rows), default=None),
        is_behind=_is_behind(point),
    )


def own_encounters(encounter: Encounter, node: str) -> int:
    """How many of the counted encounters at *node* are of this very patient."""
    came = Revision.objects.filter(encounter=OuterRef("pk"), cause="signed")
    mine = Encounter.objects.counted().filter(
        Exists(came.filter(Q(path__contains=[node]) | Q(end_node=node))),
        enrolment__patient=encounter.enrolment.patient_id,
        version=encounter.version_id,
    )
    return mine.aggregate(n=Number("pk"))["n"]


def _is_behind(point: Point) -> bool:
    """Whether a change at these sites is still to be counted."""
    where = {"version": point.version, "site__in": point.sites}
    waiting = Mark.objects.filter(**where).values("site")[:1]
    return waiting.union(Unsummed.objects.filter(**where).values("site")[:1]).exists()


def _tally(
    rows: Iterable[PointTotal], origin: str, sites: Iterable[Site], at: datetime
) -> Tally:
    today = {site.pk: day_of(at, site.time_zone) for site in sites}
    return Tally(
        Fact(measure, row.node, item, value, _past(day, today[row.site_id]), count)
        for row in rows
        if row.origin == origin
        for measure, item, value, day, count in row.facts
    )


def _past(day: str | None, today: date) -> bool:
    return day is None or date.fromisoformat(day) < today
