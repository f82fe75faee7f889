"""Nothing is slipped under a signed encounter by SQL, and a draft is not sealed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from carepaths.models import Opportunity
from tests.carepaths.factories import HOME, episode, opened, publish, signed

OPPORTUNITY = """
INSERT INTO carepaths_opportunity
    (encounter_id, node, action, direction, resource, position)
VALUES (%(encounter)s, %(node)s, %(action)s, %(direction)s, 'scan', 9)
"""
REVISION = """
INSERT INTO carepaths_revision
    (encounter_id, number, cause, reason, answers, intentions, context, path, end_node,
     stopped, waiting_for, flagged, pending, differs_without_flagged, advises_otherwise,
     by_id, recorded_at)
SELECT %(encounter)s, %(number)s, %(cause)s, 'By hand', '{}', '{}', '{}', '{}', '',
    false, '{}', '{}', '{}', false, false, opened_by_id, now()
FROM carepaths_encounter WHERE id = %(encounter)s
"""


@pytest.fixture
def enrolment(db):
    return episode(scamp=publish().scamp)


def write(statement, **values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("node", "action", "direction"),
    [
        ("operate", "operate", "do"),  # of a node the walk did not reach
        ("home", "operate", "do"),  # of another node
        ("home", "watch", "do-not"),  # turned round
    ],
)
def test_what_the_signed_walk_did_not_advise_is_never_added(
    enrolment, node, action, direction
):
    encounter = signed(enrolment, **HOME)
    row = {"encounter": encounter.pk, "node": node, "action": action}

    with pytest.raises(DatabaseError, match="did not advise"):
        write(OPPORTUNITY, direction=direction, **row)

    assert Opportunity.objects.count() == 2


def test_what_was_advised_is_not_added_twice(enrolment):
    encounter = signed(enrolment, **HOME)
    row = {"encounter": encounter.pk, "node": "home", "action": "watch"}

    with pytest.raises(DatabaseError, match="action_is_advised_once"):
        write(OPPORTUNITY, direction="do", **row)


def test_a_draft_has_no_opportunities(enrolment):
    draft = opened(enrolment)
    row = {"encounter": draft.pk, "node": "home", "action": "watch"}

    with pytest.raises(DatabaseError, match="did not advise"):
        write(OPPORTUNITY, direction="do", **row)


@pytest.mark.parametrize("cause", ["handover", "moved"])
def test_a_signed_encounter_takes_nothing_of_a_draft(enrolment, cause):
    encounter = signed(enrolment, **HOME)

    with pytest.raises(DatabaseError, match="is signed and never changes"):
        write(REVISION, encounter=encounter.pk, number=2, cause=cause)


@pytest.mark.parametrize("cause", ["signed", "amended"])
def test_a_draft_is_not_sealed_behind_its_back(enrolment, cause):
    draft = opened(enrolment)

    with pytest.raises(DatabaseError, match="is a draft"):
        write(REVISION, encounter=draft.pk, number=1, cause=cause)


def test_an_encounter_is_signed_once_and_amended_after_that(enrolment):
    encounter = signed(enrolment, **HOME)

    with pytest.raises(DatabaseError, match="encounter_is_signed_once"):
        write(REVISION, encounter=encounter.pk, number=2, cause="signed")
    with pytest.raises(DatabaseError, match="never comes before"):
        write(REVISION, encounter=encounter.pk, number=0, cause="amended")
