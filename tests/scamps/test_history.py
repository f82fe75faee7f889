"""Who changed what when: every saved edit with what it did, and the way back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from scamps.actions.drafts import save_draft, start_draft
from scamps.actions.restoring import AnotherVersion, restore
from scamps.actions.saving import EditConflict
from scamps.core.definition import Plan, review
from scamps.models import Version
from scamps.views import history as page
from tests.factories import SMALL_PLAN, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return UserFactory(name="Author, Site A")


@pytest.fixture
def draft(author: User) -> Version:
    return start_draft(plan=plan(), by=author, at=timezone.now())


@pytest.fixture
def member(draft: Version) -> Client:
    client = Client()
    client.force_login(SeatFactory(scamp=draft.scamp).user)
    return client


def plan(*changes: tuple[str, str]) -> Plan:
    """SMALL_PLAN with words of it replaced; whatever is then wrong with it."""
    text = SMALL_PLAN
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    made, _ = review(text)
    assert made is not None
    return made


def save(
    draft: Version, by: User, *changes: tuple[str, str], note: str = ""
) -> Version:
    return save_draft(
        version=draft,
        plan=plan(*changes),
        seen=Version.objects.get(pk=draft.pk).content_id,
        note=note,
        by=by,
        at=timezone.now(),
    )


def address(draft: Version, *more: object) -> str:
    name = "scamps:restore" if more else "scamps:history"
    return reverse(name, args=[draft.scamp.key, draft.number, *more])


COOL = ("Cool the child.", "Cool the child slowly.")
FEVER = ("label: Fever", "label: Fever today")


def test_each_edit_says_who_did_what_in_the_plans_words(draft, member, author):
    save(draft, author, COOL, note="Gentler")

    shown = member.get(address(draft)).content.decode()

    assert "Gentler" in shown
    assert "Author, Site A" in shown
    assert "Cool the child slowly." in shown
    assert "Begun" in shown


def test_only_what_touched_a_part_is_shown(draft, member, author):
    save(draft, author, COOL)
    save(draft, author, COOL, FEVER)

    def places(part: str) -> list[list[str]]:
        rows = member.get(address(draft) + f"?part={part}").context["rows"]
        return [[one.where for _, some in row.effects for one in some] for row in rows]

    assert [bool(found) for found in places("nodes/cool")] == [True]
    assert all("nodes/cool" in one for found in places("nodes/cool") for one in found)
    assert [len(found) for found in places("elements/fever")] == [1]
    assert places("nodes/home") == []


def test_a_broken_state_is_told_as_any_other(draft, member, author):
    save(draft, author, ("when: fever,", "when: nothing and so,"))

    rows = member.get(address(draft)).context["rows"]

    assert [bool(row.effects) for row in rows] == [True, False]


def test_it_goes_on_page_by_page(draft, member, author, monkeypatch):
    monkeypatch.setattr(page, "SHOWN", 2)
    for number in range(4):
        save(draft, author, ("Go home", f"Go home {number}"), note=f"Change {number}")

    first = member.get(address(draft))
    second = member.get(address(draft) + f"?before={first.context['next']}")
    third = member.get(address(draft) + f"?before={second.context['next']}")

    told = [[row.edit.note for row in one.context["rows"]] for one in (first, second)]
    assert told == [["Change 3", "Change 2"], ["Change 1", "Change 0"]]
    assert [row.edit.note for row in third.context["rows"]] == ["Begun"]
    assert third.context["next"] is None


def test_restoring_is_a_new_edit_and_loses_nothing(draft, member, author):
    begun = draft.edits.get()
    changed = save(draft, author, COOL)

    asked = member.get(address(draft, begun.pk)).content.decode()
    done = member.post(address(draft, begun.pk), {"seen": changed.content_id})

    after = Version.objects.get(pk=draft.pk)
    notes = [one.note for one in after.edits.order_by("pk")]
    assert "Cool the child slowly." in asked
    assert done.status_code == 302
    assert after.content_id == begun.after_id
    assert len(notes) == 3
    assert notes[-1].startswith("Restored as of ")


def test_restoring_what_was_changed_meanwhile_shows_it_first(draft, member, author):
    begun, seen = draft.edits.get(), draft.content_id
    save(draft, author, COOL)

    late = member.post(address(draft, begun.pk), {"seen": seen})

    assert late.status_code == 409
    assert b"saved the draft meanwhile" in late.content
    assert Version.objects.get(pk=draft.pk).edits.count() == 2


def test_restore_refuses_stale_content_and_another_versions_edit(draft, author):
    now = {"by": author, "at": timezone.now()}
    edit = draft.edits.get()
    other = start_draft(plan=plan(("small-plan", "other-plan")), **now)
    save(draft, author, COOL)

    with pytest.raises(EditConflict):
        restore(version=draft, edit=edit, seen="0" * 64, **now)
    with pytest.raises(AnotherVersion):
        restore(version=other, edit=edit, seen=other.content_id, **now)


def test_an_edit_of_another_version_is_not_found(draft, member, author):
    other = start_draft(
        plan=plan(("small-plan", "other-plan")), by=author, at=timezone.now()
    )

    assert member.get(address(draft, other.edits.get().pk)).status_code == 404


def test_the_page_asks_the_same_however_many_edits_there_are(draft, member, author):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            member.get(address(draft))
        return len(asked)

    queries()  # what is asked once and remembered
    few = queries()
    for number in range(5):
        save(draft, author, ("Go home", f"Go home {number}"))

    assert queries() == few <= 16
