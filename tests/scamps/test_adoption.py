"""A site's own plan: adopted from a shared one, and merged with what is new there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import AccessEvent, Site
from scamps.actions.adoption import (
    NotAdopted,
    NothingNew,
    NotShared,
    adopt,
    update,
    upstream_of,
)
from scamps.actions.drafts import DraftExists, save_draft, start_draft
from scamps.actions.publishing import recall, withdraw
from scamps.actions.saving import EditConflict, settle
from scamps.core.definition import Plan
from scamps.models import Adoption, Arrival, Scamp, State, Transition, Version
from scamps.permissions import sites_to_adopt_for
from tests.factories import (
    MembershipFactory,
    SiteFactory,
    UserFactory,
    active_version,
    small_plan,
)
from tests.scamps.test_saving import node
from tests.scamps.test_views_governance import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db, settings):
    sync_roles(roles=settings.ROLES)


@pytest.fixture
def site() -> Site:
    return SiteFactory(key="here", name="Here")


def who() -> dict[str, object]:
    return {"by": UserFactory(), "at": timezone.now()}


def adopted(site: Site, **more: object) -> Version:
    """The draft of *site*'s own plan, made of the small one."""
    named = {"key": "small-here", "title": "Small plan"} | more
    upstream = active_version()
    return adopt(upstream=upstream, site=site, **named, **who())


def change(version: Version, plan: Plan) -> Version:
    seen = version.content_id
    return save_draft(version=version, plan=plan, seen=seen, **who())


def own(**fields: object) -> Plan:
    return small_plan(key="small-here", **fields)


def put_in_force(version: Version) -> Version:
    """As after a review, which is not what is tested here."""
    Transition.objects.create(version=version, to=State.ACTIVE)
    return version


def now(version: Version) -> Plan:
    return Version.objects.get(pk=version.pk).plan


def test_a_sites_own_plan_begins_as_the_shared_one_and_names_it(site):
    draft = adopted(site)

    adoption = Adoption.objects.get()
    assert draft.plan == small_plan(key="small-here")
    assert draft.current_state == State.DRAFT
    assert adoption.upstream.scamp.key == "small-plan"
    assert adoption.content == adoption.upstream.content
    assert AccessEvent.objects.get(verb="adopted").site == site
    with pytest.raises(DraftExists):
        adopted(site)


def test_only_a_shared_plan_in_force_is_adopted(site):
    mine = put_in_force(adopted(site))
    draft = start_draft(plan=small_plan(), **who())
    named = {"site": SiteFactory(), "key": "another", "title": "Another"}

    for version in (draft, mine):
        with pytest.raises(NotShared):
            adopt(upstream=version, **named, **who())


def test_what_is_new_upstream_is_merged_with_what_the_site_changed(site):
    draft = adopted(site)
    change(draft, node(own(), "home", title="Home"))
    active_version(small_plan(summary="Better."))

    found = upstream_of(draft.scamp)
    assert [one.field for one in found.own.changes] == ["title"]
    assert [one.field for one in found.news.changes] == ["summary"]
    assert found.conflicts == ()
    made = update(scamp=draft.scamp, **who())

    assert made.pk == draft.pk
    assert now(draft) == node(own(summary="Better."), "home", title="Home")
    assert made.arrival.kind == Arrival.Kind.UPSTREAM
    assert upstream_of(draft.scamp).newer is None
    with pytest.raises(NothingNew):
        update(scamp=draft.scamp, **who())


def test_an_update_of_a_plan_in_force_becomes_a_draft(site):
    first = put_in_force(adopted(site))
    active_version(small_plan(summary="Better."))

    made = update(scamp=first.scamp, **who())

    assert (made.number, made.current_state) == (2, State.DRAFT)
    assert now(made).summary == "Better."
    assert now(first).summary == small_plan().summary


def test_what_collides_waits_and_counts_only_once_it_is_settled(site):
    draft = adopted(site)
    change(draft, own(summary="Ours."))
    active_version(small_plan(summary="Theirs.", title="New title"))

    with pytest.raises(EditConflict) as refused:
        update(scamp=draft.scamp, **who())
    with pytest.raises(EditConflict) as again:
        update(scamp=draft.scamp, **{**who(), "by": refused.value.arrival.by})

    arrival = refused.value.arrival
    assert again.value.arrival == arrival
    assert now(draft) == own(summary="Ours.")
    assert upstream_of(draft.scamp).newer is not None
    settle(arrival=arrival, choices={":summary": "mine"}, **who())
    assert now(draft) == own(summary="Ours.", title="New title")
    assert upstream_of(draft.scamp).newer is None


def test_after_a_draft_was_given_up_its_update_comes_again(site):
    first = put_in_force(adopted(site))
    active_version(small_plan(summary="Better."))
    made = update(scamp=first.scamp, **who())
    withdraw(version=made, reason="Not now", **who())

    again = update(scamp=first.scamp, **who())

    assert again.number == 3
    assert now(again).summary == "Better."


def test_a_plan_of_ones_own_has_no_upstream():
    with pytest.raises(NotAdopted):
        upstream_of(active_version().scamp)


def test_a_site_works_by_its_own_plan_once_it_is_active(site):
    elsewhere = SiteFactory()
    draft = adopted(site)

    def keys(place: Site) -> set[str]:
        return set(Scamp.objects.meant_for(place).values_list("key", flat=True))

    assert keys(site) == {"small-plan", "small-here"}
    assert keys(elsewhere) == {"small-plan"}
    put_in_force(draft)
    assert keys(site) == {"small-here"}
    assert keys(elsewhere) == {"small-plan"}


def test_what_was_taken_over_never_changes(site):
    adopted(site)

    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM scamps_adoption")


# The pages.
def publisher(site: Site, **fields: str) -> Client:
    role = Group.objects.get(name="publisher")
    member = MembershipFactory(site=site, role=role, user=UserFactory(**fields))
    client = Client()
    client.force_login(member.user)
    return client


def asked(here: Site, **more: str) -> dict[str, object]:
    return {"site": here.pk, "title": "Ours", "key": "small-here"} | more


def test_a_publisher_adopts_a_plan_and_merges_what_is_new(site):
    active_version()
    client = publisher(site)
    address = reverse("scamps:adopt", args=["small-plan", 1])
    assert "Adopt for a site" in words_of(client.get("/plans/small-plan/1/"))

    answer = client.post(address, asked(site), follow=True)

    upstream = reverse("scamps:upstream", args=["small-here"])
    assert answer.redirect_chain[-1][0] == upstream
    assert "which is what stands there now" in words_of(answer)
    active_version(small_plan(summary="Better."))
    page = words_of(client.get(upstream))
    assert "became “Better.”" in page
    assert "Nothing collides" in page

    client.post(upstream)

    assert Version.objects.get(scamp__key="small-here").plan.summary == "Better."
    assert "version 1" in words_of(client.get("/plans/small-here/1/"))


def test_what_is_recalled_upstream_is_said_on_every_plan_made_of_it(site):
    draft = adopted(site)
    upstream = Version.objects.get(scamp__key="small-plan")
    client = publisher(site)
    recall(version=upstream, reason="The source was retracted.", **who())

    page = words_of(client.get(draft.get_absolute_url()))

    assert "Recalled for safety upstream" in page
    assert "The source was retracted." in page
    assert draft.current_state == State.DRAFT


def test_what_collides_is_shown_before_and_chosen_after(site):
    active_version()
    client = publisher(site)
    client.post(reverse("scamps:adopt", args=["small-plan", 1]), asked(site))
    active_version(small_plan(title="Theirs"))
    upstream = reverse("scamps:upstream", args=["small-here"])
    assert "In 1 place it collides" in words_of(client.get(upstream))

    answer = client.post(upstream, follow=True)

    (address, _) = answer.redirect_chain[-1]
    page = words_of(answer)
    assert "This plan" in page
    assert "Upstream" in page
    assert "waits for choices" in words_of(client.get(upstream))
    draft = Version.objects.get(scamp__key="small-here")
    data = {"seen": draft.content_id, "choose::title": "theirs", "next": upstream}
    assert client.post(address, data)["Location"] == upstream
    assert now(draft).title == "Theirs"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"key": "small-plan"}, "There is a plan of this key already"),
        ({"key": "Upper Case"}, "Use lower case"),
        ({"title": ""}, "Enter a title"),
        ({"site": "0"}, "You do not publish for this site"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(site, more, said):
    active_version()
    address = reverse("scamps:adopt", args=["small-plan", 1])

    answer = publisher(site).post(address, asked(site, **more))

    assert answer.status_code == 422
    assert said in words_of(answer)


def test_a_demo_user_adopts_demonstrations_for_made_up_sites_only(site):
    made_up = SiteFactory(is_sandbox=True)
    user = UserFactory(email="publisher@demo.invalid")
    role = Group.objects.get(name="publisher")
    for place in (site, made_up):
        MembershipFactory(user=user, site=place, role=role)
    demonstration = active_version()
    careful = small_plan(key="for-care", demonstration=False)
    for_care = start_draft(plan=careful, **who())

    assert list(sites_to_adopt_for(user, demonstration)) == [made_up]
    assert list(sites_to_adopt_for(user, for_care)) == []
