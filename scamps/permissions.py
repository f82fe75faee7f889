"""Who reads a plan, who judges it, who publishes it: seats, beside memberships."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import (
    COMMITTEE_MEMBER,
    PUBLISHER,
    is_clinical,
)
from scamps.models import Scamp, Seat


def seats_of(user: User | AnonymousUser) -> frozenset[tuple[str, int]]:
    """The user's current (role, scamp id) pairs; asked once per request."""
    if user.is_anonymous or not user.is_active:
        return frozenset()
    if (known := getattr(user, "_seats", None)) is not None:
        return known
    current = Seat.objects.current().filter(user=user)
    seats = frozenset(current.values_list("role__name", "scamp_id"))
    if getattr(user, "_remembers_roles", False):
        user._seats = seats
    return seats


def has_seat(user: User | AnonymousUser, scamp: Scamp, *roles: str) -> bool:
    """The user sits on *scamp* today, in one of *roles* if any are named."""
    return any(
        place == scamp.pk and (not roles or role in roles)
        for role, place in seats_of(user)
    )


def may_read_reports(user: User | AnonymousUser) -> bool:
    """Clinical roles read what their sites learnt, seat holders what all did."""
    return is_clinical(user) or bool(seats_of(user))


def may_adjudicate(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Committee members of the Scamp judge its deviations."""
    return has_seat(user, scamp, COMMITTEE_MEMBER)


def may_publish(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Publishers of the Scamp publish and withdraw its versions."""
    return has_seat(user, scamp, PUBLISHER)
