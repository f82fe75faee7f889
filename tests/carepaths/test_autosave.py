"""Saving while somebody types: what the server answers, and that nothing is lost."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from carepaths.actions.encounters import Source, save_draft
from carepaths.actions.refusals import EditConflict
from carepaths.models import Encounter, Revision
from tests.carepaths.factories import HOME, NOON, OPERATE, answers, move, saved
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import decided, form, signature
from tests.factories import MembershipFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


def autosave(client, draft, sent, query=""):
    return client.post(url("autosave", draft.pk) + query, sent)


def test_it_saves_and_says_when_and_as_which_version(client, draft):
    sent = form(draft, guarding="true", remark="typed") | decided()

    answer = autosave(client, draft, sent)

    draft.refresh_from_db()
    assert answer.status_code == 200
    assert (answer.json()["edit"], draft.edit) == (1, 1)
    assert len(answer.json()["saved_at"]) == len("10:42")
    assert draft.answers["remark"]["value"] == "typed"
    assert draft.intentions["operate/operate"]["choice"] == "followed"


def test_with_the_advice_it_is_one_request_for_both(client, draft):
    answer = autosave(client, draft, form(draft, guarding="true"), "?advice")

    draft.refresh_from_db()
    assert "Operate." in body(answer)
    assert json.loads(answer.headers["X-Saved"])["edit"] == draft.edit == 1


def test_signed_out_it_says_so_and_sends_nobody_anywhere(draft):
    answer = autosave(Client(), draft, form(draft, guarding="true"))

    draft.refresh_from_db()
    assert (answer.status_code, answer.json()["reason"]) == (401, "signed-out")
    assert draft.answers == {}


def test_what_cannot_be_used_is_kept_as_typed_and_all_else_is_saved(client, draft):
    sent = form(draft, guarding="true", temperature="60", days_ill="a week")

    answer = autosave(client, draft, sent)

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"temperature", "days_ill"}
    assert draft.answers["guarding"]["value"] is True
    assert draft.answers["days_ill"] == {
        "value": None,
        "missing": None,
        "typed": "a week",
        "flags": ["refused"],
    }


def test_resumed_it_stands_in_its_field_again_with_what_is_wrong(client, draft):
    autosave(client, draft, form(draft, temperature="60", days_ill="a week"))

    page = body(client.get(draft.get_absolute_url()))

    assert 'value="60"' in page
    assert 'value="a week"' in page
    assert "ot possible" in page


def test_it_is_gone_once_it_is_put_right_or_emptied(client, draft):
    autosave(client, draft, form(draft, temperature="60", days_ill="a week"))
    draft.refresh_from_db()

    answer = autosave(client, draft, form(draft, temperature="38", days_ill=""))

    draft.refresh_from_db()
    assert answer.status_code == 200
    assert draft.answers["temperature"]["value"] == "38"
    assert "days_ill" not in draft.answers


def test_what_cannot_be_used_is_not_signed_past(client, draft):
    autosave(client, draft, form(draft, guarding="true", temperature="60"))

    answer = client.post(url("sign", draft.pk), signature(draft))

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert "Temperature: “60”" in body(answer)
    assert draft.is_open


def test_a_save_by_somebody_else_is_a_conflict_with_both_sides(client, draft, site):
    sent = form(draft, remark="mine")
    saved(draft, by=MembershipFactory(site=site).user, remark="theirs")

    answer = autosave(client, draft, sent)

    draft.refresh_from_db()
    assert (answer.status_code, answer.json()["reason"]) == (409, "conflict")
    (row,) = answer.json()["rows"]
    assert (row["label"], row["theirs"], row["mine"]) == ("Remark", "theirs", "mine")
    assert draft.answers["remark"]["value"] == "theirs"
    assert Revision.objects.get(cause="conflict").answers["remark"]["value"] == "mine"


def test_a_conflict_sent_again_and_again_is_kept_once(client, draft, site):
    sent = form(draft, remark="mine")
    saved(draft, by=MembershipFactory(site=site).user, remark="theirs")

    for _ in range(3):
        autosave(client, draft, sent)

    assert Revision.objects.filter(cause="conflict").count() == 1


def test_a_page_whose_answer_was_lost_is_in_no_conflict_with_itself(client, draft):
    page = {"page": str(uuid4()), "turn": "1"}
    autosave(client, draft, form(draft, remark="one") | page)

    sent = form(draft, remark="one and two") | page | {"turn": "2", "edit": 0}
    answer = autosave(client, draft, sent)

    draft.refresh_from_db()
    assert (answer.status_code, answer.json()["edit"]) == (200, 2)
    assert draft.answers["remark"]["value"] == "one and two"


def test_the_same_save_sent_twice_is_saved_once(client, draft):
    sent = form(draft, remark="once") | {"page": str(uuid4()), "turn": "1"}

    edits = [autosave(client, draft, sent).json()["edit"] for _ in range(3)]

    assert edits == [1, 1, 1]


def test_a_save_that_arrives_late_undoes_nothing(client, draft):
    page = {"page": str(uuid4())}
    early = form(draft, remark="early") | page | {"turn": "1"}
    autosave(client, draft, form(draft, remark="late") | page | {"turn": "2"})

    answer = autosave(client, draft, early)

    draft.refresh_from_db()
    assert (answer.status_code, answer.json()["edit"]) == (200, 1)
    assert draft.answers["remark"]["value"] == "late"


def test_a_page_is_in_conflict_once_somebody_saved_after_it(draft):
    page = Source(uuid4(), 1)
    who = {"by": draft.opened_by, "at": NOON, "intentions": {}}
    save_draft(encounter=draft, answers=answers(**HOME), edit=0, source=page, **who)
    saved(Encounter.objects.get(pk=draft.pk), remark="from another device")

    with pytest.raises(EditConflict):
        save_draft(
            encounter=draft,
            answers=answers(**OPERATE),
            edit=1,
            source=Source(page.page, 2),
            **who,
        )


def test_what_the_server_has_is_not_saved_again(client, draft):
    autosave(client, draft, form(draft, guarding="true"))
    draft.refresh_from_db()

    answer = autosave(client, draft, form(draft, guarding="true"))

    assert answer.json()["edit"] == draft.edit


def test_a_signed_encounter_takes_no_more(client, draft):
    saved(draft, **OPERATE)
    sent = form(draft, guarding="false")
    client.post(url("sign", draft.pk), signature(draft))

    answer = autosave(client, draft, sent)

    assert (answer.status_code, answer.json()["reason"]) == (409, "refused")


def test_a_form_of_another_patient_is_not_saved(client, draft):
    sent = form(draft, guarding="true") | {"patient": draft.enrolment.patient_id + 1}

    answer = autosave(client, draft, sent)

    assert (answer.status_code, answer.json()["reason"]) == (409, "another-patient")


def test_a_recalled_version_takes_its_advice_away_from_open_pages(client, draft):
    move(draft.version, "recalled")

    answer = autosave(client, draft, form(draft, guarding="true"), "?advice")
    state = client.get(url("state", draft.pk)).json()

    assert "This version was recalled" in body(answer)
    assert "Operate." not in body(answer)
    assert "For a test" in body(answer)
    assert state["version"]["recalled"]
    assert state["version"]["reason"] == "For a test"
    assert "Operate." not in body(client.get(draft.get_absolute_url()))


def test_an_open_page_learns_who_saved_last_and_who_is_signed_in(
    client, draft, clinician
):
    page = str(uuid4())
    autosave(client, draft, form(draft, remark="x") | {"page": page, "turn": "3"})

    state = client.get(url("state", draft.pk)).json()

    assert (state["edit"], state["page"], state["turn"]) == (1, page, 3)
    assert state["user"] == str(clinician.pk)
    assert state["saved_by"] == str(clinician)
    assert Client().get(url("state", draft.pk)).status_code == 401
