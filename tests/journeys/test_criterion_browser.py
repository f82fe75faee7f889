"""Writing a criterion in a real browser: typed or from rows, by keyboard, without script."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.actions import sync_roles
from tests.factories import (
    LONG_AGO,
    SeatFactory,
    UserFactory,
    VersionFactory,
    library_version,
)
from tests.test_accessibility import AXE, LOOKS, _faults


@pytest.fixture
def cookie(transactional_db, settings, live_server) -> dict[str, str]:
    """An author of a draft of the appendicitis plan, signed in."""
    settings.ROOT_URLCONF = "tests.scamps.criterion_page"
    sync_roles(roles=settings.ROLES)
    first = library_version("suspected-appendicitis")
    VersionFactory(scamp=first.scamp, number=2, content=first.content)
    role = Group.objects.get(name="committee member")
    user = UserFactory()
    SeatFactory(user=user, role=role, scamp=first.scamp, starts_on=LONG_AGO)
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


@pytest.fixture
def desk(page: Page, context: BrowserContext, cookie, live_server):
    """Open the page with these texts."""
    context.add_cookies([cookie])

    def open_page(**texts: str) -> Page:
        page.goto(f"{live_server.url}/two-criteria/?{urlencode(texts)}")
        return page

    return open_page


def said(page: Page, name: str = "one"):
    return page.locator(f"#c-{name}-said")


def text(page: Page, name: str = "one"):
    return page.locator(f"#c-{name}")


def saved(page: Page) -> dict[str, list[str]]:
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    return json.loads(page.locator("body").inner_text())


def test_what_is_typed_is_said_at_once_and_a_mistake_can_be_gone_to(desk):
    page = desk()

    text(page).fill("appendix_diameter >= 6 'mm'")
    expect(said(page)).to_contain_text("≥ 6 mm")
    expect(said(page)).to_contain_text("stops the walk")
    text(page).fill("appendix_diameter >=\n  6 'kg'")

    expect(said(page)).to_contain_text("Line 2, column 3")
    expect(said(page).locator("mark")).to_have_text("6")
    expect(text(page)).to_have_attribute("aria-invalid", "true")
    said(page).get_by_role("button", name="Go to the mistake").click()
    chosen = "() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd) }"
    assert page.evaluate(chosen) == "6"
    expect(said(page, "two")).to_have_text("")


def test_a_criterion_is_put_together_from_rows_and_only_its_text_is_saved(desk):
    page = desk()
    rows = page.locator("#c-one-rows")
    summary = page.locator(".criterion-build").first.locator("summary")
    expect(rows).to_be_visible()
    expect(summary).to_have_text("Rows")

    page.select_option("#c-one-r-0-key", "temperature")
    page.fill("#c-one-r-0-value", "100.4")
    page.select_option("#c-one-r-0-unit", "[degF]")
    expect(text(page)).to_have_value("temperature >= 100.4 '[degF]'")
    page.click("#c-one-r-add-group")
    expect(page.locator("#c-one-r-1-0-key")).to_be_focused()
    page.select_option("#c-one-r-1-0-key", "peritonitis")
    page.select_option("#c-one-r-1-0-test", "one-of")
    page.check("#c-one-r-1-0-value-local")
    page.check("#c-one-r-1-0-value-generalized")
    page.click("#c-one-r-1-add-row")
    page.select_option("#c-one-r-1-1-key", "us_performed")
    page.select_option("#c-one-r-1-1-test", "no")

    whole = "temperature >= 100.4 '[degF]'\nand (peritonitis = 'local' or peritonitis = 'generalized' or not us_performed)"
    expect(text(page)).to_have_value(whole)
    expect(said(page)).to_contain_text("100.4 °F")
    sent = saved(page)
    assert sent["one"] == [whole.replace("\n", "\r\n")]
    assert not [name for name in sent if name.startswith("r")]


def test_a_row_that_is_not_complete_leaves_the_text_as_it_was_and_says_so(desk):
    page = desk(one="pas >= 7")

    page.fill("#c-one-r-0-value", "7,5")

    expect(page.locator("#c-one-r-0 .errorlist")).to_contain_text("with a point")
    expect(page.locator("#c-one-rows .notice")).to_contain_text("as it was")
    expect(text(page)).to_have_value("pas >= 7")
    expect(page.locator("#c-one-r-0-value")).to_be_focused()
    page.locator("#c-one-r-0-value").press("Backspace")
    page.locator("#c-one-r-0-value").press("Backspace")
    expect(page.locator("#c-one-rows .notice")).to_have_count(0)


def test_who_saves_at_once_saves_what_the_rows_say(desk):
    page = desk(one="pas >= 7")
    page.locator("#c-one-r-0-value").press("End")

    page.locator("#c-one-r-0-value").press("Backspace")
    page.locator("#c-one-r-0-value").press_sequentially("8")

    assert saved(page)["one"] == ["pas >= 8"]


def test_who_saves_with_an_incomplete_row_is_told_once(desk):
    page = desk(one="pas >= 7")
    page.fill("#c-one-r-0-value", "")

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#c-one-r-0-value")).to_be_focused()
    expect(page.locator(".criterion [role=status]").first).to_contain_text("save again")

    assert saved(page)["one"] == ["pas >= 7"]


def test_a_score_is_put_together_from_points(desk):
    page = desk()
    field = text(page, "score")
    page.locator(".criterion-build summary").last.click()

    page.select_option("#c-score-r-0-0-key", "nausea")
    expect(field).to_have_value("ToInteger(nausea)")
    page.click("#c-score-r-add-row")
    expect(page.locator("#c-score-r-1-0-key")).to_be_focused()
    page.select_option("#c-score-r-1-0-key", "temperature")
    page.fill("#c-score-r-1-0-value", "38.0")
    page.fill("#c-score-r-1-points", "2")

    expect(field).to_have_value(
        "ToInteger(nausea) + 2 * ToInteger(temperature >= 38.0 'Cel')"
    )
    expect(said(page, "score")).to_contain_text("a whole number")


def test_rows_follow_the_text_and_what_has_no_rows_is_typed_only(desk):
    page = desk(one="pas >= 7 and us_performed")
    expect(page.locator("#c-one-rows .one-row")).to_have_count(2)

    text(page).fill("pas >= 7 xor us_performed")

    expect(page.locator("#c-one-rows")).to_contain_text("typed only")
    expect(text(page)).to_have_value("pas >= 7 xor us_performed")


def test_rows_move_into_and_out_of_groups_by_keyboard(desk):
    page = desk(one="pas >= 7 and (us_performed or nausea)")
    group = page.locator("#c-one-r-1")
    expect(group).to_be_visible()

    page.locator("#c-one-r-0-down").press("Enter")

    expect(text(page)).to_have_value("pas >= 7 or us_performed or nausea")
    page.locator("#c-one-r-0-0-up").focus()
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value("pas >= 7 and (us_performed or nausea)")
    expect(page.locator("#c-one-r-0-key")).to_be_focused()
    page.locator("#c-one-r-1-1-remove").press("Enter")
    expect(text(page)).to_have_value("pas >= 7 and us_performed")


def test_what_can_stand_at_the_cursor_is_chosen_by_keyboard(desk):
    page = desk()
    field = text(page)

    field.press_sequentially("perito")
    options = page.locator("#c-one-options [role=option]")
    expect(options.first).to_contain_text("peritonitis")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "c-one-option-1")
    field.press("Enter")
    expect(field).to_have_value("peritonitis")
    field.press_sequentially(" = 'g")
    expect(options.first).to_contain_text("generalized")
    field.press("ArrowDown")
    field.press("Tab")

    expect(field).to_have_value("peritonitis = 'generalized'")
    expect(field).to_be_focused()
    field.press("Control+Space")
    expect(options.first).to_be_visible()
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press("Enter")
    expect(field).to_have_value("peritonitis = 'generalized'\n")


def test_the_text_of_a_plan_is_completed_within_its_criteria(desk, live_server):
    page = desk()
    page.goto(f"{live_server.url}/plans/suspected-appendicitis/2/edit/")
    field = page.locator("#id_text")
    options = page.locator(".criterion-options [role=option]")
    to_the_end_of = "(t, words) => { const at = t.value.indexOf(words) + words.length; t.focus(); t.setSelectionRange(at, at) }"

    field.evaluate(to_the_end_of, "when: pas <= 3")
    field.press_sequentially(" and peri")
    expect(options.first).to_contain_text("peritonitis")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(re.compile("when: pas <= 3 and peritonitis\n"))
    field.evaluate(to_the_end_of, "+ ToInteger(anorexia)")
    field.press_sequentially(" + ToInteger(naus")
    expect(options.first).to_contain_text("nausea")
    field.press("Escape")
    field.evaluate(to_the_end_of, "summary: ")
    field.press("Control+Space")

    expect(options).to_have_count(0)


def test_without_a_script_rows_are_a_page_that_carries_the_form_along(
    browser: Browser, cookie, live_server
):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/two-criteria/?one=pas+%3E%3D+7&two=nausea")
    expect(said(page)).to_contain_text("≥ 7")
    page.fill("[name=other]", "kept")

    page.get_by_role("button", name="Build it from rows").first.click()
    page.click("text=Add a row")
    page.select_option("#c-one-r-1-key", "us_performed")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#c-one")).to_have_value("pas >= 7 and us_performed")
    page.click("text=Take it over")

    expect(text(page)).to_have_value("pas >= 7 and us_performed")
    expect(text(page, "two")).to_have_value("nausea")
    expect(page.locator("[name=other]")).to_have_value("kept")
    context.close()


def test_the_field_is_for_every_eye_and_finger(desk):
    page = desk(
        one="pas >= 7 and (peritonitis = 'local' or peritonitis = 'generalized') and i",
        two="temperature between 36 'Cel' and 38 'Cel' or not (nausea and age in Interval[1 'a', 3 'a')) or Count({pas}) > 0",
        score="ToInteger(nausea) + 2 * ToInteger(temperature >= 38.0 'Cel' or anorexia)",
    )
    page.evaluate(AXE.read_text())
    for details in page.locator("details.criterion-build").all():
        details.evaluate("one => { one.open = true }")
    text(page).press("Control+Space")
    expect(page.locator("#c-one-options")).to_be_visible()

    found = {look: _faults(page, *look) for look in LOOKS}

    assert not {look: said for look, said in found.items() if said}


def test_the_page_of_rows_is_for_every_eye_and_finger(desk):
    page = desk(
        one="pas >= 7 and (peritonitis = 'local' or peritonitis = 'generalized')"
    )
    address = "/plans/suspected-appendicitis/2/criterion/rows/?name=one&label=When"
    send = "to => { const form = document.querySelector('main form'); form.action = to; form.submit() }"
    with page.expect_navigation():
        page.evaluate(send, address)
    expect(page.locator(".one-row")).to_have_count(2)
    page.evaluate(AXE.read_text())

    found = {look: _faults(page, *look) for look in LOOKS}

    assert not {look: said for look, said in found.items() if said}
