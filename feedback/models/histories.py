"""The signed encounters of the past as frames, for a replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

import polars as pl
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts.models import Site
from carepaths.models import Encounter, Revision
from feedback.core.impact import History
from scamps.core.definition import Plan
from scamps.core.definition.criteria import CONTEXT
from scamps.core.replay import names_read
from scamps.models import Scamp, Version


def histories(
    scamp: Scamp, after: Plan, sites: Iterable[Site], origin: str
) -> Iterator[History]:
    """Yield what was known at the counted encounters of *scamp*, by version and visit.

    The answers are those of the last signed or amended revision, the context the one
    that was frozen with it.
    """
    counted = Encounter.objects.counted().filter(
        version__scamp=scamp, site__in=list(sites), origin=origin
    )
    groups = counted.order_by("version__number", "visit").values_list(
        "version", "visit"
    )
    versions = Version.objects.select_related("content").in_bulk(
        {version for version, _ in groups.distinct()}
    )
    for key, visit in groups.distinct():
        version = versions[key]
        found = counted.filter(version=version, visit=visit)
        frame = _frame(found, _names(version.plan, after, visit))
        yield History(version.plan, version.number, visit, frame)


def _names(before: Plan, after: Plan, visit: str) -> list[str]:
    read = set(names_read(before, visit))
    if visit in after.visit:
        read |= set(names_read(after, visit))
    return sorted(read)


def _frame(encounters: QuerySet[Encounter], names: list[str]) -> pl.DataFrame:
    """`encounter`, `patient`, and each name's value as text."""
    columns = {f"c{number}": _text(name) for number, name in enumerate(names)}
    rows = (
        Revision.objects.latest_sealed()
        .filter(encounter__in=encounters)
        .annotate(**columns)
        .values_list("encounter_id", F("encounter__enrolment__patient"), *columns)
        .order_by("encounter_id")
    )
    types = dict.fromkeys(names, pl.String)
    schema = {"encounter": pl.Int64, "patient": pl.Int64, **types}
    return pl.read_csv(_copied(rows), has_header=False, schema=schema)


def _text(name: str) -> KeyTextTransform:
    """A recorded value as text: of an answer, or of the frozen context."""
    is_answer = "." not in name and name not in CONTEXT
    if is_answer:
        return KeyTextTransform("value", KeyTransform(name, "answers"))
    return KeyTextTransform(name, "context")


def _copied(rows: QuerySet) -> BytesIO:
    """The rows as CSV, straight from the database."""
    text, parameters = rows.query.sql_with_params()
    out = BytesIO()
    with connection.cursor() as cursor:
        query = cursor.cursor.mogrify(text, parameters).decode()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", out)
    out.seek(0)
    return out
