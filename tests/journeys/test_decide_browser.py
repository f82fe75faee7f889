"""Deciding in a real browser: all at once, another time, taken back, and what stays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from carepaths.models import Decision, Encounter, Remark
from tests.carepaths.factories import HOME, episode, opened, publish, saved, signed
from tests.carepaths.plan import FEVER
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


def test_what_would_change_the_advice_opens_in_place_and_follows_the_answers(
    at_bedside,
):
    page = at_bedside
    page.click("#supposing summary")

    expect(page.locator("#supposed li").first).to_be_visible()
    expect(page.locator("#supposed")).to_contain_text("One answer changed")
    page.locator("#d-splint--splint .decide-followed").click()

    expect(page.locator("#saved")).to_contain_text("version 2")
    expect(page.locator("#supposing")).to_have_attribute("open", "")
    expect(page.locator("#supposed li").first).to_be_visible()


def test_without_a_script_what_would_change_the_advice_is_on_its_basis(
    browser, live_server, torus
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, torus)
    page.goto(live_server.url + torus.get_absolute_url())

    page.click("#supposing summary")
    page.click("#supposed a")

    expect(page.locator("#supposed")).to_contain_text("One answer changed")
    context.close()


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


def test_one_tap_tells_the_committee_and_one_takes_it_back(at_bedside, torus):
    page = at_bedside
    tell = page.locator("section[aria-labelledby=r-splint] .tell")

    tell.get_by_role("button", name="Unclear").click()

    expect(tell).to_contain_text("The committee was told: unclear.")
    remark = Remark.objects.get()
    assert (remark.node, remark.encounter_id) == ("splint", torus.pk)
    tell.get_by_role("button", name="Undo").click()
    expect(tell).to_contain_text("Taken back")
    assert not Remark.objects.standing().exists()
    expect(page).to_have_url(re.compile(rf"/encounters/{torus.pk}/$"))


def test_without_a_script_the_committee_is_told_after_the_draft_is_saved(
    browser, live_server, torus
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, torus)
    page.goto(live_server.url + torus.get_absolute_url())
    page.locator("#d-splint--splint .decide-followed").click()

    page.locator(".tell").first.get_by_role("button", name="Unclear").click()
    page.get_by_role("button", name="Tell the committee").click()

    expect(page.locator("h1")).to_have_text("Told the committee")
    torus.refresh_from_db()
    assert torus.intentions["splint/splint"]["choice"] == "followed"
    context.close()


def test_a_conflict_of_two_plans_is_decided_before_signing(at_bedside, torus):
    patient = torus.enrolment.patient
    text = FEVER.replace("resource: scan", "resource: splint")
    text = text.replace("{key: scan, title: Scan", "{key: splint, title: Splint")
    other = publish(text.replace("window: P3D", "window: P9Y")).scamp
    signed(episode(scamp=other, patient=patient), origin="sandbox", **HOME)
    page = at_bedside

    page.reload()
    expect(page.locator("#conflicts")).to_be_visible()
    page.click("text=Review and sign")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("#error-summary")).to_contain_text("Which holds?")
    page.locator(".conflict label", has_text="Go by this plan").click()
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.locator("#settled")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("Go by this plan")
