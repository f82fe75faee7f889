"""Seats on a Scamp: who gets one, and what it opens."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import AccessEvent
from scamps.actions.seats import grant_seat
from scamps.models import Scamp, Seat
from scamps.permissions import may_adjudicate, may_publish, may_read_reports
from tests.factories import MembershipFactory, ScampFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def roles(db):
    sync_roles(roles=settings.ROLES)


def seat(user, role, scamp):
    return grant_seat(
        user=user, role=role, scamp=scamp, starts_on=NOW.date(), by=None, at=NOW
    )


def test_a_seat_is_stated_once_and_in_the_trail():
    user, scamp = UserFactory(), ScampFactory()

    assert seat(user, "publisher", scamp) == seat(user, "publisher", scamp)
    assert AccessEvent.objects.get(subject="seat").verb == "granted"


def test_a_committee_member_judges_their_own_scamp_and_publishes_none():
    user, mine, other = UserFactory(), ScampFactory(), ScampFactory()

    seat(user, "committee member", mine)

    assert may_adjudicate(user, mine)
    assert not may_adjudicate(user, other)
    assert not may_publish(user, mine)
    assert may_read_reports(user)
    assert set(Scamp.objects.visible_to(user)) == {mine, other}


def test_a_publisher_publishes_and_does_not_judge():
    user, scamp = UserFactory(), ScampFactory()

    seat(user, "publisher", scamp)

    assert may_publish(user, scamp)
    assert not may_adjudicate(user, scamp)


def test_an_operator_reads_no_reports():
    assert not may_read_reports(MembershipFactory(role__name="operator").user)


def test_the_command_gives_a_seat_with_a_last_day():
    user, scamp = UserFactory(), ScampFactory()

    call_command(
        "grant_seat",
        user.username,
        "committee member",
        scamp.key,
        until=NOW.date(),
        chair=True,
    )

    given = Seat.objects.get()
    assert (given.user, given.scamp, given.is_chair) == (user, scamp, True)
    assert given.ends_on == NOW.date()


def test_the_command_refuses_a_role_that_is_held_at_a_site():
    user, scamp = UserFactory(), ScampFactory()

    with pytest.raises(CommandError, match="role at a site"):
        call_command("grant_seat", user.username, "clinician", scamp.key)
