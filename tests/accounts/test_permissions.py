"""Roles hold where and while a membership says so."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import get_resolver
from django.utils import timezone

from accounts.permissions import (
    DEMO_ADDRESS,
    has_role,
    is_clinical,
    is_clinician_at,
    is_only_in_sandbox,
    pages_of,
    roles_of,
)
from tests.factories import MembershipFactory, SeatFactory, SiteFactory, UserFactory
from tests.test_access import names_of

pytestmark = pytest.mark.django_db


def test_a_clinician_acts_at_their_own_site_only():
    membership = MembershipFactory()

    assert is_clinician_at(membership.user, membership.site)
    assert not is_clinician_at(membership.user, SiteFactory())


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("clinician", True),
        ("data manager", True),
        ("safety officer", True),
        ("auditor", True),
        ("committee member", False),
        ("publisher", False),
        ("operator", False),
    ],
)
def test_only_clinical_roles_see_patients(role, sees):
    membership = MembershipFactory(role__name=role)

    assert is_clinical(membership.user) is sees


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "holds"),
    [(0, None, True), (0, 0, True), (-9, -1, False), (1, None, False)],
    ids=["from today", "today alone", "ended yesterday", "from tomorrow"],
)
def test_a_membership_holds_from_its_first_to_its_last_day(starts_in, ends_in, holds):
    today = timezone.now().date()
    membership = MembershipFactory(
        starts_on=today + timedelta(days=starts_in),
        ends_on=None if ends_in is None else today + timedelta(days=ends_in),
    )

    assert has_role(membership.user, "clinician") is holds


def test_a_user_who_was_switched_off_holds_no_role():
    membership = MembershipFactory(user__is_active=False)

    assert not roles_of(membership.user)


def test_nobody_holds_no_role():
    assert not roles_of(AnonymousUser())


def test_a_new_membership_counts_at_once_outside_a_request():
    user = UserFactory()
    assert not has_role(user, "clinician")

    MembershipFactory(user=user, starts_on=date(2020, 1, 1))

    assert has_role(user, "clinician")


def test_one_real_site_ends_being_only_in_the_sandbox():
    membership = MembershipFactory(site__is_sandbox=True)
    assert is_only_in_sandbox(membership.user)

    MembershipFactory(user=membership.user)

    assert not is_only_in_sandbox(membership.user)


def test_a_demo_user_is_in_the_sandbox_even_without_a_site():
    demo = UserFactory(email=f"demo{DEMO_ADDRESS}")

    assert is_only_in_sandbox(demo)
    assert not is_only_in_sandbox(UserFactory())


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("clinician", ["worklist", "patients", "plans", "reports"]),
        ("auditor", ["worklist", "patients", "plans", "reports"]),
        ("operator", ["plans"]),
    ],
)
def test_the_top_bar_shows_what_the_role_opens(role, pages):
    assert pages_of(MembershipFactory(role__name=role).user) == pages


def test_a_seat_alone_shows_plans_and_reports():
    assert pages_of(SeatFactory().user) == ["plans", "reports"]


def test_every_page_that_lower_templates_name_is_served():
    names = {name for _, name, _ in settings.NAVIGATION.values()}
    names |= set(settings.UPPER_PAGES.values())

    assert names <= set(names_of(get_resolver()))
