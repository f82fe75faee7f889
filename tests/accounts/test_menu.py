"""The frame in a real browser: the menu, the keys, the way past the top bar."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, MembershipFactory


@pytest.fixture
def signed_in(page: Page, live_server, transactional_db: None) -> Page:
    """A clinician who has signed in by hand."""
    user = MembershipFactory(site__is_sandbox=True).user
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/")
    return page


def test_the_frame_answers_to_fingers_and_keys(signed_in: Page, live_server):
    menu = signed_in.locator("details.menu")
    summary = menu.locator("summary")

    summary.click()
    expect(menu).to_have_attribute("open", "")
    signed_in.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()

    signed_in.reload()
    signed_in.keyboard.press("Tab")
    expect(signed_in.get_by_text("Skip to the content")).to_be_focused()
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("#main")).to_be_focused()

    summary.click()
    signed_in.get_by_role("button", name="Sign out").click()
    expect(signed_in).to_have_url(live_server.url + reverse("account_login"))
    signed_in.goto(f"{live_server.url}/")
    expect(signed_in.get_by_role("heading", name="Sign in")).to_be_visible()
