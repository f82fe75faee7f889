"""Earlier patients in a real browser: after the own decision, or on request."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import AccessEvent
from carepaths.models import Encounter
from feedback.actions.rollups import refresh_all
from tests.carepaths.factories import episode, signed
from tests.journeys.test_bedside_browser import (
    answer,
    at_bedside,
    draft,
    sign_in,
)

__all__ = ["at_bedside", "draft"]


@pytest.fixture
def earlier_ones(draft: Encounter) -> None:
    """Two patients of the same site who were operated on."""
    follow = {"operate-peritonitis/operate": {"choice": "followed"}}
    for _ in range(2):
        one = episode(scamp=draft.version.scamp, site=draft.site)
        signed(one, intentions=follow, peritonitis="generalized")
    refresh_all(at=timezone.now())
    assert not connection.in_atomic_block


def test_it_opens_after_the_own_decision_and_stays(
    earlier_ones: None, at_bedside: Page, draft: Encounter
):
    page = at_bedside
    answer(page, "peritonitis", "Generalized")
    card = page.locator("#earlier")
    expect(card.get_by_role("link", name="How did earlier")).to_be_visible()
    expect(card).not_to_contain_text("2 earlier patients")

    page.locator("label.decide-followed").click()

    expect(card).to_contain_text("2 earlier patients.")
    expect(card).to_contain_text("followed in 2 of 2")
    answer(page, "pain_migration", "Yes")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(card).to_contain_text("2 earlier patients.")
    events = AccessEvent.objects.filter(detail__what="earlier patients")
    assert [event.verb for event in events] == ["saw"]


def test_it_opens_on_request_which_is_logged_and_the_form_stays(
    earlier_ones: None, at_bedside: Page, draft: Encounter
):
    page = at_bedside
    answer(page, "peritonitis", "Generalized")

    page.get_by_role("link", name="How did earlier").click()

    card = page.locator("#earlier")
    expect(card).to_contain_text("2 earlier patients.")
    expect(page).to_have_url(re.compile(draft.get_absolute_url()))
    expect(page.locator("#advice .decide-followed input")).not_to_be_checked()
    event = AccessEvent.objects.get(detail__what="earlier patients")
    assert event.verb == "asked to see"
    card.get_by_text("The figures").click()
    expect(card.get_by_role("table").first).to_be_visible()


def test_without_a_script_it_is_a_page_of_its_own(
    earlier_ones: None, browser: Browser, live_server, draft: Encounter
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    answer(page, "peritonitis", "Generalized")
    page.get_by_role("button", name="Save draft").click()

    with context.expect_page() as opened:
        page.get_by_role("link", name="How did earlier").click()

    other = opened.value
    expect(other.get_by_text("2 earlier patients.")).to_be_visible()
    expect(other.locator(".banner")).to_contain_text("R-")
    context.close()
