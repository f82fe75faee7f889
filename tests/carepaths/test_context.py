"""What a walk knows besides its own answers, and from which visit it read it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from carepaths.actions.context import context_of, previous_revision
from carepaths.actions.signing import amend
from carepaths.actions.voids import void_encounter
from carepaths.models import Encounter
from scamps.models import State
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    SCAN,
    PatientFactory,
    UserFactory,
    answers,
    episode,
    move,
    opened,
    publish,
    signed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return episode(scamp=publish().scamp)


def control(enrolment, when):
    return opened(enrolment, visit="control", visit_time=when)


def test_a_first_visit_knows_birth_date_and_day():
    patient = PatientFactory(
        identity__birth_date=date(2015, 3, 14), identity__birth_date_precision="day"
    )
    encounter = opened(episode(scamp=publish().scamp, patient=patient))

    assert context_of(encounter) == {
        "birth_date": date(2015, 3, 14),
        "visit_date": date(2026, 3, 10),
        "weeks_since_previous": None,
    }


def test_a_birth_date_known_to_the_year_is_unknown_to_the_walk():
    patient = PatientFactory(
        identity__birth_date=date(2015, 1, 1), identity__birth_date_precision="year"
    )

    encounter = opened(episode(scamp=publish().scamp, patient=patient))

    assert context_of(encounter)["birth_date"] is None


def test_a_follow_up_reads_the_visit_before(enrolment):
    signed(enrolment, look="ill", days_ill=2, **HOME)

    context = context_of(control(enrolment, NOON + 15 * DAY))

    assert context["weeks_since_previous"] == 2
    assert context["previous.temperature"] == Decimal("37.0")
    assert context["previous.look"] == "ill"
    assert context["previous.days_ill"] == 2
    assert "previous.remark" not in context


def test_the_latest_earlier_visit_is_the_one_before(enrolment):
    signed(enrolment, days_ill=1, visit_time=NOON, **HOME)
    signed(enrolment, days_ill=2, visit_time=NOON + 7 * DAY, **HOME)
    signed(enrolment, days_ill=3, visit_time=NOON + 21 * DAY, **HOME)

    context = context_of(control(enrolment, NOON + 14 * DAY))

    assert context["previous.days_ill"] == 2


def test_a_visit_at_the_same_time_is_not_before(enrolment):
    signed(enrolment, days_ill=1, **HOME)

    assert "previous.days_ill" not in context_of(control(enrolment, NOON))


def test_drafts_and_other_episodes_are_not_before(enrolment):
    opened(enrolment, visit_time=NOON)
    other = episode(scamp=enrolment.scamp)
    signed(other, **HOME)

    assert previous_revision(control(enrolment, NOON + DAY)) is None


def test_a_void_visit_is_not_before(enrolment):
    signed(enrolment, days_ill=1, visit_time=NOON, **HOME)
    wrong = signed(enrolment, days_ill=2, visit_time=NOON + DAY, **HOME)
    void_encounter(encounter=wrong, reason="Wrong", by=UserFactory(), at=NOON)

    context = context_of(control(enrolment, NOON + 14 * DAY))

    assert context["previous.days_ill"] == 1


def test_an_undated_visit_has_none_before_and_is_before_none(enrolment):
    signed(enrolment, visit_time=None, days_ill=1, **HOME)
    signed(enrolment, visit_time=NOON, days_ill=2, **HOME)

    assert previous_revision(control(enrolment, None)) is None
    context = context_of(control(enrolment, NOON + 7 * DAY))
    assert context["previous.days_ill"] == 2


def test_the_visit_before_is_read_as_amended(enrolment):
    first = signed(enrolment, days_ill=1, **HOME)
    amend(
        encounter=first,
        answers=answers(days_ill=5, **HOME),
        reason="Misread",
        by=UserFactory(),
        at=NOON + DAY,
    )

    assert context_of(control(enrolment, NOON + 7 * DAY))["previous.days_ill"] == 5


def test_a_hidden_answer_of_the_visit_before_is_null(enrolment):
    signed(enrolment, scanned=False, scan_positive=True, **HOME)

    context = context_of(control(enrolment, NOON + 7 * DAY))

    assert context["previous.scanned"] is False
    assert "previous.scan_positive" not in context


def test_another_version_is_read_by_key_and_null_if_the_type_changed(enrolment):
    old = enrolment.scamp.active_version
    signed(enrolment, look="ill", days_ill=1, scanned=True, **HOME)
    text = ("{key: days_ill, label: Days ill, type: integer", "{key: days_ill, label: Days, type: decimal, precision: 1")  # fmt: skip
    publish(scamp=enrolment.scamp, replacing=text)
    move(old, State.SUPERSEDED)

    later = control(enrolment, NOON + 7 * DAY)

    context = context_of(later)
    assert later.version.number == 2
    assert context["previous.look"] == "ill"
    assert context["previous.scanned"] is True
    assert "previous.days_ill" not in context


def test_an_option_that_is_no_more_is_null(enrolment):
    signed(enrolment, look="well", **HOME)
    publish(
        scamp=enrolment.scamp,
        replacing=("{key: well, label: Well}", "{key: fine, label: Fine}"),
    )

    assert "previous.look" not in context_of(control(enrolment, NOON + 7 * DAY))


@pytest.mark.parametrize(
    ("later", "weeks"),
    [(6, 0), (7, 1), (13, 1), (14, 2)],
)
def test_weeks_are_whole_calendar_weeks(enrolment, later, weeks):
    signed(enrolment, **HOME)

    context = context_of(control(enrolment, NOON + later * DAY))

    assert context["weeks_since_previous"] == weeks


def test_weeks_are_counted_on_the_calendar_of_the_site(enrolment):
    """23:30 UTC on the 1st is the 2nd in Berlin: seven days to the 9th, not eight."""
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    signed(enrolment, visit_time=late, **HOME)

    def weeks(when):
        return context_of(control(enrolment, when))["weeks_since_previous"]

    assert weeks(datetime(2026, 3, 8, 12, 0, tzinfo=UTC)) == 0
    assert weeks(datetime(2026, 3, 8, 23, 0, tzinfo=UTC)) == 1


def test_the_clocks_changing_makes_no_other_week(enrolment):
    before = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    signed(enrolment, visit_time=before, **HOME)

    after = before + timedelta(days=7) - timedelta(hours=1)  # noon again in Berlin

    context = context_of(control(enrolment, after))
    assert context["weeks_since_previous"] == 1


def test_the_context_is_frozen_and_decides_the_walk(enrolment):
    first = signed(enrolment, **SCAN)

    better = signed(
        enrolment, visit="control", visit_time=NOON + 7 * DAY, temperature="37.1"
    )

    revision = better.revisions.get()
    assert revision.context["previous.temperature"] == "38.5"
    assert revision.end_node == "done"
    assert revision.previous == first.revisions.get()


def test_an_amended_visit_before_is_a_task_and_no_silent_change(enrolment):
    first = signed(enrolment, **SCAN)
    later = signed(
        enrolment, visit="control", visit_time=NOON + 7 * DAY, temperature="37.1"
    )
    given = {"reason": "Misread", "by": UserFactory()}

    amend(encounter=first, answers=answers(**HOME), at=later.signed_at + DAY, **given)
    assert Encounter.objects.on_an_amended_visit().get() == later
    assert later.revisions.get().context["previous.temperature"] == "38.5"
    amend(
        encounter=later,
        answers=answers(temperature="37.1"),
        at=later.signed_at + 2 * DAY,
        **given,
    )

    assert not Encounter.objects.on_an_amended_visit().exists()


def test_a_void_visit_before_is_a_task(enrolment):
    first = signed(enrolment, **SCAN)
    later = signed(
        enrolment, visit="control", visit_time=NOON + 7 * DAY, temperature="37.1"
    )

    void_encounter(encounter=first, reason="Wrong", by=UserFactory(), at=NOON + 8 * DAY)

    assert Encounter.objects.on_an_amended_visit().get() == later
    amend(
        encounter=later,
        answers=answers(temperature="37.1"),
        reason="Seen",
        by=UserFactory(),
        at=NOON + 9 * DAY,
    )
    assert not Encounter.objects.on_an_amended_visit().exists()


def test_an_amendment_keeps_the_context_it_was_signed_in(enrolment):
    signed(enrolment, **SCAN)
    later = signed(
        enrolment, visit="control", visit_time=NOON + 7 * DAY, temperature="39.0"
    )

    amended = amend(
        encounter=later,
        answers=answers(temperature="38.0"),
        reason="Misread",
        by=UserFactory(),
        at=NOON + 8 * DAY,
    )

    assert amended.context["previous.temperature"] == "38.5"
    assert amended.end_node == "done"
