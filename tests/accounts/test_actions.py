"""Accounts, roles and demo users: what is granted, and what is refused."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import (
    DEMO_NAMES,
    DemoUserStaysInSandbox,
    NoSuchRole,
    NotATrialRun,
    RoleIsReserved,
    add_demo_users,
    add_site,
    add_user,
    end_membership,
    grant_role,
    set_password,
    sync_roles,
)
from accounts.models import AccessEvent, Membership, User
from scamps.models import Seat
from tests.factories import MembershipFactory, ScampFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def grant(user, role, site, **more):
    return grant_role(
        user=user, role=role, site=site, starts_on=NOW.date(), by=None, at=NOW, **more
    )


def test_roles_are_groups_of_the_one_table_however_often_they_are_written():
    sync_roles(roles=settings.ROLES)
    sync_roles(roles=settings.ROLES)

    assert set(Group.objects.values_list("name", flat=True)) == set(settings.ROLES)


def test_a_granted_role_is_stated_once_and_in_the_trail():
    sync_roles(roles=settings.ROLES)
    user, site = UserFactory(), SiteFactory()

    first, second = grant(user, "auditor", site), grant(user, "auditor", site)

    assert first == second
    event = AccessEvent.objects.get(verb="granted")
    assert (event.subject, event.subject_id) == ("membership", str(first.pk))


@pytest.mark.parametrize(
    ("role", "refusal"), [("family", RoleIsReserved), ("surgeon", NoSuchRole)]
)
def test_reserved_and_unknown_roles_are_refused(role, refusal):
    sync_roles(roles=settings.ROLES)

    with pytest.raises(refusal):
        grant(UserFactory(), role, SiteFactory())


def test_a_membership_ends_on_a_day_and_the_trail_says_so():
    membership = MembershipFactory()

    end_membership(membership=membership, on=NOW.date(), by=None, at=NOW)

    assert Membership.objects.get().ends_on == NOW.date()
    assert AccessEvent.objects.get().verb == "ended"


def test_a_new_user_has_no_password_and_no_role():
    user = add_user(username="new", name="New", email="", by=None, at=NOW)

    assert not user.has_usable_password()
    assert not user.memberships.exists()


def test_a_site_needs_a_time_zone_that_exists():
    with pytest.raises(ValidationError, match="time zone"):
        add_site(key="a", name="A", time_zone="Mars", is_sandbox=False, by=None, at=NOW)


def test_a_short_password_is_refused():
    with pytest.raises(ValidationError, match="12 characters"):
        set_password(user=UserFactory(), password="short", by=None, at=NOW)


def test_demo_users_are_one_per_role_and_only_in_the_sandbox():
    sync_roles(roles=settings.ROLES)

    for _ in range(2):
        add_demo_users(password="made up words", is_trial=True, at=NOW)

    assert User.objects.count() == len(DEMO_NAMES)
    assert Membership.objects.count() == 2 * len(DEMO_NAMES)
    assert not Membership.objects.filter(site__is_sandbox=False).exists()


def test_demo_users_get_a_password_that_is_asked_for_later():
    sync_roles(roles=settings.ROLES)

    for password in ("made up words", "made up words", "other made up words"):
        users = add_demo_users(password=password, is_trial=True, at=NOW)

    assert len({user.password for user in users}) == 1
    assert all(user.check_password("other made up words") for user in users)


def test_a_demo_user_never_gets_a_real_site():
    sync_roles(roles=settings.ROLES)
    demo, *_ = add_demo_users(password="made up words", is_trial=True, at=NOW)

    with pytest.raises(DemoUserStaysInSandbox):
        grant(demo, "clinician", SiteFactory())


def test_production_makes_no_demo_users(settings):
    settings.TRIAL = settings.DEBUG = False

    with pytest.raises(CommandError, match="trial runs only"):
        call_command("create_demo")

    assert not User.objects.exists()


def test_a_real_user_with_a_demo_name_is_left_alone():
    sync_roles(roles=settings.ROLES)
    real = UserFactory(username="clinician")

    with pytest.raises(NotATrialRun):
        add_demo_users(password="made up words", is_trial=True, at=NOW)

    real.refresh_from_db()
    assert not real.check_password("made up words")


def test_demo_seats_follow_the_scamps(settings, capsys):
    settings.TRIAL = True
    scamp = ScampFactory()
    call_command("create_demo")
    ScampFactory()
    call_command("create_demo")

    assert Seat.objects.filter(scamp=scamp).count() == 2
    assert Seat.objects.count() == 4
    assert "clinician" in capsys.readouterr().out
