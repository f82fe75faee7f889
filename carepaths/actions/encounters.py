"""Encounters: opened under the active version, and saved as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from accounts.models import User
from carepaths.actions.refusals import (
    AlreadySigned,
    DemonstrationOnly,
    EditConflict,
    NoActiveVersion,
    NotEnrolled,
    UnknownVisit,
    Voided,
    WrongOrigin,
)
from carepaths.core.answers import check
from carepaths.models import (
    Cause,
    Encounter,
    Enrolment,
    EnrolmentState,
    Origin,
    Revision,
)
from scamps.models import Version


@transaction.atomic
def open_encounter(
    *,
    enrolment: Enrolment,
    visit: str,
    visit_time: datetime | None,
    origin: str = "",
    by: User,
    at: datetime,
) -> Encounter:
    """Open an encounter under the active version, which it keeps.

    Args: origin: if not said, sandbox at a sandbox site, else prospective.

    Raises: NotEnrolled, NoActiveVersion, UnknownVisit, WrongOrigin, DemonstrationOnly.
    """
    if not _is_enrolled(enrolment):
        raise NotEnrolled(enrolment)
    site = enrolment.patient.site
    version = enrolment.scamp.active_version
    if version is None:
        raise NoActiveVersion(enrolment.scamp)
    if visit not in version.plan.visit:
        raise UnknownVisit(visit)
    origin = origin or (Origin.SANDBOX if site.is_sandbox else Origin.PROSPECTIVE)
    check_origin(version=version, is_sandbox=site.is_sandbox, origin=origin)
    return Encounter.objects.create(
        enrolment=enrolment,
        version=version,
        site=site,
        visit=visit,
        origin=origin,
        visit_time=visit_time,
        opened_at=at,
        opened_by=by,
        edited_at=at,
        edited_by=by,
    )


def check_origin(*, version: Version, is_sandbox: bool, origin: str) -> None:
    """Refuse an origin that the site or the plan does not allow.

    Raises: WrongOrigin, DemonstrationOnly.
    """
    if is_sandbox != (origin == Origin.SANDBOX):
        raise WrongOrigin(origin)
    if version.plan.demonstration and origin == Origin.PROSPECTIVE:
        raise DemonstrationOnly(version)


def save_draft(
    *,
    encounter: Encounter,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    edit: int,
    by: User,
    at: datetime,
) -> Encounter:
    """Save the draft in place, if nobody saved it since *edit*.

    Returns: the encounter with its new `edit`. A change of author keeps what the author
    before had saved as a revision.

    Raises: MalformedAnswers, AlreadySigned, Voided, EditConflict: what was sent is then
    kept as a revision, unless an outer transaction is rolled back.
    """
    check(encounter.version.plan, answers)
    with transaction.atomic():
        saved = _save_in_place(encounter, answers, intentions, edit, by, at)
        if not saved:
            _refuse_unless_conflict(encounter)
            cut_draft_revision(
                encounter=encounter,
                cause=Cause.CONFLICT,
                answers=answers,
                intentions=intentions,
                by=by,
                at=at,
            )
    if not saved:
        raise EditConflict(encounter)
    encounter.answers, encounter.intentions = dict(answers), dict(intentions)
    encounter.edit, encounter.edited_at, encounter.edited_by = edit + 1, at, by
    return encounter


def _save_in_place(
    encounter: Encounter,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    edit: int,
    by: User,
    at: datetime,
) -> bool:
    draft = Encounter.objects.drafts().filter(pk=encounter.pk, edit=edit)
    if encounter.edited_by_id != by.pk and encounter.edit:
        _cut_handover(draft, at)
    return bool(
        draft.update(
            answers=dict(answers),
            intentions=dict(intentions),
            edit=F("edit") + 1,
            edited_at=at,
            edited_by=by,
        )
    )


def _cut_handover(draft: Any, at: datetime) -> None:
    found = draft.select_for_update(of=("self",)).select_related("edited_by").first()
    if found is not None:
        cut_draft_revision(
            encounter=found,
            cause=Cause.HANDOVER,
            answers=found.answers,
            intentions=found.intentions,
            by=found.edited_by,
            at=at,
        )


def _refuse_unless_conflict(encounter: Encounter) -> None:
    """Lock the row, and raise what stands against saving if it is no conflict."""
    now = Encounter.objects.select_for_update().get(pk=encounter.pk)
    if not now.is_open:
        raise AlreadySigned(encounter)
    if now.voids.exists():
        raise Voided(encounter)


def cut_draft_revision(
    *,
    encounter: Encounter,
    cause: str,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    by: User,
    at: datetime,
) -> Revision:
    """Keep *answers* and *intentions* of a draft as a revision, without a walk; the row is locked."""
    return Revision.objects.create(
        encounter=encounter,
        number=next_number(encounter),
        cause=cause,
        answers=dict(answers),
        intentions=dict(intentions),
        context={},
        by=by,
        recorded_at=at,
    )


def next_number(encounter: Encounter) -> int:
    """Return the number of the encounter's next revision; lock the encounter first."""
    last = Revision.objects.filter(encounter=encounter).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1


def _is_enrolled(enrolment: Enrolment) -> bool:
    found = Enrolment.objects.filter(pk=enrolment.pk)
    return found.in_state(EnrolmentState.ENROLLED).exists()
