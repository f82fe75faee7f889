"""Moves in bulk: dry first, each draft by itself, and put back together."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from carepaths.actions.moves import move_draft
from carepaths.actions.moving import move_drafts, move_drafts_back, prospect
from carepaths.actions.signing import sign
from carepaths.models import Encounter, Revision
from scamps.models import State
from tests.carepaths.factories import (
    HOME,
    NOON,
    episode,
    move,
    opened,
    publish,
    saved,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, fever, site
from tests.factories import MembershipFactory, SeatFactory, SiteFactory, UserFactory

__all__ = ["client", "clinician", "fever", "site"]  # fixtures
FINE = ("{key: well, label: Well}", "{key: fine, label: Fine}")
WHO = {"at": NOON}


@pytest.fixture
def drafts(fever, site, clinician):
    """Two drafts of the first version: one answered what the second cannot keep."""
    one, other = (
        opened(episode(scamp=fever, site=site, by=clinician), by=clinician)
        for _ in range(2)
    )
    watch = {"home/watch": {"choice": "followed"}}
    return (
        saved(one, look="well", intentions=watch, **HOME),
        saved(other, **HOME),
    )


@pytest.fixture
def newer(drafts, fever):
    move(fever.versions.get(), State.SUPERSEDED)
    return publish(scamp=fever, replacing=FINE)


def seen(*drafts):
    return {one.pk: one.edit for one in drafts}


def on(*drafts):
    return [Encounter.objects.get(pk=one.pk).version.number for one in drafts]


def fresh(draft):
    return Encounter.objects.get(pk=draft.pk)


def test_dry_it_names_every_answer_that_would_be_lost_and_changes_nothing(
    drafts, newer
):
    losing, keeping = (prospect(fresh(one), newer) for one in drafts)

    assert [(row.label, row.said) for row in losing.left] == [("Look", "Well")]
    assert (losing.carried, losing.decided) == (2, 1)
    assert not losing.loses_nothing
    assert keeping.loses_nothing
    assert on(*drafts) == [1, 1]
    assert Revision.objects.count() == 0


def test_dry_it_says_why_one_cannot_be_moved(drafts, fever):
    text = FEVER.replace("{key: first, title: First", "{key: begin, title: First")
    text = text.replace("after: first", "after: begin")
    other = publish(text, scamp=fever, state=State.DRAFT)

    assert prospect(fresh(drafts[0]), None).against == "The plan has no active version."
    assert "no such kind of visit" in prospect(fresh(drafts[0]), other).against


def test_it_moves_all_and_puts_all_back_as_they_stood(drafts, newer, clinician):
    before = [one.answers for one in drafts]
    moves = move_drafts(seen=seen(*drafts), by=clinician, **WHO)
    assert on(*drafts) == [2, 2]
    assert "look" not in fresh(drafts[0]).answers
    saved(fresh(drafts[0]), look="fine")

    among = [one.pk for one in drafts]
    back = move_drafts_back(batch=moves.batch, among=among, by=clinician, **WHO)

    assert len(back.done) == 2
    assert on(*drafts) == [1, 1]
    assert [fresh(one).answers for one in drafts] == before
    assert fresh(drafts[0]).intentions == {"home/watch": {"choice": "followed"}}
    kept = Revision.objects.filter(encounter=drafts[0]).order_by("number").last()
    assert kept.answers["look"]["value"] == "fine"


def test_one_that_changed_meanwhile_stays_and_holds_no_other_up(
    drafts, newer, clinician
):
    told = seen(*drafts)
    saved(drafts[0], look="well", remark="since")

    moves = move_drafts(seen=told, by=clinician, **WHO)

    assert on(*drafts) == [1, 2]
    ((refused, words),) = moves.refused
    assert refused.pk == drafts[0].pk
    assert "Somebody else saved" in words


def test_one_signed_or_moved_again_since_is_not_put_back(
    drafts, newer, fever, clinician
):
    moves = move_drafts(seen=seen(*drafts), by=clinician, **WHO)
    one, other = (fresh(each) for each in drafts)
    sign(encounter=one, edit=one.edit, by=clinician, **WHO)
    move(newer, State.SUPERSEDED)
    publish(scamp=fever, replacing=("title: Fever", "title: Fevers"))
    move_draft(encounter=other, edit=other.edit, by=clinician, **WHO)

    among = [one.pk, other.pk]
    back = move_drafts_back(batch=moves.batch, among=among, by=clinician, **WHO)

    assert (len(back.done), len(back.refused)) == (0, 2)
    assert on(*drafts) == [2, 3]


# -- the pages --------------------------------------------------------------------


def address(scamp):
    return reverse("carepaths:drafts", args=[scamp.key])


def chosen(*drafts):
    return {"drafts": [f"{one.pk}.{one.edit}" for one in drafts]}


def test_the_page_names_what_would_be_lost_and_chooses_what_loses_nothing(
    client, drafts, newer, fever
):
    page = body(client.get(address(fever)))

    assert "<b>Look</b>: Well. The new version has no such option." in page
    assert page.count(" checked") == 1
    assert on(*drafts) == [1, 1]


def test_the_chosen_are_moved_and_put_back_from_the_next_page(
    client, drafts, newer, fever
):
    moved = client.post(address(fever), chosen(*drafts))
    assert on(*drafts) == [2, 2]
    page = body(client.get(moved.url))
    assert "version 1 to 2" in page
    assert "<b>Look</b>: Well." in page

    client.post(moved.url)

    assert on(*drafts) == [1, 1]
    assert "back on version 1" in body(client.get(moved.url))


def test_drafts_of_other_sites_are_neither_shown_nor_moved(
    client, drafts, newer, fever
):
    elsewhere = saved(opened(episode(scamp=fever, site=SiteFactory())), **HOME)
    Encounter.objects.filter(pk=elsewhere.pk).update(version=drafts[0].version_id)

    page = client.get(address(fever))
    client.post(address(fever), chosen(elsewhere))

    assert page.content.count(b"row-link") == 2
    assert on(elsewhere) == [1]


def test_a_bulk_move_of_others_is_not_there(client, drafts, newer, fever):
    assert client.get(reverse("carepaths:bulk_move", args=[uuid4()])).status_code == 404
    moved = client.post(address(fever), chosen(*drafts))
    stranger = Client()
    stranger.force_login(MembershipFactory().user)
    assert stranger.get(moved.url).status_code == 404
    assert stranger.post(moved.url).status_code == 404
    assert on(*drafts) == [2, 2]


def test_the_committee_sees_totals_for_any_version_and_no_patient(drafts, newer, fever):
    committee = Client()
    committee.force_login(SeatFactory(scamp=fever).user)

    page = body(committee.get(address(fever) + "?to=2"))
    same = body(committee.get(address(fever) + "?to=1"))

    assert "2 drafts: 1 loses nothing" in page
    assert "The new version has no such option." in page
    assert "row-link" not in page
    assert "0 drafts" in same


def test_nobody_else_sees_the_drafts(fever):
    operator = Client()
    operator.force_login(MembershipFactory(role__name="data manager").user)
    stranger = Client()
    stranger.force_login(UserFactory())

    assert operator.get(address(fever)).status_code == 403
    assert stranger.get(address(fever)).status_code == 404


def test_a_form_that_names_no_draft_is_refused(client, drafts, newer, fever):
    assert client.post(address(fever), {"drafts": "x"}).status_code == 400
    assert client.post(address(fever)).status_code == 302


def test_the_queries_of_the_page_do_not_follow_the_drafts(
    client, drafts, newer, fever, django_assert_max_num_queries
):
    client.get(address(fever))
    with django_assert_max_num_queries(12):
        client.get(address(fever))
