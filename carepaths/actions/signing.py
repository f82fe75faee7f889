"""Signing: an encounter and all under it is locked; amendments are new revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from carepaths.actions.context import context_and_source
from carepaths.actions.eligibility import note_eligible
from carepaths.actions.encounters import next_number
from carepaths.actions.marks import mark_encounter
from carepaths.actions.refusals import (
    AlreadySigned,
    AmendedMeanwhile,
    BlockedByChecks,
    EditConflict,
    NotSigned,
    ReasonNeeded,
    Recalled,
    UnknownResource,
    Voided,
)
from carepaths.actions.settling import review_later_visits
from carepaths.actions.tasks import Known, raise_tasks
from carepaths.core import answers as stored
from carepaths.core.context import from_json, to_json
from carepaths.core.draft import walk_draft
from carepaths.core.opportunities import Advised, read_intention, window_closes
from carepaths.core.seal import Seal, seal
from carepaths.models import (
    Cause,
    Decision,
    Encounter,
    Opportunity,
    Performance,
    Revision,
)
from scamps.models import State, Version


@transaction.atomic
def sign(
    *,
    encounter: Encounter,
    edit: int,
    performances: Iterable[Mapping[str, Any]] = (),
    by: User,
    at: datetime,
) -> Encounter:
    """Sign the draft as it was saved at *edit*.

    Its walk makes the opportunities, its intentions about them the decisions; an
    intention about what is not advised any more makes none. A walk that stopped may be
    signed: managed without the plan.

    Args: performances: {"resource", "status", "known_how"; "done_at", "place"}.

    Raises: AlreadySigned, EditConflict, Voided, Recalled, BlockedByChecks,
        DecisionRefused, UnknownReason, UnknownResource, MalformedAnswers.
    """
    draft = _locked(encounter)
    _refuse_unless_signable(draft, edit)
    context, previous = context_and_source(draft)
    compiled = draft.version.content.compiled
    sealed = seal(compiled, draft.answers, visit=draft.visit, context=context)
    _refuse_if_blocked(draft, context)
    draft.signed_at, draft.signed_by = at, by
    draft.save(update_fields=["signed_at", "signed_by"])
    revision = _revision(draft, sealed, by, at)
    revision.cause, revision.previous = Cause.SIGNED, previous
    revision.answers, revision.context = draft.answers, to_json(context)
    revision.intentions = draft.intentions
    revision.save(force_insert=True)
    rows, decisions = _record_advice(draft, sealed, by, at)
    deeds = record_performances(encounter=draft, rows=performances, by=by, at=at)
    mark_encounter(encounter=draft, at=at)
    note_eligible(patient=draft.enrolment.patient, by=by, at=at)
    done = {one.resource: one for one in deeds if one.status == "done"}
    known = Known(revision, rows, decisions, done)
    raise_tasks(encounter=draft, known=known, at=at, by=by)
    return draft


@transaction.atomic
def amend(
    *,
    encounter: Encounter,
    answers: Mapping[str, Any],
    reason: str,
    based_on: int | None = None,
    by: User,
    at: datetime,
) -> Revision:
    """Correct the answers of a signed encounter, in the context it was signed in.

    The advice seen and the decisions taken stay as they were; where the amended walk
    advises otherwise, the revision says so.

    Args: based_on: number of the revision the author saw, to notice a conflict.

    Raises: NotSigned, Voided, ReasonNeeded, AmendedMeanwhile, MalformedAnswers.
    """
    if not reason.strip():
        raise ReasonNeeded(encounter)
    signed = _locked(encounter)
    if signed.is_open:
        raise NotSigned(encounter)
    if signed.voids.exists():
        raise Voided(encounter)
    stored.check(signed.version.plan, answers)
    last = signed.revisions.sealed().order_by("-number")[0]
    if based_on is not None and based_on != last.number:
        raise AmendedMeanwhile(encounter)
    compiled = signed.version.content.compiled
    context = from_json(compiled.plan, last.context)
    sealed = seal(compiled, answers, visit=signed.visit, context=context)
    revision = _revision(signed, sealed, by, at)
    revision.cause, revision.reason = Cause.AMENDED, reason.strip()
    revision.answers, revision.context = dict(answers), last.context
    revision.previous_id = last.previous_id
    advice = [opportunity.key for opportunity in signed.opportunities.all()]
    revision.advises_otherwise = list(sealed.advice) != advice
    revision.save(force_insert=True)
    mark_encounter(encounter=signed, at=at)
    note_eligible(patient=signed.enrolment.patient, by=by, at=at)
    raise_tasks(encounter=signed, at=at, by=by)
    mark = str(revision.number)
    review_later_visits(encounter=signed, mark=mark, at=at, by=by)
    return revision


def record_performances(
    *,
    encounter: Encounter,
    rows: Iterable[Mapping[str, Any]],
    by: User,
    at: datetime,
) -> list[Performance]:
    """Record what was done about resources of the plan.

    Raises: UnknownResource.
    """
    known = {resource.key for resource in encounter.version.plan.resources}
    made = [
        Performance(encounter=encounter, by=by, recorded_at=at, **row) for row in rows
    ]
    for performance in made:
        if performance.resource not in known:
            raise UnknownResource(performance.resource)
    return Performance.objects.bulk_create(made)


def opportunity_of(encounter: Encounter, advised: Advised) -> Opportunity:
    """Return the row, not saved, that *advised* makes at *encounter*."""
    zone = encounter.site.time_zone
    return Opportunity(
        encounter=encounter,
        node=advised.node,
        action=advised.action.key,
        direction=advised.action.direction,
        resource=advised.action.resource,
        position=advised.position,
        window_closes_at=window_closes(advised.action, encounter.visit_time, zone),
    )


def _locked(encounter: Encounter) -> Encounter:
    of_patient = ("enrolment__patient__identity", "enrolment__patient__site")
    related = ("version__content", "version__scamp", "site", *of_patient)
    rows = Encounter.objects.select_for_update(of=("self",)).select_related(*related)
    return rows.get(pk=encounter.pk)


def _refuse_unless_signable(draft: Encounter, edit: int) -> None:
    if not draft.is_open:
        raise AlreadySigned(draft)
    if draft.voids.exists():
        raise Voided(draft)
    if draft.edit != edit:
        raise EditConflict(draft)
    _hold(draft.version)
    if draft.version.current_state == State.RECALLED:
        raise Recalled(draft.version)


def _hold(version: Version) -> None:
    """Keep *version* in its state until this transaction ends.

    A transition locks its version (migration scamps.0004), so that a recall in the same
    instant either is seen here or waits until the signature stands. Signatures share.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM scamps_version WHERE id = %s FOR SHARE", [version.pk]
        )


def _refuse_if_blocked(draft: Encounter, context: Mapping[str, Any]) -> None:
    compiled = draft.version.content.compiled
    walked = walk_draft(compiled, draft.answers, visit=draft.visit, context=context)
    if walked.blocking:
        raise BlockedByChecks(walked.blocking)


def _revision(encounter: Encounter, sealed: Seal, by: User, at: datetime) -> Revision:
    return Revision(
        encounter=encounter,
        number=next_number(encounter),
        by=by,
        recorded_at=at,
        **sealed.columns(),
    )


def _record_advice(
    draft: Encounter, sealed: Seal, by: User, at: datetime
) -> tuple[list[Opportunity], dict[int, Decision]]:
    advised = [opportunity_of(draft, one) for one in sealed.advised]
    rows = Opportunity.objects.bulk_create(advised)
    decided = [
        _decision(draft, row, draft.intentions[row.key], by, at)
        for row in rows
        if draft.intentions.get(row.key)
    ]
    made = Decision.objects.bulk_create(decided)
    return rows, {one.opportunity_id: one for one in made}


def _decision(
    draft: Encounter,
    row: Opportunity,
    intention: Mapping[str, Any],
    by: User,
    at: datetime,
) -> Decision:
    plan = draft.version.plan
    checked = read_intention(plan, row.action, row.direction, intention)
    return Decision(opportunity=row, by=by, at=at, recorded_at=at, **vars(checked))
