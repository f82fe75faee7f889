"""Cohorts: a file of patients treated before the plan, read and recorded."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts.models import Site, User
from accounts.trail import record
from carepaths.actions.cases import (
    DecisionCase,
    EpisodeCase,
    OutcomeCase,
    PatientCase,
    VisitCase,
)
from carepaths.actions.encounters import check_origin
from carepaths.actions.records import record_cases
from carepaths.actions.refusals import NoActiveVersion, Refusal
from carepaths.core.cohort import (
    HIDDEN,
    Record,
    Report,
    Row,
    check_header,
    ignored_columns,
    read_row,
    rows,
)
from carepaths.core.mapping import CohortMapping
from carepaths.core.retrospective import concordance
from carepaths.core.seal import seal
from carepaths.models import EnrolmentState, Identity, Origin
from scamps.core.walk import CompiledPlan
from scamps.models import Scamp, Version

AT_ONCE = 100  # rows committed together
IMPORTER = "importer"
Progress = Callable[[int], None]


class CohortUnreadable(Refusal):
    words = "The file cannot be read."


class ImportRunning(Refusal):
    words = "Another import into this site is running."


class NotARealSite(Refusal):
    words = "A cohort of real patients belongs at a real site."


def importer_account() -> User:
    """Return the account that imports are recorded under; nobody can sign in as it."""
    account, created = User.objects.get_or_create(
        username=IMPORTER, defaults={"name": "Cohort import", "is_active": False}
    )
    if created:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def site_of(mapping: CohortMapping) -> Site:
    """Return the real site that *mapping* names, made if it is missing.

    Raises: NotARealSite: a sandbox has this key.
    """
    place = mapping.site
    site, _ = Site.objects.get_or_create(
        key=place.key,
        defaults={
            "name": place.name,
            "time_zone": place.time_zone,
            "is_sandbox": False,
        },
    )
    if site.is_sandbox:
        raise NotARealSite(site)
    return site


def import_cohort(
    *,
    scamp: Scamp,
    path: Path,
    mapping: CohortMapping,
    site: Site,
    by: User,
    at: datetime,
    progress: Progress = lambda rows: None,
) -> Report:
    """Record every row of the file at *path* as one episode with one encounter.

    Rows are committed a hundred at a time; a row that is there is left alone, so the
    import may be killed and run again. A row whose number is there with other content
    is reported as changed and not touched.

    Raises: NoActiveVersion, NotARealSite, CohortUnreadable, HeaderRefused, ImportRunning.
    """
    if site.is_sandbox:
        raise NotARealSite(site)
    version = scamp.active_version
    if version is None:
        raise NoActiveVersion(scamp)
    check_origin(version=version, is_sandbox=False, origin=Origin.RETROSPECTIVE)
    report = Report(scamp.key, version.number, digest_of(path))
    run = Run(version, mapping, site, by, at, report)
    with _alone_at(site), _opened(path, mapping) as (header, records):
        check_header(header, mapping)
        report.ignored_columns = ignored_columns(header, mapping)
        found = rows(header, records)
        while some := list(islice(found, AT_ONCE)):
            run.take(some)
            progress(len(some))
    return report


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file at *path*."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CohortUnreadable(error) from error


class Run:
    """One import: takes rows, a batch at a time, and keeps the report."""

    def __init__(
        self,
        version: Version,
        mapping: CohortMapping,
        site: Site,
        by: User,
        at: datetime,
        report: Report,
    ) -> None:
        self.version, self.mapping, self.site = version, mapping, site
        self.by, self.at, self.report = by, at, report
        self.compiled: CompiledPlan = version.content.compiled

    def take(self, some: Sequence[Row]) -> None:
        """Record the rows that are new, note the cells of all."""
        known = self._known(some)
        cases = []
        for row in some:
            record = read_row(self.mapping, self.compiled.plan, row)
            case = self._case(record)
            self.report.rows += 1
            self.report.cells += record.notes
            if self._is_new(row, known):
                cases.append(case)
        self.report.created += len(cases)
        if cases:
            self._record(cases, f"{some[0].number}-{some[-1].number}")

    @transaction.atomic
    def _record(self, cases: Sequence[PatientCase], numbers: str) -> None:
        record_cases(
            cases=cases,
            version=self.version,
            site=self.site,
            origin=Origin.RETROSPECTIVE,
            by=self.by,
            at=self.at,
        )
        told = {"rows": numbers, "new": len(cases), "file": self.report.file_digest}
        record(self.by, "imported", self.version, self.site, at=self.at, **told)

    def _known(self, some: Sequence[Row]) -> dict[str, str]:
        """The digests of the rows that are at the site, by record number."""
        numbers = [record_number(row) for row in some]
        found = Identity.objects.filter(site=self.site, record_number__in=numbers)
        return dict(found.values_list("record_number", "digest"))

    def _is_new(self, row: Row, known: dict[str, str]) -> bool:
        digest = known.get(record_number(row))
        if digest is None:
            return True
        if digest == row.digest:
            self.report.unchanged += 1
        else:
            self.report.changed.append({"row": row.number, "line": row.line})
        return False

    def _case(self, record: Record) -> PatientCase:
        visit = self._visit(record)
        outcomes = [OutcomeCase(vars(one)) for one in record.outcomes]
        changes = [(EnrolmentState.ENROLLED, "", None)]
        return PatientCase(
            record_number=record_number(record.row),
            digest=record.row.digest,
            episodes=[EpisodeCase(None, changes, [visit], outcomes)],
        )

    def _visit(self, record: Record) -> VisitCase:
        kind = self.mapping.visit
        context: dict[str, Any] = {"visit_date": None, "birth_date": None}
        sealed = seal(self.compiled, record.answers, visit=kind, context=context)
        self._note_hidden(record, sealed.walk.hidden)
        status_of = record.status_of
        plan = self.compiled.plan
        decisions = [
            DecisionCase(one.key, intention, self.by, self.at)
            for one in sealed.advised
            if (intention := concordance(plan, one, status_of)) is not None
        ]
        return VisitCase(
            visit=kind,
            visit_time=None,
            answers=record.answers,
            context=context,
            sealed=sealed,
            decisions=decisions,
            performances=[vars(used) for used in record.used],
            by=self.by,
            at=self.at,
        )

    def _note_hidden(self, record: Record, hidden: Iterable[str]) -> None:
        for column in self.mapping.elements:
            if column.element in hidden:
                reason = "kept, not used: its item is not shown for this row"
                record.note(column.column, HIDDEN, reason)


def record_number(row: Row) -> str:
    return f"row {row.number}"


Records = Iterator[tuple[int, Sequence[str]]]


@contextmanager
def _opened(
    path: Path, mapping: CohortMapping
) -> Iterator[tuple[Sequence[str], Records]]:
    """Open the file; give its header and its records with their lines."""
    form = mapping.file
    try:
        with path.open(encoding=form.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=form.delimiter, strict=True)
            header = next(reader, [])
            yield header, ((reader.line_num, fields) for fields in reader)
    except (OSError, UnicodeDecodeError, csv.Error, LookupError) as error:
        raise CohortUnreadable(error) from error


@contextmanager
def _alone_at(site: Site) -> Iterator[None]:
    """Hold the site's import lock; it falls with the connection."""
    name = [f"import:{site.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
        if not cursor.fetchone()[0]:
            raise ImportRunning(site)
        try:
            yield
        finally:
            if connection.is_usable() and not connection.needs_rollback:
                cursor.execute(
                    "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name
                )
