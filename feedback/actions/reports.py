"""Reports: computed from the rows as known at a cut-off, and frozen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from accounts.models import Site, User
from carepaths.models import (
    Decision,
    Encounter,
    EnrolmentChange,
    Origin,
    Outcome,
    Performance,
    Revision,
    Void,
)
from feedback.core.report import Head, build, canonical, digest
from feedback.models import Report
from feedback.models.enrolments import enrolments_of
from feedback.models.facts import read_facts, scope_of_report, tally_of
from scamps.models import Scamp, State, Version

LEDGERS = (Revision, Decision, Performance, Outcome, Void, EnrolmentChange)


class NoSuchVersion(LookupError):
    """The Scamp has no version, or none with the number asked for."""


def version_of(scamp: Scamp, number: int | None = None) -> Version:
    """Return the version with *number*; else the active one, else the last.

    Raises: NoSuchVersion.
    """
    versions = scamp.versions.select_related("scamp", "content")
    if number is not None:
        found = versions.filter(number=number).first()
    else:
        active = versions.in_state(State.ACTIVE).order_by("-number").first()
        found = active or versions.order_by("-number").first()
    if found is None:
        numbers = ", ".join(str(v.number) for v in versions.order_by("number"))
        asked = f"no version {number}" if number is not None else "no version"
        raise NoSuchVersion(f"“{scamp.key}” has {asked} (it has: {numbers or 'none'}).")
    return found


def origin_of(
    version: Version, sites: Iterable[Site], cut_off: datetime | None = None
) -> str:
    """Return the origin a report is about when none is asked for.

    Sandbox at sandbox sites; else prospective once an encounter was, else retrospective.
    """
    places = list(sites)
    if places and all(site.is_sandbox for site in places):
        return Origin.SANDBOX
    known = Q() if cut_off is None else Q(recorded_at__lte=cut_off)
    gone = Void.objects.filter(known, encounter=OuterRef("pk"))
    prospective = Encounter.objects.signed().filter(
        ~Exists(gone),
        Exists(
            Revision.objects.filter(known, encounter=OuterRef("pk"), cause="signed")
        ),
        version=version,
        site__in=places,
        origin=Origin.PROSPECTIVE,
    )
    return Origin.PROSPECTIVE if prospective.exists() else Origin.RETROSPECTIVE


def compute(
    *,
    version: Version,
    sites: Iterable[Site],
    origin: str | None = None,
    cut_off: datetime | None = None,
) -> dict[str, Any]:
    """Compute the report of *version* at *sites*, from one snapshot of the rows.

    cut_off: what was recorded later does not count; by default all that is committed
    counts, and the report says up to when.
    """
    places = list(sites)
    with snapshot():
        moment = cut_off or _known_until()
        which = origin or origin_of(version, places, moment)
        scope = scope_of_report(version, which, places, moment)
        rows = read_facts(version.plan, scope)
        enrolments = enrolments_of(version.scamp, places, moment)
    head = Head(
        scamp=version.scamp.key,
        version=version.number,
        digest=version.content_id,
        cut_off=moment,
        origin=str(which),
    )
    return build(version.plan, head, tally_of(rows, places, moment), enrolments)


@transaction.atomic
def freeze(
    *,
    version: Version,
    sites: Iterable[Site],
    report: dict[str, Any],
    by: User | None,
    at: datetime,
) -> Report:
    """Keep *report*, which `compute` made of *version* and *sites*, for ever."""
    places = list(sites)
    return Report.objects.create(
        scamp=version.scamp,
        versions=[{"number": version.number, "digest": version.content_id}],
        cut_off=datetime.fromisoformat(report["cut_off"]),
        filters={
            "origin": report["origin"],
            "sandbox": any(site.is_sandbox for site in places),
            "sites": sorted(site.key for site in places),
        },
        text=canonical(report),
        digest=digest(report),
        software=software(),
        by=by,
        at=at,
    )


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside as of one moment. Inside a transaction, that one's."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def software() -> str:
    """Return the version of this software."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return project["project"]["version"]


def _known_until() -> datetime:
    """Return the present, or the latest record's time if a clock ran ahead of ours."""
    now = timezone.now()
    later = [
        ledger.objects.filter(recorded_at__gt=now).aggregate(last=Max("recorded_at"))
        for ledger in LEDGERS
    ]
    signed = Encounter.objects.filter(signed_at__gt=now)
    later.append(signed.aggregate(last=Max("signed_at")))
    return max([now, *(found["last"] for found in later if found["last"])])
