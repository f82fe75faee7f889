"""What was published never changes, whoever writes; reads are what they say."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from scamps.core.definition import canonical
from scamps.models import Content, Scamp, State, Transition, Version
from tests.factories import (
    MembershipFactory,
    ScampFactory,
    SeatFactory,
    UserFactory,
    VersionFactory,
    active_version,
    small_plan,
)

pytestmark = pytest.mark.django_db


def test_the_plan_of_a_version_is_the_one_that_was_stored():
    assert active_version().plan == small_plan()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scamps_content SET text = 'changed'",
        "DELETE FROM scamps_content",
        "UPDATE scamps_transition SET reason = 'changed'",
        "DELETE FROM scamps_transition",
    ],
)
def test_the_database_refuses_to_change_what_is_append_only(change):
    active_version()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        connection.cursor().execute(change)

    assert Content.objects.get().text == canonical(small_plan())
    assert Transition.objects.get().reason == "Library demonstration"


def test_a_published_version_cannot_change_its_content():
    version = active_version()
    other = VersionFactory(content__plan=small_plan(title="Other")).content

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(content=other)


def test_a_published_version_cannot_be_deleted():
    version = active_version()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        connection.cursor().execute(
            "DELETE FROM scamps_version WHERE id = %s", [version.pk]
        )


def test_a_draft_can_change_its_content():
    draft = VersionFactory()
    other = VersionFactory(content__plan=small_plan(title="Other")).content

    Version.objects.filter(pk=draft.pk).update(content=other)

    draft.refresh_from_db()
    assert draft.content == other


@pytest.mark.parametrize("to", [State.WITHDRAWN, State.RECALLED])
def test_a_withdrawal_needs_a_reason(to):
    version = active_version()

    with pytest.raises(IntegrityError, match="withdrawal_has_a_reason"):
        Transition.objects.create(version=version, to=to)


def test_content_is_keyed_by_a_digest():
    with pytest.raises(IntegrityError, match="content_is_keyed_by_a_sha256"):
        Content.objects.create(digest="short", text="{}", document={})


def test_a_version_number_is_used_once():
    version = active_version()

    with pytest.raises(IntegrityError, match="version_number_is_used_once"):
        Version.objects.create(
            scamp=version.scamp, number=version.number, content=version.content
        )


def test_the_state_is_that_of_the_last_transition():
    version = VersionFactory()
    assert version.current_state == State.DRAFT

    for to in (State.APPROVED, State.ACTIVE):
        Transition.objects.create(version=version, to=to)

    assert version.current_state == State.ACTIVE
    assert Version.objects.in_state(State.ACTIVE).get() == version
    assert not Version.objects.in_state(State.APPROVED).exists()


def test_a_scamp_without_an_active_version_has_none():
    version = active_version()
    Transition.objects.create(version=version, to=State.RECALLED, reason="Harm.")

    assert version.scamp.active_version is None


def test_plans_are_read_by_members_and_seat_holders_and_nobody_else():
    scamp = ScampFactory()
    yesterday = timezone.now().date() - timedelta(days=1)
    ended = MembershipFactory(ends_on=yesterday)

    assert scamp in Scamp.objects.visible_to(MembershipFactory().user)
    assert scamp in Scamp.objects.visible_to(SeatFactory().user)
    assert not Scamp.objects.visible_to(UserFactory()).exists()
    assert not Scamp.objects.visible_to(ended.user).exists()
