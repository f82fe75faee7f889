"""Encounters: opened under the active version, and saved as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
    Medium,
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
    to_the_day: bool = False,
    medium: str = Medium.SCREEN,
    by: User,
    at: datetime,
) -> Encounter:
    """Open an encounter under the version in use at the site, which it keeps.

    Args:
        origin: if not said, sandbox at a sandbox site, else prospective.
        to_the_day: the time of the visit is not known; *visit_time* stands for its day.
        medium: what the answers were first written on.

    Raises: NotEnrolled, NoActiveVersion, UnknownVisit, WrongOrigin, DemonstrationOnly.
    """
    if not _is_enrolled(enrolment):
        raise NotEnrolled(enrolment)
    site = enrolment.patient.site
    version = enrolment.scamp.version_at(site)
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
        visit_to_the_day=to_the_day,
        medium=medium,
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


@dataclass(frozen=True)
class Source:
    """The open page that sends, and which of its saves this is, counted up.

    It makes saves of one page safe to send again and to arrive late: a page is in no
    conflict with itself, and its older save never undoes its newer one.
    """

    page: UUID
    turn: int


def save_draft(
    *,
    encounter: Encounter,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    edit: int,
    by: User,
    at: datetime,
    source: Source | None = None,
) -> Encounter:
    """Save the draft in place, if nobody saved it since *edit*.

    Returns: the encounter with its new `edit`; as it stands, if the page of *source* has
    saved something newer by now. A change of author keeps what the author before had
    saved as a revision.

    Raises: MalformedAnswers, AlreadySigned, Voided, EditConflict: what was sent is then
    kept as a revision, unless an outer transaction is rolled back.
    """
    check(encounter.version.plan, answers)
    new = _columns(answers, intentions, source, by, at)
    with transaction.atomic():
        if _save_in_place(encounter, new, edit, by, at):
            return _now(encounter, new, edit + 1)
        held = locked_draft(encounter)
        if source and held.edited_from == source.page and held.edit >= edit:
            return _save_of_the_same_page(held, new, source)
        keep_side(
            encounter=encounter, answers=answers, intentions=intentions, by=by, at=at
        )
    raise EditConflict(encounter)


def _columns(
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    source: Source | None,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    return {
        "answers": dict(answers),
        "intentions": dict(intentions),
        "edited_at": at,
        "edited_by": by,
        "edited_from": source.page if source else None,
        "edited_turn": source.turn if source else 0,
    }


def _now(encounter: Encounter, new: Mapping[str, Any], edit: int) -> Encounter:
    for name, value in new.items():
        setattr(encounter, name, value)
    encounter.edit = edit
    return encounter


def _save_in_place(
    encounter: Encounter, new: Mapping[str, Any], edit: int, by: User, at: datetime
) -> bool:
    draft = Encounter.objects.drafts().filter(pk=encounter.pk, edit=edit)
    if encounter.edited_by_id != by.pk and encounter.edit:
        _cut_handover(draft, at)
    return bool(draft.update(edit=F("edit") + 1, **new))


def _save_of_the_same_page(
    held: Encounter, new: Mapping[str, Any], source: Source
) -> Encounter:
    """Save over this page's own last save, whose answer it may never have received."""
    same = all(new[name] == getattr(held, name) for name in ("answers", "intentions"))
    if source.turn < held.edited_turn or same:
        return held
    Encounter.objects.filter(pk=held.pk).update(edit=F("edit") + 1, **new)
    return _now(held, new, held.edit + 1)


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


def locked_draft(encounter: Encounter) -> Encounter:
    """Lock the draft's row and return it.

    Raises: AlreadySigned, Voided.
    """
    now = Encounter.objects.select_for_update().get(pk=encounter.pk)
    if not now.is_open:
        raise AlreadySigned(encounter)
    if now.voids.exists():
        raise Voided(encounter)
    return now


def keep_side(
    *,
    encounter: Encounter,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    by: User,
    at: datetime,
) -> None:
    """Keep one side of a conflict as a revision, once; the row is locked."""
    side = {"answers": dict(answers), "intentions": dict(intentions)}
    if not encounter.revisions.filter(cause=Cause.CONFLICT, **side).exists():
        cut_draft_revision(
            encounter=encounter, cause=Cause.CONFLICT, by=by, at=at, **side
        )


def cut_draft_revision(
    *,
    encounter: Encounter,
    cause: str,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    by: User,
    at: datetime,
    context: Mapping[str, Any] | None = None,
) -> Revision:
    """Keep *answers* and *intentions* of a draft as a revision, without a walk; the row is locked."""
    return Revision.objects.create(
        encounter=encounter,
        number=next_number(encounter),
        cause=cause,
        answers=dict(answers),
        intentions=dict(intentions),
        context=dict(context or {}),
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
