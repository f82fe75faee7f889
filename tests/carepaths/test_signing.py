"""Signing freezes the walk, its opportunities and its decisions; amending adds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connections, transaction

from carepaths.actions import refusals
from carepaths.actions.eligibility import judgements
from carepaths.actions.signing import amend, sign
from carepaths.actions.voids import void_encounter
from carepaths.core.opportunities import DecisionRefused
from carepaths.core.reasons import UnknownReason
from carepaths.models import Cause, Decision, Encounter, Opportunity, Performance
from scamps.models import State
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    SCAN,
    UserFactory,
    answers,
    episode,
    move,
    opened,
    publish,
    saved,
    signed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return episode(scamp=publish().scamp)


def test_signing_freezes_answers_context_and_walk(enrolment):
    encounter = signed(enrolment, **HOME)

    revision = encounter.revisions.get()
    assert (revision.number, revision.cause) == (1, Cause.SIGNED)
    assert revision.answers == answers(**HOME)
    assert revision.context["visit_date"] == "2026-03-10"
    assert revision.path == ["presentation", "danger", "home"]
    assert (revision.end_node, revision.stopped) == ("home", False)
    assert revision.walk["actions"][0]["action"] == "no-scan"


def test_the_walk_as_signed_makes_the_opportunities(enrolment):
    encounter = signed(enrolment, **HOME)

    rows = encounter.opportunities.values_list(
        "node", "action", "direction", "resource"
    )
    assert list(rows) == [
        ("home", "no-scan", "do-not", "scan"),
        ("home", "watch", "do", "watching"),
    ]


def test_a_stopped_walk_can_be_signed_with_what_was_done(enrolment):
    done = [{"resource": "surgery", "status": "done", "known_how": "Seen"}]

    encounter = signed(enrolment, guarding=False, performances=done)

    revision = encounter.revisions.get()
    assert (revision.stopped, revision.waiting_for) == (True, ["temperature"])
    assert not encounter.opportunities.exists()
    assert encounter.performances.get().status == Performance.Status.DONE


def test_a_stop_behind_advice_keeps_the_advice(enrolment):
    encounter = signed(enrolment, **SCAN)

    assert encounter.revisions.get().end_node == "result"
    assert encounter.opportunities.get().key == "scan/scan"


def test_intentions_become_decisions(enrolment):
    intentions = {
        "home/no-scan": {"choice": "deviated", "reason": "night"},
        "home/watch": {"choice": "deferred", "due_on": "2026-03-12"},
    }

    signed(enrolment, intentions=intentions, **HOME)

    first, second = Decision.objects.order_by("pk")
    assert (first.choice, first.kind) == ("deviated", "added")
    assert (first.reason, first.standard_reason) == ("night", "limited-time")
    assert (second.choice, second.due_on) == ("deferred", date(2026, 3, 12))


def test_an_intention_about_what_is_not_advised_any_more_makes_no_decision(enrolment):
    intentions = {"operate/operate": {"choice": "followed"}}

    encounter = signed(enrolment, intentions=intentions, **HOME)

    assert not Decision.objects.exists()
    assert encounter.revisions.get().intentions == intentions


@pytest.mark.parametrize("choice", ["modified", "not-applicable", "followed"])
def test_other_choices_need_neither_kind_nor_reason(enrolment, choice):
    signed(enrolment, intentions={"home/watch": {"choice": choice}}, **HOME)

    decision = Decision.objects.get()
    assert (decision.choice, decision.kind, decision.reason) == (choice, "", "")


def test_a_deviation_may_leave_its_reason_for_later(enrolment):
    encounter = signed(
        enrolment, intentions={"home/watch": {"choice": "deviated"}}, **HOME
    )

    assert Decision.objects.get().kind == "omitted"
    waiting = Opportunity.objects.without_reason(NOON)
    assert [row.key for row in waiting] == ["home/watch"]
    assert waiting.get().encounter == encounter


@pytest.mark.parametrize(
    ("intention", "refusal"),
    [
        ({"choice": "deviated", "reason": "other"}, DecisionRefused),
        ({"choice": "deviated", "reason": "moon"}, UnknownReason),
        ({"choice": "deviated", "reason": "no-scanner"}, UnknownReason),
        ({"choice": "deviated", "kind": "odd"}, DecisionRefused),
        ({"choice": "deferred"}, DecisionRefused),
        ({"choice": "deferred", "due_on": "soon"}, DecisionRefused),
        ({"choice": "perhaps"}, DecisionRefused),
    ],
    ids=str,
)
def test_an_incomplete_decision_stands_against_signing(enrolment, intention, refusal):
    draft = saved(opened(enrolment), intentions={"home/watch": intention}, **HOME)

    with pytest.raises(refusal):
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)

    draft.refresh_from_db()
    assert draft.is_open
    assert not draft.revisions.exists()


def test_nobody_signs_twice(enrolment):
    encounter = signed(enrolment, **HOME)

    with pytest.raises(refusals.AlreadySigned):
        sign(encounter=encounter, edit=encounter.edit, by=UserFactory(), at=NOON)

    assert encounter.revisions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_signatures_at_the_same_time_one_holds():
    enrolment = episode(scamp=publish().scamp)
    draft = saved(opened(enrolment), **HOME)
    users = [UserFactory(), UserFactory()]
    ready = Barrier(2)

    def attempt(user):
        ready.wait()
        try:
            sign(encounter=draft, edit=draft.edit, by=user, at=NOON)
            return "signed"
        except refusals.AlreadySigned:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(attempt, users))

    assert results == ["refused", "signed"]
    assert Encounter.objects.get().revisions.count() == 1
    assert Opportunity.objects.count() == 2


def test_signing_what_was_not_seen_is_refused(enrolment):
    draft = saved(opened(enrolment), **HOME)
    seen = draft.edit
    saved(draft, **OPERATE)

    with pytest.raises(refusals.EditConflict):
        sign(encounter=draft, edit=seen, by=draft.opened_by, at=NOON)


def test_a_void_draft_cannot_be_signed(enrolment):
    draft = saved(opened(enrolment), **HOME)
    void_encounter(encounter=draft, reason="Wrong", by=UserFactory(), at=NOON)

    with pytest.raises(refusals.Voided):
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN])
def test_a_draft_is_finished_on_its_own_version(enrolment, state):
    draft = saved(opened(enrolment), **HOME)
    move(draft.version, state)

    sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)

    assert draft.revisions.exists()


def test_a_recalled_version_cannot_be_signed_on(enrolment):
    draft = saved(opened(enrolment), **HOME)
    move(draft.version, State.RECALLED)

    with pytest.raises(refusals.Recalled):
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)


def test_a_blocking_check_stands_against_signing_and_a_warning_does_not(enrolment):
    blocked = saved(opened(enrolment), days_ill=61, **HOME)
    warned = opened(enrolment)
    saved(warned, look="ill", guarding=False, temperature="34.5")

    with pytest.raises(refusals.BlockedByChecks) as raised:
        sign(encounter=blocked, edit=blocked.edit, by=blocked.opened_by, at=NOON)
    sign(encounter=warned, edit=warned.edit, by=warned.opened_by, at=NOON)

    assert [check.key for check in raised.value.subject] == ["late"]
    assert warned.revisions.exists()


def test_performances_name_resources_of_the_plan(enrolment):
    wrong = [{"resource": "moon", "status": "done", "known_how": "Seen"}]
    draft = saved(opened(enrolment), **HOME)

    with pytest.raises(refusals.UnknownResource):
        sign(
            encounter=draft,
            edit=draft.edit,
            performances=wrong,
            by=draft.opened_by,
            at=NOON,
        )

    draft.refresh_from_db()
    assert draft.is_open


def test_a_flagged_value_is_used_and_its_weight_told(enrolment):
    cold = {"value": "26.9", "missing": None, "flags": ["implausible"]}
    draft = opened(enrolment)
    draft.answers = answers(guarding=False) | {"temperature": cold}
    Encounter.objects.filter(pk=draft.pk).update(answers=draft.answers)

    sign(encounter=draft, edit=0, by=draft.opened_by, at=NOON)

    revision = draft.revisions.get()
    assert revision.end_node == "home"
    assert (revision.flagged, revision.differs_without_flagged) == (
        ["temperature"],
        True,
    )


def test_windows_close_on_the_calendar_of_the_site(enrolment):
    friday = datetime(2026, 3, 27, 11, 0, tzinfo=UTC)  # the clocks change on Sunday

    encounter = signed(enrolment, visit_time=friday, **HOME)

    no_scan, watch = encounter.opportunities.all()
    assert no_scan.window_closes_at == datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    assert watch.window_closes_at is None


def test_a_do_not_action_settles_when_its_window_closes(enrolment):
    signed(enrolment, **HOME)

    def settled(at):
        return [row.action for row in Opportunity.objects.settled(at)]

    assert settled(NOON + 2 * DAY) == ["watch"]
    assert settled(NOON + 3 * DAY) == ["no-scan", "watch"]


def test_an_amendment_is_a_new_revision_and_leaves_what_was_signed(enrolment):
    encounter = signed(enrolment, **HOME)

    amended = amend(
        encounter=encounter,
        answers=answers(guarding=False, temperature="37.5"),
        reason="Misread",
        by=UserFactory(),
        at=NOON + DAY,
    )

    assert (amended.number, amended.cause) == (2, Cause.AMENDED)
    assert not amended.advises_otherwise
    assert encounter.revisions.get(number=1).answers == answers(**HOME)
    assert not Encounter.objects.amended_otherwise().exists()


def test_an_amendment_that_advises_otherwise_is_told_and_changes_no_advice(enrolment):
    encounter = signed(
        enrolment, intentions={"home/watch": {"choice": "followed"}}, **HOME
    )

    amend(
        encounter=encounter,
        answers=answers(**OPERATE),
        reason="Misread",
        by=UserFactory(),
        at=NOON + DAY,
    )

    last = encounter.revisions.get(number=2)
    assert (last.end_node, last.advises_otherwise) == ("operate", True)
    keys = [row.key for row in encounter.opportunities.all()]
    assert keys == ["home/no-scan", "home/watch"]
    assert Decision.objects.get().choice == "followed"
    assert Encounter.objects.amended_otherwise().get() == encounter


def test_an_amendment_back_to_what_was_signed_ends_the_task(enrolment):
    encounter = signed(enrolment, **HOME)
    for values in (OPERATE, HOME):
        amend(
            encounter=encounter,
            answers=answers(**values),
            reason="Misread",
            by=UserFactory(),
            at=NOON + DAY,
        )

    assert not Encounter.objects.amended_otherwise().exists()


def test_an_amendment_needs_a_reason_a_signature_and_no_void(enrolment):
    draft = saved(opened(enrolment), **HOME)
    given = {"answers": answers(**HOME), "by": UserFactory(), "at": NOON}

    with pytest.raises(refusals.NotSigned):
        amend(encounter=draft, reason="Misread", **given)
    sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)
    with pytest.raises(refusals.ReasonNeeded):
        amend(encounter=draft, reason=" ", **given)
    void_encounter(encounter=draft, reason="Wrong", by=UserFactory(), at=NOON)
    with pytest.raises(refusals.Voided):
        amend(encounter=draft, reason="Misread", **given)


def test_an_amendment_of_what_was_not_seen_is_refused(enrolment):
    encounter = signed(enrolment, **HOME)
    given = {"answers": answers(**OPERATE), "by": UserFactory(), "at": NOON}
    amend(encounter=encounter, reason="Misread", based_on=1, **given)

    with pytest.raises(refusals.AmendedMeanwhile):
        amend(encounter=encounter, reason="Misread", based_on=1, **given)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE carepaths_encounter SET answers = '{}'",
        "UPDATE carepaths_encounter SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM carepaths_encounter",
        "UPDATE carepaths_revision SET answers = '{}'",
        "UPDATE carepaths_opportunity SET node = 'x'",
        "UPDATE carepaths_decision SET choice = 'followed'",
        "DELETE FROM carepaths_decision",
        "UPDATE carepaths_performance SET status = 'done'",
        "UPDATE carepaths_enrolmentchange SET reason = 'x'",
        "UPDATE carepaths_mark SET month = NULL",
    ],
)
def test_the_database_refuses_to_change_what_is_signed(enrolment, statement):
    done = [{"resource": "scan", "status": "not-done", "known_how": "Seen"}]
    intentions = {"home/watch": {"choice": "modified"}}
    signed(enrolment, performances=done, intentions=intentions, **HOME)

    with (
        pytest.raises(DatabaseError, match="never change"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


def test_signing_costs_seventeen_queries(enrolment, django_assert_num_queries):
    """Fourteen for what is signed, one of which holds the version against a recall in
    the same instant; three for its tasks: those there are, later visits
    of the kind that is called for, and the new ones."""
    intentions = {
        "home/no-scan": {"choice": "followed"},
        "home/watch": {"choice": "followed"},
    }
    draft = saved(opened(enrolment), intentions=intentions, **HOME)
    judgements(enrolment.patient, NOON)  # a process reads each plan once

    with django_assert_num_queries(19):  # seventeen, in a savepoint
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)


def test_a_visit_in_the_future_of_another_zone_is_dated_by_its_own(enrolment):
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    encounter = signed(enrolment, visit_time=late, **HOME)

    assert encounter.month == date(2026, 2, 1)
    assert encounter.revisions.get().context["visit_date"] == "2026-02-01"
    assert encounter.visit_time + timedelta(0) == late
