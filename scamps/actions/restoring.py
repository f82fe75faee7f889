"""An earlier state of a draft, saved again as a new edit: history is only added to."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from scamps.actions.saving import save_exactly
from scamps.models import Edit, Version


class AnotherVersion(Exception):
    """The edit is of another version."""


def restore(
    *, version: Version, edit: Edit, seen: str, by: User, at: datetime
) -> Version:
    """Make the draft what it was after *edit*; all saved since stays in the history.

    Args: seen: the hash of the content the author looks at.
    Raises: AnotherVersion, NotADraft; EditConflict: it was changed meanwhile.
    """
    if edit.version_id != version.pk:
        raise AnotherVersion(edit)
    note = f"Restored as of {edit.at:%Y-%m-%d %H:%M} UTC"
    plan = edit.after.plan
    return save_exactly(version=version, plan=plan, seen=seen, note=note, by=by, at=at)
