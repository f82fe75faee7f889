"""Outcomes: what became of an episode."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from carepaths.actions.marks import mark_outcomes
from carepaths.actions.refusals import UnknownOutcome, WrongValue
from carepaths.actions.settling import settle_outcome
from carepaths.core.outcomes import canonical
from carepaths.models import Encounter, Enrolment, Outcome
from scamps.core.definition import Plan


@transaction.atomic
def record_outcome(
    *,
    enrolment: Enrolment,
    key: str,
    value: bool | int | str | Decimal | None,
    happened_at: datetime | None = None,
    known_how: str,
    is_derived: bool = False,
    by: User,
    at: datetime,
) -> Outcome:
    """Record outcome *key* of the episode; the last row holds, null is "not found".

    Raises: UnknownOutcome, WrongValue.
    """
    outcome = Outcome.objects.create(
        enrolment=enrolment,
        key=key,
        value=_canonical(_plan(enrolment), key, value),
        happened_at=happened_at,
        known_how=known_how,
        is_derived=is_derived,
        by=by,
        recorded_at=at,
    )
    mark_outcomes(enrolment=enrolment, at=at)
    settle_outcome(outcome=outcome, at=at, by=by)
    return outcome


def _plan(enrolment: Enrolment) -> Plan:
    """The plan of the episode's last encounter, else the active one."""
    last = Encounter.objects.unvoided().filter(enrolment=enrolment).order_by("-pk")
    found = last.select_related("version__content").first()
    version = (
        found.version
        if found
        else enrolment.scamp.version_at(enrolment.patient.site_id)
    )
    if version is None:
        raise UnknownOutcome(enrolment.scamp)
    return version.plan


def _canonical(plan: Plan, key: str, value: Any) -> bool | int | str | None:
    outcome = next((one for one in plan.outcomes if one.key == key), None)
    if outcome is None:
        raise UnknownOutcome(key)
    try:
        return canonical(outcome, value)
    except ValueError as problem:
        raise WrongValue(str(problem)) from None
