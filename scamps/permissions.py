"""Who reads a plan, who judges it, who publishes it: seats, beside memberships."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Site, User
from accounts.permissions import (
    COMMITTEE_MEMBER,
    PUBLISHER,
    SAFETY_OFFICER,
    has_any_role,
    is_clinical,
    is_demo,
    is_only_in_sandbox,
    sites_where,
)
from scamps.models import Scamp, Seat, Version


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


def may_write(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Whoever sits on the Scamp writes its drafts, and puts them to review."""
    return has_seat(user, scamp)


def may_comment(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Whoever sits on the Scamp reads and makes comments on the parts of a version."""
    return has_seat(user, scamp)


def may_begin(user: User | AnonymousUser) -> bool:
    """Publishers of some Scamp begin new ones; demo users make no plans for care."""
    return any(role == PUBLISHER for role, _ in seats_of(user)) and not is_demo(user)


def sites_to_adopt_for(user: User | AnonymousUser, version: Version) -> QuerySet[Site]:
    """Publishers adopt shared plans for their own sites; demo users demonstrations
    only, at made-up sites."""
    sites = Site.objects.filter(pk__in=sites_where(user, [PUBLISHER]))
    if is_demo(user):
        return sites.sandbox() if version.plan.demonstration else sites.none()
    return sites


def may_adopt(user: User | AnonymousUser, version: Version) -> bool:
    """Whether there is a site for which the user could adopt the version."""
    return has_any_role(user, [PUBLISHER]) and (
        sites_to_adopt_for(user, version).exists()
    )


def may_sign_off(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Committee members of the Scamp say whether they approve a version."""
    return has_seat(user, scamp, COMMITTEE_MEMBER)


def may_put_in_force(user: User | AnonymousUser, version: Version) -> bool:
    """Publishers publish and take back; a demo user demonstrations only, for their
    password is public."""
    is_harmless = version.plan.demonstration or not is_demo(user)
    return may_publish(user, version.scamp) and is_harmless


def may_recall(user: User | AnonymousUser, version: Version) -> bool:
    """Publishers, and safety officers of any site: what is unsafe is stopped by whoever
    sees it first. A demo user stops demonstrations only."""
    is_harmless = version.plan.demonstration or not is_demo(user)
    watches = has_any_role(user, [SAFETY_OFFICER])
    return may_put_in_force(user, version) or (watches and is_harmless)


def may_publish(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Publishers of the Scamp publish and withdraw its versions."""
    return has_seat(user, scamp, PUBLISHER)


def may_set_quorum(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """The chair of the Scamp, for the committee; never a demo user."""
    chairs = Seat.objects.current().filter(scamp=scamp, is_chair=True)
    return (
        may_sign_off(user, scamp)
        and not is_demo(user)
        and (chairs.filter(user=user).exists())
    )


def may_try_at(user: User, version: Version) -> QuerySet[Site]:
    """The sites at which a publisher may try *version*: made-up ones for a
    demonstration, and for who is in the sandbox only; else real ones."""
    made_up = version.plan.demonstration or is_only_in_sandbox(user)
    return Site.objects.sandbox() if made_up else Site.objects.real()


def may_raise_alert(user: User | AnonymousUser, version: Version) -> bool:
    """Whoever sits on the Scamp, and safety officers; a demo user on demonstrations
    only, for their password is public."""
    is_harmless = version.plan.demonstration or not is_demo(user)
    speaks = has_seat(user, version.scamp) or has_any_role(user, [SAFETY_OFFICER])
    return is_harmless and speaks


def may_set_rules(user: User | AnonymousUser, scamp: Scamp) -> bool:
    """Whoever sets the quorum also says how expedited versions are judged."""
    return may_set_quorum(user, scamp)
