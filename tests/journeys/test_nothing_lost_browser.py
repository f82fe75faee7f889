"""Nothing typed is ever lost: the network, the tab, the session, another device."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from carepaths.models import Encounter, Revision
from scamps.models import State
from tests.carepaths.factories import answers, move, saved
from tests.factories import PASSWORD, MembershipFactory
from tests.journeys.test_bedside_browser import answer, draft, sign_in

__all__ = ["draft"]  # a fixture
PATIENCE = 30_000
WITHIN_SECONDS = 12_000  # a pulse is due every five, on a busy machine
KEPT = "Object.keys(localStorage).filter((each) => each.startsWith('kept:')).length"


@pytest.fixture(autouse=True)
def patient_expectations():
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def at_draft(page: Page, live_server, draft: Encounter) -> Page:
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    return page


def is_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(
        re.compile(r"^Saved \d\d:\d\d, version \d+$")
    )


def typed(page: Page, key: str, value: str) -> None:
    page.fill(f"#a-{key}", value)
    page.press(f"#a-{key}", "Tab")


def sign_in_here(page: Page, user) -> None:
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def test_what_is_typed_is_saved_by_itself_and_survives_a_reload(at_draft, draft):
    page = at_draft
    typed(page, "temperature", "38.4")
    answer(page, "nausea", "Yes")
    is_saved(page)

    page.reload()

    expect(page.locator("#a-temperature")).to_have_value("38.4")
    draft.refresh_from_db()
    assert draft.answers["nausea"]["value"] is True


def test_cut_off_it_keeps_on_the_device_and_sends_once_when_it_can(at_draft, draft):
    page = at_draft
    page.context.set_offline(True)
    typed(page, "temperature", "38.4")
    answer(page, "nausea", "Yes")
    expect(page.locator("#saved")).to_have_text(
        "Not saved: no connection, kept on this device"
    )
    assert "38.4" not in page.evaluate("JSON.stringify(localStorage)")

    page.context.set_offline(False)

    expect(page.locator("#back-online")).to_contain_text("Back online: sent, saved ")
    is_saved(page)
    draft.refresh_from_db()
    assert draft.answers["temperature"]["value"] == "38.4"
    assert draft.edit == 1
    assert page.evaluate(KEPT) == 0


def test_the_tab_closed_without_a_network_is_offered_on_return(
    at_draft, draft, live_server
):
    page = at_draft
    page.context.set_offline(True)
    typed(page, "temperature", "38.4")
    expect(page.locator("#saved")).to_contain_text("kept on this device")
    context = page.context
    page.close()
    context.set_offline(False)

    back = context.new_page()
    back.goto(live_server.url + draft.get_absolute_url())
    offered = back.locator("#left-behind")
    expect(offered).to_contain_text(draft.enrolment.patient.identity.record_number)
    offered.get_by_role("button", name="Compare and choose").click()
    expect(back.get_by_role("heading", name="This device kept")).to_be_visible()
    back.get_by_role("button", name="Go on with what I chose").click()

    expect(back.locator("#a-temperature")).to_have_value("38.4")
    expect(offered).to_be_hidden()
    assert back.evaluate(KEPT) == 0


def test_another_user_of_the_device_never_sees_what_is_kept(
    at_draft, draft, live_server
):
    page = at_draft
    page.context.set_offline(True)
    typed(page, "temperature", "38.4")
    expect(page.locator("#saved")).to_contain_text("kept on this device")
    context = page.context
    page.close()
    context.set_offline(False)
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    other = MembershipFactory(site=draft.site).user

    theirs = context.new_page()
    theirs.goto(
        f"{live_server.url}{reverse('account_login')}?next={draft.get_absolute_url()}"
    )
    sign_in_here(theirs, other)
    theirs.wait_for_url("**" + draft.get_absolute_url())

    answer(theirs, "nausea", "Yes")
    is_saved(theirs)
    expect(theirs.locator("#left-behind")).to_be_hidden()
    expect(theirs.locator("#a-temperature")).to_have_value("")
    assert theirs.evaluate(KEPT) == 1  # still sealed, for its author


def test_signed_out_and_in_again_elsewhere_the_page_goes_on_by_itself(
    at_draft, draft, live_server
):
    page = at_draft
    Session.objects.all().delete()
    typed(page, "temperature", "38.4")
    notice = page.locator("#signed-out")
    expect(notice).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("Not saved: signed out")

    with page.context.expect_page() as opened:
        notice.get_by_role("link", name="sign in again in another tab").click()
    sign_in_here(opened.value, draft.opened_by)
    opened.value.wait_for_url("**" + draft.get_absolute_url() + "*")
    page.bring_to_front()

    expect(page.locator("#back-online")).to_contain_text("Signed in again: sent")
    draft.refresh_from_db()
    assert draft.answers["temperature"]["value"] == "38.4"


def test_signed_out_one_comes_back_to_the_same_field(at_draft, draft):
    page = at_draft
    Session.objects.all().delete()
    page.focus("#a-wbc")
    page.keyboard.type("9.1")
    notice = page.locator("#signed-out")
    expect(notice).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("kept on this device")

    notice.get_by_role("link", name="sign in here").click()
    sign_in_here(page, draft.opened_by)
    expect(page).to_have_url(re.compile(f"{draft.get_absolute_url()}#i-wbc$"))

    expect(page.locator("#a-wbc")).to_be_focused()
    page.get_by_role("button", name="Compare and choose").click()
    page.get_by_role("button", name="All from this device").click()
    expect(page.locator("#a-wbc")).to_have_value("9.1")


def test_without_a_script_a_draft_sent_too_late_is_sent_after_sign_in(
    browser: Browser, live_server, draft
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    page.fill("#a-temperature", "38.4")
    Session.objects.all().delete()

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("What you sent is kept")).to_be_visible()
    sign_in_here(page, draft.opened_by)
    page.get_by_role("button", name="Send it now").click()

    expect(page.locator("#a-temperature")).to_have_value("38.4")
    draft.refresh_from_db()
    assert draft.answers["temperature"]["value"] == "38.4"
    context.close()


def test_two_devices_see_both_sides_before_going_on(at_draft, draft):
    page = at_draft
    other = MembershipFactory(site=draft.site).user
    saved(Encounter.objects.get(pk=draft.pk), by=other, temperature="37.0")
    page.evaluate("dispatchEvent(new Event('online'))")  # do not wait for the pulse

    elsewhere = page.locator("#elsewhere")
    expect(elsewhere).to_contain_text(str(other))
    typed(page, "temperature", "38.4")
    elsewhere.get_by_role("button", name="Compare both and choose").click()
    expect(page.get_by_text("37.0 °C")).to_be_visible()
    page.get_by_role("button", name="All of mine").click()

    expect(page.locator("#a-temperature")).to_have_value("38.4")
    kept = Revision.objects.filter(encounter=draft, cause="conflict")
    assert answers(temperature="37.0") in [row.answers for row in kept]


def test_leaving_at_once_loses_nothing(at_draft, draft, live_server):
    page = at_draft
    page.fill("#a-temperature", "38.4")

    page.goto(live_server.url + reverse("carepaths:worklist"))
    page.go_back()

    offered = page.get_by_role("button", name="Compare and choose")
    field = page.locator("#a-temperature")
    expect(
        offered.or_(page.locator("#a-temperature[value='38.4']")).first
    ).to_be_visible()
    if offered.is_visible():
        offered.click()
        page.get_by_role("button", name="All from this device").click()
    expect(field).to_have_value("38.4")


def test_signing_out_while_typing_loses_nothing(at_draft, draft, live_server):
    page = at_draft
    page.fill("#a-temperature", "38.4")

    page.click(".topbar .menu summary")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/"))
    page.goto(live_server.url + draft.get_absolute_url())
    sign_in_here(page, draft.opened_by)
    page.wait_for_url("**" + draft.get_absolute_url())

    offered = page.get_by_role("button", name="Compare and choose")
    kept = page.locator("#a-temperature[value='38.4']")
    expect(offered.or_(kept).first).to_be_visible()
    if offered.is_visible():
        offered.click()
        page.get_by_role("button", name="All from this device").click()
    expect(page.locator("#a-temperature")).to_have_value("38.4")


def test_a_recall_takes_the_advice_from_an_open_form(at_draft, draft):
    page = at_draft
    answer(page, "peritonitis", "Generalized")
    expect(page.locator("#advice")).to_contain_text("Surgical review")

    move(draft.version, State.RECALLED)

    expect(page.locator("#advice")).to_contain_text("This version was recalled")
    expect(page.locator("#advice")).not_to_contain_text("Surgical review")


def test_a_withdrawal_reaches_an_open_form_and_loses_nothing(at_draft, draft):
    page = at_draft
    answer(page, "peritonitis", "Generalized")
    is_saved(page)
    page.locator("#a-temperature").press_sequentially("38.")  # still typing

    move(draft.version, State.WITHDRAWN)

    said = page.locator("#withdrawn")
    expect(said).to_be_visible(timeout=WITHIN_SECONDS)
    expect(said).to_be_in_viewport()
    expect(said).to_contain_text("For a test")
    expect(page.locator("#a-temperature")).to_have_value("38.")
    page.locator("#a-temperature").press_sequentially("4")
    page.press("#a-temperature", "Tab")
    is_saved(page)
    expect(page.locator("#advice")).to_contain_text("Surgical review")
    page.reload()
    expect(page.locator("#a-temperature")).to_have_value("38.4")


def test_what_is_taken_back_reaches_the_signing_page_too(at_draft, draft, live_server):
    page = at_draft
    answer(page, "peritonitis", "Generalized")
    is_saved(page)
    page.goto(live_server.url + reverse("carepaths:sign", args=[draft.pk]))
    expect(page.locator(".advised-here")).to_be_visible()

    move(draft.version, State.WITHDRAWN)
    expect(page.locator("#withdrawn")).to_be_visible(timeout=WITHIN_SECONDS)
    move(draft.version, State.RECALLED)

    expect(page.locator("#recalled")).to_be_visible(timeout=WITHIN_SECONDS)
    expect(page.locator(".advised-here")).to_be_hidden()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("can't be signed on")).to_be_visible()
    draft.refresh_from_db()
    assert draft.is_open
