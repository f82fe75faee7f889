"""From which state a version may go to which, and the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from scamps.models import Scamp, State, Transition, Version

MOVES: Mapping[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.DRAFT, State.APPROVED, State.WITHDRAWN}),
    State.APPROVED: frozenset(
        {State.DRAFT, State.PILOT, State.ACTIVE, State.WITHDRAWN}
    ),
    State.PILOT: frozenset(
        {State.ACTIVE, State.SUPERSEDED, State.WITHDRAWN, State.RECALLED}
    ),
    State.ACTIVE: frozenset({State.SUPERSEDED, State.WITHDRAWN, State.RECALLED}),
    State.SUPERSEDED: frozenset({State.ACTIVE, State.RECALLED}),
    State.WITHDRAWN: frozenset({State.RECALLED}),
    State.RECALLED: frozenset(),
}


class NotFromHere(Exception):
    """The version stands where this step cannot be taken from."""

    def __init__(self, version: Version, state: str, to: str) -> None:
        self.version, self.state, self.to = version, state, to
        super().__init__(f"{version} is {State(state).label.lower()}")


class ReasonNeeded(ValueError):
    """Taking a version back needs a reason."""


def locked(version: Version) -> Version:
    """The version, with its Scamp locked: steps of one plan come one after another."""
    Scamp.objects.select_for_update().get(pk=version.scamp_id)
    return Version.objects.select_related("scamp", "content").get(pk=version.pk)


def move(
    version: Version,
    to: State,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    takes_effect_at: datetime | None = None,
) -> Transition:
    """Take the step; the caller holds the lock.

    Raises: NotFromHere.
    """
    state = version.current_state
    if to not in MOVES.get(state, frozenset()):
        raise NotFromHere(version, state, to)
    return Transition.objects.create(
        version=version,
        to=to,
        reason=reason.strip(),
        by=by,
        at=at,
        takes_effect_at=takes_effect_at,
    )
