"""A member replays a draft in a real browser, with a real worker, and reads it."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Page, expect

from scamps.actions.drafts import start_draft
from scamps.core.definition import load_yaml
from tests.carepaths.factories import NOON, OPERATE, episode, publish, signed
from tests.carepaths.plan import FEVER
from tests.factories import MembershipFactory, SeatFactory
from tests.journeys.test_printing import sign_in

MILDER = FEVER.replace("{when: guarding, to: operate}", "{when: guarding, to: home}")
PATIENCE = 60_000  # milliseconds


def test_a_member_replays_a_draft_and_opens_a_patient(
    page: Page, live_server, transactional_db, celery_worker_process
):
    active = publish()
    reader = SeatFactory(scamp=active.scamp).user
    here = MembershipFactory(user=reader).site
    for _ in range(2):
        signed(episode(scamp=active.scamp, site=here), **OPERATE)
    start_draft(plan=load_yaml(MILDER), by=reader, at=NOON)
    sign_in(page, live_server.url, reader)

    page.goto(live_server.url + reverse("feedback:replay", args=["fever", 2]))
    page.get_by_role("button", name="Replay over past patients").click()

    expect(page.get_by_role("heading", name="Four numbers")).to_be_visible(
        timeout=PATIENCE
    )
    changed = page.locator(".replay-four > div").nth(1)
    expect(changed).to_contain_text("Changed")
    expect(changed.locator(".replay-count")).to_have_text("2")
    expect(page.locator(".replay-flow .replay-changed")).to_have_count(1)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("rowheader", name="Operate")).to_be_visible()
    page.get_by_role("link", name="All of them, patient by patient").click()
    first = page.locator(".list-link").first
    expect(first.locator("del")).to_contain_text("Operate.")
    first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/encounters/" in page.url
