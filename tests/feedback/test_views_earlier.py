"""The fragment of earlier patients: what it says, to whom, at what cost."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessEvent, Membership
from carepaths.actions.outcomes import record_outcome
from carepaths.models import Encounter
from feedback.actions.rollups import refresh_all
from scamps.models import Version
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    episode,
    opened,
    publish,
    saved,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory

LATER = NOON + 400 * DAY


@pytest.fixture
def fever(db: None) -> Version:
    return publish()


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory()


@pytest.fixture
def client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def draft(fever: Version, member: Membership) -> Encounter:
    """A patient whom the plan advises to operate."""
    mine = episode(scamp=fever.scamp, site=member.site, by=member.user)
    return saved(opened(mine, by=member.user), **OPERATE)


def came_before(version: Version, site, patients: int, **fields) -> None:
    """Patients who were operated on, every second one ill afterwards."""
    follow = {"operate/operate": {"choice": "followed"}}
    for number in range(patients):
        one = episode(scamp=version.scamp, site=site)
        visit = signed(one, intentions=follow, **(OPERATE | fields))
        record_outcome(
            enrolment=one, key="ill", value=number % 2 == 0, known_how="asked",
            by=visit.signed_by, at=NOON,
        )  # fmt: skip
    refresh_all(at=LATER)


def read(client: Client, encounter: Encounter, query: str = "") -> str:
    answer = client.get(reverse("feedback:earlier", args=[encounter.pk]) + query)
    assert answer.status_code == 200
    found = re.search(
        r'id="earlier-found">(.*)</section>', answer.content.decode(), re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def test_nobody_yet_teaches_what_will_be_here(client: Client, draft: Encounter) -> None:
    text = read(client, draft)

    assert "Nobody has been at this point yet" in text
    assert "what became of all of them" in text


def test_it_begins_with_a_sentence_and_says_what_is_missing(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 6)

    text = read(client, draft)

    assert "6 earlier patients. “Operate” followed in 6 of 6." in text
    assert "Ill: 3 of 6" in text
    assert "12\u201388 %" in text  # Clopper-Pearson of 3 of 6
    assert "Stay none" in text
    assert "Counted" in text


def test_a_signature_appears_after_the_roll_up_and_the_age_says_so(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 1)
    signed(episode(scamp=fever.scamp, site=member.site), **OPERATE)

    assert "1 earlier patient." in (before := read(client, draft))
    assert "newer entries will follow" in before

    refresh_all(at=LATER)
    assert "2 earlier patients." in (after := read(client, draft))
    assert "newer entries" not in after


def test_only_the_own_sites_of_the_same_realm_are_counted(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    made_up = MembershipFactory(user=member.user, site__is_sandbox=True).site
    came_before(fever, SiteFactory(), 3)
    came_before(fever, made_up, 3)

    assert "Nobody has been at this point yet" in read(client, draft)

    second = MembershipFactory(user=member.user).site
    came_before(fever, second, 3)
    assert "3 earlier patients" in read(client, draft)


def test_before_the_plan_is_told_apart_and_in_its_words(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 2, origin="retrospective")
    came_before(fever, member.site, 3)

    text = read(client, draft)

    assert text.index("3 earlier patients") < text.index("before the plan")
    assert "2 earlier patients. “Operate” concordant in 2 of 2." in text
    assert "5 earlier" not in text


def test_the_patients_own_encounters_are_counted_and_said(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 2)
    signed(draft.enrolment, visit_time=NOON - 9 * DAY, at=NOON, **OPERATE)
    refresh_all(at=LATER)

    text = read(client, draft)

    assert "3 earlier patients" in text
    assert "1 of these encounters is this patient's own" in text.replace("&#x27;", "'")


def test_asking_before_a_decision_is_in_the_access_trail(
    client: Client, draft: Encounter, member: Membership
) -> None:
    read(client, draft)
    read(client, draft, "?node=operate&decided")

    told = AccessEvent.objects.filter(subject="encounter", user=member.user)
    assert [(e.verb, e.detail) for e in told.order_by("pk")] == [
        ("asked to see", {"what": "earlier patients", "node": "operate"}),
        ("saw", {"what": "earlier patients", "node": "operate"}),
    ]


def test_a_node_the_plan_does_not_have_is_not_found(
    client: Client, draft: Encounter
) -> None:
    address = reverse("feedback:earlier", args=[draft.pk])

    assert client.get(address, {"node": "nowhere"}).status_code == 404


def test_a_signed_encounter_is_asked_about_where_it_ended(
    client: Client, fever: Version, member: Membership
) -> None:
    home = signed(episode(scamp=fever.scamp, site=member.site), **HOME)
    refresh_all(at=LATER)

    assert "1 earlier patient" in read(client, home)


def test_queries_and_answer_do_not_grow_with_the_history(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 1)
    read(client, draft)
    with CaptureQueriesContext(connection) as few:
        read(client, draft)
    for months in range(1, 6):
        came_before(fever, member.site, 2, visit_time=NOON - 30 * months * DAY, at=NOON)
    with CaptureQueriesContext(connection) as many:
        read(client, draft)

    assert len(many) == len(few) <= 14


def test_every_colour_is_a_token_and_no_style_is_inline(
    client: Client, fever: Version, draft: Encounter, member: Membership
) -> None:
    came_before(fever, member.site, 3)
    answer = client.get(
        reverse("feedback:earlier", args=[draft.pk]), headers={"Accept-Language": "de"}
    )

    text = answer.content.decode()
    assert " style=" not in text
    text = text.partition("<main")[2]  # above it a patient's mark has its own colours
    colours = set(re.findall(r'(?:fill|stroke|color)="([^"]+)"', text))
    assert colours
    assert all(colour.startswith("var(--") for colour in colours)
    drawn = re.findall(r'(?:cx|x|y|width|height|d)="([^"]+)"', text)
    assert drawn
    assert not [number for number in drawn if "," in number]
