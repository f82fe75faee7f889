"""Deciding in a real browser: all at once, another time, taken back, and what stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from carepaths.models import Decision, Encounter
from tests.carepaths.factories import episode, opened, saved
from tests.factories import MembershipFactory, library_version
from tests.journeys.test_bedside_browser import sign_in


@pytest.fixture
def torus(transactional_db) -> Encounter:
    """A draft of a torus fracture, with three things advised."""
    member = MembershipFactory(site__is_sandbox=True)
    scamp = library_version("torus-fracture").scamp
    enrolment = episode(scamp=scamp, site=member.site, by=member.user)
    return saved(opened(enrolment, by=member.user), torus_fracture=True)


@pytest.fixture
def at_bedside(page: Page, live_server, torus: Encounter) -> Page:
    sign_in(page, live_server.url, torus)
    page.goto(live_server.url + torus.get_absolute_url())
    return page


def choice(page: Page, action: str, value: str):
    return page.locator(f"#d-{action} .decide-{value} input")


def test_follow_all_takes_one_tap_and_so_does_its_undo(at_bedside):
    page = at_bedside
    expect(page.locator(".decision input[type=radio]:checked")).to_have_count(0)

    page.click("#follow-all")

    expect(choice(page, "splint--splint", "followed")).to_be_checked()
    expect(choice(page, "splint--follow-up", "followed")).to_be_checked()
    page.click("#follow-none")
    expect(choice(page, "splint--splint", "followed")).not_to_be_checked()
    expect(page.locator("#follow-all")).to_be_visible()


def test_another_time_with_its_reason_takes_two_taps(at_bedside, torus):
    page = at_bedside
    follow_up = page.locator("#d-splint--follow-up")
    expect(follow_up.locator(".reasons")).to_be_hidden()

    follow_up.get_by_text("3 months").click()
    follow_up.locator(".reasons label").nth(3).click()
    expect(follow_up.locator(".reasons input:checked")).to_have_count(1)
    expect(follow_up.locator(".how")).to_be_hidden()
    page.click("text=Review and sign")

    expect(page.locator("#main")).to_contain_text("another interval, 10 Jun 2026")
    page.locator("#main form button.btn-primary").first.click()
    expect(page.locator("#main")).to_contain_text("Signed")
    decision = Decision.objects.get(kind="interval")
    assert (decision.choice, str(decision.due_on)) == ("deviated", "2026-06-10")
    assert decision.reason


def test_a_decision_is_taken_back_and_what_was_opened_stays_open(at_bedside):
    page = at_bedside
    splint = page.locator("#d-splint--splint")
    page.click("#sources-of-the-plan summary")

    splint.locator(".decide-followed").click()
    splint.locator(".undo").click()

    expect(choice(page, "splint--splint", "followed")).not_to_be_checked()
    expect(splint.locator(".undo")).to_be_hidden()
    expect(page.locator("#sources-of-the-plan")).to_have_attribute("open", "")


def test_without_a_script_follow_all_saves_the_draft(browser, live_server, torus):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, torus)
    page.goto(live_server.url + torus.get_absolute_url())

    page.click("#follow-all")

    expect(choice(page, "splint--splint", "followed")).to_be_checked()
    torus.refresh_from_db()
    assert torus.intentions["splint/follow-up"]["choice"] == "followed"
    context.close()
