"""What a committee decides about itself: how many must approve a version."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import trail
from accounts.models import User
from accounts.permissions import COMMITTEE_MEMBER
from scamps.models import Scamp, Seat, State


class UnderReview(Exception):
    """A version is in review: the rules do not change while it is judged."""


class TooFewMembers(Exception):
    """Fewer people sit on the committee than would have to approve."""

    def __init__(self, members: int) -> None:
        self.members = members
        super().__init__(f"{members} sit on the committee")


@transaction.atomic
def set_quorum(
    *, scamp: Scamp, quorum: int, reason: str, by: User, at: datetime
) -> Scamp:
    """Set how many members must approve a version of *scamp*, from now on.

    Args: quorum: at least 1; one of them has never written in the version.
    Raises: UnderReview, TooFewMembers; ValueError: no reason, or nobody would approve.
    """
    if not reason.strip():
        raise ValueError("Say why.")
    if quorum < 1:
        raise ValueError("At least one member must approve.")
    changed = Scamp.objects.select_for_update().get(pk=scamp.pk)
    if changed.versions.in_state(State.IN_REVIEW).exists():
        raise UnderReview(changed)
    if quorum > (members := members_of(changed)):
        raise TooFewMembers(members)
    before, changed.quorum = changed.quorum, quorum
    changed.save(update_fields=["quorum"])
    said = {"before": before, "after": quorum, "reason": reason.strip()}
    trail.record(by, "set the quorum", changed, at=at, **said)
    return changed


def members_of(scamp: Scamp) -> int:
    """How many people may sign off versions of *scamp* today."""
    seats = Seat.objects.current().filter(scamp=scamp, role__name=COMMITTEE_MEMBER)
    return seats.values("user").distinct().count()
