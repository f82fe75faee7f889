"""Moves: an open draft goes on under the active version of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.encounters import check_origin, cut_draft_revision
from carepaths.actions.refusals import (
    AlreadySigned,
    EditConflict,
    NoActiveVersion,
    UnknownVisit,
    Voided,
)
from carepaths.core.carrying import carry
from carepaths.models import Cause, Encounter


@dataclass(frozen=True)
class Moved:
    """The draft as it goes on, and the elements whose answers could not be carried."""

    encounter: Encounter
    left_behind: tuple[str, ...]


@transaction.atomic
def move_draft(*, encounter: Encounter, edit: int, by: User, at: datetime) -> Moved:
    """Move a draft to the active version; as it stood it is kept as a revision.

    Intentions are dropped: they are about the advice of the version before.

    Raises: AlreadySigned, Voided, EditConflict, NoActiveVersion, UnknownVisit,
        WrongOrigin, DemonstrationOnly.
    """
    rows = Encounter.objects.select_for_update(of=("self",))
    draft = rows.select_related("version__content", "version__scamp", "site").get(
        pk=encounter.pk
    )
    _refuse_unless_open(draft, edit)
    version = draft.version.scamp.active_version
    if version is None:
        raise NoActiveVersion(draft.version.scamp)
    if draft.visit not in version.plan.visit:
        raise UnknownVisit(draft.visit)
    is_sandbox = draft.site.is_sandbox
    check_origin(version=version, is_sandbox=is_sandbox, origin=draft.origin)
    carried, left_behind = carry(draft.version.plan, version.plan, draft.answers)
    cut_draft_revision(
        encounter=draft,
        cause=Cause.MOVED,
        answers=draft.answers,
        intentions=draft.intentions,
        by=draft.edited_by,
        at=at,
    )
    draft.version, draft.answers, draft.intentions = version, carried, {}
    draft.edit, draft.edited_by, draft.edited_at = edit + 1, by, at
    fields = ["version", "answers", "intentions", "edit", "edited_by", "edited_at"]
    draft.save(update_fields=fields)
    return Moved(draft, left_behind)


def _refuse_unless_open(draft: Encounter, edit: int) -> None:
    if not draft.is_open:
        raise AlreadySigned(draft)
    if draft.voids.exists():
        raise Voided(draft)
    if draft.edit != edit:
        raise EditConflict(draft)
