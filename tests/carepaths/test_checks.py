"""The plan's own checks on the page: told, kept, and in the way of what they must stop."""

import pytest
from django.urls import reverse

from tests.carepaths.factories import NOON, episode, opened, publish
from tests.factories import MembershipFactory

CHECK = "checks:\n  - {key: own, when: scanned and guarding, message: Not both., level: %s}\n"
POSTED = {"a.scanned": "true", "a.guarding": "true", "a.remark": "kept"}


@pytest.fixture
def member(db):
    return MembershipFactory(site__is_sandbox=True)


@pytest.fixture
def draft_with(client, member):
    """A draft saved with answers that break a check of this level."""
    client.force_login(member.user)

    def made(level):
        scamp = publish(replacing=("checks:\n", CHECK % level)).scamp
        enrolment = episode(scamp=scamp, site=member.site, by=member.user)
        draft = opened(enrolment, by=member.user, visit_time=NOON)
        common = {"edit": 0, "patient": enrolment.patient_id}
        client.post(draft.get_absolute_url(), common | POSTED)
        draft.refresh_from_db()
        return draft

    return made


def page_of(client, draft):
    return client.get(draft.get_absolute_url()).content.decode()


def sign(client, draft):
    posted = {"edit": draft.edit, "patient": draft.enrolment.patient_id}
    return client.post(reverse("carepaths:sign", args=[draft.pk]), posted)


def test_a_block_withholds_the_advice_and_keeps_every_answer(client, draft_with):
    draft = draft_with("block")

    page = page_of(client, draft)

    assert draft.answers["remark"]["value"] == "kept"
    assert "Put this right first" in page
    assert '<a href="#i-scanned">Not both.</a>' in page
    assert "Recommendation" not in page
    assert sign(client, draft).status_code in (409, 422)


def test_a_block_on_signing_shows_the_advice_and_is_not_signed(client, draft_with):
    draft = draft_with("block-signing")

    page = page_of(client, draft)

    assert "Recommendation" in page
    assert page.count("Not both.") == 2
    assert "It cannot be signed like this." in page
    assert sign(client, draft).status_code in (409, 422)


def test_a_warning_is_shown_and_stands_in_no_way(client, draft_with):
    draft = draft_with("warn")

    page = page_of(client, draft)

    assert "Recommendation" in page
    assert page.count("Not both.") == 2
    assert sign(client, draft).status_code == 302
