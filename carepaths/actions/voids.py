"""Voids: rows entered in error stay readable and leave every count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from carepaths.actions.marks import mark_encounter, mark_outcomes
from carepaths.actions.refusals import AlreadyVoided, ReasonNeeded, SecondPersonNeeded
from carepaths.actions.settling import settle_outcome, withdraw_tasks
from carepaths.actions.tasks import raise_tasks
from carepaths.models import Decision, Encounter, Outcome, Void


@transaction.atomic
def void_encounter(
    *, encounter: Encounter, reason: str, by: User, at: datetime
) -> Void:
    """Void an encounter and with it all that stands under it.

    Raises: ReasonNeeded, AlreadyVoided, SecondPersonNeeded: it is signed by the same.
    """
    row = Encounter.objects.select_for_update().get(pk=encounter.pk)
    if row.signed_by_id == by.pk:
        raise SecondPersonNeeded(row)
    void = _void(reason, by, at, encounter=row)
    if not row.is_open:
        mark_encounter(encounter=row, at=at)
        withdraw_tasks(encounter=row, reason=void.reason, at=at, by=by)
    return void


@transaction.atomic
def void_decision(*, decision: Decision, reason: str, by: User, at: datetime) -> Void:
    """Void a decision; the one before it holds again, if there is one.

    Raises: ReasonNeeded, AlreadyVoided, SecondPersonNeeded.
    """
    if decision.by_id == by.pk:
        raise SecondPersonNeeded(decision)
    void = _void(reason, by, at, decision=decision)
    encounter = decision.opportunity.encounter
    mark_encounter(encounter=encounter, at=at)
    raise_tasks(encounter=encounter, at=at, by=by)
    return void


@transaction.atomic
def void_outcome(*, outcome: Outcome, reason: str, by: User, at: datetime) -> Void:
    """Void an outcome; the one before it holds again, if there is one.

    Raises: ReasonNeeded, AlreadyVoided, SecondPersonNeeded.
    """
    if outcome.by_id == by.pk:
        raise SecondPersonNeeded(outcome)
    void = _void(reason, by, at, outcome=outcome)
    mark_outcomes(enrolment=outcome.enrolment, at=at)
    settle_outcome(outcome=outcome, is_void=True, at=at, by=by)
    return void


def _void(reason: str, by: User, at: datetime, **row: Any) -> Void:
    if not reason.strip():
        raise ReasonNeeded(next(iter(row.values())))
    try:
        with transaction.atomic():
            return Void.objects.create(
                reason=reason.strip(), by=by, recorded_at=at, **row
            )
    except IntegrityError as error:
        if "voided_once" in str(error):
            raise AlreadyVoided(next(iter(row.values()))) from error
        raise
