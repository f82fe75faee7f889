"""A visit entered later: its own time, the delay said, the day alone where no more is known."""

from datetime import UTC, datetime, timedelta

import pytest

from carepaths.core.lateness import delay_words
from carepaths.forms.encounters import OpenForm
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    episode,
    opened,
    publish,
    saved,
)
from tests.factories import MembershipFactory

VISIT = datetime(2026, 3, 10, 11, tzinfo=UTC)


def asked(at=NOON, **changes):
    posted = {
        "visit": "first",
        "day": "10",
        "month": "3",
        "year": "2026",
        "clock": "11:30",
        "origin": "sandbox",
    }
    return OpenForm(
        posted | changes,
        visits=[("first", "First")],
        origins=[("sandbox", "Sandbox")],
        zone="Europe/Berlin",
        at=at,
    )


@pytest.mark.parametrize(
    ("delay", "said"),
    [
        (timedelta(minutes=-5), ""),
        (timedelta(hours=1), ""),
        (timedelta(hours=1, minutes=1), "entered 1 h after the visit"),
        (timedelta(hours=4, minutes=59), "entered 4 h after the visit"),
        (timedelta(hours=47), "entered 47 h after the visit"),
        (timedelta(days=2), "entered 2 days after the visit"),
    ],
)
def test_the_delay_is_said_from_an_hour_on(delay, said):
    assert delay_words(VISIT, VISIT + delay, "Europe/Berlin") == said


def test_of_a_visit_known_to_the_day_only_days_are_said():
    def said(entered):
        return delay_words(VISIT, entered, "Europe/Berlin", to_the_day=True)

    assert said(VISIT + timedelta(hours=9)) == ""
    assert said(VISIT + timedelta(hours=14)) == "entered 1 day after the visit"
    assert delay_words(None, VISIT, "UTC") == ""


def test_without_a_time_the_day_stands_for_the_visit():
    later, same_day = asked(NOON + 2 * DAY, clock=""), asked(NOON, clock="")
    morning = asked(NOON - timedelta(hours=4), clock="")

    for form in (later, same_day, morning):
        assert form.is_valid(), form.errors
        assert form.cleaned_data["to_the_day"]
    assert later.cleaned_data["visit_time"] == NOON
    assert morning.cleaned_data["visit_time"] == NOON - timedelta(hours=4)


@pytest.mark.parametrize(
    "changes", [{"day": "11"}, {"day": "11", "clock": ""}, {"clock": "12:11"}]
)
def test_a_visit_to_come_is_refused(changes):
    form = asked(NOON, **changes)

    assert "future" in str(form.errors)


@pytest.fixture
def member(db):
    return MembershipFactory(site__is_sandbox=True)


def entered(member, **fields):
    enrolment = episode(scamp=publish().scamp, site=member.site, by=member.user)
    encounter = opened(enrolment, by=member.user, **fields)
    return saved(encounter, by=member.user, at=fields.get("at", NOON), **HOME)


def test_the_form_and_the_note_say_how_late_and_from_paper(client, member):
    client.force_login(member.user)
    encounter = entered(
        member, at=NOON + 4 * timedelta(hours=1), medium="paper", to_the_day=False
    )

    page = client.get(encounter.get_absolute_url()).content.decode()

    assert "Entered 4 h after the visit, from paper" in page
    assert encounter.visit_time == NOON


def test_a_visit_known_to_the_day_shows_no_time(client, member):
    client.force_login(member.user)
    encounter = entered(member, at=NOON + 3 * DAY, to_the_day=True)

    page = client.get(encounter.get_absolute_url()).content.decode()

    assert "10 Mar 2026, 12:00" not in page
    assert "Entered 3 days after the visit" in page


def test_what_is_entered_at_the_visit_says_nothing(client, member):
    client.force_login(member.user)
    encounter = entered(member)

    assert encounter.lateness == ""
    assert (
        "after the visit"
        not in client.get(encounter.get_absolute_url()).content.decode()
    )
