"""Everything that changes who may do what where. Each act is in the access trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts import trail
from accounts.models import Membership, Site, User
from accounts.permissions import (
    AUDITOR,
    CLINICIAN,
    COMMITTEE_MEMBER,
    DATA_MANAGER,
    DEMO_ADDRESS,
    OPERATOR,
    PUBLISHER,
    SAFETY_OFFICER,
    is_demo,
)

DEMO_SITES = {"sandbox-a": "Sandbox clinic A", "sandbox-b": "Sandbox clinic B"}

DEMO_NAMES = {
    CLINICIAN: "Clinician, Site A",
    COMMITTEE_MEMBER: "Committee member, Site A",
    PUBLISHER: "Publisher, Site A",
    DATA_MANAGER: "Data manager, Site A",
    SAFETY_OFFICER: "Safety officer, Site A",
    AUDITOR: "Auditor, Site A",
    OPERATOR: "Operator, Site A",
}


class NoSuchRole(Exception):
    """The role is not in `settings.ROLES`, or `sync_roles` has not run."""


class RoleIsReserved(Exception):
    """The role is a name kept for later; it opens nothing yet."""


class DemoUserStaysInSandbox(Exception):
    """A demo user's password is public: it never opens a real site."""


class NotATrialRun(Exception):
    """Demo users are made only where no real patient will ever be."""


@transaction.atomic
def sync_roles(*, roles: Mapping[str, str]) -> list[Group]:
    """Make a group of each role. A group that has left the table is kept: rows name it.

    Args: roles: what each role may do, by its name (`settings.ROLES`).
    """
    return [Group.objects.get_or_create(name=name)[0] for name in roles]


@transaction.atomic
def add_site(
    *,
    key: str,
    name: str,
    time_zone: str,
    is_sandbox: bool,
    by: User | None,
    at: datetime,
) -> Site:
    """Open a place of care.

    Raises: ValidationError: the key is taken, or the time zone does not exist.
    """
    site = Site(key=key, name=name, time_zone=time_zone, is_sandbox=is_sandbox)
    site.full_clean()
    site.save()
    trail.record(by, "opened", site, site, at=at)
    return site


@transaction.atomic
def add_user(
    *, username: str, name: str, email: str, by: User | None, at: datetime
) -> User:
    """Make an account without a password: its owner chooses one through a link.

    Raises: ValidationError: the user name is taken or malformed.
    """
    user = User(username=username, name=name, email=email, date_joined=at)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    trail.record(by, "added", user, at=at)
    return user


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    site: Site,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    at: datetime,
) -> Membership:
    """Give *user* the *role* at *site* from a day to a day. Granted twice, it is one.

    Raises: NoSuchRole, RoleIsReserved, DemoUserStaysInSandbox.
    """
    group = role_group(role)
    if is_demo(user) and not site.is_sandbox:
        raise DemoUserStaysInSandbox(f"{user.username} at {site}")
    membership, is_new = Membership.objects.get_or_create(
        user=user,
        role=group,
        site=site,
        starts_on=starts_on,
        defaults={"ends_on": ends_on},
    )
    if is_new:
        trail.record(by, "granted", membership, site, at=at, role=role)
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, on: date, by: User | None, at: datetime
) -> Membership:
    """Let *membership* end with the day *on*, its last."""
    membership.ends_on = on
    membership.save(update_fields=["ends_on"])
    trail.record(by, "ended", membership, membership.site, at=at, on=str(on))
    return membership


def role_group(role: str) -> Group:
    """The group of *role*.

    Raises: NoSuchRole, RoleIsReserved.
    """
    if settings.ROLES.get(role) == "Reserved.":
        raise RoleIsReserved(role)
    group = Group.objects.filter(name=role).first()
    if role not in settings.ROLES or group is None:
        raise NoSuchRole(role)
    return group


@transaction.atomic
def add_demo_users(*, password: str, is_trial: bool, at: datetime) -> list[User]:
    """Make a user for each role, at two sandbox sites and nowhere else; idempotent.

    Raises: NotATrialRun: the system is not a trial run; demo passwords are public.
    """
    if not is_trial:
        raise NotATrialRun
    sites = [_demo_site(key, name) for key, name in DEMO_SITES.items()]
    encoded = _demo_hash(password)
    users = [_demo_user(role, name, encoded, at) for role, name in DEMO_NAMES.items()]
    for user, role in zip(users, DEMO_NAMES, strict=True):
        for site in sites:
            if not user.memberships.filter(site=site, role__name=role).exists():
                grant_role(
                    user=user, role=role, site=site, starts_on=at.date(), by=None, at=at
                )
    return users


def _demo_site(key: str, name: str) -> Site:
    fixed = {"name": name, "time_zone": "UTC", "is_sandbox": True}
    return Site.objects.get_or_create(key=key, defaults=fixed)[0]


def _demo_hash(password: str) -> str:
    """The hash that all demo users share, for hashing is slow on purpose.

    It is that of an earlier run, if it still fits.
    """
    demo = User.objects.filter(email__endswith=DEMO_ADDRESS)
    known = demo.values_list("password", flat=True).first()
    if known and check_password(password, known):
        return known
    return make_password(password)


def _demo_user(role: str, name: str, encoded: str, at: datetime) -> User:
    """The demo user of *role*; somebody real with that user name is never touched."""
    username = role.replace(" ", "-")
    user, _ = User.objects.get_or_create(
        username=username,
        defaults={"name": name, "email": username + DEMO_ADDRESS, "date_joined": at},
    )
    if not is_demo(user):
        raise NotATrialRun(f"“{username}” is the name of a real user")
    if user.password != encoded:
        user.password = encoded
        user.save(update_fields=["password"])
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None, at: datetime) -> User:
    """Set a password for *user*.

    Raises: ValidationError: it is too short, too common, or like the user's name.
    """
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    trail.record(by, "set the password of", user, at=at)
    return user
