"""Tasks: raised by what was signed, in line with what is recorded later."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from carepaths.actions.decisions import decide, record_performance
from carepaths.actions.encounters import save_draft
from carepaths.actions.enrolments import leave
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.signing import amend, sign
from carepaths.actions.tasks import raise_tasks
from carepaths.actions.voids import void_decision, void_encounter, void_outcome
from carepaths.models import Decision, Outcome, Task, TaskEvent
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    SCAN,
    UserFactory,
    answers,
    episode,
    opened,
    publish,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.factories import SiteFactory, library_version

pytestmark = pytest.mark.django_db
FOLLOWED = {"scan/scan": {"choice": "followed"}}
WITH_OUTCOME = FEVER.replace(
    "    known_how: Asked.\n", "    known_how: Asked.\n    window: P30D\n"
)
ADVISED = FEVER.replace(
    "    window: {earliest_days: 7, latest_days: 28, after: first}",
    "    window: {earliest_days: 7, latest_days: 28, after: first}\n"
    "    advised_by: watch",
)


@pytest.fixture
def enrolment():
    return episode(scamp=publish().scamp)


def windows(**filters):
    rows = Task.objects.open().filter(**filters).order_by("kind", "key")
    return [(t.kind, t.key, t.from_on, t.until_on) for t in rows]


def kinds(task):
    return list(task.events.order_by("pk").values_list("kind", "is_automatic"))


def control(enrolment, days=14, **values):
    return signed(
        enrolment, visit="control", visit_time=NOON + days * DAY, **(values or HOME)
    )


def correct(encounter, values, days=1):
    amend(
        encounter=encounter,
        answers=answers(**values),
        reason="Misread",
        by=UserFactory(),
        at=NOON + days * DAY,
    )


# -- raised at signing ------------------------------------------------------------


def test_a_follow_up_visit_becomes_a_task_with_its_window(enrolment):
    encounter = signed(enrolment, **HOME)

    task = Task.objects.get()
    assert (task.kind, task.key, task.title) == ("visit", "control", "Control")
    assert (task.earliest_on, task.due_on) == (date(2026, 3, 17), date(2026, 4, 7))
    assert (task.encounter, task.owner) == (encounter, encounter.signed_by)


def test_a_followed_action_with_a_window_becomes_a_task(enrolment):
    encounter = signed(enrolment, intentions=FOLLOWED, **SCAN)

    task = Task.objects.get(kind="action")
    assert (task.key, task.title) == ("scan", "Scan.")
    assert (task.earliest_on, task.due_on) == (date(2026, 3, 10), date(2026, 3, 11))
    assert task.opportunity == encounter.opportunities.get()


@pytest.mark.parametrize(
    "choice",
    [{"choice": "not-applicable"}, {"choice": "deviated"}, None],
    ids=str,
)
def test_an_action_that_is_not_meant_to_be_done_is_no_task(enrolment, choice):
    signed(enrolment, intentions={"scan/scan": choice} if choice else {}, **SCAN)

    assert not Task.objects.filter(kind="action").exists()


def test_what_was_done_by_the_signature_is_no_task(enrolment):
    done = [{"resource": "scan", "status": "done", "known_how": "Seen"}]

    signed(enrolment, intentions=FOLLOWED, performances=done, **SCAN)

    assert not Task.objects.filter(kind="action").exists()


def test_another_interval_shifts_the_day(enrolment):
    intention = {"choice": "deviated", "kind": "interval", "due_on": "2026-03-20"}

    signed(enrolment, intentions={"scan/scan": intention}, **SCAN)

    day = date(2026, 3, 20)
    assert windows(kind="action") == [("action", "scan", day, day)]


def test_a_deferral_becomes_a_task_on_its_day(enrolment):
    deferred = {"scan/scan": {"choice": "deferred", "due_on": "2026-03-12"}}

    signed(enrolment, intentions=deferred, **SCAN)

    day = date(2026, 3, 12)
    assert windows(kind="review") == [("review", "deferred/scan/scan", day, day)]
    assert Task.objects.overdue(NOON + 2 * DAY).count() == 0
    assert Task.objects.overdue(NOON + 3 * DAY).get().title == "Decide: Scan."


def test_a_pending_answer_becomes_a_task_on_the_day_it_was_told(enrolment):
    draft = opened(enrolment)
    pending = {"value": None, "missing": "pending"}
    save_draft(
        encounter=draft,
        answers={"temperature": pending | {"due_on": "2026-03-11"}, "look": pending},
        intentions={},
        edit=0,
        by=draft.opened_by,
        at=NOON,
    )
    sign(encounter=draft, edit=1, by=draft.opened_by, at=NOON)

    assert windows(kind="result") == [
        ("result", "look", None, None),
        ("result", "temperature", None, date(2026, 3, 11)),
    ]


def test_what_looks_back_raises_no_task(enrolment):
    signed(enrolment, origin="retrospective", **HOME)

    assert not Task.objects.exists()


def test_an_undated_visit_raises_an_undated_task(enrolment):
    signed(enrolment, visit_time=None, **HOME)

    assert windows() == [("visit", "control", None, None)]
    assert Task.objects.due(NOON).count() == 1


def test_raising_again_changes_nothing(enrolment):
    encounter = signed(enrolment, intentions=FOLLOWED, **SCAN)
    before = list(Task.objects.values())

    assert raise_tasks(encounter=encounter, at=NOON, by=UserFactory()) == []

    assert list(Task.objects.values()) == before
    assert not TaskEvent.objects.exists()


def test_signing_and_its_tasks_stand_or_fall_together(enrolment):
    draft = opened(enrolment)
    save_draft(
        encounter=draft,
        answers=answers(**HOME),
        intentions={"home/watch": {"choice": "deferred", "due_on": "no day"}},
        edit=0,
        by=draft.opened_by,
        at=NOON,
    )

    with pytest.raises(ValueError, match="no date"):
        sign(encounter=draft, edit=1, by=draft.opened_by, at=NOON)

    assert not Task.objects.exists()


# -- a visit that an action advises ------------------------------------------------


def test_an_advised_visit_is_due_only_where_it_was_advised():
    enrolment = episode(scamp=publish(ADVISED).scamp)

    signed(enrolment, **OPERATE)

    assert not Task.objects.exists()


def test_an_advised_visit_takes_the_day_that_was_chosen():
    enrolment = episode(scamp=publish(ADVISED).scamp)
    later = {"choice": "deviated", "kind": "interval", "due_on": "2026-05-04"}

    encounter = signed(enrolment, intentions={"home/watch": later}, **HOME)

    day = date(2026, 5, 4)
    assert windows() == [("visit", "control", day, day)]
    row = encounter.opportunities.get(action="watch")
    decide(opportunity=row, choice="followed", by=UserFactory(), at=NOON + DAY)
    assert windows() == [("visit", "control", date(2026, 3, 17), date(2026, 4, 7))]


def test_a_visit_decided_against_is_cancelled_and_comes_back():
    enrolment = episode(scamp=publish(ADVISED).scamp)
    encounter = signed(enrolment, **HOME)
    row = encounter.opportunities.get(action="watch")

    decide(opportunity=row, choice="not-applicable", by=UserFactory(), at=NOON + DAY)
    assert not Task.objects.open().exists()
    void_decision(
        decision=Decision.objects.get(), reason="Wrong", by=UserFactory(), at=NOON + DAY
    )

    task = Task.objects.open().get()
    assert kinds(task) == [("cancelled", True), ("undone", True)]


# -- closed by what is recorded ----------------------------------------------------


def test_a_visit_closes_itself_when_it_is_signed(enrolment):
    signed(enrolment, **HOME)
    task = Task.objects.get()

    visit = control(enrolment)

    event = task.events.get()
    assert (event.kind, event.encounter, event.is_automatic) == ("done", visit, True)
    assert not Task.objects.open().exists()


def test_a_visit_held_early_says_so(enrolment):
    signed(enrolment, **HOME)

    control(enrolment, days=6)

    assert TaskEvent.objects.get().words == "Held before its first day."


def test_a_visit_held_too_early_stays_open_where_the_plan_advises_it_still():
    torus = library_version("torus-fracture").scamp
    enrolment = episode(scamp=torus, site=SiteFactory(is_sandbox=True))
    signed(enrolment, torus_fracture=True)
    given = {"visit": "three-weeks", "further_radiographs": False}

    signed(enrolment, visit_time=NOON + 14 * DAY, **given)
    assert windows() == [("visit", "three-weeks", *[date(2026, 3, 31)] * 2)]
    signed(enrolment, visit_time=NOON + 21 * DAY, **given)

    assert windows() == []


def test_the_visit_of_a_library_plan_is_due_only_where_it_was_advised():
    torus = library_version("torus-fracture").scamp
    enrolment = episode(scamp=torus, site=SiteFactory(is_sandbox=True))

    signed(enrolment, torus_fracture=False)

    assert not Task.objects.exists()


def test_a_visit_entered_in_error_was_not_held(enrolment):
    first = signed(enrolment, **HOME)
    visit = control(enrolment)

    void_encounter(encounter=visit, reason="Other child", by=UserFactory(), at=NOON)

    assert Task.objects.open().get().encounter == first


def test_a_first_visit_entered_late_calls_for_no_visit_that_was_held(enrolment):
    control(enrolment)

    signed(enrolment, **HOME)

    assert not Task.objects.exists()


def test_a_visit_to_come_counts_from_the_later_of_two_visits(enrolment):
    signed(enrolment, **HOME)
    again = signed(enrolment, visit_time=NOON + 3 * DAY, **HOME)

    task = Task.objects.open().get()
    assert (task.encounter, task.due_on) == (again, date(2026, 4, 10))
    void_encounter(encounter=again, reason="Twice", by=UserFactory(), at=NOON)
    assert Task.objects.open().get().due_on == date(2026, 4, 7)


def test_an_undated_visit_never_replaces_a_dated_one(enrolment):
    signed(enrolment, **HOME)

    signed(enrolment, visit_time=None, at=NOON + DAY, **HOME)

    assert windows() == [("visit", "control", date(2026, 3, 17), date(2026, 4, 7))]


def test_an_action_closes_when_it_was_done_and_reopens_when_it_was_not(enrolment):
    encounter = signed(enrolment, intentions=FOLLOWED, **SCAN)
    task = Task.objects.get(kind="action")
    given = {"encounter": encounter, "resource": "scan", "known_how": "Seen"}

    deed = record_performance(status="done", by=UserFactory(), at=NOON, **given)
    assert task.events.get().performance == deed
    record_performance(status="not-done", by=UserFactory(), at=NOON, **given)

    assert kinds(task) == [("done", True), ("undone", True)]
    assert task in Task.objects.open()


def test_a_result_closes_when_the_answer_is_amended_in(enrolment):
    draft = opened(enrolment)
    pending = {"temperature": {"value": None, "missing": "pending"}}
    given = {"intentions": {}, "edit": 0, "by": draft.opened_by, "at": NOON}
    save_draft(encounter=draft, answers=answers(guarding=False) | pending, **given)
    sign(encounter=draft, edit=1, by=draft.opened_by, at=NOON)

    correct(draft, HOME)

    task = Task.objects.get(kind="result")
    assert kinds(task) == [("done", True)]


def test_a_deferral_is_closed_by_the_decision(enrolment):
    deferred = {"scan/scan": {"choice": "deferred", "due_on": "2026-03-12"}}
    encounter = signed(enrolment, intentions=deferred, **SCAN)

    decide(
        opportunity=encounter.opportunities.get(),
        choice="followed",
        by=UserFactory(),
        at=NOON + DAY,
    )

    assert windows(kind="review") == []
    assert [row[:2] for row in windows(kind="action")] == [("action", "scan")]


def test_a_void_cancels_the_open_tasks_with_its_reason(enrolment):
    encounter = signed(enrolment, intentions=FOLLOWED, **SCAN)

    void_encounter(encounter=encounter, reason="Other child", by=UserFactory(), at=NOON)

    assert not Task.objects.open().exists()
    assert {event.words for event in TaskEvent.objects.all()} == {
        "Entered in error: Other child"
    }


def test_leaving_cancels_the_visits_and_keeps_the_results(enrolment):
    draft = opened(enrolment)
    pending = {"temperature": {"value": None, "missing": "pending"}}
    given = {"intentions": {}, "edit": 0, "by": draft.opened_by, "at": NOON}
    save_draft(encounter=draft, answers=answers(guarding=False) | pending, **given)
    sign(encounter=draft, edit=1, by=draft.opened_by, at=NOON)

    leave(enrolment=enrolment, reason="Moved", by=UserFactory(), at=NOON + DAY)
    assert [row[:2] for row in windows()] == [("result", "temperature")]
    correct(draft, {"guarding": False, "temperature": "37.0"}, days=2)

    assert windows(kind="visit") == windows(kind="result") == []
    visit = Task.objects.get(kind="visit")
    assert visit.events.get().words == "The patient left the plan. Moved"


# -- what an amendment asks for ----------------------------------------------------


def test_an_amendment_that_advises_otherwise_is_a_task_until_amended_back(enrolment):
    encounter = signed(enrolment, **HOME)

    correct(encounter, OPERATE)
    assert [row[:2] for row in windows(kind="review")] == [("review", "otherwise/2")]
    correct(encounter, HOME, days=2)

    assert windows(kind="review") == []


def test_an_amended_visit_is_a_task_on_the_one_that_rests_on_it(enrolment):
    first = signed(enrolment, **HOME)
    later = control(enrolment)

    correct(first, {"guarding": False, "temperature": "36.5"}, days=20)
    correct(first, {"guarding": False, "temperature": "36.4"}, days=21)

    task = Task.objects.get(kind="review")
    assert (task.encounter, task.owner) == (later, later.signed_by)
    assert task.key == f"before/{first.pk}/2"


def test_a_void_visit_is_a_task_on_the_one_that_rests_on_it(enrolment):
    first = signed(enrolment, **HOME)
    later = control(enrolment)

    void_encounter(
        encounter=first, reason="Other child", by=UserFactory(), at=NOON + 20 * DAY
    )

    assert Task.objects.open().get().encounter == later


# -- outcomes ----------------------------------------------------------------------


def test_an_outcome_is_asked_for_once_its_window_has_closed():
    enrolment = episode(scamp=publish(WITH_OUTCOME).scamp)

    signed(enrolment, **HOME)
    control(enrolment)

    task = Task.objects.get(kind="outcome")
    assert (task.key, task.earliest_on, task.due_on) == ("ill", date(2026, 4, 9), None)
    assert task not in Task.objects.due(NOON + 29 * DAY)
    assert task in Task.objects.due(NOON + 30 * DAY)


def test_an_outcome_closes_its_task_and_its_void_reopens_it():
    enrolment = episode(scamp=publish(WITH_OUTCOME).scamp)
    signed(enrolment, **HOME)
    who = {"by": UserFactory(), "at": NOON}

    record_outcome(
        enrolment=enrolment, key="ill", value=False, known_how="Asked", **who
    )
    task = Task.objects.get(kind="outcome")
    assert kinds(task) == [("done", True)]
    outcome = Outcome.objects.get()
    void_outcome(outcome=outcome, reason="Wrong", by=UserFactory(), at=NOON)

    assert task in Task.objects.open()


# -- days --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        ((2026, 3, 9, 23, 30), (2026, 3, 17), (2026, 4, 7)),  # the 10th in Berlin
        ((2026, 1, 31, 12), (2026, 2, 7), (2026, 2, 28)),  # the end of February
        ((2028, 2, 1, 12), (2028, 2, 8), (2028, 2, 29)),  # of a leap year
        ((2026, 3, 22, 0, 30), (2026, 3, 29), (2026, 4, 19)),  # the clocks change
        ((2026, 10, 18, 22, 30), (2026, 10, 26), (2026, 11, 16)),  # and back
        ((2026, 12, 20, 12), (2026, 12, 27), (2027, 1, 17)),  # into the next year
    ],
    ids=str,
)
def test_windows_are_calendar_days_of_the_site(enrolment, moment, first, last):
    signed(enrolment, visit_time=datetime(*moment, tzinfo=UTC), **HOME)

    task = Task.objects.get()
    assert (task.earliest_on, task.due_on) == (date(*first), date(*last))


def test_a_window_of_one_day_is_due_on_that_day_at_the_site():
    plan = FEVER.replace(
        "{earliest_days: 7, latest_days: 28", "{earliest_days: 7, latest_days: 7"
    )
    enrolment = episode(scamp=publish(plan).scamp)
    signed(enrolment, **HOME)
    midnight = datetime(2026, 3, 16, 23, 0, tzinfo=UTC)  # the 17th begins in Berlin

    before, after = midnight - timedelta(seconds=1), midnight + DAY
    assert not Task.objects.due(before).exists()
    assert Task.objects.due(midnight).exists()
    assert not Task.objects.overdue(after - timedelta(seconds=1)).exists()
    assert Task.objects.overdue(after).exists()


# -- the database ------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE carepaths_task SET due_on = NULL",
        "DELETE FROM carepaths_task",
        "UPDATE carepaths_taskevent SET words = 'x'",
        "DELETE FROM carepaths_taskevent",
    ],
)
def test_the_database_refuses_to_change_tasks(enrolment, statement):
    signed(enrolment, **HOME)
    control(enrolment)

    with (
        pytest.raises(DatabaseError, match="never change"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)
