"""The committee's own rules: how many must approve, who says so, and when."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import AccessEvent
from scamps.actions.committee import TooFewMembers, UnderReview, set_quorum
from scamps.actions.drafts import start_draft
from scamps.actions.states import move
from scamps.models import Scamp, State
from tests.factories import (
    LONG_AGO,
    SeatFactory,
    UserFactory,
    active_version,
    small_plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scamp(settings) -> Scamp:
    sync_roles(roles=settings.ROLES)
    return active_version().scamp


def member(scamp: Scamp, *, is_chair: bool = False):
    role = Group.objects.get(name="committee member")
    given = {"role": role, "scamp": scamp, "starts_on": LONG_AGO}
    return SeatFactory(**given, is_chair=is_chair).user


def page(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(scamp: Scamp) -> str:
    return reverse("scamps:committee", args=[scamp.key])


def test_the_chair_sets_the_quorum_with_a_reason(scamp):
    chair, _ = member(scamp, is_chair=True), member(scamp)
    client = page(chair)

    refused = client.post(at(scamp), {"quorum": "1", "reason": " "})
    answer = client.post(at(scamp), {"quorum": "1", "reason": "We are two"})

    assert refused.status_code == 422
    assert b"Why: enter a sentence." in refused.content
    assert answer.status_code == 302
    scamp.refresh_from_db()
    assert scamp.quorum == 1
    assert AccessEvent.objects.get(verb="set the quorum").user == chair
    assert b"We are two" in client.get(at(scamp)).content


def test_a_member_who_is_no_chair_sees_and_sets_nothing(scamp):
    client = page(member(scamp))

    assert b"The chair sets" in client.get(at(scamp)).content
    said = {"quorum": "1", "reason": "Quicker"}
    assert client.post(at(scamp), said).status_code == 403


def test_no_more_can_be_asked_for_than_sit_on_it(scamp):
    chair = member(scamp, is_chair=True)

    with pytest.raises(TooFewMembers):
        set_quorum(scamp=scamp, quorum=2, reason="All", by=chair, at=timezone.now())
    page_said = page(chair).post(at(scamp), {"quorum": "2", "reason": "All"})

    assert b"Only 1 sit on the committee: enter at most 1." in page_said.content


@pytest.mark.parametrize(("quorum", "reason"), [(0, "None"), (1, "  ")])
def test_nobody_approving_or_no_reason_is_refused(scamp, quorum, reason):
    chair = member(scamp, is_chair=True)

    with pytest.raises(ValueError, match=r"must approve|Say why"):
        set_quorum(
            scamp=scamp, quorum=quorum, reason=reason, by=chair, at=timezone.now()
        )


def test_the_rules_stay_while_a_version_is_judged(scamp):
    chair, who = member(scamp, is_chair=True), {"by": UserFactory()}
    before = scamp.quorum
    draft = start_draft(plan=small_plan(), **who, at=timezone.now())
    move(draft, State.IN_REVIEW, **who, at=timezone.now())

    with pytest.raises(UnderReview):
        set_quorum(scamp=scamp, quorum=1, reason="Now", by=chair, at=timezone.now())

    scamp.refresh_from_db()
    assert scamp.quorum == before
