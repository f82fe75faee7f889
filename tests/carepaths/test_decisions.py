"""Decisions, performances and outcomes: the last row holds, the others stay."""

from datetime import UTC, date, datetime

import pytest

from carepaths.actions import refusals
from carepaths.actions.decisions import decide, record_performance
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.voids import void_decision, void_encounter, void_outcome
from carepaths.core.opportunities import DecisionRefused
from carepaths.models import (
    Decision,
    Encounter,
    Opportunity,
    Outcome,
    Performance,
    Void,
)
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    UserFactory,
    episode,
    opened,
    publish,
    signed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def encounter():
    return signed(episode(scamp=publish().scamp), **HOME)


@pytest.fixture
def watch(encounter):
    return encounter.opportunities.get(action="watch")


def choose(opportunity, choice, *, at=NOON, by=None, **fields):
    by = by or UserFactory()
    return decide(opportunity=opportunity, choice=choice, by=by, at=at, **fields)


def state(opportunity, as_of):
    return Opportunity.objects.with_decision(as_of).get(pk=opportunity.pk).state


def test_a_correction_is_appended_and_holds(watch):
    choose(watch, "followed")

    choose(watch, "deviated", at=NOON + DAY, reason="night")

    assert watch.decisions.count() == 2
    assert Decision.objects.held().get().choice == "deviated"
    assert state(watch, NOON) == "followed"
    assert state(watch, NOON + DAY) == "deviated"


def test_nothing_decided_is_missing(watch):
    assert state(watch, NOON) == "missing"


def test_a_reason_may_be_told_later(watch):
    choose(watch, "deviated")
    assert list(Opportunity.objects.without_reason(NOON)) == [watch]

    choose(watch, "deviated", at=NOON + DAY, reason="other", words="Snow")

    assert not Opportunity.objects.without_reason(NOON + DAY).exists()
    held = Decision.objects.held().get()
    assert (held.reason, held.words, held.standard_reason) == ("other", "Snow", "")


def test_other_needs_words(watch):
    with pytest.raises(DecisionRefused, match="needs words"):
        choose(watch, "deviated", reason="other", words="  ")


def test_a_plans_own_reason_keeps_its_standard_code(watch):
    decision = choose(watch, "deviated", reason="night")

    assert (decision.reason, decision.standard_reason) == ("night", "limited-time")


def test_a_deferral_is_missing_once_its_day_is_over_at_the_site(watch):
    choose(watch, "deferred", due_on=date(2026, 3, 12))
    evening = datetime(2026, 3, 12, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    midnight = datetime(2026, 3, 12, 23, 0, tzinfo=UTC)  # 0:00 in Berlin

    assert state(watch, evening) == "deferred"
    assert not Opportunity.objects.overdue(evening).exists()
    assert state(watch, midnight) == "missing"
    assert list(Opportunity.objects.overdue(midnight)) == [watch]


def test_a_deferral_that_is_decided_after_all_is_not_overdue(watch):
    choose(watch, "deferred", due_on=date(2026, 3, 12))
    choose(watch, "followed", at=NOON + DAY)

    assert state(watch, NOON + 9 * DAY) == "followed"
    assert not Opportunity.objects.overdue(NOON + 9 * DAY).exists()


def test_a_void_decision_gives_way_to_the_one_before(watch):
    choose(watch, "followed")
    wrong = choose(watch, "not-applicable", at=NOON + DAY)

    void_decision(
        decision=wrong, reason="Wrong row", by=UserFactory(), at=NOON + 2 * DAY
    )

    assert Decision.objects.held().get().choice == "followed"
    assert state(watch, NOON + DAY) == "not-applicable"
    assert state(watch, NOON + 2 * DAY) == "followed"


def test_nobody_voids_an_own_decision(watch):
    decision = choose(watch, "followed")

    with pytest.raises(refusals.SecondPersonNeeded):
        void_decision(decision=decision, reason="Wrong", by=decision.by, at=NOON)


def test_nothing_is_decided_about_a_void_encounter(encounter, watch):
    void_encounter(encounter=encounter, reason="Wrong", by=UserFactory(), at=NOON)

    with pytest.raises(refusals.Voided):
        choose(watch, "followed")
    with pytest.raises(refusals.Voided):
        perform(encounter, "done")


def perform(encounter, status, resource="watching", at=NOON):
    return record_performance(
        encounter=encounter,
        resource=resource,
        status=status,
        known_how="Seen",
        by=UserFactory(),
        at=at,
    )


def test_what_was_done_may_be_told_anew(encounter):
    perform(encounter, "unknown")
    perform(encounter, "done", at=NOON + DAY)
    perform(encounter, "not-done", resource="scan")

    held = Performance.objects.held().values_list("resource", "status")
    assert set(held) == {("watching", "done"), ("scan", "not-done")}
    before = Performance.objects.held(NOON).values_list("resource", "status")
    assert set(before) == {("watching", "unknown"), ("scan", "not-done")}


def test_what_was_done_names_a_resource_of_the_plan(encounter):
    with pytest.raises(refusals.UnknownResource):
        perform(encounter, "done", resource="moon")


def test_intention_and_performance_are_two_things(encounter, watch):
    choose(watch, "followed")
    perform(encounter, "not-done")

    assert state(watch, NOON) == "followed"
    assert Performance.objects.held().get().status == "not-done"


def tell(enrolment, key, value, at=NOON):
    return record_outcome(
        enrolment=enrolment,
        key=key,
        value=value,
        known_how="Asked",
        by=UserFactory(),
        at=at,
    )


@pytest.mark.parametrize(
    ("key", "value", "stored"),
    [
        ("ill", True, True),
        ("ill", None, None),
        ("stay", 3, 3),
        ("weight_loss", "2.50", "2.50"),
        ("weight_loss", 2, "2"),
    ],
)
def test_an_outcome_is_stored_in_its_canonical_form(encounter, key, value, stored):
    assert tell(encounter.enrolment, key, value).value == stored


@pytest.mark.parametrize(
    ("key", "value"),
    [("ill", 1), ("ill", "yes"), ("stay", True), ("stay", "3"), ("weight_loss", "NaN")],
)
def test_an_outcome_that_does_not_fit_is_refused(encounter, key, value):
    with pytest.raises(refusals.WrongValue):
        tell(encounter.enrolment, key, value)


def test_an_unknown_outcome_is_refused(encounter):
    with pytest.raises(refusals.UnknownOutcome):
        tell(encounter.enrolment, "fate", True)


def test_the_last_outcome_holds_and_a_void_one_gives_way(encounter):
    tell(encounter.enrolment, "ill", False)
    wrong = tell(encounter.enrolment, "ill", True, at=NOON + DAY)
    assert Outcome.objects.held().get().value is True

    void_outcome(outcome=wrong, reason="Wrong", by=UserFactory(), at=NOON + 2 * DAY)

    assert Outcome.objects.held().get().value is False
    assert Outcome.objects.held(NOON + DAY).get().value is True
    assert not Outcome.objects.held(NOON - DAY).exists()


def test_a_void_encounter_leaves_the_counts_and_stays_readable(encounter):
    void_encounter(
        encounter=encounter, reason="Wrong child", by=UserFactory(), at=NOON + DAY
    )

    assert not Encounter.objects.counted().exists()
    assert Encounter.objects.counted(NOON).get() == encounter
    assert not Opportunity.objects.counted(NOON + DAY).exists()
    assert encounter.revisions.exists()


def test_a_void_needs_a_reason_and_happens_once(encounter):
    with pytest.raises(refusals.ReasonNeeded):
        void_encounter(encounter=encounter, reason="", by=UserFactory(), at=NOON)
    void_encounter(encounter=encounter, reason="Wrong", by=UserFactory(), at=NOON)
    with pytest.raises(refusals.AlreadyVoided):
        void_encounter(encounter=encounter, reason="Wrong", by=UserFactory(), at=NOON)

    assert Void.objects.count() == 1


def test_who_signed_does_not_void(encounter):
    with pytest.raises(refusals.SecondPersonNeeded):
        void_encounter(
            encounter=encounter, reason="Wrong", by=encounter.signed_by, at=NOON
        )


def test_an_author_voids_an_own_draft():
    draft = opened(episode(scamp=publish().scamp))

    void_encounter(encounter=draft, reason="Wrong child", by=draft.opened_by, at=NOON)

    assert not Encounter.objects.drafts().exists()


def test_practice_before_the_plan_owes_no_reason():
    enrolment = episode(scamp=publish().scamp)
    encounter = signed(enrolment, origin="retrospective", **HOME)

    choose(encounter.opportunities.get(action="watch"), "deviated")

    assert not Opportunity.objects.without_reason(NOON).exists()
