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
