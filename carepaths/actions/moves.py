"""Moves: an open draft goes on under the version of its plan in use at its site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from carepaths.actions.encounters import check_origin, cut_draft_revision
from carepaths.actions.refusals import (
    AlreadySigned,
    EditConflict,
    NoActiveVersion,
    NotMoved,
    Recalled,
    UnknownVisit,
    Voided,
)
from carepaths.core.carrying import carry
from carepaths.models import Cause, Encounter, Revision
from carepaths.models.encounters import MOVED_FROM, MOVED_WITH
from scamps.models import State, Version


@dataclass(frozen=True)
class Moved:
    """The draft as it goes on, and the elements whose answers could not be carried."""

    encounter: Encounter
    left_behind: tuple[str, ...]


@transaction.atomic
def move_draft(*, encounter: Encounter, edit: int, by: User, at: datetime) -> Moved:
    """Move a draft to the version in use; as it stood it is kept as a revision.

    Intentions are dropped: they are about the advice of the version before.

    Raises: AlreadySigned, Voided, EditConflict, NoActiveVersion, UnknownVisit,
        WrongOrigin, DemonstrationOnly.
    """
    return move_locked(encounter, edit, by, at)


def move_locked(
    encounter: Encounter, edit: int, by: User, at: datetime, batch: str = ""
) -> Moved:
    """As `move_draft`, in the caller's transaction; *batch* names a bulk move."""
    draft = _locked(encounter, edit)
    version = target_of(draft)
    carried, left_behind = carry(draft.version.plan, version.plan, draft.answers)
    _put(draft, version, carried, {}, by, at, batch)
    return Moved(draft, left_behind)


@transaction.atomic
def move_back(*, encounter: Encounter, edit: int, by: User, at: datetime) -> Encounter:
    """Put a moved draft back as it stood before its last move.

    What was answered since is kept as a revision, as a move keeps it.

    Raises: AlreadySigned, Voided, EditConflict, NotMoved, Recalled.
    """
    draft = _locked(encounter, edit)
    before = last_move(draft)
    if before is None:
        raise NotMoved(draft)
    version = Version.objects.select_related("content", "scamp").get(
        pk=before.context[MOVED_FROM]
    )
    if version.current_state == State.RECALLED:
        raise Recalled(version)
    _put(draft, version, before.answers, before.intentions, by, at)
    return draft


def last_move(draft: Encounter) -> Revision | None:
    """The draft as it stood before its last move, if that was from another version."""
    moved = draft.revisions.filter(cause=Cause.MOVED).order_by("-number").first()
    if moved is None or moved.context.get(MOVED_FROM) in (None, draft.version_id):
        return None
    return moved


def target_of(draft: Encounter) -> Version:
    """The version that *draft* would move to.

    Raises: NoActiveVersion, UnknownVisit, WrongOrigin, DemonstrationOnly.
    """
    version = draft.version.scamp.version_at(draft.site)
    if version is None:
        raise NoActiveVersion(draft.version.scamp)
    check_target(draft, version)
    return version


def check_target(draft: Encounter, version: Version) -> None:
    """Refuse a version on which *draft* cannot go on.

    Raises: UnknownVisit, WrongOrigin, DemonstrationOnly.
    """
    if draft.visit not in version.plan.visit:
        raise UnknownVisit(draft.visit)
    is_sandbox = draft.site.is_sandbox
    check_origin(version=version, is_sandbox=is_sandbox, origin=draft.origin)


def _locked(encounter: Encounter, edit: int) -> Encounter:
    rows = Encounter.objects.select_for_update(of=("self",))
    draft = rows.select_related("version__content", "version__scamp", "site").get(
        pk=encounter.pk
    )
    _refuse_unless_open(draft, edit)
    return draft


def _put(
    draft: Encounter,
    version: Version,
    answers: Mapping[str, Any],
    intentions: Mapping[str, Any],
    by: User,
    at: datetime,
    batch: str = "",
) -> None:
    """Keep the draft as it stands as a revision, then put it on *version*."""
    context = {MOVED_FROM: draft.version_id} | ({MOVED_WITH: batch} if batch else {})
    cut_draft_revision(
        encounter=draft,
        cause=Cause.MOVED,
        answers=draft.answers,
        intentions=draft.intentions,
        by=draft.edited_by,
        at=at,
        context=context,
    )
    draft.version, draft.answers, draft.intentions = (
        version,
        dict(answers),
        dict(intentions),
    )
    draft.edit, draft.edited_by, draft.edited_at = draft.edit + 1, by, at
    draft.edited_from, draft.edited_turn = None, 0
    fields = ["version", "answers", "intentions", "edit", "edited_by", "edited_at"]
    draft.save(update_fields=[*fields, "edited_from", "edited_turn"])


def _refuse_unless_open(draft: Encounter, edit: int) -> None:
    if not draft.is_open:
        raise AlreadySigned(draft)
    if draft.voids.exists():
        raise Voided(draft)
    if draft.edit != edit:
        raise EditConflict(draft)
