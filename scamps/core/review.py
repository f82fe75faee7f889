"""Whether a plan is due to be reviewed, on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scamps.core.definition.document import Plan

SOON = timedelta(days=60)


@dataclass(frozen=True)
class ReviewDue:
    """The day by which a plan was, or soon is, to be reviewed."""

    on: date
    is_overdue: bool


def review_due(plan: Plan, today: date) -> ReviewDue | None:
    """Return when *plan* is to be reviewed, if that is within 60 days, or over.

    The day itself is not over yet; a plan that names no day is due on none.
    """
    day = plan.provenance.next_review
    if day is None or day > today + SOON:
        return None
    return ReviewDue(day, day < today)
