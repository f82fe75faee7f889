"""A committee tries its draft and talks about it, in a real browser."""

from __future__ import annotations

import re
from random import Random

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from carepaths.models import Encounter, Patient
from scamps.actions.drafts import start_draft
from scamps.core.definition import Plan
from scamps.models import Comment, Version
from tests.factories import SeatFactory, library_plan
from tests.scamps.core.correct_plans import correct_plan
from tests.scamps.test_comments import who

SCALE = re.compile(r"(\d+) %")


def drafted(plan: Plan) -> Version:
    return start_draft(plan=plan, **who())


def of_40_nodes() -> Plan:
    plans = (correct_plan(Random(seed), 13) for seed in range(200))  # noqa: S311
    return next(one for one in plans if len(one.nodes) >= 40)


def sign_in(page: Page, base: str, version: Version) -> str:
    """Sign a committee member in; return the address of the version."""
    client = Client()
    client.force_login(SeatFactory(scamp=version.scamp).user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
    page.context.add_cookies([cookie | {"url": base}])
    page.set_viewport_size({"width": 1280, "height": 900})
    return f"{base}/plans/{version.scamp.key}/{version.number}/"


def percent(page: Page) -> int:
    found = SCALE.search(page.locator(".tree-scale").inner_text())
    assert found
    return int(found[1])


def test_the_advice_follows_the_made_up_patient_and_nothing_is_kept(
    page, live_server, transactional_db
):
    version = drafted(library_plan("torus-fracture"))
    page.goto(sign_in(page, live_server.url, version) + "preview/")
    advice = page.locator("#advice")
    expect(page.locator(".preview-banner")).to_contain_text("Nobody is treated here")

    page.locator("#i-torus_fracture .choice label", has_text="Yes").click()
    expect(advice).to_contain_text("A splint.")
    expect(page.locator("#way .map-box.here")).to_have_count(1)
    page.fill("[name='p.age']", "7")
    expect(page.locator("#born")).to_contain_text("Born")
    page.get_by_text("Follow-up at three weeks", exact=True).click()
    expect(page.locator("[name='a.previous-torus_fracture']").first).to_be_attached()
    expect(page.locator("[name='p.age']")).to_have_value("7")

    assert (Patient.objects.count(), Encounter.objects.count()) == (0, 0)


# A key scrolls smoothly: it is over when two looks find the same place.
AT_REST = """() => new Promise(done => {
    let last = -1
    const look = () => {
        const now = document.querySelector('.tree-frame').scrollLeft
        if (now === last) return done()
        last = now
        setTimeout(look, 250)
    }
    look()
})"""


def test_a_tree_of_40_nodes_is_zoomed_and_moved_and_leads_to_its_steps(
    page, live_server, transactional_db
):
    version = drafted(of_40_nodes())
    page.goto(sign_in(page, live_server.url, version) + "tree/")
    frame = page.locator(".tree-frame")
    expect(page.locator(".tree-tools")).to_be_visible()
    at_first = percent(page)

    page.get_by_role("button", name="Whole tree").click()
    fits = "one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight"
    assert frame.evaluate(fits)
    assert percent(page) < at_first
    frame.focus()
    page.keyboard.press("1")
    assert percent(page) == 100
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert percent(page) == 64
    page.keyboard.press("+")
    before = frame.evaluate("one => one.scrollLeft")
    page.keyboard.press("ArrowRight")
    moved = "before => document.querySelector('.tree-frame').scrollLeft > before"
    page.wait_for_function(moved, arg=before)
    page.evaluate(AT_REST)

    box = frame.bounding_box()
    page.mouse.move(box["x"] + 600, box["y"] + 30)
    before = frame.evaluate("one => one.scrollLeft")
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 30, steps=4)
    page.mouse.up()
    assert frame.evaluate("one => one.scrollLeft") == pytest.approx(before + 300, abs=2)
    assert page.url.endswith("/tree/")

    node = page.locator(".tree-frame a.tree-box").nth(3)
    key = node.get_attribute("data-node")
    node.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#node-{key}")


def test_two_fingers_change_the_size_of_a_tree(browser: Browser, live_server, page):
    version = drafted(library_plan())
    context = browser.new_context(
        has_touch=True, viewport={"width": 820, "height": 900}
    )
    tablet = context.new_page()
    address = sign_in(tablet, live_server.url, version) + "tree/"
    tablet.set_viewport_size({"width": 820, "height": 900})
    tablet.goto(address)
    box = tablet.locator(".tree-frame").bounding_box()
    before = percent(tablet)
    hand = context.new_cdp_session(tablet)

    def touch(kind: str, apart: int) -> None:
        middle = {"x": box["x"] + 300, "y": box["y"] + 100}
        points = [{**middle, "x": middle["x"] + side * apart} for side in (-1, 1)]
        points = [] if kind == "touchEnd" else points
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 50)
    for apart in (60, 80, 100):
        touch("touchMove", apart)
    touch("touchEnd", 100)

    doubled = re.compile("|".join(f"^{2 * before + off} %" for off in (-1, 0, 1)))
    expect(tablet.locator(".tree-scale")).to_have_text(doubled)
    context.close()


def test_without_a_script_the_tree_scrolls_and_the_preview_works(
    browser: Browser, live_server, transactional_db
):
    version = drafted(library_plan("torus-fracture"))
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    address = sign_in(plain, live_server.url, version)

    plain.goto(address + "tree/")
    expect(plain.locator(".tree-tools")).to_be_hidden()
    expect(plain.locator(".tree-frame a.tree-box").first).to_be_visible()
    plain.goto(address + "preview/")
    plain.locator("#i-torus_fracture .choice label", has_text="Yes").click()
    plain.get_by_role("button", name="See the advice").click()

    expect(plain.locator("#advice")).to_contain_text("A splint.")
    context.close()


def test_a_comment_beside_a_form_leaves_what_was_typed_alone(
    page, live_server, transactional_db
):
    version = drafted(library_plan())
    page.goto(sign_in(page, live_server.url, version) + "outline/nodes/risk/")
    title = page.locator("form#part [name=title]")
    title.fill("Which score?")

    page.fill("#comment-words", "Is 3 too low for infants?")
    page.locator("#part-comments").get_by_role("button", name="Comment").click()

    talk = page.locator("#part-comments")
    expect(talk.locator(".comment-words")).to_have_text("Is 3 too low for infants?")
    expect(title).to_have_value("Which score?")
    talk.get_by_role("button", name="Resolve").click()
    expect(talk.locator(".comment-words")).to_have_count(0)
    assert [one.turn for one in Comment.objects.order_by("pk")] == ["said", "resolved"]
