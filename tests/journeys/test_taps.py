"""How many taps a visit takes, from opening the form to the signature.

One tap is one control; a number is tapped and typed, which is one. Nothing is chosen
beforehand: the test says so of every question it answers.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from carepaths.models import Decision, Encounter, Enrolment
from tests.carepaths.factories import episode
from tests.factories import PASSWORD, MembershipFactory, library_version

MOST = 24
MORE_TO_DEVIATE = 2
# All that the first form asks, in its order. These lead to a high score.
FIRST = {
    "age": "11.4",
    "sex": "Female",
    "weight": "38.5",
    "height": "146",
    "pain_migration": "Yes",
    "nausea": "Yes",
    "anorexia": "No",
    "temperature": "38.4",
    "rlq_tenderness": "Yes",
    "cough_pain": "Yes",
    "peritonitis": "Local",
    "wbc": "13.2",
    "neutrophilia": "Yes",
    "neutrophil_percent": "78",
    "crp": "24",
}
# With these in their stead the score is in the middle, and an ultrasound follows.
MIDDLE = FIRST | {"cough_pain": "No", "pain_migration": "No", "neutrophilia": "No"}
ULTRASOUND = {"us_performed": "Yes", "appendix_seen": "Yes", "appendix_diameter": "8"}
NUMBERS = re.compile(r"[\d.]+")


class Hand:
    """One finger on the page of one clinician; it counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, control: Locator) -> None:
        control.click()
        self.taps += 1

    def answer(self, key: str, said: str) -> None:
        if NUMBERS.fullmatch(said):
            field = self.page.locator(f"#a-{key}")
            expect(field).to_have_value("")
            self.tap(field)
            self.page.keyboard.type(said)
            return
        choice = self.page.locator(f"#i-{key} .choice")
        expect(choice.locator("input:checked")).to_have_count(0)
        self.tap(choice.locator("label", has_text=re.compile(f"^{said}$")))

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def open_form(self, enrolment: Enrolment) -> None:
        """From the patient's page to the empty form."""
        self.tap(self.page.get_by_role("link", name="Open an encounter"))
        self.press("Open")
        self.page.wait_for_url("**/encounters/*/")

    def sign(self) -> Encounter:
        self.press("Review and sign")
        self.press("Sign")
        expect(self.page.locator(".banner .chip.saved")).to_contain_text("Signed")
        return Encounter.objects.get()


@pytest.fixture
def enrolment(transactional_db) -> Enrolment:
    """A patient of a sandbox, enrolled, and nothing entered yet."""
    scamp = library_version().scamp
    member = MembershipFactory(site__is_sandbox=True)
    made = episode(scamp=scamp, site=member.site, by=member.user)
    made.clinician = member.user
    return made


@pytest.fixture
def hand(page: Page, live_server, enrolment: Enrolment) -> Hand:
    """The clinician's finger, over the patient's page."""
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", enrolment.clinician.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(live_server.url + enrolment.patient.get_absolute_url())
    return Hand(page)


def follow(hand: Hand, node: str, action: str) -> None:
    decision = hand.page.locator(f"#d-{node}--{action}")
    expect(decision).to_be_attached()
    expect(decision.locator("input:checked")).to_have_count(0)
    hand.tap(decision.locator("label.decide-followed"))


def followed(hand: Hand, enrolment: Enrolment) -> int:
    """Answer all of the first form and follow the plan; return the taps it took."""
    hand.open_form(enrolment)
    for key, said in FIRST.items():
        hand.answer(key, said)
    follow(hand, "operate-high", "operate")
    hand.sign()
    return hand.taps


def test_a_first_assessment_followed_takes_few_taps(hand: Hand, enrolment: Enrolment):
    taps = followed(hand, enrolment)

    encounter = Encounter.objects.get()
    asked = {
        key for key, kept in encounter.answers.items() if kept["value"] is not None
    }
    assert asked == set(FIRST)
    assert [d.choice for d in Decision.objects.all()] == ["followed"]
    assert taps <= MOST, f"{taps} taps"


def test_the_longest_way_followed_takes_few_taps(hand: Hand, enrolment: Enrolment):
    hand.open_form(enrolment)
    for key, said in MIDDLE.items():
        hand.answer(key, said)
    expect(hand.page.locator("#i-us_performed")).to_be_visible()
    for key, said in ULTRASOUND.items():
        hand.answer(key, said)
    follow(hand, "image", "ultrasound")
    follow(hand, "operate-positive", "operate")
    encounter = hand.sign()

    asked = {
        key for key, kept in encounter.answers.items() if kept["value"] is not None
    }
    assert asked == set(FIRST) | set(ULTRASOUND)
    assert {d.choice for d in Decision.objects.all()} == {"followed"}
    assert hand.taps <= MOST, f"{hand.taps} taps"


def test_a_deviation_takes_at_most_two_taps_more(hand: Hand, enrolment: Enrolment):
    hand.open_form(enrolment)
    for key, said in FIRST.items():
        hand.answer(key, said)
    straight = hand.taps + 3  # follow, review, sign
    decision = hand.page.locator("#d-operate-high--operate")
    hand.tap(decision.locator("label.decide-deviated"))
    hand.tap(decision.locator(".reasons label", has_text="Contraindicated"))
    hand.sign()

    made = Decision.objects.get()
    assert (made.choice, made.standard_reason) == (
        "deviated",
        "patient-contraindication",
    )
    assert hand.taps <= straight + MORE_TO_DEVIATE
    assert hand.taps <= MOST + MORE_TO_DEVIATE, f"{hand.taps} taps"


def test_what_is_left_undecided_is_decided_on_the_signing_page(
    hand: Hand, enrolment: Enrolment
):
    hand.open_form(enrolment)
    hand.answer("peritonitis", "Generalized")
    expect(hand.page.locator("#advice")).to_contain_text("Surgical review")
    hand.press("Review and sign")
    expect(hand.page.locator("#missing")).to_contain_text("1 decision are missing")
    follow(hand, "operate-peritonitis", "operate")
    hand.press("Sign")

    expect(hand.page.locator(".banner .chip.saved")).to_contain_text("Signed")
    assert Decision.objects.get().choice == "followed"
