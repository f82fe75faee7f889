"""The pages of a replay: asked for, followed, cancelled, read by whom it concerns."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feedback.actions.runs import cancel_replay, carry_on, start_replay
from feedback.models import ReplayRun, RunState
from scamps.actions.drafts import save_draft, start_draft
from scamps.core.definition import load_yaml
from scamps.models import Version
from tests.carepaths.factories import (
    HOME,
    NOON,
    OPERATE,
    SCAN,
    episode,
    publish,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.factories import MembershipFactory, SeatFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
# Nobody is operated any more for guarding alone, and a new question decides who is.
MILDER = load_yaml(
    FEVER.replace("{when: guarding, to: operate}", "{when: guarding, to: home}")
)


@pytest.fixture
def active() -> Version:
    return publish()


@pytest.fixture
def reader(active: Version) -> User:
    return SeatFactory(scamp=active.scamp).user


@pytest.fixture
def draft(active: Version, reader: User) -> Version:
    return start_draft(plan=MILDER, by=reader, at=NOON)


@pytest.fixture
def client(reader: User) -> Client:
    return of(reader)


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str = "replay", number: int = 2) -> str:
    return reverse(f"feedback:{name}", args=["fever", number])


def words_of(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def replayed_by(user: User, draft: Version) -> ReplayRun:
    return carry_on(run=start_replay(version=draft, by=user, at=NOON), at=NOON)


def test_a_replay_is_asked_for_followed_and_cancelled(client, draft):
    page = words_of(client.get(url()))
    assert "Replay over past patients" in page

    assert client.post(url("start_replay")).status_code == 302
    assert "It waits for a worker." in words_of(client.get(url()))
    ReplayRun.objects.update(state=RunState.RUNNING, walked=50, total=200)
    fragment = client.get(url("replay_state"))
    assert "50 of 200 encounters walked" in words_of(fragment)
    assert "HX-Refresh" not in fragment

    client.post(url("cancel_replay"))
    assert "was cancelled" in words_of(client.get(url()))
    assert client.get(url("replay_state"))["HX-Refresh"] == "true"


def test_the_four_numbers_stand_apart_and_say_what_was_missing(client, draft, reader):
    site = SiteFactory()
    for given in (HOME, SCAN, OPERATE, OPERATE):
        signed(episode(scamp=draft.scamp, site=site), **given)
    run = replayed_by(reader, draft)

    page = words_of(client.get(url()))

    assert run.evidence.result["origins"][0]["numbers"]["total"] == 4
    for said in (
        "4 encounters of 4 patients at 1 site",
        "The same 1 25.0 %",
        "Changed 2 50.0 %",
        "Cannot be evaluated 1 25.0 %",
        "Newly evaluable 0 0.0 %",
        "Scan positive scan_positive 1 100 %",
        "Operate Home Changed 2",
        "2 encounters would have had other advice.",
        "Liang and Zeger",
    ):
        assert said in page


def test_the_list_holds_only_patients_whom_the_reader_may_open(draft, reader):
    here, elsewhere = SiteFactory(), SiteFactory()
    mine = signed(episode(scamp=draft.scamp, site=here), **OPERATE)
    other = signed(episode(scamp=draft.scamp, site=elsewhere), **OPERATE)
    MembershipFactory(user=reader, site=here)
    replayed_by(reader, draft)

    page = words_of(of(reader).get(url()))
    listed = of(reader).get(url("replay_patients")).content.decode()

    assert "The 1 you may open" in page
    assert "The others (fewer than 5) are at sites where you see no patients" in page
    assert mine.get_absolute_url() in listed
    for advice in ("Operate.</del>", "No scan.</ins>", "Watch.</ins>"):
        assert advice in listed
    assert other.get_absolute_url() not in listed


def test_a_committee_member_without_patients_opens_none(client, draft, reader):
    signed(episode(scamp=draft.scamp), **OPERATE)
    replayed_by(reader, draft)

    assert "You may open none of them" in words_of(client.get(url()))
    listed = words_of(client.get(url("replay_patients")))
    assert "None of them is at a site where you see patients." in listed


def test_a_replay_of_real_patients_is_not_shown_to_a_demo_user(draft, reader):
    signed(episode(scamp=draft.scamp), **OPERATE)
    replayed_by(reader, draft)
    demo = UserFactory(email="member@demo.invalid")
    SeatFactory(user=demo, scamp=draft.scamp)

    page = words_of(of(demo).get(url()))

    assert "would have had other advice" not in page
    assert of(demo).get(url("replay_patients")).status_code == 404


def test_what_does_not_count_towards_a_signature_says_so(draft):
    demo = UserFactory(email="member@demo.invalid")
    SeatFactory(user=demo, scamp=draft.scamp)
    replayed_by(demo, draft)

    page = words_of(of(demo).get(url()))

    assert "It does not count towards a signature" in page


def test_a_change_of_the_draft_asks_for_a_new_replay(client, draft, reader):
    signed(episode(scamp=draft.scamp), **OPERATE)
    replayed_by(reader, draft)
    again = start_replay(version=draft, by=reader, at=NOON)
    cancel_replay(run=again, by=reader, at=NOON)
    assert "Four numbers" in words_of(client.get(url()))

    other = MILDER.model_copy(update={"title": "Another title"})
    seen = {"seen": draft.content_id, "by": reader, "at": NOON}
    save_draft(version=draft, plan=other, **seen)

    assert "Four numbers" not in words_of(client.get(url()))


def test_a_first_version_says_that_it_has_no_past(client, active):
    page = words_of(client.get(url(number=1)))

    assert "It is the first version" in page
    assert client.post(url("start_replay", 1), follow=True).status_code == 200
    assert not ReplayRun.objects.exists()


def test_the_page_asks_a_bounded_number_of_questions(
    client, draft, reader, django_assert_max_num_queries
):
    site = SiteFactory()
    MembershipFactory(user=reader, site=site)
    for _ in range(3):
        signed(episode(scamp=draft.scamp, site=site), **OPERATE)
    replayed_by(reader, draft)

    with django_assert_max_num_queries(25):
        client.get(url())
    with django_assert_max_num_queries(25):
        client.get(url("replay_patients"))


def test_the_review_shows_the_four_numbers_and_leads_to_the_rest(client, draft, reader):
    review = reverse("scamps:review", args=["fever", 2])
    assert "Not replayed yet" in words_of(client.get(review))
    for given in (HOME, SCAN, OPERATE, OPERATE):
        signed(episode(scamp=draft.scamp), **given)
    replayed_by(reader, draft)

    answer = client.get(review)

    said = "Of 4 encounters: 1 the same, 2 changed, 1 cannot be evaluated, 0 newly"
    assert said in words_of(answer).replace(" ,", ",")
    assert url() in answer.content.decode()
