"""A recall and a signature in the same instant: one of them sees the other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections, transaction

from carepaths.actions.refusals import Recalled
from carepaths.actions.signing import sign
from carepaths.models import Encounter
from scamps.models import State
from tests.carepaths.factories import (
    NOON,
    OPERATE,
    UserFactory,
    episode,
    move,
    opened,
    publish,
    saved,
)

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60
WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
    AND datname = current_database()
"""


@pytest.fixture
def draft():
    return saved(opened(episode(scamp=publish().scamp)), **OPERATE)


def attempt(draft, signer, begun: Event) -> str:
    begun.set()
    try:
        sign(encounter=draft, edit=draft.edit, by=signer, at=NOON)
        return "signed"
    except Recalled:
        return "refused"
    finally:
        connections.close_all()


def until_somebody_waits_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(PATIENCE * 20):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waited")


def test_a_signature_waits_for_a_recall_under_way_and_is_refused(draft):
    signer, begun = UserFactory(), Event()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            move(draft.version, State.RECALLED)
            signing = pool.submit(attempt, draft, signer, begun)
            assert begun.wait(PATIENCE)
            until_somebody_waits_for_a_lock()
        result = signing.result(PATIENCE)

    assert result == "refused"
    assert Encounter.objects.get(pk=draft.pk).is_open


def test_a_recall_waits_for_a_signature_under_way(draft):
    def recall() -> str:
        try:
            move(draft.version, State.RECALLED)
            return Encounter.objects.get(pk=draft.pk).is_open
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            sign(encounter=draft, edit=draft.edit, by=UserFactory(), at=NOON)
            recalling = pool.submit(recall)
            until_somebody_waits_for_a_lock()
        still_open = recalling.result(PATIENCE)

    assert not still_open


def test_signatures_on_one_version_do_not_wait_for_each_other(draft):
    other = saved(opened(episode(scamp=draft.version.scamp)), **OPERATE)
    signer, begun = UserFactory(), Event()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        sign(encounter=draft, edit=draft.edit, by=UserFactory(), at=NOON)
        result = pool.submit(attempt, other, signer, begun).result(PATIENCE)

    assert result == "signed"
