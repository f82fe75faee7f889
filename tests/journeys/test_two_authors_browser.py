"""Two committee members write one draft at once, and neither loses a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.actions import sync_roles
from scamps.actions.drafts import start_draft
from scamps.models import Arrival, Version
from tests.factories import LONG_AGO, SeatFactory, UserFactory, active_version

HOME = "/plans/small-plan/2/outline/nodes/home/"
TEXT = "/plans/small-plan/2/edit/"


@pytest.fixture
def draft(transactional_db) -> Version:
    sync_roles(roles=settings.ROLES)
    version = active_version()
    return start_draft(plan=version.plan, by=UserFactory(), at=timezone.now())


@pytest.fixture
def desk(browser: Browser, live_server, draft) -> Callable[..., Page]:
    """The browser of a new committee member, with or without scripts."""
    opened = []

    def sit_down(name: str, **options: object) -> Page:
        role = Group.objects.get(name="committee member")
        seat = {"role": role, "scamp": draft.scamp, "starts_on": LONG_AGO}
        user = SeatFactory(user=UserFactory(name=name), **seat).user
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = browser.new_context(base_url=live_server.url, **options)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
        context.add_cookies([cookie | {"url": live_server.url}])
        opened.append(context)
        return context.new_page()

    yield sit_down
    for context in opened:
        context.close()


def write(page: Page, old: str, new: str) -> None:
    """Change the text of the plan and save it."""
    box = page.get_by_label("Plan document")
    box.fill(box.input_value().replace(old, new))
    page.get_by_role("button", name="Save", exact=True).click()


def retitle(page: Page, title: str) -> None:
    """Change the title of the step that is open in the outline, and save it."""
    page.locator("#part").get_by_label("Title").first.fill(title)
    page.locator("#part").get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_authors_of_one_draft_lose_nothing(desk, draft, scripts):
    ann = desk("Ann", java_script_enabled=scripts)
    ben = desk("Ben", java_script_enabled=False)
    ann.goto(HOME)
    ben.goto(TEXT)
    expect(ben.locator("#presence")).to_contain_text("Ann at “Go home” (home)")

    # when they change different things, both stand
    retitle(ann, "Home")
    expect(ann.get_by_role("heading", name="Home").first).to_be_visible()
    write(ben, "title: Small plan", "title: Ben's plan")
    expect(ben.locator(".messages")).to_contain_text("“Go home” became “Home”")

    # when they change the same thing, Ann is asked, and takes her own
    ben.goto(TEXT)
    write(ben, "title: Home", "title: Ben's home")
    expect(ben.locator(".messages")).to_contain_text("Saved")
    retitle(ann, "Ann's home")
    expect(ann.get_by_role("heading", name="Two sides of one draft")).to_be_visible()
    expect(ann.get_by_role("group", name="title")).to_contain_text("Ben's home")
    ann.get_by_role("radio", name="What you wrote").check()
    ann.get_by_role("button", name="Merge as chosen").click()
    expect(ann).to_have_url(HOME)

    # then both are in the draft, and what was not taken is on file
    plan = Version.objects.get(pk=draft.pk).plan
    assert plan.node["home"].title == "Ann's home"
    assert plan.title == "Ben's plan"
    assert Arrival.objects.last().beside.plan.node["home"].title == "Ben's home"


def test_an_open_page_hears_who_comes_and_who_goes(desk, draft):
    ann, ben = desk("Ann"), desk("Ben")
    ann.clock.install()
    ann.goto(HOME)
    expect(ann.locator("#presence")).to_be_empty()

    ben.goto(TEXT)
    ann.clock.run_for(26_000)

    expect(ann.locator("#presence")).to_contain_text("Ben")
