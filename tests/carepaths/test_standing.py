"""A version taken back reaches every open form on it, and signs nothing unseen."""

import pytest

from carepaths.views.standing import version_state
from scamps.models import State
from tests.carepaths.factories import OPERATE, move, opened, saved
from tests.carepaths.test_autosave import autosave
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import decided, form, signature

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures
HIDDEN = 'id="withdrawn" hidden'


@pytest.fixture
def withdrawn(draft):
    move(draft.version, State.WITHDRAWN)
    return draft.version.transitions.get(to=State.WITHDRAWN)


def test_an_open_page_hears_of_a_withdrawal_with_its_pulse(client, draft, withdrawn):
    state = client.get(url("state", draft.pk)).json()

    assert state["version"] == {
        "number": 1,
        "recalled": False,
        "withdrawn": True,
        "reason": "For a test",
        "step": withdrawn.pk,
    }


def test_a_save_is_kept_and_tells_of_the_withdrawal(client, draft, withdrawn):
    answer = autosave(client, draft, form(draft, guarding="true"))

    draft.refresh_from_db()
    assert answer.status_code == 200
    assert answer.json()["version"]["withdrawn"]
    assert draft.answers["guarding"]["value"] is True


def test_the_form_says_it_without_a_script_and_keeps_advising(client, draft):
    saved(draft, **OPERATE)
    assert HIDDEN in body(client.get(draft.get_absolute_url()))

    move(draft.version, State.WITHDRAWN)

    page = body(client.get(draft.get_absolute_url()))
    assert HIDDEN not in page
    assert "For a test" in page
    assert "Operate." in page


def test_signing_waits_until_the_withdrawal_was_seen(client, draft):
    saved(draft, **OPERATE)
    sent = signature(draft, **decided())
    move(draft.version, State.WITHDRAWN)

    refused = client.post(url("sign", draft.pk), sent)

    draft.refresh_from_db()
    assert refused.status_code == 422
    assert "This version was withdrawn: read why" in body(refused)
    assert draft.is_open

    step = version_state(draft.version)["step"]
    assert f'name="standing" value="{step}"' in body(refused)
    client.post(url("sign", draft.pk), sent | {"standing": step})
    draft.refresh_from_db()
    assert not draft.is_open


def test_the_signing_page_of_a_recalled_version_leads_to_the_form(client, draft):
    saved(draft, **OPERATE)
    move(draft.version, State.RECALLED)

    response = client.get(url("sign", draft.pk), follow=True)

    assert "This version was recalled" in body(response)
    assert "Operate." not in body(response)


def test_a_reinstated_version_stands_again(client, draft, withdrawn):
    move(draft.version, State.ACTIVE)

    assert not client.get(url("state", draft.pk)).json()["version"]["withdrawn"]
    assert HIDDEN in body(client.get(draft.get_absolute_url()))


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.RECALLED])
def test_a_paper_form_of_what_was_taken_back_says_not_to_use_it(client, draft, state):
    move(draft.version, state)

    page = client.get(url("paper", draft.version.scamp.key, draft.version.number))

    assert f"{state.label}: do not use this form." in body(page)


def test_the_basis_of_recalled_advice_is_shown_only_of_what_was_signed(client, draft):
    saved(draft, **OPERATE)
    other = opened(draft.enrolment, by=draft.opened_by)
    client.post(url("sign", draft.pk), signature(draft, **decided()))

    move(draft.version, State.RECALLED)

    assert client.get(url("basis", other.pk)).url == other.get_absolute_url()
    assert "was recalled since" in body(client.get(url("basis", draft.pk)))
