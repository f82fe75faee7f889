"""What was done about each resource of a plan, as the signing page asks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carepaths.core.extras import is_done
from carepaths.models import Performance
from scamps.core.definition import Plan, words
from scamps.core.walk import Walk

CHOICES = (("done", "Done"), ("not-done", "Not done"), ("unknown", "Not known"))
KNOWN_HOW = "Told by the clinician at signing"


def performance_fields(
    plan: Plan,
    walk: Walk,
    posted: Mapping[str, str],
    intentions: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each resource, what was advised first, as posted so far.

    Args: intentions: of the draft, which may say that something was done unadvised.
    """
    advised = {action.resource: action.direction for _, action in walk.actions}
    said = {"do": "advised", "do-not": "advised against"}
    rows = [
        {
            "key": resource.key,
            "title": words(resource.title, "en"),
            "advised": said.get(advised.get(resource.key, ""), ""),
            "status": posted.get(f"p.{resource.key}.status")
            or ("done" if is_done(intentions or {}, resource.key) else ""),
            "choices": CHOICES,
        }
        for resource in plan.resources
    ]
    return sorted(rows, key=lambda row: not row["advised"])


def read_performances(plan: Plan, posted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what `sign` takes: one row for each resource something was said about."""
    said = {one.key: posted.get(f"p.{one.key}.status", "") for one in plan.resources}
    return [
        {"resource": key, "status": status, "known_how": KNOWN_HOW}
        for key, status in said.items()
        if status in Performance.Status.values
    ]
