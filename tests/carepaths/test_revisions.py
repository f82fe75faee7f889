"""Amendments: both revisions stay readable, with the difference answer by answer."""

from __future__ import annotations

import pytest

from carepaths.actions.encounters import save_draft
from carepaths.actions.refusals import EditConflict
from carepaths.actions.signing import amend, sign
from carepaths.core.differences import differences
from scamps.core.definition import load_yaml
from tests.carepaths.factories import (
    DAY,
    NOON,
    answers,
    episode,
    saved,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


@pytest.fixture
def amended(fever, site, clinician):
    """Signed with a fever, amended to none."""
    enrolment = episode(scamp=fever, site=site, by=clinician)
    encounter = signed(enrolment, by=clinician, guarding=False, temperature="38.5")
    amend(
        encounter=encounter,
        answers=answers(guarding=False, temperature="36.5", days_ill=2),
        reason="Read from the wrong line",
        by=clinician,
        at=NOON + DAY,
    )
    return encounter


def shown(page):
    """The part of the page with the answers, without its history."""
    return page[page.index("<dl") : page.index('id="history"')]


def test_a_difference_names_each_answer_before_and_after():
    plan = load_yaml(FEVER)
    before = answers(guarding=True, temperature="38.5") | {
        "look": {"value": None, "missing": "pending"}
    }
    after = answers(guarding=True, look="ill") | {
        "temperature": {"value": "43.5", "missing": None, "flags": ["implausible"]}
    }

    found = differences(plan, before, after)

    told = [(one.label, one.before, one.after, one.unusual) for one in found]
    assert told == [
        ("Temperature", "38.5 °C", "43.5 °C", True),
        ("Look", "Pending", "Ill", False),
    ]


def test_an_amendment_is_shown_with_what_it_changed_who_when_and_why(
    client, amended, clinician
):
    page = body(client.get(amended.get_absolute_url()))
    history = " ".join(page[page.index('id="history"') : page.index("<aside")].split())

    assert f"<b>Amended</b> by {clinician}, 11 Mar 2026, 12:00: Read from" in history
    change = '<th scope="row">{}</th><td>{}</td><td><b>{}</b>'
    assert change.format("Temperature", "38.5 °C", "36.5 °C") in history
    assert change.format("Days ill", "Not asked", "2") in history
    assert "Guarding" not in history
    assert "36.5 °C" in shown(page)
    assert "38.5 °C" not in shown(page)


def test_the_answers_as_signed_stay_readable_and_say_that_they_do_not_hold(
    client, amended
):
    page = body(client.get(amended.get_absolute_url(), {"revision": 1}))

    assert "Not the answers that hold." in page
    assert "38.5 °C" in shown(page)
    assert "36.5 °C" not in shown(page)
    assert "Scan." in page  # what was advised at signing


def test_the_latest_revision_asked_for_by_number_is_the_one_that_holds(client, amended):
    page = body(client.get(amended.get_absolute_url(), {"revision": 2}))

    assert "Not the answers that hold." not in page
    assert "36.5 °C" in shown(page)


@pytest.mark.parametrize("number", ["7", "x", "-1"])
def test_a_revision_that_is_not_there_is_not_found(client, amended, number):
    answer = client.get(amended.get_absolute_url(), {"revision": number})

    assert answer.status_code == 404


def test_the_side_that_lost_a_conflict_is_readable_after_signing(
    client, draft, clinician
):
    saved(draft, guarding=False, temperature="36.5")
    with pytest.raises(EditConflict):
        save_draft(
            encounter=draft,
            answers=answers(guarding=False, temperature="39.9"),
            intentions={},
            edit=0,
            by=clinician,
            at=NOON,
        )
    sign(encounter=draft, edit=draft.edit, by=clinician, at=NOON)

    lost = body(client.get(draft.get_absolute_url(), {"revision": 1}))

    assert "never signed" in lost
    assert "39.9 °C" in shown(lost)
    assert "36.5 °C" in shown(body(client.get(draft.get_absolute_url())))


def test_an_encounter_without_amendments_offers_no_other_answers(
    client, fever, site, clinician
):
    enrolment = episode(scamp=fever, site=site)
    encounter = signed(enrolment, by=clinician, guarding=True)

    page = body(client.get(encounter.get_absolute_url()))

    assert "?revision=" not in page


def test_amending_twice_keeps_all_three(client, amended, clinician):
    amend(
        encounter=amended,
        answers=answers(guarding=False, temperature="37.0", days_ill=2),
        reason="Once more",
        by=clinician,
        at=NOON + 2 * DAY,
    )

    pages = {
        number: shown(
            body(client.get(amended.get_absolute_url(), {"revision": number}))
        )
        for number in (1, 2, 3)
    }

    kept = {1: "38.5 °C", 2: "36.5 °C", 3: "37.0 °C"}
    assert {n for n, value in kept.items() if value in pages[n]} == {1, 2, 3}
    assert url("amend", amended.pk) in body(client.get(amended.get_absolute_url()))
