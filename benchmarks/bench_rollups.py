"""What keeping the roll-ups current costs after one signature.

The cost must follow what changed, not what is stored: a bucket of 1,000 opportunities
is counted anew with 1,000, 100,000 and 1,000,000 stored, and one of 50,000 for a figure.
Each signature is a real one; the time is that of the job that polls the marks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from django.db import connection
from django.utils import timezone

from accounts.models import Site, User
from benchmarks.bounds import hold
from carepaths.actions.encounters import open_encounter, save_draft
from carepaths.actions.enrolments import enrol
from carepaths.actions.signing import sign
from carepaths.models import (
    Decision,
    Encounter,
    Mark,
    Opportunity,
    Outcome,
    Patient,
    Performance,
    Revision,
)
from feedback.actions.rollups import refresh_all
from scamps.core.definition import canonical, digest, load_yaml
from scamps.models import Content, Scamp, State, Transition, Version

PLAN = Path(__file__).parent.parent / "library" / "suspected-appendicitis" / "plan.yaml"
DATABASE = "bench_rollups"
SIGNATURES = 9
BUCKET = 1_000
# A child with a low score: two opportunities, `no-ultrasound` and `observe`.
ANSWERS = {
    key: {"value": value, "missing": None}
    for key, value in {
        "peritonitis": "none", "pain_migration": False, "anorexia": True,
        "nausea": False, "temperature": "37.1", "cough_pain": False,
        "rlq_tenderness": True, "wbc": "8.4", "neutrophilia": False,
    }.items()
}  # fmt: skip
INTENTIONS = {
    "low/no-ultrasound": {
        "choice": "deviated",
        "kind": "added",
        "reason": "",
        "words": "",
    },
    "low/observe": {"choice": "followed"},
}


def main() -> None:
    with own_database():
        version, by = publish()
        times = {}
        for month, stored in enumerate([1_000, 100_000, 1_000_000], start=1):
            site = Site.objects.get(key="touched")
            fill(version, by, "touched", month, BUCKET // 2, months=1)
            missing = stored - Opportunity.objects.count()
            fill(version, by, "elsewhere", 1, missing // 2, months=60)
            tidy()
            times[stored] = keep_current(version, site, by, month)
            hold(f"Counting 1,000 of {stored:,}", 1000 * times[stored], "ms")
        hold("1,000,000 stored to 1,000", times[1_000_000] / times[1_000], at_most=1.5)
        fill(version, by, "touched", 9, 25_000, months=1)
        tidy()
        large = keep_current(version, Site.objects.get(key="touched"), by, 9)
        hold("Counting a bucket of 50,000", 1000 * large, "ms")


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated database of this benchmark alone, dropped at the end."""
    settings = connection.settings_dict
    template = settings["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template}")
    settings["NAME"] = DATABASE
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = template
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {DATABASE}")


def publish() -> tuple[Version, User]:
    """An active version, two sites and a clinician."""
    plan = load_yaml(PLAN.read_text(encoding="utf-8"), PLAN.name)
    text = canonical(plan)
    content, _ = Content.objects.get_or_create(
        digest=digest(plan), defaults={"text": text, "document": json.loads(text)}
    )
    scamp = Scamp.objects.create(key="bench", title="Bench")
    version = Version.objects.create(scamp=scamp, number=1, content=content)
    Transition.objects.create(version=version, to=State.ACTIVE)
    for key in ("touched", "elsewhere"):
        Site.objects.create(key=key, name=key, time_zone="UTC", is_sandbox=True)
    return version, User.objects.create(username="bench")


def fill(
    version: Version, by: User, site: str, month: int, encounters: int, months: int
) -> None:
    """Store signed encounters of as many patients, spread over *months*."""
    if encounters <= 0:
        return
    params = {
        "version": version.pk,
        "scamp": version.scamp_id,
        "by": by.pk,
        "site": Site.objects.get(key=site).pk,
        "start": datetime(2020, month, 1, 8, tzinfo=UTC),
        "n": encounters,
        "months": months,
        "answers": json.dumps(ANSWERS),
        "first": Patient.objects.order_by("-pk").values_list("pk", flat=True).first(),
    }
    params["first"] = (params["first"] or 0) + 1
    set_defaults()
    with connection.cursor() as cursor:
        # The rows fit by construction: foreign keys need not be looked up one by one.
        cursor.execute("SET session_replication_role = replica")
        for statement in ROWS.strip().split(";\n"):
            cursor.execute(statement, params)
        cursor.execute("SET session_replication_role = origin")


def set_defaults() -> None:
    """Let the database fill in what a model fills in, so that a new field breaks none."""
    models = (Encounter, Revision, Opportunity, Decision, Performance, Outcome)
    with connection.cursor() as cursor:
        for field in (field for model in models for field in model._meta.local_fields):
            default = field.get_default()
            if not field.null and isinstance(default, str | int | bool):
                cursor.execute(
                    f"ALTER TABLE {field.model._meta.db_table}"
                    f" ALTER COLUMN {field.column} SET DEFAULT %s",
                    [default],
                )


# Patient, enrolment and encounter i share the number i; nothing else writes here.
ROWS = """
INSERT INTO carepaths_patient (id, site_id, registered_at)
SELECT i, %(site)s, now() FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i;
INSERT INTO carepaths_enrolment (id, patient_id, scamp_id, episode, opened_at)
SELECT i, i, %(scamp)s, 1, %(start)s FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i;
INSERT INTO carepaths_encounter (id, enrolment_id, version_id, site_id, visit, origin,
    visit_time, opened_at, opened_by_id, edit, edited_at, edited_by_id, edited_turn,
    answers, intentions, signed_at, signed_by_id)
SELECT i, i, %(version)s, %(site)s, 'first', 'sandbox',
    %(start)s + (i %% %(months)s) * interval '1 month' + (i %% 600) * interval '1 hour',
    now(), %(by)s, 1, now(), %(by)s, 0, %(answers)s, '{}', now(), %(by)s
FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i;
INSERT INTO carepaths_revision (encounter_id, number, cause, reason, answers, context,
    intentions, path, end_node, stopped, waiting_for, flagged, differs_without_flagged,
    advises_otherwise, pending, by_id, recorded_at)
SELECT i, 1, 'signed', '', %(answers)s, '{}', '{}',
    '{presentation,guarding,risk,low}', 'low', false, '{}', '{}', false, false,
    '{}', %(by)s, now()
FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i;
INSERT INTO carepaths_opportunity (encounter_id, node, action, direction, resource,
    position)
SELECT i, 'low', a.action, a.direction, a.resource, a.position
FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i, (VALUES
    ('no-ultrasound', 'do-not', 'ultrasound', 0), ('observe', 'do', 'conservative', 1)
) AS a(action, direction, resource, position);
INSERT INTO carepaths_decision (opportunity_id, choice, kind, reason, standard_reason,
    words, by_id, at, recorded_at)
SELECT o.id, CASE WHEN o.id %% 3 = 0 THEN 'deviated' ELSE 'followed' END,
    CASE WHEN o.id %% 3 = 0 THEN 'added' ELSE '' END, '', '', '', %(by)s, now(), now()
FROM carepaths_opportunity o WHERE o.encounter_id >= %(first)s;
INSERT INTO carepaths_performance (encounter_id, resource, status, place, known_how,
    by_id, recorded_at)
SELECT i, resource, 'done', '', 'bench', %(by)s, now()
FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i,
    (VALUES ('ultrasound'), ('conservative')) AS r(resource);
INSERT INTO carepaths_outcome (enrolment_id, key, value, known_how, is_derived, by_id,
    recorded_at)
SELECT i, key, value::jsonb, 'bench', false, %(by)s, now()
FROM generate_series(%(first)s, %(first)s + %(n)s - 1) i,
    (VALUES ('appendicitis', 'false'), ('length_of_stay', '3')) AS r(key, value);
SELECT setval(pg_get_serial_sequence('carepaths_patient', 'id'), %(first)s + %(n)s);
SELECT setval(pg_get_serial_sequence('carepaths_enrolment', 'id'), %(first)s + %(n)s);
SELECT setval(pg_get_serial_sequence('carepaths_encounter', 'id'), %(first)s + %(n)s)
"""


def tidy() -> None:
    """What autovacuum does by itself, now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def keep_current(version: Version, site: Site, by: User, month: int) -> float:
    """Return the median seconds from the marks of one signature to the counts."""
    seconds = []
    for _ in range(SIGNATURES):
        sign_one(version, site, by, datetime(2020, month, 20, 12, tzinfo=UTC))
        start = perf_counter()
        assert refresh_all(at=timezone.now()) == 1
        seconds.append(perf_counter() - start)
    return median(seconds[1:])


def sign_one(version: Version, site: Site, by: User, visit: datetime) -> None:
    patient = Patient.objects.create(site=site)
    at = timezone.now()
    enrolment = enrol(patient=patient, scamp=version.scamp, by=by, at=at)
    draft = open_encounter(
        enrolment=enrolment, visit="first", visit_time=visit, origin="", by=by, at=at
    )
    save_draft(
        encounter=draft,
        answers=ANSWERS,
        intentions=INTENTIONS,
        edit=draft.edit,
        by=by,
        at=at,
    )
    Mark.objects.all().delete()  # enrolling left one of its own
    sign(encounter=draft, edit=draft.edit, by=by, at=at)
