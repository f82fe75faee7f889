"""The bedside in a real browser: by touch, by keyboard, without a script."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from carepaths.models import Decision, Encounter
from tests.carepaths.factories import PatientFactory, episode, opened
from tests.factories import PASSWORD, MembershipFactory, library_version

HIGH = {
    "pain_migration": "Yes",
    "nausea": "Yes",
    "anorexia": "No",
    "rlq_tenderness": "Yes",
    "cough_pain": "Yes",
    "peritonitis": "Local",
    "neutrophilia": "No",
}


@pytest.fixture
def draft(transactional_db) -> Encounter:
    """An open first assessment at a sandbox site, and its clinician."""
    scamp = library_version().scamp
    member = MembershipFactory(site__is_sandbox=True)
    return opened(
        episode(scamp=scamp, site=member.site, by=member.user), by=member.user
    )


def sign_in(page: Page, base: str, draft: Encounter) -> None:
    page.goto(base + reverse("account_login"))
    page.fill("[name=login]", draft.opened_by.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


@pytest.fixture
def at_bedside(page: Page, live_server, draft: Encounter) -> Page:
    """The encounter's page; an error or a blocked style on it fails the test."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda said: problems.append(said.text) if said.type == "error" else None,
    )
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    yield page
    expected = re.compile("[Ss]tatus.* 4|^htmx:|ERR_INTERNET_DISCONNECTED")  # overtaken
    assert [said for said in problems if not expected.search(said)] == []


def answer(page: Page, key: str, label: str) -> None:
    page.locator(f"#i-{key} .choice label", has_text=re.compile(f"^{label}$")).click()


def code(page: Page, key: str, label: str) -> Locator:
    """One of the four words that say why there is no value."""
    return page.locator(f"#i-{key} .codes label", has_text=label)


def fill_in(page: Page) -> None:
    for key, label in HIGH.items():
        answer(page, key, label)
    page.fill("#a-temperature", "38,4")
    page.fill("#a-wbc", "9.1")
    page.press("#a-wbc", "Tab")


def test_the_advice_comes_as_the_answers_do_and_is_followed_in_one_tap(
    at_bedside: Page, draft: Encounter
):
    page = at_bedside

    fill_in(page)
    advice = page.locator("#advice")
    expect(
        advice.get_by_role("heading", name="Surgical review for appendectomy.")
    ).to_be_visible()
    expect(advice.get_by_text("7 of 10")).to_be_visible()
    expect(page.locator("#note-temperature")).to_have_text(
        "Typed 38,4, read as 38.4 °C."
    )
    expect(page.locator("#saved")).to_contain_text("Saved ")
    expect(page.locator("#announce")).to_contain_text("Surgical review")
    page.locator("label.decide-followed").click()
    page.get_by_role("button", name="Review and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.locator(".banner .chip.saved")).to_contain_text("Signed")
    draft.refresh_from_db()
    assert not draft.is_open
    assert Decision.objects.get().choice == "followed"


def test_a_deviation_takes_two_taps_more(at_bedside: Page, draft: Encounter):
    page = at_bedside
    answer(page, "peritonitis", "Generalized")

    page.locator("label.decide-deviated").click()
    page.locator(".reasons label", has_text="Contraindicated").click()
    page.get_by_role("button", name="Review and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.get_by_text("Deviated: left out. Contraindicated")).to_be_visible()
    assert Decision.objects.get().standard_reason == "patient-contraindication"


def test_a_tap_on_the_decision_is_not_lost_to_an_answer_under_way(
    at_bedside: Page, draft: Encounter
):
    page = at_bedside
    answer(page, "peritonitis", "Generalized")
    follow = page.locator("label.decide-followed input")
    expect(follow).to_be_attached()

    # the answers of the server are held back while more is tapped
    page.route(
        "**/autosave/**", lambda route: (page.wait_for_timeout(400), route.continue_())
    )
    answer(page, "nausea", "Yes")
    page.wait_for_timeout(200)
    page.locator("label.decide-followed").click()
    page.wait_for_timeout(1500)

    expect(follow).to_be_checked()


def test_a_hidden_item_folds_away_with_its_answer_kept(at_bedside: Page):
    page = at_bedside
    for key, label in (HIGH | {"cough_pain": "No", "pain_migration": "No"}).items():
        answer(page, key, label)
    page.fill("#a-temperature", "37")
    page.fill("#a-wbc", "12")
    page.press("#a-wbc", "Tab")
    expect(page.locator("#i-us_performed")).to_be_visible()
    answer(page, "us_performed", "Yes")
    answer(page, "appendix_seen", "Yes")

    answer(page, "us_performed", "No")

    expect(page.locator("#i-appendix_seen .choice")).to_be_hidden()
    expect(page.locator("#note-appendix_seen")).to_contain_text("“Yes” is kept")
    answer(page, "us_performed", "Yes")
    expect(page.locator("#i-appendix_seen .choice")).to_be_visible()
    expect(page.locator("#i-appendix_seen input:checked")).to_have_value("true")


def test_a_value_and_not_known_exclude_each_other(at_bedside: Page):
    page = at_bedside
    page.fill("#a-temperature", "38.4")

    code(page, "temperature", "Not done").click()
    expect(page.locator("#a-temperature")).to_have_value("")
    expect(page.locator("#i-temperature .codes input:checked")).to_have_value(
        "not-done"
    )

    page.fill("#a-temperature", "37")
    expect(page.locator("#i-temperature .codes input:checked")).to_have_value("")


def test_an_impossible_value_is_told_while_typing_and_on_saving(
    at_bedside: Page, draft: Encounter
):
    page = at_bedside
    page.fill("#a-temperature", "60")
    expect(page.locator("#note-temperature")).to_contain_text("ot possible")

    page.get_by_role("button", name="Save draft").click()

    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#a-temperature")).to_have_value("60")
    page.locator("#error-summary a").click()
    expect(page.locator("#i-temperature")).to_be_in_viewport()


def test_a_session_that_ended_leaves_the_form_as_it_is(
    at_bedside: Page, draft: Encounter
):
    page = at_bedside
    page.fill("#a-temperature", "38.4")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    answer(page, "peritonitis", "Generalized")

    expect(page.locator("#signed-out")).to_be_visible()
    expect(page.locator("#a-temperature")).to_have_value("38.4")
    expect(page.locator("#advice")).to_contain_text("Still needed")


def test_a_lost_connection_is_said_and_nothing_typed_is_lost(at_bedside: Page):
    page = at_bedside
    page.context.set_offline(True)
    page.fill("#a-temperature", "38.4")
    answer(page, "peritonitis", "Generalized")
    expect(page.locator("#offline")).to_be_visible()

    page.context.set_offline(False)
    answer(page, "nausea", "Yes")

    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#advice .what").first).to_contain_text("Surgical review")
    expect(page.locator("#a-temperature")).to_have_value("38.4")


def test_the_list_of_patients_answers_while_typing(
    at_bedside: Page, live_server, draft: Encounter
):
    page = at_bedside
    PatientFactory(site=draft.site, identity__name="Sample, Alex")
    PatientFactory(site=draft.site, identity__name="Muster, Robin")
    page.goto(live_server.url + reverse("carepaths:patients"))
    expect(page.get_by_text("Muster, Robin")).to_be_visible()

    page.locator("#q").press_sequentially("sam")

    expect(page.get_by_text("Muster, Robin")).to_be_hidden()
    expect(page.get_by_text("Sample, Alex")).to_be_visible()
    expect(page.locator("#q")).to_be_focused()


def test_on_a_narrow_screen_the_advice_opens_upward(at_bedside: Page):
    page = at_bedside
    page.set_viewport_size({"width": 390, "height": 844})
    answer(page, "peritonitis", "Generalized")
    line = page.locator("#advice-line")
    expect(line).to_contain_text("Surgical review")

    line.click()
    page.locator("label.decide-followed").click()
    expect(page.locator("label.decide-followed input")).to_be_checked()
    expect(line).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")

    expect(line).to_have_attribute("aria-expanded", "false")
    expect(line).to_be_focused()


def test_the_keyboard_alone_is_enough(at_bedside: Page, draft: Encounter):
    page = at_bedside
    page.focus("#a-age")

    page.keyboard.type("11")
    page.keyboard.press("Enter")  # moves on, and saves nothing by surprise
    page.keyboard.press("ArrowRight")
    page.focus("#i-peritonitis .choice input")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    follow = page.locator("label.decide-followed input")
    expect(follow).to_be_attached()
    follow.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Review and sign").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**" + draft.get_absolute_url())

    draft.refresh_from_db()
    assert not draft.is_open
    assert draft.answers["age"]["value"] == "11"
    assert Decision.objects.get().choice == "followed"


def test_a_double_click_signs_once(at_bedside: Page, draft: Encounter):
    page = at_bedside
    answer(page, "peritonitis", "Generalized")
    page.get_by_role("button", name="Review and sign").click()

    page.get_by_role("button", name="Sign", exact=True).dblclick()
    page.wait_for_url("**" + draft.get_absolute_url())

    assert draft.revisions.filter(cause="signed").count() == 1


def test_it_all_works_without_a_script(browser: Browser, live_server, draft: Encounter):
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())

    fill_in(page)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Surgical review for")).to_be_visible()
    page.locator("label.decide-deviated").click()
    page.locator(".reasons label", has_text="Other…").click()
    page.locator(".if-words input").fill("The surgeon is on the way")
    page.get_by_role("button", name="Review and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.get_by_text("The surgeon is on the way")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820, 390])
def test_nothing_runs_over_the_edge_and_every_target_is_large(
    browser: Browser, live_server, draft: Encounter, width: int, scheme: str
):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    sign_in(page, live_server.url, draft)
    page.goto(live_server.url + draft.get_absolute_url())
    answer(page, "peritonitis", "Generalized")
    page.locator("label.decide-deviated").click()

    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '#main button, #main .btn, #main .choice label, #main .decide label, #main .codes label, ' +
            '#main .chips label, #main summary, #main .form-control')]
            .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )

    context.close()
    assert over <= 0
    assert small == []
