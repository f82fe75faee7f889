"""The worklist: what is due, to whom it belongs, and what it costs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carepaths.actions import followup
from carepaths.actions.decisions import decide
from carepaths.models import Task
from tests.carepaths.factories import HOME, OPERATE, episode, publish, signed
from tests.factories import MembershipFactory, SiteFactory

DEVIATED = {"operate/operate": {"choice": "deviated"}}
HOME_PAGE = "carepaths:worklist"


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def clinician(site):
    return MembershipFactory(site=site).user


@pytest.fixture
def colleague(site):
    return MembershipFactory(site=site).user


@pytest.fixture
def fever(db):
    return publish().scamp


@pytest.fixture
def client(clinician):
    client = Client()
    client.force_login(clinician)
    client.get(reverse(HOME_PAGE))
    return client


def visited(fever, site, by, days, **patient):
    """A patient whose control visit is due from the 7th to the 28th day after."""
    when = timezone.now() - timedelta(days=days)
    named = {f"identity__{key}": value for key, value in patient.items()}
    enrolment = episode(scamp=fever, site=site, by=by, **named)
    signed(enrolment, by=by, visit_time=when, at=when, **HOME)
    return Task.objects.get(enrolment=enrolment)


def page(client, **asked):
    return client.get(reverse(HOME_PAGE), asked).content.decode()


def test_one_sentence_says_what_waits(client, fever, site, clinician):
    visited(fever, site, clinician, 40)
    visited(fever, site, clinician, 10)
    visited(fever, site, clinician, 11)

    assert "<h1>1 task overdue and 2 tasks due wait for you</h1>" in page(client)


def test_each_task_shows_its_window(client, fever, site, clinician):
    visited(fever, site, clinician, 40, name="Over, Due")
    visited(fever, site, clinician, 2, name="Later, On")

    shown = page(client)

    assert "overdue since" in shown
    assert shown.index("Over, Due") < shown.index("Later, On")
    assert "from " in shown[shown.index("Later, On") :]


def test_mine_are_mine_and_the_sites_are_everybodys(
    client, fever, site, clinician, colleague
):
    visited(fever, site, clinician, 10, name="Mine, Own")
    visited(fever, site, colleague, 10, name="Theirs, Own")
    visited(fever, SiteFactory(), colleague, 10, name="Else, Where")

    assert "Mine, Own" in page(client)
    assert "Theirs, Own" not in page(client)
    assert "Theirs, Own" in page(client, show="site")
    assert "Else, Where" not in page(client, show="site")


def test_due_this_week_reaches_seven_days(client, fever, site, clinician):
    visited(fever, site, clinician, 28 - 6, name="Six, Days")
    visited(fever, site, clinician, 28 - 8, name="Eight, Days")

    shown = page(client, show="week")

    assert "Six, Days" in shown
    assert "Eight, Days" not in shown


def test_a_task_of_one_who_left_is_offered_to_the_others(client, fever, site):
    left = MembershipFactory(site=site)
    visited(fever, site, left.user, 10, name="Alone, Left")
    left.ends_on = left.starts_on
    left.save()

    assert "1 task here has no owner who is still here" in page(client)
    assert "Alone, Left" in page(client, show="nobody")


def test_a_task_is_taken_in_one_tap(client, fever, site, clinician, colleague):
    task = visited(fever, site, colleague, 10)
    sent = {
        "patient": task.enrolment.patient_id,
        "to": clinician.pk,
        "back": "worklist",
    }

    response = client.post(reverse("carepaths:task_hand_over", args=[task.pk]), sent)

    assert response.url == reverse(HOME_PAGE)
    assert Task.objects.with_state().get().holder == clinician.pk


def test_who_only_reads_is_offered_nothing_to_take(fever, site, clinician):
    visited(fever, site, clinician, 10, name="Seen, Only")
    reader = Client()
    reader.force_login(MembershipFactory(site=site, role__name="auditor").user)

    shown = page(reader, show="site")

    assert "Seen, Only" in shown
    assert "Take it" not in shown


def test_a_long_list_comes_in_pages(client, fever, site, clinician):
    for _ in range(27):
        visited(fever, site, clinician, 10)

    first = page(client)
    assert first.count('class="task"') == 8
    assert "All 27" in first
    assert page(client, section="due").count('class="task"') == 25
    assert page(client, section="due", page=2).count('class="task"') == 2
    assert page(client, section="due", page="x").count('class="task"') == 25


def test_the_share_without_a_reason_is_shown_to_its_owner_only(
    client, fever, site, clinician, colleague
):
    for by in (clinician, clinician, colleague):
        enrolment = episode(scamp=fever, site=site, by=by)
        given = signed(enrolment, by=by, intentions=DEVIATED, **OPERATE)
    told = given.opportunities.get()
    mine = episode(scamp=fever, site=site, by=clinician)
    encounter = signed(mine, by=clinician, intentions=DEVIATED, **OPERATE)
    row = encounter.opportunities.get()
    now = timezone.now()
    decide(opportunity=row, choice="deviated", reason="night", by=clinician, at=now)

    assert "2 of your 3 departures have no reason yet" in page(client)
    other = Client()
    other.force_login(colleague)
    assert "Your one departure has no reason yet" in page(other)
    decide(opportunity=told, choice="deviated", reason="night", by=colleague, at=now)
    assert "no reason yet" not in page(other)


def test_what_is_closed_is_gone(client, fever, site, clinician):
    task = visited(fever, site, clinician, 10, name="Closed, Now")
    now = timezone.now()

    followup.cancel(task=task, words="Moved", by=clinician, at=now)

    assert "Closed, Now" not in page(client, show="site")


@pytest.mark.parametrize("asked", [{}, {"show": "site"}, {"section": "due"}], ids=str)
def test_the_worklist_costs_as_many_queries_for_many_tasks(
    client, fever, site, clinician, asked, django_assert_max_num_queries
):
    for days in [10, 40, 2] * 4:
        visited(fever, site, clinician, days)

    with django_assert_max_num_queries(16):
        client.get(reverse(HOME_PAGE), asked)
