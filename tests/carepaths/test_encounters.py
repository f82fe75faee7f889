"""Encounters are pinned to a version, and drafts are saved by compare-and-set."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from carepaths.actions import refusals
from carepaths.actions.encounters import open_encounter, save_draft
from carepaths.actions.enrolments import leave
from carepaths.actions.submissions import once
from carepaths.actions.voids import void_encounter
from carepaths.core.answers import MalformedAnswers
from carepaths.models import Cause, Encounter, Origin
from scamps.models import State
from tests.carepaths.factories import (
    HOME,
    NOON,
    SiteFactory,
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


def test_an_encounter_keeps_the_version_it_was_opened_under():
    old = publish()
    encounter = opened(episode(scamp=old.scamp))

    new = publish(replacing=("Fever in children", "Fever"))
    move(old, State.SUPERSEDED)

    assert new.scamp.active_version == new
    encounter.refresh_from_db()
    assert encounter.version == old


def test_without_an_active_version_nothing_opens():
    version = publish(state=State.WITHDRAWN)

    with pytest.raises(refusals.NoActiveVersion):
        opened(episode(scamp=version.scamp))


def test_who_left_has_no_new_encounters():
    enrolment = episode(scamp=publish().scamp)
    leave(enrolment=enrolment, by=UserFactory(), at=NOON)

    with pytest.raises(refusals.NotEnrolled):
        opened(enrolment)


def test_an_unknown_kind_of_visit_is_refused():
    enrolment = episode(scamp=publish().scamp)

    with pytest.raises(refusals.UnknownVisit):
        opened(enrolment, visit="daily")


@pytest.mark.parametrize(
    ("is_sandbox", "origin"),
    [(True, Origin.PROSPECTIVE), (True, Origin.RETROSPECTIVE), (False, Origin.SANDBOX)],
)
def test_sandbox_and_real_are_never_mixed(is_sandbox, origin):
    site = SiteFactory(is_sandbox=is_sandbox)
    enrolment = episode(scamp=publish().scamp, site=site)

    with pytest.raises(refusals.WrongOrigin):
        opened(enrolment, origin=origin)


@pytest.mark.parametrize(
    ("is_sandbox", "origin"), [(True, Origin.SANDBOX), (False, Origin.PROSPECTIVE)]
)
def test_the_site_says_the_origin_if_nobody_does(is_sandbox, origin):
    site = SiteFactory(is_sandbox=is_sandbox)

    assert opened(episode(scamp=publish().scamp, site=site)).origin == origin


def test_a_demonstration_plan_advises_no_real_patient():
    scamp = publish(replacing=("demonstration: false", "demonstration: true")).scamp
    real, sandbox = episode(scamp=scamp), SiteFactory(is_sandbox=True)

    with pytest.raises(refusals.DemonstrationOnly):
        opened(real)
    assert opened(real, origin=Origin.RETROSPECTIVE).pk
    assert opened(episode(scamp=scamp, site=sandbox)).pk


def test_a_save_counts_and_stays_in_place():
    encounter = opened(episode(scamp=publish().scamp))

    saved(encounter, guarding=True)
    saved(encounter, guarding=False)

    encounter.refresh_from_db()
    assert encounter.edit == 2
    assert encounter.answers == answers(guarding=False)
    assert not encounter.revisions.exists()


def test_the_loser_of_a_conflict_is_kept():
    encounter = opened(episode(scamp=publish().scamp))
    mine = Encounter.objects.get(pk=encounter.pk)
    saved(encounter, guarding=True)

    with pytest.raises(refusals.EditConflict):
        saved(mine, intentions={"home/watch": {"choice": "followed"}}, guarding=False)

    encounter.refresh_from_db()
    kept = encounter.revisions.get()
    assert encounter.answers == answers(guarding=True)
    assert (kept.cause, kept.answers) == (Cause.CONFLICT, answers(guarding=False))
    assert kept.intentions == {"home/watch": {"choice": "followed"}}


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_time_one_wins_and_the_other_is_kept():
    encounter = opened(episode(scamp=publish().scamp))
    users = [UserFactory(), UserFactory()]
    ready = Barrier(2)

    def save(number):
        ready.wait()
        try:
            save_draft(
                encounter=Encounter.objects.get(pk=encounter.pk),
                answers=answers(days_ill=number),
                intentions={},
                edit=0,
                by=users[number],
                at=NOON,
            )
            return "won"
        except refusals.EditConflict:
            return "lost"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(save, range(2)))

    encounter.refresh_from_db()
    winner, loser = results.index("won"), results.index("lost")
    assert encounter.answers == answers(days_ill=winner)
    assert encounter.revisions.get().answers == answers(days_ill=loser)


def test_a_conflict_inside_a_submit_keeps_the_loser_too():
    encounter = opened(episode(scamp=publish().scamp))
    mine = Encounter.objects.get(pk=encounter.pk)
    saved(encounter, guarding=True)

    with pytest.raises(refusals.EditConflict):
        once(
            user=encounter.opened_by,
            purpose="save",
            key="5b1c8a4e-2f5c-4a8e-9d0a-1f6f0d7f7c11",
            payload={},
            act=lambda: saved(mine, guarding=False),
        )

    assert encounter.revisions.get().cause == Cause.CONFLICT


def test_another_author_leaves_the_first_ones_answers_as_a_revision():
    first, second = UserFactory(), UserFactory()
    encounter = opened(episode(scamp=publish().scamp), by=first)
    saved(encounter, by=first, guarding=True)

    saved(encounter, by=second, guarding=False)

    handover = encounter.revisions.get()
    assert (handover.cause, handover.by) == (Cause.HANDOVER, first)
    assert handover.answers == answers(guarding=True)


def test_a_signed_encounter_takes_no_draft():
    encounter = signed(episode(scamp=publish().scamp), **HOME)

    with pytest.raises(refusals.AlreadySigned):
        saved(encounter, guarding=True)


def test_a_void_draft_takes_no_draft():
    encounter = opened(episode(scamp=publish().scamp))
    void_encounter(
        encounter=encounter, reason="Wrong patient", by=UserFactory(), at=NOON
    )

    with pytest.raises(refusals.Voided):
        saved(encounter, guarding=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nothing": {"value": True}},
        {"guarding": {"value": "yes"}},
        {"temperature": {"value": 38.5}},
        {"temperature": {"value": "50"}},
        {"temperature": {"value": "NaN"}},
        {"look": {"value": "pale"}},
        {"guarding": {"value": None, "missing": "forgot"}},
        {"guarding": {"value": True, "missing": "refused"}},
        {"guarding": True},
    ],
    ids=str,
)
def test_answers_that_do_not_fit_are_not_saved(wrong):
    encounter = opened(episode(scamp=publish().scamp))

    with pytest.raises(MalformedAnswers):
        save_draft(
            encounter=encounter,
            answers=wrong,
            intentions={},
            edit=0,
            by=encounter.opened_by,
            at=NOON,
        )

    encounter.refresh_from_db()
    assert (encounter.edit, encounter.answers) == (0, {})


def test_a_save_costs_one_query(django_assert_num_queries):
    encounter = opened(episode(scamp=publish().scamp))
    encounter.version.plan  # noqa: B018  (read before, as a page does)

    with django_assert_num_queries(3) as captured:  # the update, in a savepoint
        saved(encounter, guarding=True)

    assert [q["sql"].split()[0] for q in captured] == ["SAVEPOINT", "UPDATE", "RELEASE"]


def test_an_open_encounter_has_no_walk_and_leaves_no_mark():
    encounter = open_encounter(
        enrolment=episode(scamp=publish().scamp),
        visit="first",
        visit_time=NOON,
        by=UserFactory(),
        at=NOON,
    )

    assert not encounter.revisions.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM carepaths_mark WHERE version_id IS NOT NULL"
        )
        assert cursor.fetchone() == (0,)
