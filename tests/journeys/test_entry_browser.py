"""One field of the form in a real browser: by touch, by keyboard, without a script."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from carepaths.models import Encounter
from tests.carepaths.factories import DAY, HOME, NOON, episode, opened, publish, signed
from tests.factories import MembershipFactory
from tests.journeys.test_bedside_browser import (
    HIGH,
    answer,
    at_bedside,
    code,
    draft,
    sign_in,
)

__all__ = ["at_bedside", "draft"]  # fixtures
DATED = ("possible: {low: 25, high: 45}", "valid_for: P1D\n    possible: {high: 45}")


def unit(page: Page, key: str, label: str):
    return page.locator(f"#i-{key} .units label", has_text=label)


@pytest.fixture
def without_script(browser: Browser, live_server, draft: Encounter) -> Page:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    yield page
    page.context.close()


@pytest.fixture
def by_touch(browser: Browser, live_server, draft: Encounter) -> Page:
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    yield page
    page.context.close()


def test_a_tap_on_the_unit_reads_the_number_anew_and_says_so(
    by_touch: Page, draft: Encounter
):
    page = by_touch
    page.fill("#a-temperature", "100,4")
    expect(page.locator("#note-temperature")).to_contain_text(
        "if it is in °F, it is 38 °C"
    )

    unit(page, "temperature", "°F").tap()

    expect(page.locator("#a-temperature")).to_have_value("100,4")
    expect(page.locator("#note-temperature")).to_have_text(
        "Typed 100,4 °F, read as 38.0 °C."
    )
    page.get_by_role("button", name="Save draft").tap()
    expect(page.locator("#a-temperature")).to_have_value("100,4")
    expect(unit(page, "temperature", "°F").locator("input")).to_be_checked()
    expect(unit(page, "crp", "mg/L").locator("input")).to_be_checked()
    draft.refresh_from_db()
    assert draft.answers["temperature"] == {
        "value": "38.0",
        "missing": None,
        "typed": "100,4 °F",
        "unit": "[degF]",
    }


def test_why_there_is_no_value_takes_one_tap_and_a_second_takes_it_back(
    by_touch: Page,
):
    page = by_touch
    page.fill("#a-wbc", "9.1")
    for key in ("wbc", "cough_pain"):
        chosen = page.locator(f"#i-{key} .codes input:checked")
        for label in ("Not known", "Not done", "Refused or unable", "Pending"):
            code(page, key, label).tap()
            expect(chosen).to_have_count(1)
            expect(code(page, key, label).locator("input")).to_be_checked()

    expect(page.locator("#a-wbc")).to_have_value("")
    expect(page.locator("#w-wbc")).to_be_visible()
    for key in ("wbc", "cough_pain"):
        code(page, key, "Pending").tap()
        expect(code(page, key, "Pending").locator("input")).not_to_be_checked()

    expect(page.locator("#a-wbc")).to_have_value("9.1")
    expect(page.locator("#w-wbc")).to_be_hidden()


def test_a_choice_is_taken_back_by_the_keyboard(at_bedside: Page, draft: Encounter):
    page = at_bedside
    page.focus("#i-nausea .choice input")
    page.keyboard.press("Space")
    expect(page.locator("#i-nausea .choice input").first).to_be_checked()

    page.keyboard.press("ArrowRight")  # no
    page.keyboard.press("ArrowRight")  # not known
    expect(code(page, "nausea", "Not known").locator("input")).to_be_checked()
    page.keyboard.press("Space")
    expect(code(page, "nausea", "Not known").locator("input")).not_to_be_checked()
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_load_state()

    draft.refresh_from_db()
    assert "nausea" not in draft.answers


def to_the_ultrasound(page: Page) -> None:
    for key, label in (HIGH | {"cough_pain": "No", "pain_migration": "No"}).items():
        answer(page, key, label)
    page.fill("#a-temperature", "37")
    page.fill("#a-wbc", "12")
    page.press("#a-wbc", "Tab")


def test_an_answer_that_would_be_hidden_is_told_and_the_change_undone(
    at_bedside: Page,
):
    page = at_bedside
    to_the_ultrasound(page)
    expect(page.locator("#i-us_performed")).to_be_visible()
    answer(page, "us_performed", "Yes")
    answer(page, "appendix_seen", "Yes")
    expect(page.locator("#count-sonography-ultrasound")).to_have_text("2 of 3")

    answer(page, "us_performed", "No")

    told = page.locator(".told")
    expect(told).to_contain_text("Appendix seen is not asked now")
    expect(told).to_contain_text("Ultrasound of the abdomen performed: no")
    expect(told).to_contain_text("“Yes” is kept, and not used")
    expect(page.locator("#announce")).to_contain_text("is kept, and not used")
    told.get_by_role("button", name="Undo").click()

    expect(told).to_be_hidden()
    expect(page.locator("#i-us_performed input:checked")).to_have_value("true")
    expect(page.locator("#i-appendix_seen .choice")).to_be_visible()
    expect(page.locator("#i-appendix_seen input:checked")).to_have_value("true")
    expect(page.locator("#i-nausea input:checked")).to_have_value("true")


def test_a_blank_that_was_hidden_comes_back_blank(at_bedside: Page):
    page = at_bedside
    to_the_ultrasound(page)
    answer(page, "us_performed", "Yes")
    answer(page, "appendix_seen", "Yes")
    answer(page, "appendix_seen", "Yes")  # taken back
    answer(page, "us_performed", "No")
    expect(page.locator("#i-appendix_seen .choice")).to_be_hidden()
    expect(page.locator(".told")).to_be_hidden()

    answer(page, "us_performed", "Yes")

    expect(page.locator("#i-appendix_seen .choice")).to_be_visible()
    expect(page.locator("#i-appendix_seen .choice input:checked")).to_have_count(0)


def test_treating_first_leaves_the_draft_in_the_worklist(
    by_touch: Page, draft: Encounter
):
    page = by_touch
    answer(page, "nausea", "Yes")
    page.fill("#a-temperature", "warm")
    page.locator("#i-crp").scroll_into_view_if_needed()

    page.get_by_role("button", name="Treat now").tap()

    page.wait_for_url("**" + reverse("carepaths:worklist"))
    expect(page.get_by_text("It waits in your worklist")).to_be_visible()
    draft.refresh_from_db()
    assert draft.answers["nausea"]["value"] is True
    assert draft.answers["temperature"]["typed"] == "warm"


def test_without_a_script_a_field_works_by_its_radios(
    without_script: Page, draft: Encounter
):
    page = without_script
    page.fill("#a-temperature", "100.4")
    unit(page, "temperature", "°F").click()
    code(page, "wbc", "Pending").click()
    page.fill("#w-wbc", "2026-03-12")
    answer(page, "nausea", "Yes")
    page.get_by_role("button", name="Save draft").click()

    expect(page.locator("#note-temperature")).to_have_text(
        "Typed 100.4 °F, read as 38.0 °C."
    )
    expect(page.locator("#w-wbc")).to_have_value("2026-03-12")
    code(page, "nausea", "Take back").click()
    code(page, "wbc", "Take back").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#count-presentation-history")).to_have_text("0 of 3")
    draft.refresh_from_db()
    assert set(draft.answers) == {"temperature"}


def test_without_a_script_the_saved_page_tells_what_was_hidden(without_script: Page):
    page = without_script
    to_the_ultrasound(page)
    page.locator("label.record-anyway").click()
    answer(page, "us_performed", "Yes")
    answer(page, "appendix_seen", "Yes")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messages")).to_have_count(0)

    answer(page, "us_performed", "No")
    page.get_by_role("button", name="Save draft").click()

    expect(page.locator(".messages")).to_contain_text(
        re.compile("Appendix seen is not asked now.*“Yes” is kept, and not used")
    )
    answer(page, "us_performed", "Yes")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#i-appendix_seen input:checked")).to_have_value("true")


def test_without_a_script_enter_saves_and_nothing_else(
    without_script: Page, draft: Encounter
):
    page = without_script
    page.fill("#a-temperature", "38")

    page.press("#a-temperature", "Enter")

    expect(page.locator("#saved")).to_contain_text("Saved")
    assert page.url.endswith(draft.get_absolute_url())


@pytest.fixture
def after_an_earlier_visit(browser: Browser, live_server, transactional_db) -> Page:
    """A control visit at 390 px, a month after a first one was signed."""
    member = MembershipFactory(site__is_sandbox=True)
    enrolment = episode(
        scamp=publish(replacing=DATED).scamp, site=member.site, by=member.user
    )
    signed(enrolment, by=member.user, **HOME, look="ill")
    at = NOON + 30 * DAY
    draft = opened(enrolment, by=member.user, visit="control", visit_time=at, at=at)
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True
    ).new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    yield page
    page.context.close()


def test_an_earlier_answer_is_taken_and_confirmed_in_a_tap_each(
    after_an_earlier_visit: Page,
):
    page = after_an_earlier_visit
    expect(page.locator("#i-temperature .former")).to_contain_text(
        "37.0 °C on 10 Mar 2026, older than 1 day"
    )
    expect(page.locator("#a-temperature")).to_have_value("")

    page.locator("#i-temperature .use").tap()
    page.locator("#i-look .use").tap()

    expect(page.locator("#a-temperature")).to_have_value("37.0")
    expect(page.locator("#i-look input:checked")).to_have_value("ill")
    note = page.locator("#note-temperature")
    expect(note).to_contain_text("not used until you confirm it")
    expect(page.locator("#note-look")).to_have_text("Taken over: Ill (of 10 Mar 2026).")
    note.get_by_text("It still holds").tap()
    expect(note).to_have_text("Taken over: 37.0 °C (of 10 Mar 2026, confirmed).")
    page.fill("#a-temperature", "37.4")
    expect(note).to_have_text("")
    answer(page, "look", "Well")
    expect(page.locator("#note-look")).to_have_text("")
