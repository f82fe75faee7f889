"""Replay of 1,000,000 stored encounters under a draft, from the rows to the figures.

Bound: under 10 seconds on two cores. Beside it stands what it takes to read the answers,
and how busy the processors were: this process, and the two of the database.
"""

from __future__ import annotations

import json
from statistics import median
from time import perf_counter, process_time

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Site, User
from benchmarks.bench_rollups import fill, own_database, publish, tidy
from benchmarks.bounds import hold
from feedback.actions.replays import replay_past
from feedback.actions.runs import carry_on, start_replay
from feedback.models.histories import Past, past_of
from feedback.models.snapshots import read_each
from scamps.actions.drafts import content_of
from scamps.core.definition import Plan, canonical, load_json
from scamps.models import Seat, Version

ENCOUNTERS = 1_000_000
REPEATS = 3
MOST_SECONDS = 10.0
# One answer in fifty is missing, and one child in twenty has generalized peritonitis.
VARIED = """
UPDATE carepaths_revision SET answers = answers || jsonb_build_object(
    'temperature', jsonb_build_object('value', CASE WHEN random() > 0.02
        THEN (36 + round((4 * random())::numeric, 1))::text END),
    'wbc', jsonb_build_object('value', (3 + round((20 * random())::numeric, 1))::text),
    'peritonitis', jsonb_build_object('value', CASE WHEN random() < 0.05
        THEN 'generalized' ELSE 'none' END),
    'cough_pain', jsonb_build_object('value', random() < 0.4),
    'rlq_tenderness', jsonb_build_object('value', random() < 0.6),
    'nausea', jsonb_build_object('value', random() < 0.6),
    'us_performed', jsonb_build_object('value', random() < 0.97),
    'appendix_seen', jsonb_build_object('value', random() < 0.65),
    'appendix_diameter', jsonb_build_object('value',
        (2 + round((10 * random())::numeric, 1))::text))
"""


def main() -> None:
    with own_database():
        version, by = publish()
        fill(version, by, "touched", 1, ENCOUNTERS, months=60)
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(VARIED)
            cursor.execute("SET session_replication_role = origin")
        tidy()
        after, sites = _draft(version.plan), list(Site.objects.all())
        told = {"scamp": version.scamp, "after": after, "sites": sites}
        read, whole, busy = [], [], []
        for _ in range(REPEATS):
            start = perf_counter()
            rows = sum(_read_all(past_of(*told.values(), ["sandbox"])))
            read.append(perf_counter() - start)
            start, used = perf_counter(), process_time()
            numbers = replay_past(**told)["sandbox"].numbers
            whole.append(perf_counter() - start)
            busy.append(process_time() - used)
        assert rows == numbers.total == ENCOUNTERS
        assert min(numbers.same, numbers.changed, numbers.cannot) > 0
        hold("Reading the answers", median(read), "s")
        hold("Replaying 1,000,000 encounters", median(whole), "s", at_most=MOST_SECONDS)
        hold("Of a processor, beside the database", median(busy), "s")
        hold("Replay to reading", median(whole) / median(read))
        hold(
            "The same asked for, listed and on file", _on_file(version, after, by), "s"
        )


def _read_all(past: Past) -> list[int]:
    """Read every part; return how many encounters each has."""
    return list(
        read_each(lambda cursor, part: len(part.read(cursor).frame), past.parts)
    )


def _on_file(version: Version, after: Plan, by: User) -> float:
    """Seconds that a worker is at a replay, with the list of encounters it stores."""
    now = timezone.now()
    draft = Version.objects.create(
        scamp=version.scamp, number=2, content=content_of(after, now)
    )
    for model, place in ((Seat, {"scamp": version.scamp}), (Membership, {})):
        role, _ = Group.objects.get_or_create(name="committee member")
        where = place or {"site": Site.objects.first()}
        model.objects.create(user=by, role=role, starts_on=now.date(), **where)
    run = start_replay(version=draft, by=by, at=now)
    start = perf_counter()
    done = carry_on(run=run, at=now)
    assert done.otherwise.count() > 0, done.failure
    return perf_counter() - start


def _draft(plan: Plan) -> Plan:
    """The plan with a lower limit for observation."""
    document = json.loads(canonical(plan))
    for node in document["nodes"]:
        for branch in node.get("branches", ()):
            branch["when"] = branch["when"].replace("pas <= 3", "pas <= 2")
    return load_json(json.dumps(document), "draft.json")
