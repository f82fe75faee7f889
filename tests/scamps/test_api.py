"""Plans for programs: what is served is what was stored."""

import hashlib
import json

import pytest
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from scamps.core.definition import load_json
from tests.factories import (
    MembershipFactory,
    active_version,
    library_version,
    small_plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(MembershipFactory().user)
    client.get("/accounts/logout/")  # a first request marks the session
    return client


def test_the_plans_are_listed_with_their_versions_newest_first(reader):
    active_version()
    active_version(small_plan(title="Changed"))

    (scamp,) = reader.get(reverse("api:scamps")).json()["results"]

    assert scamp["key"] == "small-plan"
    assert [(v["number"], v["state"]) for v in scamp["versions"]] == [
        (2, "active"),
        (1, "superseded"),
    ]


def test_the_list_asks_the_database_the_same_for_one_plan_and_for_many(
    reader, django_assert_max_num_queries
):
    for number in range(5):
        active_version(small_plan(key=f"plan-{number}"))

    with django_assert_max_num_queries(8):
        reader.get(reverse("api:scamps"))


def test_a_version_carries_its_document_and_its_history(reader):
    version = active_version()

    shown = reader.get(reverse("api:version", args=["small-plan", 1])).json()

    assert shown["digest"] == version.content_id
    assert shown["plan"] == json.loads(version.content.text)
    assert [t["to"] for t in shown["transitions"]] == ["active"]


def test_the_document_is_served_byte_for_byte_as_it_is_hashed(reader):
    version = library_version()

    response = reader.get(reverse("api:plan", args=[version.scamp.key, 1]))

    assert hashlib.sha256(response.content).hexdigest() == version.content_id
    assert response["ETag"] == f'"{version.content_id}"'
    assert load_json(response.content.decode()) == version.plan


def test_what_a_version_changes_is_told_in_the_plans_words(reader):
    active_version()
    active_version(small_plan(title="Changed"))

    (change,) = reader.get(reverse("api:changes", args=["small-plan", 2, 1])).json()

    assert change["effect"] == "wording"
    assert change["words"] == "The plan, title: “Small plan” became “Changed”"


def test_the_description_of_the_api_is_valid():
    schema = SchemaGenerator().get_schema(public=True)

    validate_schema(schema)
    assert "/api/v1/scamps/{key}/versions/{number}/" in schema["paths"]
