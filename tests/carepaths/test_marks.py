"""Whatever can change a count marks every bucket that it can change."""

from datetime import date

import pytest
from django.db import transaction

from carepaths.actions import refusals
from carepaths.actions.decisions import decide, record_performance
from carepaths.actions.enrolments import enrol, leave
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.signing import amend, sign
from carepaths.actions.voids import void_decision, void_encounter, void_outcome
from carepaths.models import Mark
from scamps.models import State
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
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
JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)


@pytest.fixture
def enrolment():
    return episode(scamp=publish().scamp)


def forget():
    Mark.objects.all().delete()


def marked():
    return sorted((m.version_id is not None, m.month) for m in Mark.objects.all())


def test_a_draft_marks_nothing(enrolment):
    forget()

    saved(opened(enrolment), **HOME)

    assert marked() == []


def test_a_signature_marks_its_bucket(enrolment):
    forget()

    encounter = signed(enrolment, **HOME)

    mark = Mark.objects.get()
    bucket = (mark.version, mark.site, mark.month, mark.origin)
    assert bucket == (encounter.version, encounter.site, MARCH, "prospective")


def test_a_signature_with_an_earlier_visit_marks_the_later_ones_too(enrolment):
    """Which visit is the first to reach a node of this episode has moved."""
    signed(enrolment, **HOME)
    forget()

    signed(enrolment, visit_time=NOON.replace(month=1), at=NOON + DAY, **HOME)

    assert marked() == [(True, JANUARY), (True, MARCH)]


def acts():
    by = UserFactory

    def decided(encounter):
        return decide(
            opportunity=encounter.opportunities.first(),
            choice="followed",
            by=by(),
            at=NOON,
        )

    def told(encounter):
        return record_outcome(
            enrolment=encounter.enrolment,
            key="ill",
            value=True,
            known_how="Asked",
            by=by(),
            at=NOON,
        )

    return {
        "decide": decided,
        "void_decision": lambda e: void_decision(
            decision=decided(e), reason="Wrong", by=by(), at=NOON
        ),
        "perform": lambda e: record_performance(
            encounter=e, resource="scan", status="done", known_how="", by=by(), at=NOON
        ),
        "outcome": told,
        "void_outcome": lambda e: void_outcome(
            outcome=told(e), reason="Wrong", by=by(), at=NOON
        ),
        "amend": lambda e: amend(
            encounter=e, answers=answers(**HOME), reason="Misread", by=by(), at=NOON
        ),
        "void": lambda e: void_encounter(encounter=e, reason="Wrong", by=by(), at=NOON),
    }


@pytest.mark.parametrize("act", list(acts()))
def test_every_act_marks_all_buckets_of_the_patient(enrolment, act):
    """Counts per patient span the episodes: the first one stands in another bucket."""
    before = {"patient": enrolment.patient, "scamp": enrolment.scamp}
    signed(enrolment, visit_time=NOON.replace(month=1), **HOME)
    leave(enrolment=enrolment, by=UserFactory(), at=NOON)
    again = enrol(**before, by=UserFactory(), at=NOON)
    encounter = signed(again, **HOME)
    signed(again, visit_time=NOON.replace(month=5), **HOME)
    other = signed(episode(scamp=enrolment.scamp), visit_time=NOON, **HOME)
    forget()

    acts()[act](encounter)

    assert set(marked()) == {(True, JANUARY), (True, MARCH), (True, MAY)}
    assert other.site_id not in set(Mark.objects.values_list("site", flat=True))


def test_an_enrolment_marks_its_own_bucket_and_those_of_its_encounters(enrolment):
    signed(enrolment, visit_time=NOON.replace(month=5), **HOME)
    forget()

    leave(enrolment=enrolment, by=UserFactory(), at=NOON + 90 * DAY)

    assert marked() == [(False, MARCH), (True, MAY)]
    assert Mark.objects.get(version=None).scamp == enrolment.scamp


def test_an_undated_visit_has_a_bucket_of_its_own(enrolment):
    forget()

    signed(enrolment, visit_time=None, **HOME)

    assert marked() == [(True, None)]


def test_what_is_refused_or_rolled_back_leaves_no_mark(enrolment):
    draft = saved(opened(enrolment), **HOME)
    forget()
    with transaction.atomic():
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)
        transaction.set_rollback(True)
    assert marked() == []

    move(draft.version, State.RECALLED)
    with pytest.raises(refusals.Recalled):
        sign(encounter=draft, edit=draft.edit, by=draft.opened_by, at=NOON)

    assert marked() == []
