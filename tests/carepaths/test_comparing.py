"""Two sides of a draft: shown row by row, one made of both, and neither lost."""

import pytest

from carepaths.models import Encounter, Revision
from tests.carepaths.factories import OPERATE, saved
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import decided, form
from tests.factories import MembershipFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


@pytest.fixture
def mine(client, draft, site):
    """What one window sends after another device has saved."""
    sent = form(draft, guarding="true", remark="mine", days_ill="3")
    saved(draft, by=MembershipFactory(site=site).user, remark="theirs", look="well")
    return sent | decided(choice="deviated", reason="night")


def compare(client, draft, sent, **more):
    draft.refresh_from_db()
    return client.post(url("compare", draft.pk), sent | {"edit": draft.edit, **more})


def test_a_conflict_shows_both_sides_row_by_row_decisions_too(client, draft, mine):
    answer = client.post(draft.get_absolute_url(), mine)

    page = body(answer)
    assert answer.status_code == 409
    for name in ("a.guarding", "a.remark", "a.days_ill", "d.operate/operate"):
        assert f'name="pick.{name}"' in page
    assert "It is night" in page
    assert draft.enrolment.patient.identity.record_number in page


def test_each_row_is_chosen_and_both_sides_are_kept(client, draft, mine):
    picks = {
        "pick.a.guarding": "mine",
        "pick.a.remark": "theirs",
        "pick.a.days_ill": "mine",
        "pick.a.look": "theirs",
        "pick.d.operate/operate": "mine",
    }

    answer = compare(client, draft, mine, take="chosen", device="kept:1:2:x", **picks)

    draft.refresh_from_db()
    values = {key: stored["value"] for key, stored in draft.answers.items()}
    assert answer.url == f"{draft.get_absolute_url()}#settled-kept%3A1%3A2%3Ax"
    assert values == {
        "guarding": True,
        "remark": "theirs",
        "days_ill": 3,
        "look": "well",
    }
    assert draft.intentions["operate/operate"]["choice"] == "deviated"
    kept = Revision.objects.filter(encounter=draft, cause="conflict")
    assert {row.answers["remark"]["value"] for row in kept} == {"mine", "theirs"}


@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_one_side_is_taken_whole(client, draft, mine, take):
    compare(client, draft, mine, take=take)

    draft.refresh_from_db()
    assert draft.answers["remark"]["value"] == take
    assert Revision.objects.filter(encounter=draft, cause="conflict").count() == 1


def test_a_row_without_a_choice_is_asked_again_and_nothing_is_lost(client, draft, mine):
    answer = compare(client, draft, mine, take="chosen", **{"pick.a.look": "theirs"})

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert "Remark: choose one of the two" in body(answer)
    assert 'value="mine"' in body(answer)
    assert draft.answers["remark"]["value"] == "theirs"


def test_a_third_save_meanwhile_is_compared_anew(client, draft, mine):
    draft.refresh_from_db()
    shown = draft.edit
    saved(Encounter.objects.get(pk=draft.pk), remark="third")

    answer = client.post(
        url("compare", draft.pk), mine | {"edit": shown, "take": "mine"}
    )

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert "third" in body(answer)
    assert draft.answers["remark"]["value"] == "third"


def test_what_a_device_kept_is_offered_beside_the_draft(client, draft):
    saved(draft, **OPERATE)

    answer = compare(client, draft, form(draft, remark="kept"), device="kept:1:2:x")

    assert answer.status_code == 200
    assert "This device kept" in body(answer)
    assert "kept" in body(answer)
