"""Replays that somebody asked for: begun, worked at, cancelled, gone on with.

A worker holds an advisory lock of the database while it is at a replay. If it is killed,
the lock goes with its connection, and whoever looks next finds a replay that is not done
and that nobody is at, and begins it anew. What it found is written in one transaction
with its end, so a replay is never half there and never there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from hashlib import sha256

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts import trail
from accounts.models import Site, User
from accounts.permissions import is_only_in_sandbox
from feedback.actions.evidence import attach_replay
from feedback.actions.replays import replay_past
from feedback.core.impact import Impact
from feedback.models import ReplayRun, RunState
from feedback.permissions import sites_of_report
from scamps.actions.evidence import standing_before
from scamps.actions.states import locked
from scamps.core.definition import findings
from scamps.models import Evidence, State, Version

ATTEMPTS = 3  # a replay that ends three workers would end a fourth


class CannotReplay(Exception):
    """There is nothing to replay it against, or it does not hold together."""


class AlreadyEnded(Exception):
    """The replay is done, cancelled or failed."""


class Cancelled(Exception):
    """Somebody cancelled the replay while it ran."""


@transaction.atomic
def start_replay(*, version: Version, by: User, at: datetime) -> ReplayRun:
    """Ask for a replay of what *version* is now, over all sites of the asker's realm.

    All of them, and every origin: nobody chooses the past that suits. If one is under
    way already, that one is returned.

    Raises: CannotReplay: it is the first version, or it has errors.
    """
    fresh = locked(version)
    base = standing_before(fresh)
    if base is None:
        raise CannotReplay("There is no version before it.")
    if any(one.level == "error" for one in findings(fresh.plan)):
        raise CannotReplay("It has errors: mend them first.")
    sandbox = is_only_in_sandbox(by)
    same = {"content": fresh.content, "is_sandbox": sandbox}
    if under_way := ReplayRun.objects.unfinished().filter(**same).first():
        return under_way
    sites = sites_of_report(by, fresh.scamp, sandbox=sandbox)
    keys = sorted(sites.values_list("key", flat=True))
    run = ReplayRun.objects.create(
        version=fresh, base=base.content, sites=keys, by=by, at=at, **same
    )
    trail.record(by, "asked to replay", fresh, at=at, digest=fresh.content_id)
    return run


@transaction.atomic
def cancel_replay(*, run: ReplayRun, by: User, at: datetime) -> ReplayRun:
    """End a replay that is not done; a worker that is at it stops within a second.

    Raises: AlreadyEnded.
    """
    mine = ReplayRun.objects.unfinished().filter(pk=run.pk)
    if not mine.update(state=RunState.CANCELLED, cancelled_by=by, ended_at=at):
        raise AlreadyEnded(run)
    trail.record(by, "cancelled a replay", run.version, at=at)
    run.refresh_from_db()
    return run


def carry_on(*, run: ReplayRun, at: datetime) -> ReplayRun:
    """Work at a replay to its end, unless it has ended or another worker is at it.

    Not in a transaction of its own: its progress is seen while it runs.
    """
    with _at_it_alone(run) as alone:
        if alone and _begin(run, at):
            _work(run)
    run.refresh_from_db()
    return run


def carry_on_all(*, at: datetime) -> int:
    """Ask for what reviews still lack, and go on with all that nobody is at.

    Returns: how many replays were not done.
    """
    for version in _reviews_without():
        asked = version.transitions.filter(to=State.IN_REVIEW).order_by("-pk").first()
        if asked and asked.by and standing_before(version):
            start_replay(version=version, by=asked.by, at=at)
    left = list(ReplayRun.objects.unfinished().select_related("version", "content"))
    for run in left:
        carry_on(run=run, at=at)
    return len(left)


def _reviews_without() -> list[Version]:
    """Versions in review whose content nobody ever asked to replay."""
    in_review = Version.objects.in_state(State.IN_REVIEW).with_content()
    asked = ReplayRun.objects.values("content")
    held = Evidence.objects.filter(kind=Evidence.Kind.REPLAY).values("content")
    return list(in_review.exclude(content__in=asked).exclude(content__in=held))


@contextmanager
def _at_it_alone(run: ReplayRun) -> Iterator[bool]:
    """Whether nobody else is at the replay; they are not until the end of the block."""
    key = lock_of(run)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            yield False
            return
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def lock_of(run: ReplayRun) -> int:
    """A number of 64 bits, the same on every machine, for the advisory lock."""
    name = sha256(f"replay {run.pk}".encode()).digest()
    return int.from_bytes(name[:8], signed=True)


def _begin(run: ReplayRun, at: datetime) -> bool:
    """Note that a worker is at it; False if it has ended, or ended too many."""
    mine = ReplayRun.objects.unfinished().filter(pk=run.pk)
    if mine.filter(attempts__gte=ATTEMPTS).exists():
        _fail(run, f"{ATTEMPTS} workers began it and none came to the end.")
        return False
    begun = {"state": RunState.RUNNING, "started_at": at, "walked": 0, "total": 0}
    return bool(mine.update(**begun, attempts=F("attempts") + 1))


def _work(run: ReplayRun) -> None:
    try:
        found = replay_past(
            scamp=run.version.scamp,
            after=run.content.plan,
            sites=Site.objects.filter(key__in=run.sites),
            progress=partial(_progress, run),
        )
        _finish(run, found)
    except Cancelled:
        return
    except OperationalError:  # the database went away: somebody will go on
        raise
    except Exception as error:
        _fail(run, f"{type(error).__name__}: {error}")
        raise


def _progress(run: ReplayRun, walked: int, total: int) -> None:
    running = ReplayRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
    if not running.update(walked=walked, total=max(walked, total)):
        raise Cancelled(run)


@transaction.atomic
def _finish(run: ReplayRun, found: dict[str, Impact]) -> None:
    running = ReplayRun.objects.select_for_update().filter(
        pk=run.pk, state=RunState.RUNNING
    )
    if not running.exists():
        raise Cancelled(run)
    now = timezone.now()
    evidence = attach_replay(run=run, found=found, at=now)
    running.update(state=RunState.DONE, evidence=evidence, ended_at=now)


def _fail(run: ReplayRun, why: str) -> None:
    left = ReplayRun.objects.unfinished().filter(pk=run.pk)
    left.update(state=RunState.FAILED, failure=why, ended_at=timezone.now())
