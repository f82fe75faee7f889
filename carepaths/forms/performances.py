"""What was done about each resource of a plan, as the signing page asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from carepaths.core.extras import is_done
from carepaths.models import Performance
from scamps.core.definition import Plan, words
from scamps.core.walk import Walk

CHOICES = (("done", "Done"), ("not-done", "Not done"), ("unknown", "Not known"))
KNOWN_HOW = "Told by the clinician at signing"
UNREADABLE = "Give the day and the time, or leave them empty."
LATER = "This is still to come. Say what was done so far."


@dataclass(frozen=True)
class Told:
    """What `sign` takes, a row for each resource; and what is wrong, by resource."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def performance_fields(
    plan: Plan,
    walk: Walk,
    posted: Mapping[str, str],
    intentions: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each resource, what was advised first, as posted so far.

    Args: intentions: of the draft, which may say that something was done unadvised.
    """
    advised = {action.resource: action.direction for _, action in walk.actions}
    said = {"do": "advised", "do-not": "advised against"}
    rows = resource_fields(plan, posted, errors)
    for row in rows:
        row["advised"] = said.get(advised.get(row["key"], ""), "")
        if not row["status"] and is_done(intentions or {}, row["key"]):
            row["status"] = "done"
    return sorted(rows, key=lambda row: not row["advised"])


def resource_fields(
    plan: Plan, posted: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return a row for each resource of *plan*, as posted so far; nothing is assumed."""
    return [
        {
            "key": resource.key,
            "title": words(resource.title, "en"),
            "status": posted.get(f"p.{resource.key}.status", ""),
            "at": posted.get(f"p.{resource.key}.at", ""),
            "place": posted.get(f"p.{resource.key}.place", ""),
            "error": (errors or {}).get(resource.key, ""),
            "choices": CHOICES,
        }
        for resource in plan.resources
    ]


def read_performances(
    plan: Plan,
    posted: Mapping[str, str],
    *,
    zone: str,
    now: datetime,
    known_how: str = KNOWN_HOW,
) -> Told:
    """Read what was said about each resource; when and where go with what was done.

    Args: zone: of the site, whose clock the times are read by.
    """
    told = Told()
    for resource in plan.resources:
        name = f"p.{resource.key}."
        status = posted.get(name + "status", "")
        if status not in Performance.Status.values:
            continue
        row = {"resource": resource.key, "status": status, "known_how": known_how}
        if status == Performance.Status.DONE:
            try:
                row["done_at"] = _moment(posted.get(name + "at", ""), zone, now)
            except ValueError as problem:
                told.errors[resource.key] = str(problem)
            row["place"] = (
                posted.get(name + "place", "").replace("\0", "").strip()[:200]
            )
        told.rows.append(row)
    return told


def _moment(typed: str, zone: str, now: datetime) -> datetime | None:
    """Raises: ValueError: it is unreadable, or still to come; the message says so."""
    if not typed.strip():
        return None
    try:
        moment = datetime.fromisoformat(typed.strip()).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise ValueError(UNREADABLE) from None
    if moment > now:
        raise ValueError(LATER)
    return moment
