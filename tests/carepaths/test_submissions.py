"""A submit sent twice is carried out once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections

from carepaths.actions import refusals
from carepaths.actions.submissions import KEPT_FOR, once, purge
from carepaths.models import Patient, Submission
from tests.carepaths.factories import NOON, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def submit():
    user, key, calls = UserFactory(), uuid4(), []

    def submit(payload=None, **given):
        def act():
            calls.append(payload)
            return {"patient": PatientFactory().pk}

        fixed = {"user": user, "purpose": "register", "key": key, "at": NOON}
        return once(payload=payload or {"n": 1}, act=act, **(fixed | given))

    submit.calls = calls
    return submit


def test_the_same_submit_gives_the_same_result(submit):
    first = submit()

    assert submit() == first
    assert len(submit.calls) == Patient.objects.count() == 1


def test_the_order_of_fields_makes_no_other_payload(submit):
    submit({"a": 1, "b": 2})

    submit({"b": 2, "a": 1})

    assert len(submit.calls) == 1


def test_the_same_key_with_another_payload_is_refused(submit):
    submit({"n": 1})

    with pytest.raises(refusals.PayloadDiffers):
        submit({"n": 2})

    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"key": uuid4()}, {"purpose": "enrol"}], ids=["key", "purpose"]
)
def test_another_key_or_purpose_is_another_submit(submit, other):
    submit()

    submit(**other)

    assert Patient.objects.count() == 2


def test_another_user_is_another_submit(submit):
    submit()

    submit(user=UserFactory())

    assert Patient.objects.count() == 2


def test_a_key_is_free_again_after_thirty_days(submit):
    submit()

    submit({"n": 2}, at=NOON + KEPT_FOR + timedelta(seconds=1))

    assert Patient.objects.count() == 2


def test_old_keys_are_purged(submit):
    submit()

    assert purge(at=NOON + KEPT_FOR) == 0
    assert purge(at=NOON + KEPT_FOR + timedelta(seconds=1)) == 1


def test_what_failed_may_be_sent_again(submit):
    def fail():
        PatientFactory()
        raise refusals.RecordNumberTaken("17")

    key, user = uuid4(), UserFactory()
    given = {"user": user, "purpose": "register", "key": key, "payload": {}}
    with pytest.raises(refusals.RecordNumberTaken):
        once(act=fail, **given)
    assert not Patient.objects.exists()
    assert not Submission.objects.exists()

    assert once(act=lambda: "done", **given) == "done"


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_submits_at_the_same_time_one_is_carried_out():
    user, key, ready = UserFactory(), uuid4(), Barrier(4)

    def attempt(_):
        ready.wait()
        try:
            return once(
                user=user,
                purpose="register",
                key=key,
                payload={},
                act=lambda: PatientFactory().pk,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(attempt, range(4)))

    assert results == {Patient.objects.get().pk}
