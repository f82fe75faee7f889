"""What people do about tasks, and the page on which they tell it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carepaths.actions import followup
from carepaths.actions.refusals import ReasonNeeded
from carepaths.actions.voids import void_encounter
from carepaths.models import Performance, Task, TaskEvent
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    SCAN,
    UserFactory,
    episode,
    publish,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory

pytestmark = pytest.mark.django_db
FOLLOWED = {"scan/scan": {"choice": "followed"}}


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def clinician(site):
    return MembershipFactory(site=site).user


@pytest.fixture
def enrolment(site, clinician):
    return episode(scamp=publish().scamp, site=site, by=clinician)


@pytest.fixture
def visit(enrolment, clinician):
    signed(enrolment, by=clinician, **HOME)
    return Task.objects.get()


@pytest.fixture
def scan(enrolment, clinician):
    signed(enrolment, by=clinician, intentions=FOLLOWED, **SCAN)
    return Task.objects.get(kind="action")


@pytest.fixture
def who(clinician):
    return {"by": clinician, "at": NOON + DAY}


@pytest.fixture
def client(clinician):
    client = Client()
    client.force_login(clinician)
    return client


def now(task):
    return Task.objects.with_state().get(pk=task.pk)


def is_open(task):
    return now(task).closing is None


def send(client, verb, task, **fields):
    address = reverse(f"carepaths:task_{verb}", args=[task.pk])
    return client.post(address, {"patient": task.enrolment.patient_id} | fields)


def parts(day, prefix=""):
    named = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{prefix}{name}": value for name, value in named.items()}


def test_what_was_done_closes_a_task_and_is_taken_back(visit, who):
    followup.finish(task=visit, words="Seen in town", happened_on=None, **who)
    assert not is_open(visit)

    followup.take_back(task=visit, **who)

    assert is_open(visit)
    assert TaskEvent.objects.count() == 2
    with pytest.raises(followup.NothingToTakeBack):
        followup.take_back(task=visit, **who)


def test_what_was_done_needs_words(visit, who):
    with pytest.raises(ReasonNeeded):
        followup.finish(task=visit, words=" ", **who)


def test_an_action_done_is_a_performance_apart_from_what_was_intended(scan, who):
    deed = followup.carry_out(
        task=scan, known_how="Read in the record", place="Ward 3", **who
    )

    assert not is_open(scan)
    assert scan.events.get().performance == deed
    assert (deed.resource, deed.status, deed.place) == ("scan", "done", "Ward 3")
    assert deed.done_at is None


def test_an_action_recorded_as_done_in_error_is_open_again(scan, who):
    followup.carry_out(task=scan, known_how="Read in the record", **who)

    followup.take_back(task=scan, **who)

    assert is_open(scan)
    assert Performance.objects.held().get().status == "unknown"
    assert Performance.objects.count() == 2


def test_an_action_not_done_so_far_stays_open(scan, who):
    followup.carry_out(task=scan, status="not-done", known_how="Asked", **who)

    assert is_open(scan)


def test_another_day_holds_until_it_is_taken_back(visit, who):
    day = date(2026, 4, 20)
    followup.reschedule(
        task=visit, earliest_on=day, due_on=day, words="Holidays", **who
    )
    assert (now(visit).from_on, now(visit).until_on) == (day, day)

    followup.take_back(task=visit, **who)

    assert now(visit).until_on == date(2026, 4, 7)


def test_days_in_the_wrong_order_are_refused(visit, who):
    days = {"earliest_on": date(2026, 4, 2), "due_on": date(2026, 4, 1)}

    with pytest.raises(followup.WindowUpsideDown):
        followup.reschedule(task=visit, words="Holidays", **days, **who)


def test_lost_to_follow_up_keeps_the_outcome_of_the_contact(visit, who):
    event = followup.lose(task=visit, contact="no-contact", tries=3, **who)

    assert (event.kind, event.contact, event.tries) == ("lost", "no-contact", 3)
    assert not is_open(visit)


def test_another_outcome_of_the_contact_needs_words(visit, who):
    with pytest.raises(ReasonNeeded):
        followup.lose(task=visit, contact="other", **who)


def test_nobody_is_called_in_who_died(enrolment, clinician, visit, who):
    other = episode(
        scamp=publish(replacing=("key: fever", "key: other-plan")).scamp,
        patient=enrolment.patient,
    )
    signed(other, by=clinician, **HOME)
    elsewhere = Task.objects.get(enrolment=other)

    followup.lose(task=visit, contact="died", **who)
    assert not is_open(elsewhere)
    followup.take_back(task=visit, **who)

    assert is_open(visit)
    assert is_open(elsewhere)


def test_what_died_closed_is_not_reopened_by_a_decision(scan, who):
    visit = Task.objects.get(kind="visit")
    followup.lose(task=visit, contact="died", **who)

    encounter = scan.encounter
    from carepaths.actions.tasks import raise_tasks

    raise_tasks(encounter=encounter, **who)

    assert not Task.objects.open().exists()


def test_a_task_goes_to_a_colleague_of_the_site_only(visit, site, who):
    colleague = MembershipFactory(site=site).user
    auditor = MembershipFactory(site=site, role__name="auditor").user
    gone = MembershipFactory(site=site, ends_on=date(2026, 1, 1)).user

    followup.hand_over(task=visit, to=colleague, **who)
    assert now(visit).holder == colleague.pk
    for other in (auditor, gone, MembershipFactory().user):
        with pytest.raises(followup.NotAColleague):
            followup.hand_over(task=visit, to=other, **who)
    followup.hand_over(task=visit, to=None, **who)

    assert now(visit).holder is None


def test_a_closed_task_takes_nothing_more(visit, who):
    followup.cancel(task=visit, words="Not wanted", **who)

    with pytest.raises(followup.TaskClosed):
        followup.lose(task=visit, contact="moved", **who)


def test_what_followed_from_a_visit_is_not_taken_back_here(visit, enrolment, who):
    signed(enrolment, visit="control", visit_time=NOON + 14 * DAY, **HOME)

    with pytest.raises(followup.FollowedFromElsewhere):
        followup.take_back(task=visit, **who)


def test_a_void_does_not_reopen_what_a_person_closed(visit, who):
    followup.cancel(task=visit, words="Not wanted", **who)

    void_encounter(
        encounter=visit.encounter, reason="Wrong", by=UserFactory(), at=NOON + DAY
    )

    assert TaskEvent.objects.get().words == "Not wanted"


# -- the page ----------------------------------------------------------------------


def test_the_page_shows_the_task_and_its_history(client, visit, who):
    followup.lose(task=visit, contact="no-contact", tries=3, **who)

    page = client.get(visit.get_absolute_url()).content.decode()

    assert "Not reached after 3 attempts" in page
    assert "Undo the last one" in page


def test_done_is_told_once_however_often_it_is_sent(client, scan):
    key = "7f8f3a1e-6a55-4f5e-9d9f-0d8a1c5e2b11"
    told = {"status": "done", "known_how": "Told by a colleague", "submission": key}

    first = send(client, "done", scan, **told, **parts(date(2026, 3, 11)))
    again = send(client, "done", scan, **told, **parts(date(2026, 3, 11)))

    assert (first.status_code, again.status_code) == (302, 302)
    deed = Performance.objects.get()
    assert deed.done_at.date() == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("verb", "fields", "said"),
    [
        ("done", {}, "Say in a few words"),
        (
            "done",
            {"words": "Seen", "day": "31", "month": "2", "year": "2026"},
            "no such",
        ),
        (
            "done",
            {"words": "Seen", "year": "2199", "month": "1", "day": "1"},
            "to come",
        ),
        ("done", {"words": "Seen", "year": "2026"}, "whole date"),
        ("reschedule", {"words": "Away"}, "Enter the first day"),
        ("reschedule", {"words": "Away"} | parts(date(2020, 2, 29), "first_"), "over"),
        ("lost", {}, "Say what came of it"),
        ("lost", {"contact": "no-contact"}, "how many attempts"),
        ("lost", {"contact": "other"}, "Say what came of it"),
        ("hand_over", {"to": "999999"}, "Choose a colleague"),
        ("cancel", {"words": "  "}, "Say why"),
    ],
    ids=str,
)
def test_what_is_wanting_is_said_beside_it(client, visit, verb, fields, said):
    response = send(client, verb, visit, **fields)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not TaskEvent.objects.exists()


def test_another_window_is_read_on_the_page(client, visit):
    first = timezone.now().date() + timedelta(days=3)
    last = first + timedelta(days=4)

    sent = parts(first, "first_") | parts(last, "last_") | {"words": "Holidays"}
    response = send(client, "reschedule", visit, **sent)

    assert response.status_code == 302
    assert (now(visit).from_on, now(visit).until_on) == (first, last)


def test_a_form_of_another_patient_is_refused(client, visit):
    response = send(client, "cancel", visit, patient="0", words="Wrong tab")

    assert response.status_code == 409
    assert is_open(visit)


def test_the_visit_that_a_task_asks_for_is_chosen_already(client, visit):
    page = client.get(visit.get_absolute_url()).content.decode()
    address = reverse("carepaths:open", args=[visit.enrolment_id]) + "?visit=control"
    assert address in page

    form = client.get(address).context["form"]

    assert form["visit"].value() == "control"
