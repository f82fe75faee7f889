"""Roll-ups follow the rows: after any action, in any order, whoever else is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Site, User
from carepaths.actions.decisions import decide, record_performance
from carepaths.actions.enrolments import decline, enrol, leave
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.signing import amend
from carepaths.actions.voids import void_decision, void_encounter, void_outcome
from carepaths.models import Encounter, Enrolment, Mark
from feedback.actions.live import live_report
from feedback.actions.reports import compute
from feedback.actions.rollups import (
    Key,
    marked_buckets,
    rebuild_all,
    refresh_all,
    refresh_bucket,
)
from feedback.models import Count, EnrolmentRollup, Rollup
from scamps.models import Version
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    SCAN,
    answers,
    episode,
    opened,
    publish,
    saved,
    signed,
)
from tests.factories import SiteFactory, UserFactory

LATER = NOON + 400 * DAY
FOLLOWED = {"choice": "followed"}


@pytest.fixture
def fever(db: None) -> Version:
    return publish()


@pytest.fixture
def site(db: None) -> Site:
    return SiteFactory()


@pytest.fixture
def clinician(db: None) -> User:
    return UserFactory()


def exact(version: Version, site: Site) -> dict[str, Any]:
    return compute(version=version, sites=[site], origin="prospective", cut_off=LATER)


def live(version: Version, site: Site) -> dict[str, Any]:
    return live_report(version=version, sites=[site], origin="prospective", at=LATER)


def kept() -> list[tuple]:
    """Everything the roll-ups hold, without ids and times."""
    counts = Count.objects.values_list(
        "rollup__version", "rollup__site", "rollup__month", "rollup__origin",
        "measure", "node", "item", "value", "day", "count",
    )  # fmt: skip
    enrolments = EnrolmentRollup.objects.values_list(
        "scamp",
        "site",
        "month",
        "episodes",
        "enrolled",
        "undecided",
        "declined",
        "left",
    )
    empty = Rollup.objects.values_list("version", "site", "month", "origin")
    return sorted([*counts, *enrolments, *empty], key=str)


def story(version: Version, site: Site, clinician: User) -> Iterator[str]:
    """One thing after another that changes counts; yields what it was."""
    second = UserFactory()
    first = episode(scamp=version.scamp, site=site)
    yield "enrolled"
    visit = signed(
        first, by=clinician, **HOME, intentions={"home/watch": {"choice": "followed"}}
    )
    yield "signed"
    again = signed(first, by=clinician, visit_time=NOON - 40 * DAY, at=NOON, **HOME)
    yield "signed an earlier visit, in another month"
    amend(
        encounter=visit, answers=answers(**OPERATE), reason="typo", by=second, at=NOON
    )
    yield "amended"
    opportunity = again.opportunities.get(action="watch")
    decision = decide(
        opportunity=opportunity,
        choice="deviated",
        kind="omitted",
        reason="night",
        by=clinician,
        at=NOON,
    )
    yield "deviated"
    decide(
        opportunity=again.opportunities.get(action="no-scan"),
        choice="deferred",
        due_on=(NOON + 3 * DAY).date(),
        by=clinician,
        at=NOON,
    )
    yield "deferred"
    record_performance(
        encounter=again,
        resource="surgery",
        status="done",
        known_how="notes",
        by=clinician,
        at=NOON,
    )
    yield "did what was not advised"
    outcome = record_outcome(
        enrolment=first, key="ill", value=True, known_how="asked", by=second, at=NOON
    )
    yield "outcome known"
    void_decision(decision=decision, reason="wrong", by=second, at=NOON)
    yield "decision voided"
    void_outcome(outcome=outcome, reason="wrong", by=clinician, at=NOON)
    yield "outcome voided"
    signed(first, by=clinician, visit_time=NOON + DAY, at=NOON + DAY, **SCAN)
    yield "stopped"
    void_encounter(encounter=again, reason="wrong patient", by=second, at=NOON)
    yield "the first visit voided"
    yield from episodes(version, first, clinician)


def episodes(version: Version, first: Enrolment, clinician: User) -> Iterator[str]:
    leave(enrolment=first, reason="moved", by=clinician, at=NOON)
    yield "left"
    second = enrol(patient=first.patient, scamp=version.scamp, by=clinician, at=NOON)
    signed(second, by=clinician, visit_time=NOON + 2 * DAY, at=NOON + 2 * DAY, **HOME)
    yield "a second episode"
    undated = episode(scamp=version.scamp, site=first.patient.site)
    signed(undated, by=clinician, visit_time=None, **OPERATE)
    yield "an undated visit"


def test_roll_ups_follow_every_action(
    fever: Version, site: Site, clinician: User
) -> None:
    told = []
    for what in story(fever, site, clinician):
        refresh_all(at=LATER)

        told.append(what)
        assert live(fever, site) == exact(fever, site), told
        assert not Mark.objects.exists()
    assert exact(fever, site)["encounters"] == 4


def test_rebuilding_gives_what_the_marks_gave(
    fever: Version, site: Site, clinician: User
) -> None:
    for _ in story(fever, site, clinician):
        refresh_all(at=LATER)
    before = kept()

    call_command("rebuild_rollups")

    assert len(before) > 40
    assert kept() == before


def test_rebuilding_corrects_and_removes_what_has_no_rows(
    fever: Version, site: Site, clinician: User
) -> None:
    signed(episode(scamp=fever.scamp, site=site), by=clinician, **HOME)
    refresh_all(at=LATER)
    right = kept()
    month = Rollup.objects.get().month
    stale = Rollup.objects.create(
        version=fever, site=site, month=None, origin="sandbox", counted_at=NOON
    )
    Count.objects.create(rollup=stale, measure="encounters", count=9)
    Count.objects.filter(rollup__month=month).update(count=7)
    EnrolmentRollup.objects.update(month=month - timedelta(days=365))

    counted, removed = rebuild_all(at=LATER)

    assert kept() == right
    assert (counted, removed) == (2, 2)


def test_refreshing_twice_is_refreshing_once(
    fever: Version, site: Site, clinician: User
) -> None:
    signed(episode(scamp=fever.scamp, site=site), by=clinician, **HOME)
    keys = marked_buckets()
    assert refresh_all(at=LATER) == len(keys) == 2
    once = kept()

    for key in keys:
        assert refresh_bucket(key=key, at=LATER)

    assert kept() == once


def test_months_are_those_of_the_site(fever: Version, clinician: User) -> None:
    site = SiteFactory(time_zone="Pacific/Auckland")
    visit = NOON.replace(month=3, day=31, hour=23)  # the first of April there

    signed(
        episode(scamp=fever.scamp, site=site), by=clinician, visit_time=visit, **HOME
    )
    refresh_all(at=LATER)

    assert Rollup.objects.get().month.month == 4
    assert live(fever, site)["encounters"] == 1


def test_a_deferral_is_missing_once_its_day_has_passed_on_the_sites_calendar(
    fever: Version, clinician: User
) -> None:
    site = SiteFactory(time_zone="Pacific/Auckland")  # a day begins 13 hours early
    due = (NOON + 3 * DAY).date()
    wish = {"home/watch": {"choice": "deferred", "due_on": due.isoformat()}}
    signed(episode(scamp=fever.scamp, site=site), by=clinician, intentions=wish, **HOME)
    refresh_all(at=LATER)
    day_ends = NOON.replace(day=due.day, hour=11, minute=0)

    def watch(at: Any) -> tuple[int, int]:
        report = live_report(version=fever, sites=[site], origin="prospective", at=at)
        row = next(r for r in report["opportunities"] if r["action"] == "watch")
        assert (
            report["opportunities"]
            == (compute(version=fever, sites=[site], cut_off=at)["opportunities"])
        )
        return row["deferred"], row["missing"]

    assert watch(day_ends - timedelta(minutes=1)) == (1, 0)
    assert watch(day_ends + timedelta(minutes=1)) == (0, 1)


def test_decline_is_counted_beside_enrolment(
    fever: Version, site: Site, clinician: User
) -> None:
    from carepaths.actions.enrolments import find_eligible
    from tests.carepaths.factories import PatientFactory

    episode(scamp=fever.scamp, site=site)
    for decides in (True, False):
        found = find_eligible(
            patient=PatientFactory(site=site), scamp=fever.scamp, by=clinician, at=NOON
        )
        if decides:
            decline(enrolment=found, reason="too far", by=clinician, at=NOON)
    refresh_all(at=LATER)

    assert live(fever, site)["enrolments"] == {
        "episodes": 3, "enrolled": 1, "undecided": 1, "declined": 1, "left": 0,
    }  # fmt: skip


@contextmanager
def committing_at(act: Callable[[], Any]) -> Iterator[Callable[[], None]]:
    """Do *act* in another connection's transaction; yield the function that commits."""
    done, go, errors = Event(), Event(), []

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                assert go.wait(30)
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()
            connection.close()

    thread = Thread(target=run)
    thread.start()
    assert done.wait(30)

    def commit() -> None:
        go.set()
        thread.join(30)

    try:
        yield commit
    finally:
        commit()
        assert not errors


@contextmanager
def before_statement(number: int, act: Callable[[], None]) -> Iterator[list[str]]:
    """Call *act* just before the statement with this *number*; yield the statements."""
    seen: list[str] = []

    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        if len(seen) == number:
            act()
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(wrapper):
        yield seen


@pytest.mark.django_db(transaction=True)
def test_a_signature_that_commits_while_a_bucket_is_counted_is_counted() -> None:
    version, site, clinician = publish(), SiteFactory(), UserFactory()
    signed(episode(scamp=version.scamp, site=site), by=clinician, **HOME)
    refresh_all(at=NOON)
    key = Key(version.pk, None, site.pk, Rollup.objects.get().month, "prospective")
    number, statements, missed = 0, ["?"], 0

    while number <= len(statements):
        draft = opened(episode(scamp=version.scamp, site=site), by=clinician)
        saved(draft, **HOME)
        with (
            committing_at(lambda draft=draft: sign_now(draft)) as commit,
            before_statement(number, commit) as statements,
        ):
            refresh_bucket(key=key, at=NOON)
        missed += live(version, site)["encounters"] < Encounter.objects.count()
        refresh_all(at=NOON)

        assert live(version, site) == exact(version, site), statements[number:][:1]
        assert not Mark.objects.exists()
        number += 1

    assert any("DELETE" in sql and "mark" in sql for sql in statements)
    assert 3 < missed < number  # both happened: seen at once, and left for the next


def sign_now(draft: Encounter) -> None:
    from carepaths.actions.signing import sign

    fresh = Encounter.objects.get(pk=draft.pk)
    sign(encounter=fresh, edit=fresh.edit, by=fresh.opened_by, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_visits_of_a_patient_signed_at_once_leave_one_first() -> None:
    version, site, clinician = publish(), SiteFactory(), UserFactory()
    enrolment = episode(scamp=version.scamp, site=site)
    early, late = (
        saved(opened(enrolment, by=clinician, visit_time=time), **HOME)
        for time in (NOON - 60 * DAY, NOON)
    )
    other = Thread(target=lambda: (sign_now(early), connection.close()))

    with committing_at(lambda: sign_now(late)) as commit:
        other.start()
        other.join(0.5)
        waited = other.is_alive()
        commit()
    refresh_all(at=NOON)
    other.join(30)
    refresh_all(at=NOON)

    assert waited
    assert live(version, site) == exact(version, site)
    assert live(version, site)["episodes"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_bucket_is_counted_by_one_job_at_a_time() -> None:
    version, site, clinician = publish(), SiteFactory(), UserFactory()
    signed(episode(scamp=version.scamp, site=site), by=clinician, **HOME)
    [key] = [key for key in marked_buckets() if key.version]
    another = Key(version.pk, None, site.pk, None, "prospective")

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.lock])

    with committing_at(hold):
        assert not refresh_bucket(key=key, at=NOON)
        assert refresh_bucket(key=another, at=NOON)
        assert Mark.objects.exists()

    assert refresh_bucket(key=key, at=NOON)
    assert live(version, site)["encounters"] == 1


@pytest.mark.django_db(transaction=True)
def test_marks_left_while_rebuilding_survive() -> None:
    version, site, clinician = publish(), SiteFactory(), UserFactory()
    signed(episode(scamp=version.scamp, site=site), by=clinician, **HOME)
    draft = opened(episode(scamp=version.scamp, site=site), by=clinician)
    saved(draft, **HOME)
    refresh_all(at=NOON)

    with committing_at(lambda: sign_now(draft)):
        rebuild_all(at=NOON)
        assert live(version, site)["encounters"] == 1

    assert Mark.objects.exists()
    refresh_all(at=NOON)
    assert live(version, site) == exact(version, site)


def test_the_lock_of_a_bucket_is_the_same_on_every_machine() -> None:
    key = Key(1, None, 2, None, "prospective")
    others = [
        key._replace(site=3),
        key._replace(origin="sandbox"),
        Key(None, 1, 2, None, ""),
    ]

    assert key.lock == -8925657405025854537
    assert len({key.lock, *(other.lock for other in others)}) == 4


def test_an_outcome_counts_when_its_window_has_closed(
    site: Site, clinician: User, db: None
) -> None:
    with_window = "    known_how: Asked.\n    window: P30D\n"
    version = publish(replacing=("    known_how: Asked.\n", with_window))
    enrolment = episode(scamp=version.scamp, site=site)
    signed(enrolment, by=clinician, **HOME)
    record_outcome(
        enrolment=enrolment,
        key="ill",
        value=True,
        known_how="asked",
        by=clinician,
        at=NOON,
    )
    refresh_all(at=LATER)

    def found(days: int) -> tuple[int, int, int]:
        at = NOON + days * DAY
        live = live_report(version=version, sites=[site], origin="prospective", at=at)
        assert live == compute(
            version=version, sites=[site], origin="prospective", cut_off=at
        )
        [statement], [waits] = live["statements"], live["statements_open"]
        return statement["total"], statement["outcome_missing"], waits["episodes"]

    assert found(30) == (0, 0, 1)
    assert found(31) == (1, 0, 0)
