"""The pages of cases: written with answers, confirmed by a person, in and out as a file."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from scamps.actions.cases import cases_for, run_cases
from scamps.actions.drafts import save_draft, start_draft
from scamps.actions.proofs import attach_proof
from scamps.actions.reviews import submit
from scamps.core.definition import Plan, canonical, dump_yaml, load_yaml
from scamps.models import CaseRevision, Version
from tests.factories import (
    LONG_AGO,
    SeatFactory,
    UserFactory,
    active_version,
    small_plan,
)
from tests.scamps.core.broken_plans import decide, plan_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db, settings) -> Version:
    sync_roles(roles=settings.ROLES)
    active_version()
    plan = small_plan(title="Second")
    return start_draft(plan=plan, by=UserFactory(), at=timezone.now())


@pytest.fixture
def writer(draft) -> Client:
    group = Group.objects.get(name="committee member")
    seat = SeatFactory(role=group, scamp=draft.scamp, starts_on=LONG_AGO)
    client = Client()
    client.force_login(seat.user)
    return client


def url(name: str, *more: object) -> str:
    return reverse(f"scamps:{name}", args=["small-plan", 2, *more])


def words_of(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def hidden(response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def reversed_draft(draft: Version) -> Version:
    document = json.loads(canonical(draft.plan))
    hot = next(node for node in document["nodes"] if node["key"] == "hot")
    hot["branches"][0]["to"], hot["otherwise"] = "home", "cool"
    plan = Plan.model_validate(document)
    given = {"version": draft, "plan": plan, "seen": draft.content_id}
    return save_draft(**given, by=UserFactory(), at=timezone.now())


def test_a_case_is_kept_with_the_walk_that_was_seen(draft, writer):
    told = {"visit": "first", "name": "A hot child", "a.fever": "true"}

    seen = writer.post(url("case_new"), told | {"then": "walk"})
    assert "Look → Fever? → Cool" in words_of(seen)
    assert CaseRevision.objects.count() == 3
    more = {"then": "keep", "shown": hidden(seen, "shown")}
    assert writer.post(url("case_new"), told | more).status_code == 302

    kept = CaseRevision.objects.get(name="A hot child")
    assert (kept.answers, kept.walk["path"]) == (
        {"fever": True},
        ["look", "hot", "cool"],
    )
    assert run_cases(draft).passed == 4


def test_a_walk_that_was_not_seen_is_not_confirmed(draft, writer):
    told = {"visit": "first", "name": "A hot child", "a.fever": "true"}
    seen = writer.post(url("case_new"), told | {"then": "walk"})
    shown = hidden(seen, "shown")

    other = told | {"a.fever": "false", "then": "keep", "shown": shown}
    answered = writer.post(url("case_new"), other)

    assert answered.status_code == 409
    assert not CaseRevision.objects.filter(name="A hot child").exists()


def test_what_cannot_be_read_is_said_at_its_field(draft, writer):
    told = {"visit": "first", "name": "", "a.fever": "perhaps", "then": "walk"}

    answered = writer.post(url("case_new"), told)

    assert answered.status_code == 422
    assert 'href="#a-fever">Choose yes or no.' in answered.content.decode()
    assert "Say in a few words who this patient is." in words_of(answered)


def test_a_case_that_fails_shows_both_walks_and_asks(draft, writer):
    reversed_draft(draft)
    hot = cases_for(draft)[0]

    page = writer.get(url("case", hot.key))

    said = words_of(page)
    assert "Is the plan wrong, or the case?" in said
    assert "go together as far as Fever?" in said
    assert "<del>Look → Fever? → Cool</del>" in page.content.decode()
    assert "<ins>Look → Fever? → Go home</ins>" in page.content.decode()
    assert "The plan is wrong: edit it" in said

    told = {"seen": hidden(page, "seen"), "shown": hidden(page, "shown")}
    writer.post(url("case_confirm", hot.key), told | {"reason": "Fevers go home."})

    last = CaseRevision.objects.filter(case=hot.key).last()
    assert (last.walk["path"], last.reason) == (
        ["look", "hot", "home"],
        "Fevers go home.",
    )
    stale = writer.post(url("case_confirm", hot.key), told, follow=True)
    assert "Somebody changed this case meanwhile" in words_of(stale)


def test_a_save_says_how_many_cases_fail(draft, writer):
    text = dump_yaml(small_plan()).replace("to: cool", "to: home")
    text = text.replace("otherwise: home", "otherwise: cool")

    told = {"text": text, "seen": draft.content_id, "then": "save"}
    page = writer.post(url("edit"), told, follow=True)

    assert "2 of 3 cases do not walk as they say." in words_of(page)
    assert "1 of 3 walk as they say. Is the plan wrong, or the case?" in words_of(page)


def test_the_list_says_what_no_case_comes_to(draft, writer):
    waiting = cases_for(draft)[2]
    page = writer.get(url("case_remove", waiting.key))
    told = {"seen": hidden(page, "seen"), "reason": "Not needed"}
    assert writer.post(url("case_remove", waiting.key), {}).status_code == 422
    writer.post(url("case_remove", waiting.key), told)

    said = words_of(writer.get(url("cases")))

    assert "2 of 2 walk as they say" in said
    assert "Fever? , where it cannot be told" in said
    assert "not measured Not needed" in said
    back = writer.get(url("case", waiting.key))
    writer.post(url("case_restore", waiting.key), {"seen": hidden(back, "seen")})
    assert run_cases(draft).passed == 3


def test_a_case_is_edited_and_confirmed_again(draft, writer):
    hot = cases_for(draft)[0]
    page = writer.get(url("case_edit", hot.key))
    assert re.search(r'name="a.fever" value="true" checked', page.content.decode())

    told = {"name": "Hot", "a.fever": "true", "seen": hidden(page, "seen")}
    seen = writer.post(url("case_edit", hot.key), told | {"then": "walk"})
    more = {"then": "keep", "shown": hidden(seen, "shown")}
    answered = writer.post(url("case_edit", hot.key), told | more)

    assert answered.status_code == 302
    assert CaseRevision.objects.filter(case=hot.key).last().name == "Hot"
    again = writer.post(url("case_edit", hot.key), told | more)
    assert again.status_code == 409


def test_the_cases_are_downloaded_and_uploaded_without_loss(draft, writer):
    text = writer.get(url("cases_yaml")).content.decode()

    asked = writer.post(url("cases_file"), {"text": text})
    assert "As they are: 3 hot, well, not measured" in words_of(asked)
    changed = text.replace("name: hot", "name: very hot")
    asked = writer.post(url("cases_file"), {"text": changed})
    assert "New: 1 very hot" in words_of(asked)
    assert "Removed: 1 hot" in words_of(asked)
    assert len(cases_for(draft)) == 3
    file = SimpleUploadedFile("cases.yaml", changed.encode())
    writer.post(url("cases_file"), {"file": file, "then": "replace"})

    assert writer.get(url("cases_yaml")).content.decode() == changed


def test_a_file_that_cannot_be_read_is_said_with_its_line(draft, writer):
    text = "cases:\n  - name: one\n    visit: first\n    answers: {fewer: true}\n"

    answered = writer.post(url("cases_file"), {"text": text})

    assert answered.status_code == 422
    assert "4" in words_of(answered)
    assert "the plan has no &#x27;fewer&#x27;" in words_of(answered)


def test_a_counter_example_becomes_a_case_in_one_click(draft, writer):
    gap = plan_text(decide("n < 5 -> end", "n > 5 -> end"))
    plan = load_yaml(gap.replace("key: small", "key: small-plan", 1))
    told = {"version": draft, "plan": plan, "seen": draft.content_id}
    wrong = save_draft(**told, by=UserFactory(), at=timezone.now())
    attach_proof(version=wrong, by=None, at=timezone.now())
    page = writer.get(url("review"))
    assert "Make it a case" in words_of(page)

    told = {"finding": hidden(page, "finding"), "who": "patient"}
    answered = writer.post(url("case_proof"), told, follow=True)

    kept = CaseRevision.objects.last()
    assert (kept.source, kept.answers, kept.walk) == ("proof", {"n": 5}, None)
    assert "Is this walk right?" in words_of(answered)
    again = writer.post(url("case_proof"), told, follow=True)
    assert "among the cases already" in words_of(again)
    assert writer.post(url("case_proof"), {"finding": "none"}).status_code == 404


def test_the_cases_of_a_version_in_review_are_read_only(draft, writer):
    submit(version=draft, by=UserFactory(), at=timezone.now())
    hot = cases_for(draft)[0]

    assert "New case" not in words_of(writer.get(url("cases")))
    page = writer.get(url("case", hot.key))
    assert "Remove" not in words_of(page)
    told = {"visit": "first", "name": "Late", "then": "later"}
    assert writer.post(url("case_new"), told).status_code == 409


def test_the_list_of_cases_costs_a_fixed_number_of_queries(
    draft, writer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(18):
        writer.get(url("cases"))


def test_the_cases_follow_a_key_that_was_renamed_and_its_undoing(draft, writer):
    told = {"to": "heat", "seen": draft.content_id}
    place = ["small-plan", 2, "elements", "fever", "rename"]
    assert writer.post(reverse("scamps:part_step", args=place), told).status_code == 302

    renamed = Version.objects.get(pk=draft.pk)
    assert cases_for(renamed)[0].data["answers"] == {"heat": True}
    assert run_cases(renamed).holds
    last = CaseRevision.objects.filter(name="hot").last()
    assert last.reason == "“fever” is called “heat” now"

    undone = reverse("scamps:outline_undo", args=["small-plan", 2])
    writer.post(undone, {"seen": renamed.content_id})

    back = Version.objects.get(pk=draft.pk)
    assert back.content_id == draft.content_id
    assert run_cases(back).holds
