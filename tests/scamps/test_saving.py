"""Two authors at once: what does not collide is merged, what does is chosen."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import User
from scamps.actions.drafts import (
    AnotherPlan,
    EditConflict,
    NotADraft,
    save_draft,
    start_draft,
    undo_edit,
)
from scamps.actions.saving import Settled, settle
from scamps.core.definition import Plan, dump_yaml
from scamps.models import Arrival, Edit, Version
from tests.factories import UserFactory, active_version, small_plan
from tests.scamps.test_views_governance import seated, url, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db, settings):
    sync_roles(roles=settings.ROLES)


@pytest.fixture
def draft() -> Version:
    version = active_version()
    return start_draft(plan=version.plan, by=UserFactory(), at=timezone.now())


def node(plan: Plan, key: str, **fields: object) -> Plan:
    """*plan* with other words at one node."""
    nodes = [
        one.model_copy(update=fields) if one.key == key else one for one in plan.nodes
    ]
    return plan.model_copy(update={"nodes": tuple(nodes)})


def save(draft: Version, plan: Plan, seen: str, by: User | None = None) -> Version:
    who = {"by": by or UserFactory(), "at": timezone.now()}
    return save_draft(version=draft, plan=plan, seen=seen, note="Mine", **who)


def now(draft: Version) -> Plan:
    return Version.objects.get(pk=draft.pk).plan


def test_what_does_not_collide_is_merged_and_told(draft):
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)
    mine = node(small_plan(), "home", title="Home")

    saved = save(draft, mine, seen)

    assert now(draft).title == "Theirs"
    assert now(draft).node["home"].title == "Home"
    arrival = saved.arrival
    assert (arrival.kind, arrival.base_id) == ("author", seen)
    assert arrival.content.plan == mine
    assert arrival.beside.plan.title == "Theirs"
    assert arrival.result_id == saved.content_id
    last = Edit.objects.last()
    assert (last.before, last.after) == (arrival.beside, arrival.result)


def test_what_collides_is_kept_and_changes_nothing(draft):
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)
    mine = node(small_plan(title="Mine"), "home", title="Home")

    with pytest.raises(EditConflict) as refused:
        save(draft, mine, seen, by=(author := UserFactory()))
    with pytest.raises(EditConflict) as again:
        save(draft, mine, seen, by=author)

    assert now(draft) == small_plan(title="Theirs")
    assert refused.value.arrival.content.plan == mine
    assert again.value.arrival == refused.value.arrival


def collision(draft: Version) -> Arrival:
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)
    with pytest.raises(EditConflict) as refused:
        save(draft, node(small_plan(title="Mine"), "home", title="Home"), seen)
    return refused.value.arrival


@pytest.mark.parametrize(("side", "title"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_what_is_chosen_stands_and_both_stay_on_file(draft, side, title):
    arrival = collision(draft)
    who = {"by": UserFactory(), "at": timezone.now()}

    settle(arrival=arrival, choices={":title": side}, **who)

    assert now(draft).title == title
    assert now(draft).node["home"].title == "Home"
    kept = Arrival.objects.get(pk=arrival.pk)
    assert kept.content.plan.title == "Mine"
    assert kept.beside.plan.title == "Theirs"
    with pytest.raises(Settled):
        settle(arrival=arrival, choices={":title": side}, **who)


def test_a_choice_beside_a_draft_that_changed_again_is_refused(draft):
    arrival = collision(draft)
    seen = Version.objects.get(pk=draft.pk).content_id
    save(draft, small_plan(title="Later"), seen)

    with pytest.raises(EditConflict):
        settle(
            arrival=arrival,
            choices={":title": "mine"},
            seen=seen,
            by=UserFactory(),
            at=timezone.now(),
        )

    assert now(draft).title == "Later"


def test_what_was_written_on_nothing_known_is_a_conflict_without_a_merge(draft):
    with pytest.raises(EditConflict) as refused:
        save(draft, small_plan(title="Mine"), "0" * 64)

    assert refused.value.arrival is None
    assert not Arrival.objects.exists()


def test_a_save_without_a_change_never_collides(draft):
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)

    saved = save(draft, small_plan(), seen)

    assert saved.plan.title == "Theirs"
    assert not Arrival.objects.exists()


def test_taking_back_is_never_merged(draft):
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)

    with pytest.raises(EditConflict):
        undo_edit(version=draft, seen=seen, by=UserFactory(), at=timezone.now())


def test_another_plan_is_refused_before_it_is_merged(draft):
    seen = draft.content_id
    save(draft, small_plan(title="Theirs"), seen)

    with pytest.raises(AnotherPlan):
        save(draft, small_plan(key="another"), seen)

    assert not Arrival.objects.exists()


def test_nothing_is_merged_into_a_version_in_force(draft):
    version = draft.scamp.active_version

    with pytest.raises(NotADraft):
        save(version, small_plan(title="Mine"), "0" * 64)


def test_what_arrived_is_kept_as_it_came(draft):
    arrival = collision(draft)
    settle(
        arrival=arrival,
        choices={":title": "mine"},
        by=UserFactory(),
        at=timezone.now(),
    )

    for statement in (
        "UPDATE scamps_arrival SET note = 'other'",
        "DELETE FROM scamps_arrival",
    ):
        with (
            pytest.raises(DatabaseError, match="kept as it came"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# The pages.
@pytest.fixture
def pair() -> tuple[Client, Client, str]:
    """Two authors of one draft, and the hash that both have seen."""
    scamp = active_version().scamp
    (_, one), (_, other) = (seated(scamp, "committee member") for _ in range(2))
    one.post(url("revise", 1))
    return one, other, Version.objects.get(number=2).content_id


def write(client: Client, plan: Plan, seen: str, **more: object):
    data = {"text": dump_yaml(plan), "seen": seen, "then": "save"}
    return client.post(url("edit"), data, **more)


def test_an_author_is_told_what_came_in(pair):
    one, other, seen = pair
    write(one, small_plan(title="First"), seen)

    answer = write(other, node(small_plan(), "home", title="Home"), seen, follow=True)

    assert answer.redirect_chain[-1][0] == url("edit")
    said = words_of(answer)
    assert "title: “Small plan” became “First”" in said
    page = words_of(other.get(Arrival.objects.get().get_absolute_url()))
    assert "What came together" in page
    assert "“Go home” became “Home”" in page


def test_both_sides_are_shown_and_one_is_chosen_without_a_script(pair):
    one, other, seen = pair
    write(one, small_plan(title="First"), seen)

    answer = write(other, small_plan(title="Second"), seen, follow=True)

    (address, _) = answer.redirect_chain[-1]
    page = answer.content.decode()
    for words in ("“Small plan”", "“First”", "“Second”", "Two sides of one draft"):
        assert words in page
    assert re.search(r'name="choose::title" value="mine"(?! checked)', page)
    draft = Version.objects.get(number=2)
    assert other.post(address, {"seen": draft.content_id}).status_code == 422

    data = {"seen": draft.content_id, "choose::title": "mine"}
    answer = other.post(address, data)

    assert answer["Location"] == url("edit")
    assert Version.objects.get(number=2).plan.title == "Second"
    assert other.post(address, data).status_code == 200


def test_what_waits_is_named_on_the_draft(pair):
    one, other, seen = pair
    write(one, small_plan(title="First"), seen)
    write(other, small_plan(title="Second"), seen)

    assert "Choose between both sides" in words_of(one.get(url("edit")))


def test_a_page_of_choices_that_is_late_is_shown_anew(pair):
    one, other, seen = pair
    write(one, small_plan(title="First"), seen)
    write(other, small_plan(title="Second"), seen)
    stale = Version.objects.get(number=2).content_id
    write(one, small_plan(title="Third"), stale)
    address = Arrival.objects.get().get_absolute_url()

    answer = other.post(address, {"seen": stale, "choose::title": "mine"})

    assert answer.status_code == 409
    assert "saved again while you chose" in words_of(answer)
    assert "“Third”" in answer.content.decode()


def test_no_address_leads_out_of_the_system(pair):
    one, other, seen = pair
    write(one, small_plan(title="First"), seen)
    write(other, small_plan(title="Second"), seen)
    address = Arrival.objects.get().get_absolute_url()

    page = other.get(f"{address}?next=https://elsewhere.example/")

    assert "elsewhere" not in page.content.decode()


def test_others_at_the_draft_are_named_until_they_are_gone(pair):
    one, other, _ = pair
    one.post(url("presence"), {"section": "nodes", "key": "home"})

    page = words_of(other.get(url("edit")))
    assert "Here now" in page
    assert "“Go home” (home)" in page
    assert "Here now" in words_of(one.post(url("presence")))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE scamps_presence SET at = at - interval '2 minutes'")
    assert "Here now" not in words_of(other.post(url("presence")))
