"""Who may do what where: current memberships, asked once per request."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

from accounts.models import Membership, Site, User

CLINICIAN = "clinician"
COMMITTEE_MEMBER = "committee member"
PUBLISHER = "publisher"
DATA_MANAGER = "data manager"
SAFETY_OFFICER = "safety officer"
AUDITOR = "auditor"
OPERATOR = "operator"

DEMO_ADDRESS = "@demo.invalid"
"""Marks a demo user, whose password is public: nobody receives mail there."""

CLINICAL_ROLES = (CLINICIAN, DATA_MANAGER, SAFETY_OFFICER, AUDITOR)
"""Roles that see the patients of their sites."""


def roles_of(user: User | AnonymousUser) -> frozenset[tuple[str, int]]:
    """The user's current (role, site id) pairs.

    One query; none again on a user whom `remember_roles` (middleware) has marked,
    which lives for one request.
    """
    return frozenset((role, site) for role, site, _ in _held_by(user))


def _held_by(user: User | AnonymousUser) -> frozenset[tuple[str, int, bool]]:
    """Current (role, site id, whether the site is made up)."""
    if not user.is_active or user.is_anonymous:
        return frozenset()
    if (known := getattr(user, "_roles", None)) is not None:
        return known
    current = Membership.objects.current().filter(user=user)
    held = frozenset(current.values_list("role__name", "site_id", "site__is_sandbox"))
    if getattr(user, "_remembers_roles", False):
        user._roles = held
    return held


def has_any_role(
    user: User | AnonymousUser, roles: Iterable[str], site: Site | int | None = None
) -> bool:
    """The user holds one of *roles* today: at *site*, or anywhere if none is named."""
    place = site.pk if isinstance(site, Site) else site
    return any(
        role in roles and place in (None, held_at) for role, held_at in roles_of(user)
    )


def has_role(
    user: User | AnonymousUser, role: str, site: Site | int | None = None
) -> bool:
    """The user holds *role* today: at *site*, or anywhere if none is named."""
    return has_any_role(user, (role,), site)


def sites_where(user: User | AnonymousUser, roles: Iterable[str]) -> frozenset[int]:
    """The ids of the sites at which the user holds one of *roles* today."""
    wanted = frozenset(roles)
    return frozenset(site for role, site in roles_of(user) if role in wanted)


def is_clinician_at(user: User | AnonymousUser, site: Site | int) -> bool:
    """Only a clinician of the site acts on its patients' care."""
    return has_role(user, CLINICIAN, site)


def is_demo(user: User | AnonymousUser) -> bool:
    """The user's password is public, so real data never open to them."""
    return not user.is_anonymous and user.email.endswith(DEMO_ADDRESS)


def is_only_in_sandbox(user: User | AnonymousUser) -> bool:
    """Every site open to the user is made up; pages then say so.

    A demo user is, even without any site: a seat alone must not lead out of it.
    """
    if is_demo(user):
        return True
    held = _held_by(user)
    return bool(held) and all(is_sandbox for *_, is_sandbox in held)


def is_clinical(user: User | AnonymousUser) -> bool:
    """The user sees the patients of some site."""
    return has_any_role(user, CLINICAL_ROLES)


def pages_of(user: User | AnonymousUser) -> list[str]:
    """The keys of `settings.NAVIGATION` that stand in the user's top bar."""
    return [
        key
        for key, (label, _, predicate) in settings.NAVIGATION.items()
        if label and (predicate is None or import_string(predicate)(user))
    ]
