"""The page that moves a draft: what comes along, what not and why, and the way back."""

import pytest

from carepaths.actions.signing import amend
from scamps.models import State
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    answers,
    move,
    publish,
    saved,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import form

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures

GONE = "  - {key: onset, label: Onset, type: date}\n"
OTHER_UNIT = "{key: days_ill, label: Days ill, type: integer, unit: d,"


@pytest.fixture
def newer(draft):
    saved(draft, look="well", days_ill=3, onset="2026-03-09", **HOME)
    text = FEVER.replace(GONE, "").replace("          - element: onset\n", "")
    text = text.replace("{key: well, label: Well}", "{key: fine, label: Fine}")
    text = text.replace("label: Guarding, type: boolean", "label: Guarding, type: text")
    text = text.replace("{when: guarding, to", "{when: guarding = 'yes', to")
    move(draft.version, State.SUPERSEDED)
    return publish(text, scamp=draft.version.scamp)


def test_a_dry_run_names_each_answer_that_cannot_come_along_and_why(
    client, draft, newer
):
    page = body(client.get(url("move", draft.pk)))

    draft.refresh_from_db()
    assert "Move this draft to version 2?" in page
    assert "2 answers would come along" in page
    assert "<b>Onset</b>: 9 Mar 2026. The new version does not ask this" in page
    assert "<b>Look</b>: Well. The new version has no such option." in page
    assert "answered as boolean, and is now asked as text" in page
    assert draft.version.number == 1


def test_it_moves_and_goes_back(client, draft, newer):
    sent = form(draft)

    moved = client.post(url("move", draft.pk), sent)
    draft.refresh_from_db()
    assert (moved.url, draft.version) == (draft.get_absolute_url(), newer)
    assert set(draft.answers) == {"temperature", "days_ill"}
    assert "Put it back" in body(client.get(url("move", draft.pk)))

    client.post(url("move_back", draft.pk), form(draft))

    draft.refresh_from_db()
    assert draft.version.number == 1
    assert draft.answers["look"]["value"] == "well"


def test_a_draft_that_was_saved_meanwhile_is_not_moved_unseen(client, draft, newer):
    sent = form(draft)
    saved(draft, remark="since")

    answer = client.post(url("move", draft.pk), sent)

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert draft.version.number == 1


def test_the_page_of_a_draft_says_that_there_is_a_newer_version(client, draft, newer):
    page = body(client.get(draft.get_absolute_url()))

    assert url("move", draft.pk) in page


def test_a_resumed_draft_says_what_was_signed_and_amended_since(client, draft):
    saved(draft, **HOME)
    other = signed(draft.enrolment, at=NOON + DAY, guarding=True)
    amend(
        encounter=other,
        answers=answers(guarding=False),
        reason="Looked again",
        by=other.signed_by,
        at=NOON + 2 * DAY,
    )

    page = body(client.get(draft.get_absolute_url()))

    assert "was signed by" in page
    assert "Looked again" in page
    assert other.get_absolute_url() in page
    assert "See what a move would carry" not in page
