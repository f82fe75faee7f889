"""The whole path of a visit, for every plan that ships, in every way of using a page.

Given a registered patient, when a clinician finds them, enrols them, answers what the
plan asks, follows everything and signs, then that, and only that, stands signed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.models import User
from carepaths.models import Decision, Encounter, Opportunity
from scamps.core.cases import Case, load_cases
from scamps.core.definition import Element, Plan, words
from scamps.core.walk import compile_plan
from tests.carepaths.factories import PatientFactory
from tests.factories import PASSWORD, MembershipFactory, library_plan, library_version
from tests.journeys.hands import Finger, Hand, Keys, NoScript

PLANS = ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]
NAME = "Muster, Robin"


@cache
def case_of(key: str) -> Case:
    """The first case of the plan whose walk ends with advice."""
    file = settings.BASE_DIR / "library" / key / "cases.yaml"
    cases = load_cases(file.read_text(), str(file), library_plan(key))
    return next(one for one in cases if not one.expected.stopped)


@pytest.fixture
def clinician(transactional_db) -> User:
    """A clinician of a sandbox, where one patient is registered."""
    member = MembershipFactory(site__is_sandbox=True)
    PatientFactory(
        site=member.site,
        identity__name=NAME,
        identity__birth_date="2015-03-14",
        identity__birth_date_precision="day",
        identity__sex="female",
    )
    return member.user


@pytest.mark.parametrize("way", [Finger, Keys, NoScript])
@pytest.mark.parametrize("key", PLANS)
def test_a_visit_from_the_worklist_to_the_signature(
    browser: Browser, live_server, clinician: User, key: str, way: type[Hand]
):
    library_version(key)
    plan, case = library_plan(key), case_of(key)
    hand = way(browser)
    sign_in(hand, live_server.url, clinician)

    find_and_open(hand, plan)
    answer_all(hand, plan, case)
    follow_all(hand, plan, case)
    hand.go("Review and sign")
    expect(hand.page.get_by_role("heading", name="Review and sign")).to_be_visible()
    hand.go("Sign$")
    expect(hand.page.locator(".banner .chip.saved")).to_contain_text("Signed")
    hand.context.close()

    encounter = Encounter.objects.get()
    kept = {key: stored["value"] for key, stored in encounter.answers.items()}
    assert {key for key, value in kept.items() if value is not None} == {*case.answers}
    assert encounter.revisions.get(cause="signed").path == list(case.expected.path)
    assert Opportunity.objects.count() == len(case.expected.actions)
    assert [one.choice for one in Decision.objects.all()] == ["followed"] * len(
        case.expected.actions
    )


def sign_in(hand: Hand, base: str, user: User) -> None:
    hand.page.goto(base + reverse("account_login"))
    hand.page.fill("[name=login]", user.username)
    hand.page.fill("[name=password]", PASSWORD)
    hand.page.press("[name=password]", "Enter")
    hand.page.wait_for_url(lambda url: "login" not in url)


def find_and_open(hand: Hand, plan: Plan) -> None:
    """From the worklist to an empty form."""
    hand.go("Find a patient")
    hand.page.wait_for_url("**/patients/")
    hand.fill("q", "robin mus")
    hand.page.keyboard.press("Enter")
    expect(hand.page.locator("#main").get_by_text(NAME).first).to_be_visible()
    if "/patients/?" in hand.page.url or hand.page.url.endswith("/patients/"):
        hand.go(NAME)
    hand.page.wait_for_url("**/patients/*/")
    hand.go("Enrol…")
    expect(
        hand.page.get_by_role("heading", name=f"Enrol in {words(plan.title, 'en')}?")
    ).to_be_visible()
    hand.go("Enrol and open")
    hand.page.wait_for_url("**/open/")
    if len(plan.visits) > 1:
        hand.pick("visit", plan.visits[0].key)
    hand.go("Open")
    hand.page.wait_for_url("**/encounters/*/")


def answer_all(hand: Hand, plan: Plan, case: Case) -> None:
    """Answer what the case knows, in the order of the form; without a script, save in
    between, because the next part opens then."""
    left = [element for element in in_order(plan) if element.key in case.answers]
    while left:
        shown = [e for e in left if hand.page.locator(f"#i-{e.key}").is_visible()]
        if not shown:
            expect(hand.page.locator(f"#i-{left[0].key}")).to_be_visible()
            continue
        for element in shown:
            answer(hand, element, case.answers[element.key])
            left.remove(element)
        if isinstance(hand, NoScript):
            hand.go("Save draft")
            expect(hand.page.locator("#saved, .chip.saved").first).to_contain_text(
                "Saved"
            )


def in_order(plan: Plan) -> list[Element]:
    asked = [
        item.element
        for form in plan.forms
        for section in form.sections
        for item in section.items
    ]
    return [plan.element[key] for key in dict.fromkeys(asked)]


def answer(hand: Hand, element: Element, value: Any) -> None:
    match value:
        case bool():
            hand.pick(f"a.{element.key}", str(value).lower())
        case str() if element.type == "choice":
            hand.pick(f"a.{element.key}", value)
        case _:
            hand.fill(f"a-{element.key}", str(value))


def follow_all(hand: Hand, plan: Plan, case: Case) -> None:
    walk = case.walk(compile_plan(plan))
    for node, action in walk.actions:
        name = f"d.{node}/{action.key}.choice"
        expect(hand.page.locator(f'input[name="{name}"]').first).to_be_attached()
    for node, action in walk.actions:
        hand.pick(f"d.{node}/{action.key}.choice", "followed")
