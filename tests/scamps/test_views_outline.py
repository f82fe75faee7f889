"""The outline editor: every part has a form, and what is done there is a saved edit."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scamps.actions.drafts import start_draft
from scamps.core.edit import all_sheets
from scamps.models import Version
from tests.factories import active_version, library_plan, library_version
from tests.scamps.test_views_governance import roles, seated, words_of

pytestmark = pytest.mark.django_db
__all__ = ["roles"]


@pytest.fixture
def draft(db, roles) -> Version:
    """A draft of SMALL_PLAN's next version."""
    author, _ = seated(active_version().scamp, "committee member")
    plan = active_version().plan
    return start_draft(plan=plan, by=author, at=timezone.now())


@pytest.fixture
def writer(draft) -> Client:
    return seated(draft.scamp, "committee member", "publisher")[1]


def url(name: str, version: Version, *more: str) -> str:
    return reverse(f"scamps:{name}", args=[version.scamp.key, version.number, *more])


def now(version: Version):
    return Version.objects.get(pk=version.pk).plan


def controls(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form of a part, unchanged."""
    form = re.search(r'<form id="part".*?</form>', page, re.S)
    assert form
    found: dict[str, list[str]] = {}
    for name, value in _pairs(form[0]):
        found.setdefault(name, []).append(value)
    return found


def _pairs(form: str):
    from html import unescape

    for tag in re.finditer(
        r"<input ([^>]*)>|<textarea ([^>]*)>\n?(.*?)</textarea>"
        r"|<select ([^>]*)>(.*?)</select>",
        form,
        re.S,
    ):
        words = tag[1] or tag[2] or tag[4]
        name = re.search(r'name="([^"]*)"', words)
        if not name:
            continue
        if tag[1]:
            kind = re.search(r'type="(\w+)"', words)
            if kind and kind[1] in ("checkbox", "radio") and "checked" not in words:
                continue
            value = re.search(r'value="([^"]*)"', words, re.S)
            yield unescape(name[1]), unescape(value[1]) if value else ""
        elif tag[2]:
            yield unescape(name[1]), unescape(tag[3])
        else:
            chosen = re.search(r'value="([^"]*)" selected', tag[5])
            yield unescape(name[1]), unescape(chosen[1]) if chosen else ""


def test_every_page_of_a_library_plan_saves_it_unchanged(roles):
    version = library_version()
    author, client = seated(version.scamp, "committee member")
    draft = start_draft(plan=library_plan(), by=author, at=timezone.now())
    seen = draft.content_id

    for sheet in all_sheets(draft.plan):
        address = url("part", draft, sheet.section.name, sheet.key)
        page = client.get(address)
        assert page.status_code == 200, address
        answer = client.post(address, controls(page.content.decode()))
        assert answer.status_code == 302, (address, words_of(answer)[:3000])
        assert Version.objects.get(pk=draft.pk).content_id == seen, address


def test_a_step_is_changed_and_the_change_is_taken_back(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())

    answer = writer.post(address, sent | {"title": "Hot?", "do": "save"})

    assert answer["Location"] == address
    assert now(draft).node["hot"].title == "Hot?"
    page = words_of(writer.get(address))
    assert "Changed the step “Hot?”" in page
    seen = Version.objects.get(pk=draft.pk).content_id
    back = {"seen": seen, "back": address}
    assert writer.post(url("outline_undo", draft), back)["Location"] == address
    assert now(draft).node["hot"].title == "Fever?"


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())

    answer = writer.post(address, sent | {"if_unknown": " ", "title": "Typed"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#f-if_unknown"' in page
    assert 'value="Typed"' in page
    assert now(draft).node["hot"].title == "Fever?"


def test_a_row_is_added_moved_and_taken_out_before_it_is_saved(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())
    sent = controls(
        writer.post(address, sent | {"do": "add:branches"}).content.decode()
    )
    sent |= {"branches.1.when": "not fever", "branches.1.to": "home"}
    sent = controls(
        writer.post(address, sent | {"do": "up:branches.1"}).content.decode()
    )

    writer.post(address, sent | {"do": "save"})

    assert [one.to for one in now(draft).node["hot"].branches] == ["home", "cool"]
    sent = controls(writer.get(address).content.decode())
    page = writer.post(address, sent | {"do": "remove:branches.0"}).content.decode()
    assert "Put back" in page
    writer.post(address, controls(page) | {"do": "save"})
    assert [one.to for one in now(draft).node["hot"].branches] == ["cool"]


def test_a_step_still_to_come_is_named_and_begun(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())

    writer.post(address, sent | {"otherwise+": "Look at the throat"})

    plan = now(draft)
    assert plan.node["hot"].otherwise == "look-at-the-throat"
    assert plan.node["look-at-the-throat"].kind == "finish"
    assert [node.key for node in plan.nodes][2] == "look-at-the-throat"


def test_a_new_element_gets_a_key_from_its_words(draft, writer):
    address = url("add", draft, "elements")
    sent = controls(writer.get(address).content.decode())

    answer = writer.post(address, sent | {"label": "Sore throat?", "type": "boolean"})

    assert answer["Location"] == url("part", draft, "elements", "sore_throat")
    assert now(draft).elements[-1].key == "sore_throat"


def test_a_used_key_is_renamed_with_all_its_uses(draft, writer):
    address = url("part_step", draft, "elements", "fever", "rename")
    page = writer.get(address)
    assert "hot" in words_of(page)
    assert "Version 1 has it under this key" in words_of(page)

    seen = draft.content_id
    answer = writer.post(address, {"to": "hot_child", "seen": seen})

    assert answer["Location"] == url("part", draft, "elements", "hot_child")
    plan = now(draft)
    assert plan.node["hot"].branches[0].when == "hot_child"
    assert plan.forms[0].sections[0].items[0].element == "hot_child"


def test_a_part_is_moved_doubled_and_deleted_in_a_word(draft, writer):
    for verb, keys in (
        ("down", ["hot", "look", "cool", "home"]),
        ("up", ["look", "hot", "cool", "home"]),
        ("duplicate", ["look", "look-2", "hot", "cool", "home"]),
    ):
        seen = Version.objects.get(pk=draft.pk).content_id
        answer = writer.post(
            url("part_step", draft, "nodes", "look", verb), {"seen": seen}
        )
        assert answer.status_code == 302
        assert [node.key for node in now(draft).nodes] == keys

    seen = Version.objects.get(pk=draft.pk).content_id
    writer.post(url("part_step", draft, "nodes", "look-2", "delete"), {"seen": seen})

    assert "look-2" not in now(draft).node
    assert "Deleted: the step “Look”" in words_of(writer.get(url("outline", draft)))


def test_a_step_becomes_one_of_another_kind_and_what_it_loses_is_told(draft, writer):
    address = url("part", draft, "nodes", "cool")
    page = writer.get(address + "?kind=assess").content.decode()
    assert "no place for what it says under: Advises" in page

    writer.post(address, controls(page) | {"form": "first", "next": "home"})

    node = now(draft).node["cool"]
    assert (node.kind, node.title, node.form) == ("assess", "Cool", "first")


def test_words_are_entered_in_another_language(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())
    page = writer.post(address, sent | {"also": "de", "do": "speak"}).content.decode()
    assert 'name="title@de"' in page

    writer.post(address, controls(page) | {"title@de": "Fieber?"})

    assert now(draft).node["hot"].title == {"en": "Fever?", "de": "Fieber?"}
    assert 'value="Fieber?"' in writer.get(address).content.decode()


def test_a_form_asks_no_more_of_the_database_where_the_plan_is_larger(
    draft, writer, django_assert_max_num_queries
):
    large = library_version()
    author, client = seated(large.scamp, "committee member")
    other = start_draft(plan=library_plan(), by=author, at=timezone.now())

    for reader, version, key in ((writer, draft, "hot"), (client, other, "risk")):
        with django_assert_max_num_queries(24):
            reader.get(url("part", version, "nodes", key))
        with django_assert_max_num_queries(24):
            reader.get(url("outline", version))


def test_a_used_part_is_deleted_only_when_it_is_said_what_would_break(draft, writer):
    address = url("part_step", draft, "nodes", "home", "delete")

    asked = writer.post(address, {"seen": draft.content_id})

    assert asked.status_code == 422
    assert "1 place of the plan needs it" in words_of(asked)
    assert "home" in now(draft).node
    writer.post(address, {"seen": draft.content_id, "sure": "1"})
    assert "home" not in now(draft).node
    outline = words_of(writer.get(url("outline", draft)))
    assert "There is no node 'home'" in outline.replace("&#x27;", "'")


def test_a_used_action_is_not_taken_out_unasked(roles):
    version = library_version()
    author, client = seated(version.scamp, "committee member")
    draft = start_draft(plan=library_plan(), by=author, at=timezone.now())
    address = url("part", draft, "nodes", "image")
    sent = controls(client.get(address).content.decode())
    row = {
        "actions.1.~was": "",
        "actions.1.words": "Wait",
        "actions.1.direction": "do",
        "actions.1.resource": "conservative",
    }
    out = sent | row | {"actions.0.~gone": "1", "do": "save"}

    asked = client.post(address, out)

    assert asked.status_code == 422
    assert "no-sonographer" in words_of(asked)
    assert client.post(address, out | {"sure": "1"}).status_code == 302
    assert [one.key for one in now(draft).node["image"].actions] == ["wait"]


def test_two_writers_of_one_field_choose_and_lose_nothing(draft, writer):
    address = url("part", draft, "nodes", "hot")
    sent = controls(writer.get(address).content.decode())
    writer.post(address, sent | {"title": "Mine"})

    late = writer.post(address, sent | {"title": "Theirs"})

    assert late["Location"].startswith(draft.arrivals.get().get_absolute_url())
    assert "Theirs" in words_of(writer.get(late["Location"]))
    assert now(draft).node["hot"].title == "Mine"


def test_two_writers_of_two_parts_are_merged(draft, writer):
    hot, home = (url("part", draft, "nodes", key) for key in ("hot", "home"))
    first, second = (controls(writer.get(at).content.decode()) for at in (hot, home))

    writer.post(hot, first | {"title": "Hot?"})
    writer.post(home, second | {"title": "Off home"})

    assert now(draft).node["hot"].title == "Hot?"
    assert now(draft).node["home"].title == "Off home"


def test_a_plan_begins_with_a_title_and_a_key(draft, writer):
    answer = writer.post(
        reverse("scamps:begin_empty"), {"title": "Sore throat", "language": "en"}
    )

    version = Version.objects.get(scamp__key="sore-throat")
    assert answer["Location"] == url("outline", version)
    assert version.plan.title == "Sore throat"
    assert writer.get(answer["Location"]).status_code == 200
