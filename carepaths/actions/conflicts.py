"""Settling a conflict: one draft of two sides, and both sides kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from carepaths.actions.encounters import keep_side, locked_draft
from carepaths.actions.refusals import EditConflict
from carepaths.core.answers import check
from carepaths.core.comparing import Side
from carepaths.models import Encounter


@transaction.atomic
def settle(
    *, encounter: Encounter, mine: Side, chosen: Side, edit: int, by: User, at: datetime
) -> None:
    """Let *chosen* stand in the draft; each side that it is not is kept as a revision.

    Args: edit: counter of the draft that was compared with *mine*.

    Raises: AlreadySigned, Voided, EditConflict: it was saved again since it was shown.
    """
    held = locked_draft(encounter)
    if held.edit != edit:
        raise EditConflict(encounter)
    check(encounter.version.plan, chosen.answers)
    theirs = Side(held.answers, held.intentions)
    for side, author, when in (
        (theirs, held.edited_by, held.edited_at),
        (mine, by, at),
    ):
        if side != chosen:
            keep_side(encounter=held, **vars(side), by=author, at=when)
    if theirs != chosen:
        Encounter.objects.filter(pk=held.pk).update(
            answers=dict(chosen.answers),
            intentions=dict(chosen.intentions),
            edit=F("edit") + 1,
            edited_at=at,
            edited_by=by,
            edited_from=None,
            edited_turn=0,
        )
