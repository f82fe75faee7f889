"""Publishing a version, at once or later; taking it back, at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import trail
from accounts.models import User
from scamps.actions.evidence import missing
from scamps.actions.reviews import NotReady, lacking
from scamps.actions.states import NotFromHere, ReasonNeeded, locked, move
from scamps.models import State, Transition, Version


@transaction.atomic
def publish(
    *,
    version: Version,
    notes: str,
    takes_effect_at: datetime | None = None,
    by: User,
    at: datetime,
) -> Version:
    """Make a version, approved or in pilot, the one that new encounters open under.

    The version it takes over from, and another in pilot, are superseded at the same
    moment; open drafts of them stay on them.

    Args: takes_effect_at: the moment; None, or one in the past: at once.
    Raises: NotFromHere; NotReady: a sign-off or some evidence on this hash is missing.
    """
    approved = locked(version)
    if (state := approved.current_state) not in (State.APPROVED, State.PILOT):
        raise NotFromHere(approved, state, State.ACTIVE)
    if problems := against(approved):
        raise NotReady(problems)
    if waits := approved.transitions.to_come().first():
        raise NotReady([f"it already takes effect at {waits.takes_effect_at:%c}"])
    later = takes_effect_at if takes_effect_at and takes_effect_at > at else None
    told = {"by": by, "at": at, "takes_effect_at": later}
    in_use = approved.scamp.versions.in_state(State.ACTIVE, State.PILOT)
    for standing in in_use.exclude(pk=approved.pk):
        reason = f"Version {approved.number} takes over"
        move(standing, State.SUPERSEDED, reason=reason, **told)
    move(approved, State.ACTIVE, reason=notes, **told)
    trail.record(by, "published", approved, at=at, digest=approved.content_id)
    return approved


def against(version: Version) -> list[str]:
    """What stands against publishing, in words: sign-offs, and required evidence."""
    return [*lacking(version), *missing(version)]


@transaction.atomic
def withdraw(*, version: Version, reason: str, by: User, at: datetime) -> Version:
    """Take a version back at once: no encounter opens under it any more.

    One that was to take effect later never does, and the one it would have taken over
    from stays.

    Raises: NotFromHere, ReasonNeeded.
    """
    return _take_back(version, State.WITHDRAWN, reason, by, at)


@transaction.atomic
def recall(*, version: Version, reason: str, by: User, at: datetime) -> Version:
    """Take a version back for safety: nothing is signed on it any more.

    Raises: NotFromHere, ReasonNeeded.
    """
    return _take_back(version, State.RECALLED, reason, by, at)


def _take_back(
    version: Version, to: State, reason: str, by: User, at: datetime
) -> Version:
    if not reason.strip():
        raise ReasonNeeded(version)
    taken = locked(version)
    to_come = list(taken.transitions.to_come())
    move(taken, to, by=by, at=at, reason=reason)
    for step in to_come:
        _keep_the_one_before(step, by, at)
    trail.record(by, str(to), taken, at=at)
    return taken


def _keep_the_one_before(step: Transition, by: User, at: datetime) -> None:
    """What would have been superseded at the moment of *step* stays as it is."""
    overtaken = Transition.objects.filter(
        version__scamp=step.version.scamp_id,
        to=State.SUPERSEDED,
        takes_effect_at=step.takes_effect_at,
    )
    for other in overtaken:
        Transition.objects.create(
            version=other.version,
            to=other.version.current_state,
            reason="The version that was to take over was taken back",
            by=by,
            at=at,
        )


@transaction.atomic
def reinstate(*, version: Version, reason: str, by: User, at: datetime) -> Version:
    """Make a superseded version active again, in place of whatever is.

    Raises: NotFromHere, ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded(version)
    back = locked(version)
    for standing in back.scamp.versions.in_state(State.ACTIVE):
        note = f"Version {back.number} is reinstated"
        move(standing, State.SUPERSEDED, reason=note, by=by, at=at)
    move(back, State.ACTIVE, reason=reason, by=by, at=at)
    trail.record(by, "reinstated", back, at=at)
    return back
