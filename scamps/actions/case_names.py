"""Cases follow a key that a save of their plan has renamed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from scamps.actions.states import locked
from scamps.core.cases.renaming import Rename, followed, renames
from scamps.models import CaseRevision, Version


@transaction.atomic
def follow_renames(*, version: Version, by: User, at: datetime) -> tuple[Rename, ...]:
    """Let the cases say the same under the names that the last save gave; return these.

    What a case expects stays what a person confirmed: no walk is taken anew. Done twice,
    it changes nothing.
    """
    draft = locked(version)
    last = draft.edits.select_related("before", "after").order_by("-pk").first()
    if last is None or last.before is None or last.after_id != draft.content_id:
        return ()
    found = renames(last.before.plan, last.after.plan)
    for one in CaseRevision.objects.holding_for(draft) if found else ():
        data = dict(one.data)
        for rename in found:
            data = followed(data, rename)
        if data != one.data:
            CaseRevision.objects.create(
                version=draft,
                case=one.case,
                position=one.position,
                source=one.source,
                reason="; ".join(map(str, found))[:500],
                by=by,
                at=at,
                **data,
            )
    return found
