"""Who sits on the committee of a Scamp, and who publishes it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts import trail
from accounts.actions import role_group
from accounts.models import User
from accounts.permissions import COMMITTEE_MEMBER, PUBLISHER
from scamps.models import Scamp, Seat

SEAT_ROLES = (COMMITTEE_MEMBER, PUBLISHER)


class NotASeatRole(Exception):
    """Only committee members and publishers sit on a Scamp."""


@transaction.atomic
def grant_seat(
    *,
    user: User,
    role: str,
    scamp: Scamp,
    starts_on: date,
    ends_on: date | None = None,
    is_chair: bool = False,
    by: User | None,
    at: datetime,
) -> Seat:
    """Give *user* a seat on *scamp* from a day to a day. Granted twice, it is one.

    Raises: NotASeatRole; NoSuchRole, RoleIsReserved (accounts.actions).
    """
    if role not in SEAT_ROLES:
        raise NotASeatRole(role)
    seat, is_new = Seat.objects.get_or_create(
        user=user,
        role=role_group(role),
        scamp=scamp,
        starts_on=starts_on,
        defaults={"ends_on": ends_on, "is_chair": is_chair},
    )
    if is_new:
        trail.record(by, "granted", seat, at=at, role=role)
    return seat


@transaction.atomic
def seat_demo_users(*, users: list[User], at: datetime) -> list[Seat]:
    """Seat the demo committee member and publisher on every Scamp; idempotent.

    What they may read of a Scamp's patients still follows from their sandbox sites.
    """
    held = Seat.objects.filter(user__in=users).values_list("user", "scamp")
    seated = set(held)
    return [
        grant_seat(
            user=user, role=role, scamp=scamp, starts_on=at.date(), by=None, at=at
        )
        for user in users
        for role in user.memberships.values_list("role__name", flat=True).distinct()
        if role in SEAT_ROLES
        for scamp in Scamp.objects.all()
        if (user.pk, scamp.pk) not in seated
    ]
