"""The workshop's pages: write, check, prove, review, sign off, publish, take back."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import User
from scamps.actions.drafts import start_draft
from scamps.core.definition import dump_yaml
from scamps.models import Edit, Scamp, State, Version
from tests.factories import (
    LONG_AGO,
    MembershipFactory,
    SeatFactory,
    UserFactory,
    active_version,
    replayed,
    small_plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db, settings):
    sync_roles(roles=settings.ROLES)


def seated(scamp: Scamp, *roles: str, **fields: str) -> tuple[User, Client]:
    user = UserFactory(**fields)
    for role in roles:
        group = Group.objects.get(name=role)
        SeatFactory(user=user, role=group, scamp=scamp, starts_on=LONG_AGO)
    client = Client()
    client.force_login(user)
    return user, client


def url(name: str, number: int = 2, *more: str) -> str:
    return reverse(f"scamps:{name}", args=["small-plan", number, *more])


def words_of(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def scamp() -> Scamp:
    return active_version().scamp


@pytest.fixture
def writer(scamp) -> Client:
    return seated(scamp, "committee member", "publisher")[1]


def written(**changes: str) -> str:
    return dump_yaml(small_plan(**changes))


def save(client: Client, text: str, **more: str):
    seen = Version.objects.get(number=2).content_id
    data = {"text": text, "seen": seen, "then": "save"} | more
    return client.post(url("edit"), data)


def test_a_version_goes_from_draft_to_publication(scamp, writer):
    writer.post(url("revise", 1))
    assert save(writer, written(title="Second")).status_code == 302
    page = words_of(writer.get(url("step", 2, "submit")))
    assert "Put this version to review?" in page
    assert writer.post(url("step", 2, "submit"), {"reason": ""}).status_code == 302
    assert "no replay of this content is on file" in words_of(writer.get(url("review")))
    replayed(Version.objects.get(number=2))
    assert "2 more must approve" in words_of(writer.get(url("review")))

    digest = Version.objects.get(number=2).content_id
    word = {"verdict": "approve", "interests": "None", "digest": digest}
    for _ in range(2):
        _, member = seated(scamp, "committee member")
        assert member.post(url("review"), word).status_code == 302
    page = writer.get(url("step", 2, "publish"))
    assert "title: “Small plan” became “Second”" in page.content.decode()
    assert (
        writer.post(url("step", 2, "publish"), {"reason": "Better"}).status_code == 302
    )

    assert scamp.active_version.number == 2
    shown = words_of(writer.get(url("version", 2)))
    assert "Active" in shown


def test_what_a_plan_leaves_open_is_shown_and_frozen_with_its_review(scamp, writer):
    writer.post(url("revise", 1))

    page = words_of(writer.get(url("edit")))
    writer.post(url("step", 2, "submit"), {"reason": ""})

    assert "What it leaves open" in page
    assert "on no source" in page
    content = Version.objects.get(scamp=scamp, number=2).content
    frozen = content.evidence.get(kind="checks").result["open"]
    assert "source" in {one["kind"] for one in frozen}


def test_what_is_wrong_is_said_with_its_line_and_the_text_is_kept(scamp, writer):
    writer.post(url("revise", 1))
    broken = written().replace("schema: 1", "schema: 1\nnonsense: true")

    answer = save(writer, broken)

    assert answer.status_code == 422
    assert "Not a field of a plan" in words_of(answer)
    assert "line 2" in words_of(answer)
    assert "nonsense: true" in answer.content.decode()
    assert Edit.objects.count() == 1


def test_checking_saves_nothing_and_says_what_would_change(scamp, writer):
    writer.post(url("revise", 1))

    answer = save(writer, written(title="Second"), then="check")

    assert "title: “Small plan” became “Second”" in answer.content.decode()
    assert Version.objects.get(number=2).plan.title == "Small plan"


def test_two_writers_at_once_lose_nothing(scamp, writer):
    writer.post(url("revise", 1))
    seen = Version.objects.get(number=2).content_id
    _, other = seated(scamp, "committee member")
    save(writer, written(title="Mine"))

    late = {"text": written(title="Theirs"), "seen": seen, "then": "save"}
    answer = other.post(url("edit"), late, follow=True)

    assert "“Mine”" in answer.content.decode()
    assert "“Theirs”" in answer.content.decode()
    assert Version.objects.get(number=2).plan.title == "Mine"


def test_a_saved_change_is_taken_back(scamp, writer):
    writer.post(url("revise", 1))
    save(writer, written(title="Second"))

    save(writer, "", then="undo")

    assert Version.objects.get(number=2).plan.title == "Small plan"


def test_a_new_plan_begins_as_a_draft_and_its_author_sits_on_it(scamp, writer):
    text = written(key="another", title="Another")

    answer = writer.post(reverse("scamps:begin"), {"text": text})

    assert answer["Location"] == reverse("scamps:outline", args=["another", 1])
    assert writer.get(answer["Location"]).status_code == 200
    assert Version.objects.get(scamp__key="another").current_state == State.DRAFT


def test_the_key_of_another_plan_is_refused_in_words(scamp, writer):
    writer.post(url("revise", 1))

    answer = save(writer, written(key="another"))

    assert answer.status_code == 422
    assert "The key must stay" in words_of(answer)


def test_taking_back_asks_why(scamp, writer):
    assert writer.post(url("step", 1, "withdraw"), {}).status_code == 422
    assert scamp.active_version

    writer.post(url("step", 1, "withdraw"), {"reason": "A source was retracted."})

    assert scamp.active_version is None


def test_a_demo_user_publishes_and_takes_back_demonstrations_only(scamp, writer):
    demo_user, demo = seated(scamp, "publisher", email="publisher@demo.invalid")
    for_care = small_plan(demonstration=False)
    start_draft(plan=for_care, by=demo_user, at=timezone.now())

    assert demo.get(url("step", 1, "recall")).status_code == 200
    assert demo.get(url("step", 2, "withdraw")).status_code == 403
    assert writer.get(url("step", 2, "withdraw")).status_code == 200
    assert demo.get(reverse("scamps:begin")).status_code == 403


def test_a_member_signs_the_content_that_was_shown(scamp, writer):
    writer.post(url("revise", 1))
    stale = Version.objects.get(number=2).content_id
    save(writer, written(title="Second"))
    writer.post(url("step", 2, "submit"), {"reason": ""})

    word = {"verdict": "approve", "interests": "None", "digest": stale}
    answer = writer.post(url("review"), word)

    assert answer.status_code == 409
    assert "The content changed" in words_of(answer)


def test_a_safety_officer_recalls_and_takes_no_other_step(scamp):
    member = MembershipFactory(role__name="safety officer")
    client = Client()
    client.force_login(member.user)

    assert "Recall for safety…" in words_of(client.get(url("version", 1)))
    assert client.get(url("step", 1, "withdraw")).status_code == 403
    empty = client.post(url("step", 1, "recall"), {"reason": " "})
    done = client.post(url("step", 1, "recall"), {"reason": "Children were harmed"})

    assert empty.status_code == 422
    assert done.url == url("version", 1)
    assert scamp.versions.get(number=1).current_state == State.RECALLED
    assert "Recall for safety…" not in words_of(client.get(url("version", 1)))


def test_a_clinician_is_offered_no_recall(scamp):
    client = Client()
    client.force_login(MembershipFactory().user)

    assert "Recall for safety" not in words_of(client.get(url("version", 1)))
    assert client.post(url("step", 1, "recall"), {"reason": "x"}).status_code == 403
