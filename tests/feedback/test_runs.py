"""A replay somebody asked for: begun, worked at, cancelled, killed, gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.signing import amend
from carepaths.models import Encounter, Void
from feedback.actions import runs
from feedback.actions.runs import (
    AlreadyEnded,
    CannotReplay,
    cancel_replay,
    carry_on,
    carry_on_all,
    start_replay,
)
from feedback.models import AdvisedOtherwise, ReplayRun, RunState, histories
from feedback.tasks import go_on_with_replays, run_replay
from scamps.actions.drafts import start_draft
from scamps.actions.reviews import submit
from scamps.core.definition import load_yaml
from scamps.models import Evidence, Version
from tests.carepaths.factories import (
    HOME,
    NOON,
    OPERATE,
    SCAN,
    answers,
    episode,
    publish,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.factories import (
    SeatFactory,
    SiteFactory,
    UserFactory,
    active_version,
    small_plan,
)
from tests.feedback.test_worker import another_worker, children_of, wait_for

COOLER = (">= 38.0 'Cel'", ">= 37.0 'Cel'")
SOONER = load_yaml(
    FEVER.replace(*COOLER)
)  # scans from 37.0 on: HOME is advised otherwise


@pytest.fixture
def active(db: None) -> Version:
    return publish()


@pytest.fixture
def author(active: Version) -> User:
    return SeatFactory(scamp=active.scamp).user


@pytest.fixture
def draft(active: Version, author: User) -> Version:
    """Version 2, which scans at lower temperatures."""
    return start_draft(plan=SOONER, by=author, at=NOON)


def asked(draft: Version, by: User) -> ReplayRun:
    return start_replay(version=draft, by=by, at=NOON)


def done(draft: Version, by: User) -> ReplayRun:
    run = carry_on(run=asked(draft, by), at=NOON)
    assert run.state == RunState.DONE, run.failure
    return run


def numbers(run: ReplayRun, origin: str = "prospective") -> dict[str, int]:
    (found,) = [o for o in run.evidence.result["origins"] if o["origin"] == origin]
    return found["numbers"]


def test_what_it_found_is_on_file_under_the_hash_of_the_content(active, draft, author):
    for given in (HOME, SCAN, OPERATE):
        signed(episode(scamp=active.scamp), **given)

    run = done(draft, author)

    kept = Evidence.objects.get(kind="replay", content=draft.content_id)
    assert kept == run.evidence
    assert (kept.base_id, kept.by, kept.holds) == (active.content_id, author, True)
    assert numbers(run) == {
        "total": 3, "same": 1, "changed": 0, "cannot": 2, "newly": 0, "only_node": 0,
    }  # fmt: skip
    assert (run.walked, run.total, run.attempts) == (3, 3, 1)


def test_origins_are_never_pooled(active, draft, author):
    signed(episode(scamp=active.scamp), **OPERATE)
    signed(episode(scamp=active.scamp), origin="retrospective", **OPERATE)

    run = done(draft, author)

    assert numbers(run)["total"] == numbers(run, "retrospective")["total"] == 1


def test_the_last_amendment_is_what_is_replayed(active, draft, author):
    visit = signed(episode(scamp=active.scamp), **HOME)
    told = {"reason": "Felt again", "by": UserFactory(), "at": NOON}
    amend(encounter=visit, answers=answers(guarding=True), **told)

    assert numbers(done(draft, author))["same"] == 1


def test_listed_are_those_who_would_have_been_advised_otherwise(active, author):
    plan = load_yaml(
        FEVER.replace("{when: guarding, to: operate}", "{when: guarding, to: home}")
    )
    draft = start_draft(plan=plan, by=author, at=NOON)
    first = signed(episode(scamp=active.scamp), **OPERATE)
    signed(episode(scamp=active.scamp), **HOME)
    told = {"by": UserFactory(), "at": NOON, "known_how": "Asked"}
    record_outcome(enrolment=first.enrolment, key="ill", value=True, **told)
    record_outcome(enrolment=first.enrolment, key="stay", value=3, **told)

    run = done(draft, author)

    (listed,) = run.otherwise.all()
    assert (listed.encounter, listed.before, listed.after) == (first, "operate", "home")
    (found,) = run.evidence.result["origins"]
    every = {one["outcome"]: one for one in found["became"] if not one["before"]}
    assert every["ill"]["values"] == [["true", 1]]
    assert every["stay"]["values"] == [["3", 1]]
    assert every["weight_loss"] == {
        "before": "", "after": "", "outcome": "weight_loss", "episodes": 1, "values": [],
    }  # fmt: skip


def test_what_was_found_is_never_changed(active, draft, author):
    run = done(draft, author)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Evidence.objects.filter(pk=run.evidence_id).update(result={})


def test_one_replay_of_a_content_at_a_time(active, draft, author):
    assert asked(draft, author) == asked(draft, UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplayRun.objects.create(
            version=draft,
            content=draft.content,
            base=active.content,
            is_sandbox=False,
            sites=[],
            by=author,
        )


def test_a_first_version_has_nothing_to_be_replayed_against(active, author):
    with pytest.raises(CannotReplay, match="no version before"):
        asked(active, author)


def test_a_draft_with_errors_is_not_replayed(active, author):
    nodes = tuple(node for node in SOONER.nodes if node.key != "home")
    broken = SOONER.model_copy(update={"nodes": nodes})
    draft = start_draft(plan=broken, by=author, at=NOON)

    with pytest.raises(CannotReplay, match="errors"):
        asked(draft, author)


def test_a_replay_that_was_cancelled_is_not_begun(active, draft, author):
    run = asked(draft, author)
    cancel_replay(run=run, by=author, at=NOON)

    assert carry_on(run=run, at=NOON).state == RunState.CANCELLED
    assert run.cancelled_by == author
    with pytest.raises(AlreadyEnded):
        cancel_replay(run=run, by=author, at=NOON)
    assert not Evidence.objects.filter(kind="replay").exists()


def test_a_replay_is_cancelled_while_it_runs(active, draft, author, monkeypatch):
    signed(episode(scamp=active.scamp), **HOME)
    run = asked(draft, author)
    seen = runs._progress

    def cancelled_meanwhile(run: ReplayRun, walked: int, total: int) -> None:
        cancel_replay(run=run, by=author, at=NOON)
        seen(run, walked, total)

    monkeypatch.setattr(runs, "_progress", cancelled_meanwhile)

    assert carry_on(run=run, at=NOON).state == RunState.CANCELLED
    assert not Evidence.objects.filter(kind="replay").exists()
    assert not AdvisedOtherwise.objects.exists()


def test_what_ends_three_workers_fails(active, draft, author):
    run = asked(draft, author)
    ReplayRun.objects.filter(pk=run.pk).update(attempts=3, state=RunState.RUNNING)

    carry_on_all(at=NOON)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "none came to the end" in run.failure


def test_a_made_up_past_holds_for_demonstrations_only(active, draft):
    demo = UserFactory(email="member@demo.invalid")
    SeatFactory(user=demo, scamp=active.scamp)
    SiteFactory(is_sandbox=True, key="made-up")

    run = done(draft, demo)

    assert run.is_sandbox
    assert run.sites == ["made-up"]
    assert not run.evidence.holds


def test_a_review_is_replayed_unasked(author):
    active_version()
    draft = start_draft(plan=small_plan(title="Second"), by=author, at=NOON)
    submit(version=draft, by=author, at=NOON)

    assert carry_on_all(at=NOON) == 1
    assert carry_on_all(at=NOON) == 0

    assert ReplayRun.objects.get().evidence.content_id == draft.content_id


@pytest.mark.django_db(transaction=True)
def test_readers_of_several_connections_find_what_one_finds(author, active, draft):
    for given in (HOME, SCAN, OPERATE):
        signed(episode(scamp=active.scamp), **given)

    run = done(draft, author)

    with transaction.atomic():
        again = done(draft, author)
    assert run.evidence.result == again.evidence.result
    assert numbers(run)["total"] == Encounter.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_ranges_of_ids_lose_nobody_and_count_nobody_twice(
    author, active, draft, monkeypatch
):
    made = [signed(episode(scamp=active.scamp), **HOME) for _ in range(6)]
    for gone in made[2:4]:  # a range without anybody
        Void.objects.create(encounter=gone, reason="Twice", by=author)
    told = {"reason": "Felt again", "by": UserFactory(), "at": NOON}
    amend(encounter=made[0], answers=answers(guarding=True), **told)
    monkeypatch.setattr(histories, "PART", 1)
    walked = []
    monkeypatch.setattr(runs, "_progress", lambda run, *told: walked.append(told))

    run = done(draft, author)

    assert numbers(run)["total"] == 4
    assert walked[-1] == (4, 4)
    assert len(walked) == 3


@pytest.mark.django_db(transaction=True)
def test_another_worker_leaves_a_replay_to_whoever_is_at_it(author, active, draft):
    run = asked(draft, author)
    other = connection.copy()
    with other.cursor() as cursor:
        key = runs.lock_of(run)
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        assert carry_on(run=run, at=NOON).state == RunState.WAITING
    other.close()

    wait_for(lambda: carry_on(run=run, at=NOON).state == RunState.DONE, "its turn")


def test_a_worker_killed_in_the_middle_is_followed_by_another(
    transactional_db: None,
    celery_worker_process: subprocess.Popen,
    server_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    active = publish()
    author = SeatFactory(scamp=active.scamp).user
    draft = start_draft(plan=SOONER, by=author, at=NOON)
    signed(episode(scamp=active.scamp), **HOME)
    run = asked(draft, author)
    children = children_of(celery_worker_process.pid)

    with transaction.atomic(), connection.cursor() as cursor:
        # What it found cannot be written: the worker comes as far as that, and waits.
        cursor.execute("LOCK TABLE scamps_evidence IN ACCESS EXCLUSIVE MODE")
        run_replay.delay(run.pk)
        wait_for(somebody_waits_for_the_file, "the worker to be in the middle")
        assert ReplayRun.objects.get().state == RunState.RUNNING
        for pid in [celery_worker_process.pid, *children]:
            os.kill(pid, signal.SIGKILL)
        celery_worker_process.wait()

    wait_for(lambda: not somebody_waits_for_the_file(), "its transaction to end")
    assert ReplayRun.objects.get().state == RunState.RUNNING
    assert not Evidence.objects.exists()
    with another_worker(server_environment, tmp_path / "second.log"):

        def is_done() -> bool:
            go_on_with_replays.delay()
            run.refresh_from_db()
            return run.state == RunState.DONE

        wait_for(is_done, "another worker to come to the end")
    assert run.attempts == 2
    assert numbers(run)["total"] == Evidence.objects.filter(kind="replay").count() == 1


def somebody_waits_for_the_file() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " WHERE c.relname = 'scamps_evidence' AND NOT l.granted"
        )
        return cursor.fetchone()[0] > 0
