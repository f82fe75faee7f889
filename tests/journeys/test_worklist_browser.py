"""The worklist in a real browser, by keyboard alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from carepaths.models import Task, TaskEvent
from tests.carepaths.factories import episode, signed
from tests.factories import PASSWORD, MembershipFactory, library_version

FOLLOWED = {"splint/follow-up": {"choice": "followed"}}


@pytest.fixture
def clinician(transactional_db) -> User:
    """Has one visit that was due ten days ago, at a sandbox site."""
    member = MembershipFactory(site__is_sandbox=True)
    scamp = library_version("torus-fracture").scamp
    enrolment = episode(
        scamp=scamp, site=member.site, by=member.user, identity__name="Sample, Alex"
    )
    when = timezone.now() - timedelta(days=31)
    given = {"intentions": FOLLOWED, "torus_fracture": True}
    signed(enrolment, by=member.user, visit_time=when, at=when, **given)
    return member.user


@pytest.fixture
def home(page: Page, live_server, clinician: User) -> Page:
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", clinician.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says *words*."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const at = document.activeElement;"
            " return at.getAttribute('aria-label') || at.innerText || '' }"
        )
        if words in said:
            return
    pytest.fail(f"Tab never comes to {words!r}")


def test_a_patient_who_did_not_come_is_told_by_keyboard_alone(home: Page):
    expect(home.get_by_role("heading", level=1)).to_have_text(
        "1 task overdue waits for you"
    )
    tab_to(home, "Sample, Alex")
    home.keyboard.press("Enter")
    expect(home.get_by_role("heading", level=1)).to_have_text(
        "Follow-up at three weeks"
    )

    tab_to(home, "Lost to follow-up")
    home.keyboard.press("Enter")
    home.keyboard.press("Tab")  # into the outcomes of the contact
    home.keyboard.press("Space")
    home.keyboard.press("ArrowDown")
    home.keyboard.press("ArrowDown")
    home.keyboard.press("Tab")
    home.keyboard.type("3")
    tab_to(home, "Close as lost to follow-up")
    home.keyboard.press("Enter")

    expect(home.get_by_text("Not reached after 3 attempts")).to_be_visible()
    event = TaskEvent.objects.get()
    assert (event.kind, event.contact, event.tries) == ("lost", "no-contact", 3)

    tab_to(home, "Undo the last one")
    home.keyboard.press("Enter")
    expect(home.get_by_text("Taken back: lost to follow-up")).to_be_visible()
    assert Task.objects.open().exists()
