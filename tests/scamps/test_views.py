"""The pages of plans: a clinician can read all that the document says."""

import re

import pytest
from django.urls import reverse

from scamps.models import State, Transition
from tests.factories import (
    MembershipFactory,
    UserFactory,
    VersionFactory,
    active_version,
    library_version,
    small_plan,
)

pytestmark = pytest.mark.django_db
PLANS = reverse("scamps:scamps")


@pytest.fixture
def reader(client):
    client.force_login(MembershipFactory().user)
    client.get("/accounts/logout/")  # a first request marks the session
    return client


def words_of(response) -> str:
    """The page as one line of words, without tags."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text).replace("&gt;", ">").replace("&lt;", "<")


def test_the_list_shows_each_plan_once_by_its_active_version(reader):
    active_version()
    active_version(small_plan(title="Changed"))

    page = words_of(reader.get(PLANS))

    assert page.count("Changed") == 1
    assert "Version 2 Active Demonstration" in page


def test_a_plan_without_an_active_version_is_shown_by_its_newest(reader):
    version = active_version()
    Transition.objects.create(version=version, to=State.WITHDRAWN, reason="Wrong.")

    assert "Version 1 Withdrawn" in words_of(reader.get(PLANS))


def test_a_stranger_is_told_how_plans_come_to_be_seen(client):
    active_version()
    client.force_login(UserFactory())

    page = words_of(client.get(PLANS))

    assert "No plan is open to you yet" in page
    assert "Small plan" not in page


def test_the_list_asks_the_database_the_same_for_one_plan_and_for_many(
    reader, django_assert_max_num_queries
):
    for number in range(5):
        active_version(small_plan(key=f"plan-{number}"))

    with django_assert_max_num_queries(8):
        reader.get(PLANS)


def test_a_version_page_says_everything_of_the_plan(reader):
    version = library_version("suspected-appendicitis")
    plan = version.plan

    page = words_of(reader.get(version.get_absolute_url()))

    said = [
        *[element.label for element in plan.elements],
        *[node.title for node in plan.nodes],
        *[
            action.words
            for node in plan.nodes
            for action in getattr(node, "actions", ())
        ],
        *[node.if_unknown for node in plan.nodes if node.kind == "decide"],
        *[outcome.known_how for outcome in plan.outcomes],
        *[statement.words for statement in plan.statements],
        *[source.citation for source in plan.provenance.sources],
        *[reason.words for reason in plan.reasons],
        version.content_id,
    ]
    absent = [one for one in map(str, said) if _plain(one) not in page]
    assert absent == []


def _plain(text: str) -> str:
    escaped = text.strip().replace('"', "&quot;").replace("'", "&#x27;")
    return re.sub(r"\s+", " ", escaped)


def test_ranges_and_units_are_as_people_write_them(reader):
    page = words_of(reader.get(library_version().get_absolute_url()))

    assert "34 to 42 °C" in page
    assert "1 to 50 10³/µL" in page


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (State.RECALLED, "Recalled for safety."),
        (State.WITHDRAWN, "No new encounter follows this version."),
        (State.SUPERSEDED, "can still be finished on it"),
    ],
)
def test_a_version_that_no_longer_holds_says_so(reader, to, words):
    version = active_version()
    Transition.objects.create(version=version, to=to, reason="A reason.")

    assert words in words_of(reader.get(version.get_absolute_url()))


def test_a_draft_says_that_it_can_still_change(reader):
    version = VersionFactory()

    assert "it can still change" in words_of(reader.get(version.get_absolute_url()))


def test_every_step_can_be_reached_from_the_tree_and_the_ways(reader):
    version = library_version()

    page = reader.get(version.get_absolute_url()).content.decode()

    targets = set(re.findall(r'href="#(node-[^"]+)"', page))
    places = set(re.findall(r'id="(node-[^"]+)"', page))
    assert targets <= places
    assert places == {f"node-{node.key}" for node in version.plan.nodes}


def test_no_page_carries_style_or_script_of_its_own(reader):
    page = reader.get(library_version().get_absolute_url()).content.decode()

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize(("role", "leads"), [("clinician", True), ("operator", False)])
def test_a_plan_leads_to_its_report_whoever_may_read_reports(client, role, leads):
    version = active_version()
    client.force_login(MembershipFactory(role__name=role).user)

    page = client.get(version.get_absolute_url()).content.decode()

    assert (f"/reports/{version.scamp.key}/{version.number}/" in page) is leads


def test_what_a_version_changes_is_shown_by_effect_and_linked_from_both(reader):
    before, after = active_version(), active_version(small_plan(title="Changed"))
    address = reverse("scamps:changes", args=["small-plan", 2, 1])

    page = words_of(reader.get(address))

    assert "Only wording differs from version 1" in page
    assert "title “Small plan” → became “Changed”" in page
    for version in (before, after):
        assert address in reader.get(version.get_absolute_url()).content.decode()


def test_versions_of_the_same_content_differ_in_nothing(reader):
    active_version()

    page = words_of(reader.get(reverse("scamps:changes", args=["small-plan", 1, 1])))

    assert "Nothing: versions 1 and 1" in page
