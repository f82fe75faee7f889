"""A draft may go on under a newer version; what cannot come along is named."""

import pytest

from carepaths.actions import refusals
from carepaths.actions.moves import move_back, move_draft
from carepaths.actions.signing import sign
from carepaths.models import Cause
from scamps.models import State
from tests.carepaths.factories import (
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
from tests.carepaths.plan import FEVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    encounter = opened(episode(scamp=publish().scamp))
    values = {"days_ill": 5, "look": "well", "scanned": True} | HOME
    return saved(encounter, intentions={"home/watch": {"choice": "followed"}}, **values)


def newer(draft, *replacing):
    move(draft.version, State.SUPERSEDED)
    return publish(scamp=draft.version.scamp, replacing=replacing)


def test_a_move_carries_what_means_the_same(draft):
    version = newer(draft, "label: Temperature", "label: Body temperature")

    moved = move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)

    assert moved.left_behind == ()
    assert (moved.encounter.version, moved.encounter.edit) == (version, 2)
    assert moved.encounter.answers == draft.answers
    assert moved.encounter.intentions == {}


OTHER_TYPE = "type: choice, options: [{key: well, label: Well}]"


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"{low: 0, high: 99}": "{low: 0, high: 4}"}, "days_ill"),
        ({"{key: well, label: Well}": "{key: fine, label: Fine}"}, "look"),
        (
            {
                "label: Scanned, type: boolean": f"label: Scanned, {OTHER_TYPE}",
                "show_when: scanned}": "show_when: scanned = 'well'}",
            },
            "scanned",
        ),
    ],
    ids=["not possible", "no such option", "another type"],
)
def test_what_cannot_come_along_is_named_and_kept(draft, changes, left):
    text = FEVER
    for was, now in changes.items():
        text = text.replace(was, now)
    move(draft.version, State.SUPERSEDED)
    publish(text, scamp=draft.version.scamp)

    moved = move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)

    assert moved.left_behind == (left,)
    assert left not in moved.encounter.answers
    kept = draft.revisions.get()
    assert (kept.cause, kept.by) == (Cause.MOVED, draft.edited_by)
    assert kept.answers == draft.answers
    assert kept.intentions == {"home/watch": {"choice": "followed"}}


def test_a_moved_draft_is_signed_on_the_new_version(draft):
    version = newer(draft, "temperature >= 38.0", "temperature >= 36.0")
    moved = move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)

    encounter = sign(encounter=moved.encounter, edit=2, by=UserFactory(), at=NOON)

    assert encounter.version == version
    assert encounter.revisions.get(cause=Cause.SIGNED).end_node == "result"
    assert encounter.revisions.count() == 2


def test_a_draft_of_a_recalled_version_can_move_on(draft):
    newer(draft, "label: Temperature", "label: Body temperature")
    move(draft.version, State.RECALLED)
    with pytest.raises(refusals.Recalled):
        sign(encounter=draft, edit=1, by=UserFactory(), at=NOON)

    moved = move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)

    assert sign(encounter=moved.encounter, edit=2, by=UserFactory(), at=NOON).pk


def test_only_an_open_draft_as_it_was_seen_is_moved(draft):
    newer(draft, "label: Temperature", "label: Body temperature")
    done = signed(episode(scamp=draft.version.scamp), **HOME)

    with pytest.raises(refusals.EditConflict):
        move_draft(encounter=draft, edit=0, by=UserFactory(), at=NOON)
    with pytest.raises(refusals.AlreadySigned):
        move_draft(encounter=done, edit=done.edit, by=UserFactory(), at=NOON)

    draft.refresh_from_db()
    assert (draft.version.number, draft.edit) == (1, 1)
    assert draft.answers["temperature"] == answers(**HOME)["temperature"]


def test_a_move_is_taken_back_and_what_was_answered_since_is_kept(draft):
    newer(draft, "{key: well, label: Well}", "{key: fine, label: Fine}")
    before = draft.answers
    moved = move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON).encounter
    saved(moved, look="fine")

    back = move_back(encounter=moved, edit=3, by=UserFactory(), at=NOON)

    assert (back.version.number, back.answers, back.edit) == (1, before, 4)
    assert back.intentions == {"home/watch": {"choice": "followed"}}
    assert draft.revisions.order_by("number").last().answers == answers(look="fine")


def test_nothing_is_moved_back_that_was_not_moved_nor_to_what_was_recalled(draft):
    with pytest.raises(refusals.NotMoved):
        move_back(encounter=draft, edit=1, by=UserFactory(), at=NOON)
    newer(draft, "label: Temperature", "label: Body temperature")
    old = draft.version
    move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)
    move(old, State.RECALLED)

    with pytest.raises(refusals.Recalled):
        move_back(encounter=draft, edit=2, by=UserFactory(), at=NOON)


def test_without_an_active_version_there_is_nowhere_to_move(draft):
    move(draft.version, State.WITHDRAWN)

    with pytest.raises(refusals.NoActiveVersion):
        move_draft(encounter=draft, edit=1, by=UserFactory(), at=NOON)
