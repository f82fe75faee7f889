"""The field of one criterion, read while it is typed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.actions import sync_roles
from scamps.models import Content, Edit, Version
from tests.factories import (
    LONG_AGO,
    SeatFactory,
    UserFactory,
    VersionFactory,
    library_version,
)

pytestmark = pytest.mark.django_db
KEY = "suspected-appendicitis"
URL = reverse("scamps:criterion", args=[KEY, 2])


@pytest.fixture
def draft(settings) -> Version:
    sync_roles(roles=settings.ROLES)
    scamp = library_version(KEY).scamp
    return VersionFactory(
        scamp=scamp, number=2, content=scamp.versions.get(number=1).content
    )


@pytest.fixture
def author(draft) -> Client:
    group = Group.objects.get(name="committee member")
    user = UserFactory()
    SeatFactory(user=user, role=group, scamp=draft.scamp, starts_on=LONG_AGO)
    client = Client()
    client.force_login(user)
    client.get("/plans/")  # a first request marks the session
    return client


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def ask(client: Client, text: str, **more: str):
    return client.post(URL, {"name": "branches-0-when", "text": text} | more)


def test_a_text_is_said_in_english_at_once(author):
    page = words_of(ask(author, "appendix_diameter >= 6 'mm'").content.decode())

    assert "≥ 6 mm" in page


def test_a_mistake_is_said_and_marked(author):
    page = ask(author, "pas <=\r\n  nothere").content.decode()

    assert "Line 2, column 3" in words_of(page)
    assert "<mark>nothere</mark>" in page


def test_a_text_from_outside_stays_a_text(author):
    page = ask(author, "'<script>' = '</pre>'").content.decode()

    assert "<script>" not in page


def test_reading_stores_nothing_and_asks_little(author, django_assert_max_num_queries):
    before = (Content.objects.count(), Edit.objects.count())

    with django_assert_max_num_queries(6):
        ask(author, "pas <= 3")

    assert (Content.objects.count(), Edit.objects.count()) == before


def test_the_field_stands_twice_on_a_page_with_ids_of_its_own(draft):
    def field(name: str, value: str) -> str:
        needs = {"name": name, "value": value, "version": draft, "label": "When"}
        return render_to_string("scamps/_criterion.html", needs)

    page = field("branches.0.when", "\npas <= 3\n") + field("branches.1.when", "x <")

    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert '<textarea class="form-control mono"' in page
    assert ">\n\npas &lt;= 3\n</textarea>" in page  # HTML swallows the first line end
    assert page.count('aria-invalid="true"') == 1
    for reference in re.findall(r'(?:for|aria-describedby)="([^"]+)"', page):
        assert set(reference.split()) <= set(ids)


def rows(client: Client, url: str = URL, **fields: str | list[str]):
    named = {name.replace("__", ".").replace("_", "-"): v for name, v in fields.items()}
    about = {"name": "branches-0-when"} if url == URL else {}
    return client.post(url, about | named)


ONE = {"r__kind": "all", "r__count": "1", "r_0__key": "pas", "r_0__test": ">="}


def text_in(response) -> str:
    page = response.content.decode()
    return unescape(
        re.search(r'<textarea name="text">\n(.*?)</textarea>', page, re.S)[1]
    )


def test_rows_become_the_text_and_are_said(author):
    page = rows(author, **ONE, r_0__value="7")

    assert text_in(page) == "pas >= 7"
    assert "≥ 7" in words_of(page.content.decode())


def test_a_row_without_its_value_leaves_the_text_as_it_was(author):
    page = rows(author, **ONE, r_0__value="", text="pas >= 3")

    assert text_in(page) == "pas >= 3"
    said = words_of(page.content.decode())
    assert "Enter a number." in said
    assert "The criterion above is as it was: a row is not complete." in said


def test_a_row_is_added_where_it_was_asked_for(author):
    page = rows(author, **ONE, r_0__value="7", do="add-group r").content.decode()

    assert 'data-touched="r-1-0"' in page
    assert 'name="r-1.kind"' in page
    assert 'name="r-1-0.key"' in page


def test_a_changed_element_brings_its_own_comparisons_choices_and_unit(author):
    page = rows(author, **ONE | {"r_0__key": "temperature"}, r_0__value="38")
    assert text_in(page) == "temperature >= 38 'Cel'"
    assert "°F" in words_of(page.content.decode())

    page = rows(author, **ONE | {"r_0__key": "peritonitis"}, r_0__value="7")

    assert "Choose one." in words_of(page.content.decode())


def test_rows_ask_the_database_as_little_as_the_text(
    author, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        rows(author, **ONE, r_0__value="7")


def test_what_can_stand_at_the_cursor_is_offered(author):
    page = ask(author, "peritonitis = 'g", cursor="16").content.decode()

    assert 'role="listbox"' in page
    assert 'data-insert="&#x27;generalized&#x27;"' in page


@pytest.mark.parametrize("cursor", ["-1", "x", "99999999999", "٣"])
def test_a_cursor_that_is_none_is_no_error(author, cursor):
    assert ask(author, "pas", cursor=cursor).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"r__kind": "nonsense", "r__count": "x"},
        {"r__kind": "all", "r__count": "99999999"},
        {"r__kind": "all", "r__count": "1", "do": "remove r-7"},
        {"r__kind": "all", "r__count": "1", "do": "up r-0-0-0-0"},
        {"r__kind": "all", "r__count": "1", "do": "burn r"},
        {"r__kind": "all", "r__count": "1", "do": "add-row r-0-²"},
    ],
)
def test_forged_rows_are_read_as_far_as_they_go(author, fields):
    assert rows(author, **fields).status_code == 200


def test_the_page_of_rows_goes_back_only_to_pages_of_ours(author):
    url = reverse("scamps:rows", args=[KEY, 2]) + "?name=when&label=When"
    sent = {"when": "pas >= 3", "title": "Kept", "do": "save"}
    page = author.post(url, sent | {"back": "/plans/begin/"}).content.decode()
    assert 'formaction="/plans/begin/"' in page
    assert '<input type="hidden" name="title" value="Kept">' in page

    for foreign in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        page = author.post(url, sent | {"back": foreign}).content.decode()
        assert "formaction" not in page
