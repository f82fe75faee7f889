"""A pilot: tried at chosen sites, where encounters open under it and nowhere else."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from carepaths.actions.moves import move_draft
from scamps.actions.drafts import start_draft
from scamps.actions.pilots import start_pilot
from scamps.actions.publishing import publish as put_in_force
from scamps.actions.publishing import withdraw
from scamps.actions.reviews import NotReady, submit
from scamps.actions.states import NotFromHere
from scamps.core.definition import load_yaml
from scamps.models import PilotSite, State, Version
from tests.carepaths.factories import episode, opened, saved
from tests.carepaths.test_views import body, client, clinician, site
from tests.factories import (
    SMALL_PLAN,
    SeatFactory,
    SiteFactory,
    UserFactory,
    active_version,
    replayed,
    small_plan,
)
from tests.scamps.test_governance import NOW, approve, state_of

__all__ = ["client", "clinician", "site"]  # fixtures
REST = load_yaml(SMALL_PLAN.replace("Cool the child.", "Let the child rest."))


@pytest.fixture
def here(db):
    return SiteFactory(name="Here", is_sandbox=True)


@pytest.fixture
def elsewhere(db):
    return SiteFactory(name="Elsewhere", is_sandbox=True)


def approved(plan=REST) -> Version:
    """The next version of a plan in use, approved, with all its evidence."""
    if not Version.objects.exists():
        active_version()
    draft = start_draft(plan=plan, by=UserFactory(), at=NOW)
    submit(version=draft, by=UserFactory(), at=NOW)
    approve(draft)
    approve(draft)
    return replayed(draft)


def tried(version, *sites):
    told = {"reason": "For a month", "by": UserFactory(), "at": NOW}
    return start_pilot(version=version, sites=sites, **told)


def opens_on(scamp, site) -> int:
    return opened(episode(scamp=scamp, site=site)).version.number


def test_at_its_sites_encounters_open_under_it_and_elsewhere_not(here, elsewhere):
    version = tried(approved(), here)

    assert opens_on(version.scamp, here) == 2
    assert opens_on(version.scamp, elsewhere) == 1
    assert state_of(version) == State.PILOT


def test_withdrawn_its_sites_go_back_to_the_active_version(here):
    version = tried(approved(), here)

    withdraw(version=version, reason="Too many scans", by=UserFactory(), at=NOW)

    assert opens_on(version.scamp, here) == 1


def test_published_it_is_followed_everywhere(here, elsewhere):
    version = tried(approved(), here)

    put_in_force(version=version, notes="It held", by=UserFactory(), at=NOW)

    assert opens_on(version.scamp, here) == opens_on(version.scamp, elsewhere) == 2
    assert state_of(version.scamp.versions.get(number=1)) == State.SUPERSEDED


def test_a_later_version_that_is_published_overtakes_the_pilot(here):
    pilot = tried(approved(), here)
    later = approved(small_plan(title="Third"))

    put_in_force(version=later, notes="Better", by=UserFactory(), at=NOW)

    assert state_of(pilot) == State.SUPERSEDED
    assert opens_on(pilot.scamp, here) == 3


def test_what_was_to_overtake_it_and_is_withdrawn_leaves_the_pilot_a_pilot(
    here, elsewhere
):
    pilot = tried(approved(), here)
    later = approved(small_plan(title="Third"))
    when = timezone.now() + timedelta(days=1)
    who = {"by": UserFactory(), "at": timezone.now()}
    put_in_force(version=later, notes="x", takes_effect_at=when, **who)

    withdraw(version=later, reason="Not ready", **who)

    assert state_of(pilot) == State.PILOT
    assert opens_on(pilot.scamp, here) == 2
    assert opens_on(pilot.scamp, elsewhere) == 1


def test_it_takes_what_publishing_takes(here):
    active_version()
    draft = start_draft(plan=REST, by=UserFactory(), at=NOW)

    with pytest.raises(NotFromHere):
        tried(draft, here)


def test_it_needs_sites_of_one_kind_and_is_one_at_a_time(here):
    version, real = approved(), SiteFactory()
    for sites, said in (
        ((), "no site"),
        ((here, real), "made-up and real"),
        ((real,), "made-up sites only"),
    ):
        with pytest.raises(NotReady, match=said):
            tried(version, *sites)
    assert state_of(version) == State.APPROVED
    tried(version, here)

    with pytest.raises(NotReady, match="in pilot already"):
        tried(approved(small_plan(title="Third")), here)


def test_a_draft_at_a_pilot_site_moves_to_the_pilot(here, elsewhere):
    active_version()
    scamp = Version.objects.get().scamp
    one, other = (opened(episode(scamp=scamp, site=each)) for each in (here, elsewhere))
    tried(approved(), here)

    for draft in (one, other):
        saved(draft, fever=True)
        move_draft(encounter=draft, edit=draft.edit, by=UserFactory(), at=NOW)
        draft.refresh_from_db()

    assert (one.version.number, other.version.number) == (2, 1)


def test_the_database_refuses_to_change_where_it_is_tried(here):
    tried(approved(), here)

    with pytest.raises(DatabaseError), transaction.atomic():
        PilotSite.objects.all().delete()


# -- the pages --------------------------------------------------------------------


def test_a_publisher_starts_it_on_a_page_that_offers_the_sites(client, here):
    version, real = approved(), SiteFactory(name="Real clinic")
    user = SeatFactory(role__name="publisher", scamp=version.scamp).user
    client.force_login(user)
    page = reverse("scamps:step", args=["small-plan", 2, "pilot"])

    asked = body(client.get(page))
    nowhere = client.post(page, {"reason": "A month"})
    foreign = client.post(page, {"reason": "A month", "sites": [real.pk]})
    done = client.post(page, {"reason": "A month", "sites": [here.pk]})

    assert "Here" in asked
    assert "Real clinic" not in asked
    assert (nowhere.status_code, foreign.status_code) == (422, 422)
    assert done.status_code == 302
    assert state_of(version) == State.PILOT
    shown = body(client.get(version.get_absolute_url()))
    assert "In pilot</b> at Here" in shown


def test_the_form_says_that_its_version_is_in_pilot(client, clinician, site):
    site.is_sandbox = True
    site.save(update_fields=["is_sandbox"])
    version = tried(approved(), site)
    draft = opened(episode(scamp=version.scamp, site=site), by=clinician)

    page = body(client.get(draft.get_absolute_url()))

    assert '<span class="chip warn">Pilot</span>' in page
    assert "See what a move would carry" not in page
