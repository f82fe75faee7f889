"""Records: whole cases written in few statements, with their marks.

Rows, decisions and marks come from the same functions as those of the actions that
record one thing at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, models, transaction

from accounts.models import Site, User
from carepaths.actions.cases import EpisodeCase, PatientCase, VisitCase, Voiding
from carepaths.actions.marks import Bucket, mark_buckets
from carepaths.actions.sandbox_tasks import Signed, sandbox_tasks
from carepaths.actions.signing import opportunity_of
from carepaths.core.context import to_json
from carepaths.core.months import month_of
from carepaths.core.seal import Seal
from carepaths.models import (
    Cause,
    Decision,
    Encounter,
    Enrolment,
    EnrolmentChange,
    Identity,
    Mark,
    Opportunity,
    Origin,
    Outcome,
    Patient,
    Performance,
    Revision,
    Task,
    TaskEvent,
    Void,
)
from scamps.models import Scamp, Version

ORDER = (
    Patient,
    Identity,
    Enrolment,
    EnrolmentChange,
    Encounter,
    Revision,
    Opportunity,
    Decision,
    Performance,
    Outcome,
    Void,
    Task,
    TaskEvent,
)


@dataclass
class Batch:
    """Rows to be written together, and the buckets they change."""

    version: Version
    site: Site
    origin: str
    by: User
    at: datetime
    rows: dict[type[models.Model], list[Any]] = field(
        default_factory=lambda: {model: [] for model in ORDER}
    )
    buckets: set[Bucket] = field(default_factory=set)
    months: set[date | None] = field(default_factory=set)

    def add(self, row: Any) -> Any:
        self.rows[type(row)].append(row)
        return row

    def void(self, void: Voiding | None, **row: Any) -> None:
        if void is not None:
            told = {"reason": void.reason, "by": void.by, "recorded_at": void.at}
            self.add(Void(**row, **told))

    def month(self, moment: datetime | None) -> date | None:
        return month_of(moment, self.site.time_zone)


@transaction.atomic
def record_cases(
    *,
    cases: Iterable[PatientCase],
    version: Version,
    site: Site,
    origin: str,
    by: User,
    at: datetime,
) -> int:
    """Write *cases* under *version*, with their marks; return how many patients.

    The number of statements does not depend on the number of cases.
    """
    batch = Batch(version, site, origin, by, at)
    for case in cases:
        _add_patient(batch, case)
    _number_revisions(batch.rows[Revision])
    for model in ORDER:
        if batch.rows[model]:
            model.objects.bulk_create(batch.rows[model], batch_size=2000)
    _mark(batch, version.scamp)
    return len(batch.rows[Patient])


def _number_revisions(revisions: list[Revision]) -> None:
    """Give revisions their ids beforehand, because they refer to each other."""
    if not revisions:
        return
    sequence = "pg_get_serial_sequence('carepaths_revision', 'id')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval({sequence}) FROM generate_series(1, %s)",  # noqa: S608
            [len(revisions)],
        )
        ids = sorted(number for (number,) in cursor.fetchall())
    for revision, number in zip(revisions, ids, strict=True):
        revision.pk = number
    for revision in revisions:
        if revision.previous is not None:
            revision.previous_id = revision.previous.pk


def _mark(batch: Batch, scamp: Scamp) -> None:
    mark_buckets(buckets=batch.buckets, at=batch.at)
    Mark.objects.bulk_create(
        Mark(scamp=scamp, site=batch.site, month=month, made_at=batch.at)
        for month in sorted(batch.months, key=str)
    )


def _add_patient(batch: Batch, case: PatientCase) -> None:
    patient = batch.add(Patient(site=batch.site, registered_at=batch.at))
    batch.add(
        Identity(
            patient=patient,
            site=batch.site,
            record_number=case.record_number,
            name=case.name,
            birth_date=case.birth_date,
            birth_date_precision=case.birth_date_precision,
            sex=case.sex,
            digest=case.digest,
        )
    )
    for number, episode in enumerate(case.episodes, 1):
        _add_episode(batch, patient, number, episode)


def _add_episode(
    batch: Batch, patient: Patient, number: int, case: EpisodeCase
) -> None:
    enrolment = batch.add(
        Enrolment(
            patient=patient,
            scamp=batch.version.scamp,
            episode=number,
            opened_at=case.opened_at,
        )
    )
    batch.months.add(batch.month(case.opened_at))
    for to, reason, at in case.changes:
        told = {"at": at, "recorded_at": at or batch.at, "by": batch.by}
        batch.add(EnrolmentChange(enrolment=enrolment, to=to, reason=reason, **told))
    signed: dict[int, Revision] = {}
    visits = [
        _add_visit(batch, enrolment, position, visit, signed)
        for position, visit in enumerate(case.visits)
    ]
    if batch.origin == Origin.SANDBOX:
        _add_tasks(batch, case, visits)
    for outcome in case.outcomes:
        told = {"by": batch.by, "recorded_at": batch.at} | outcome.row
        row = batch.add(Outcome(enrolment=enrolment, **told))
        batch.void(outcome.void, outcome=row)


def _add_visit(
    batch: Batch,
    enrolment: Enrolment,
    position: int,
    case: VisitCase,
    signed: dict[int, Revision],
) -> Signed:
    sealed = case.sealed
    encounter = batch.add(
        Encounter(
            enrolment=enrolment,
            version=batch.version,
            site=batch.site,
            visit=case.visit,
            origin=batch.origin,
            visit_time=case.visit_time,
            opened_at=case.visit_time or case.at,
            opened_by=case.by,
            edit=1,
            edited_at=case.at,
            edited_by=case.by,
            answers=case.answers,
            intentions=case.intentions,
            signed_at=case.at if sealed else None,
            signed_by=case.by if sealed else None,
        )
    )
    rows: dict[str, Opportunity] = {}
    if sealed is not None:
        rows = _add_signed(batch, encounter, sealed, position, case, signed)
    batch.void(case.void, encounter=encounter)
    return Signed(case, encounter, rows)


def _add_tasks(batch: Batch, case: EpisodeCase, visits: list[Signed]) -> None:
    known = {one.row["key"] for one in case.outcomes if one.void is None}
    plan, zone = batch.version.plan, batch.site.time_zone
    for row in sandbox_tasks(plan, visits, known, zone, batch.at):
        batch.add(row)


def _add_signed(
    batch: Batch,
    encounter: Encounter,
    sealed: Seal,
    position: int,
    case: VisitCase,
    signed: dict[int, Revision],
) -> dict[str, Opportunity]:
    context = to_json(case.context)
    before = signed.get(case.previous) if case.previous is not None else None
    shared = {"encounter": encounter, "context": context, "previous": before}
    told = {"number": 1, "cause": Cause.SIGNED, "by": case.by, "recorded_at": case.at}
    revision = Revision(
        answers=case.answers,
        intentions=case.intentions,
        **shared,
        **told,
        **sealed.columns(),
    )
    signed[position] = batch.add(revision)
    for number, amendment in enumerate(case.amendments, 2):
        told = {"number": number, "cause": Cause.AMENDED, "by": amendment.by}
        revision = Revision(
            answers=amendment.answers,
            reason=amendment.reason,
            recorded_at=amendment.at,
            advises_otherwise=amendment.sealed.advice != sealed.advice,
            **shared,
            **told,
            **amendment.sealed.columns(),
        )
        signed[position] = batch.add(revision)
    month = batch.month(case.visit_time)
    batch.buckets.add((batch.version.pk, batch.site.pk, month, batch.origin))
    return _add_advice(batch, encounter, sealed, case)


def _add_advice(
    batch: Batch, encounter: Encounter, sealed: Seal, case: VisitCase
) -> dict[str, Opportunity]:
    rows = {one.key: opportunity_of(encounter, one) for one in sealed.advised}
    for row in rows.values():
        batch.add(row)
    for made in case.decisions:
        told = {"by": made.by, "at": made.at, "recorded_at": made.at}
        row = Decision(opportunity=rows[made.key], **told, **vars(made.intention))
        batch.void(made.void, decision=batch.add(row))
    for performance in case.performances:
        told = {"by": case.by, "recorded_at": case.at} | performance
        batch.add(Performance(encounter=encounter, **told))
    return rows
