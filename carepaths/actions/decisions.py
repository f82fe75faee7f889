"""Decisions and performances: what was intended, and what then was done."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.marks import mark_encounter
from carepaths.actions.refusals import Voided
from carepaths.actions.signing import record_performances
from carepaths.actions.tasks import raise_tasks
from carepaths.core.opportunities import read_intention
from carepaths.models import Decision, Encounter, Opportunity, Performance


@transaction.atomic
def decide(
    *,
    opportunity: Opportunity,
    choice: str,
    kind: str = "",
    reason: str = "",
    words: str = "",
    due_on: date | None = None,
    by: User,
    at: datetime,
) -> Decision:
    """Decide, or decide anew: the last decision holds and the others stay readable.

    Raises: Voided, DecisionRefused, UnknownReason.
    """
    encounter = opportunity.encounter
    _refuse_voided(encounter)
    checked = read_intention(
        encounter.version.plan,
        opportunity.action,
        opportunity.direction,
        {
            "choice": choice,
            "kind": kind,
            "reason": reason,
            "words": words,
            "due_on": due_on,
        },
    )
    decision = Decision.objects.create(
        opportunity=opportunity, by=by, at=at, recorded_at=at, **vars(checked)
    )
    mark_encounter(encounter=encounter, at=at)
    raise_tasks(encounter=encounter, at=at, by=by)
    return decision


@transaction.atomic
def record_performance(
    *,
    encounter: Encounter,
    resource: str,
    status: str,
    done_at: datetime | None = None,
    place: str = "",
    known_how: str,
    by: User,
    at: datetime,
) -> Performance:
    """Record what was really done about *resource*; the last row holds.

    Raises: Voided, UnknownResource.
    """
    _refuse_voided(encounter)
    row = {
        "resource": resource,
        "status": status,
        "done_at": done_at,
        "place": place,
        "known_how": known_how,
    }
    made = record_performances(encounter=encounter, rows=[row], by=by, at=at)
    if not encounter.is_open:
        mark_encounter(encounter=encounter, at=at)
        raise_tasks(encounter=encounter, at=at, by=by)
    return made[0]


def _refuse_voided(encounter: Encounter) -> None:
    """Hold off a void until this is committed, or raise because there is one."""
    Encounter.objects.select_for_update().get(pk=encounter.pk)
    if encounter.voids.exists():
        raise Voided(encounter)
