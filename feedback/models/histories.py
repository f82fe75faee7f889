"""The signed encounters of the past as frames, for a replay.

Nearly all the time of a replay goes into reading answers out of jsonb. So they are read
by ranges of ids: each range walks the indexes once, sorts nothing, fits into memory,
and two of them are read at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from threading import Lock
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Count, F, Max, Min, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts.models import Site
from carepaths.models import Cause, Encounter, Enrolment
from feedback.core.impact import History
from scamps.core.definition import Plan
from scamps.core.definition.criteria import CONTEXT
from scamps.core.replay import names_read
from scamps.models import Scamp, Version

PART = 50_000  # encounters read at a time
IDS = dict.fromkeys(["encounter", "enrolment", "revision"], pl.Int64)


class People:
    """Whose each enrolment of a Scamp is. Read once, by the first reader who asks: to
    look a million of them up costs the database more than all their answers."""

    def __init__(self, scamp: Scamp) -> None:
        self._scamp = scamp
        self._lock = Lock()
        self._known: pl.DataFrame | None = None

    def of(self, cursor: Any, enrolments: pl.Series) -> pl.Series:
        """The patient of each of *enrolments*."""
        with self._lock:
            if self._known is None:
                self._known = self._read(cursor)
        places = self._known["enrolment"].search_sorted(enrolments)
        return self._known["patient"].gather(places)

    def _read(self, cursor: Any) -> pl.DataFrame:
        mine = Enrolment.objects.filter(scamp=self._scamp).order_by("pk")
        text = _sql(mine.values_list("pk", "patient"), cursor)
        return _copied(cursor, text, dict.fromkeys(["enrolment", "patient"], pl.Int64))


@dataclass(frozen=True)
class Part:
    """Counted encounters of one origin, version and kind of visit, and a range of ids.

    `statement` reads their id, enrolment and the text of each of `names`.
    """

    origin: str
    version: Version
    visit: str
    names: tuple[str, ...]
    statement: str
    people: People

    def read(self, cursor: Any) -> History:
        """Read them: what was known at each."""
        schema = IDS | dict.fromkeys(self.names, pl.String)
        frame = _last(_copied(cursor, self.statement, schema))
        patient = self.people.of(cursor, frame["enrolment"])
        known = frame.drop("enrolment").with_columns(patient=patient)
        return History(self.version.plan, self.version.number, self.visit, known)


def _copied(cursor: Any, statement: str, schema: dict[str, Any]) -> pl.DataFrame:
    """What *statement* reads, by COPY."""
    out = BytesIO()
    copy = f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)"
    cursor.cursor.copy_expert(copy, out)
    if not out.tell():  # a range of ids may hold nobody
        return pl.DataFrame(schema=schema)
    out.seek(0)
    return pl.read_csv(out, has_header=False, schema=schema)


def _sql(rows: QuerySet, cursor: Any) -> str:
    text, parameters = rows.query.sql_with_params()
    return cursor.cursor.mogrify(text, parameters).decode()


def _last(frame: pl.DataFrame) -> pl.DataFrame:
    """Of several revisions of an encounter, the last one."""
    if not frame["encounter"].is_duplicated().any():
        return frame.drop("revision")
    last = frame.sort("revision").unique("encounter", keep="last")
    return last.sort("encounter").drop("revision")


@dataclass(frozen=True)
class Past:
    """All there is to read, and how many encounters it has."""

    parts: tuple[Part, ...]
    encounters: int


def past_of(
    scamp: Scamp, after: Plan, sites: Iterable[Site], origins: Iterable[str]
) -> Past:
    """Find the counted encounters of *scamp*, as *after* and their own versions read
    them: the answers of the last signed or amended revision, and the context that was
    frozen with it.
    """
    counted = Encounter.objects.counted().filter(site__in=list(sites))
    mine = counted.filter(version__scamp=scamp, origin__in=list(origins))
    groups = list(
        mine.values("origin", "version", "visit")
        .annotate(number=F("version__number"), encounters=Count("pk"))
        .annotate(low=Min("pk"), high=Max("pk"))
        .order_by("origin", "number", "visit")
    )
    versions = Version.objects.select_related("content").in_bulk(
        {group["version"] for group in groups}
    )
    people = People(scamp)
    parts = []
    for group in groups:
        version, visit = versions[group["version"]], group["visit"]
        rows = counted.filter(origin=group["origin"], version=version, visit=visit)
        names = _names(version.plan, after, visit)
        for low, high in _ranges(group["low"], group["high"], group["encounters"]):
            text = _statement(rows, names, low, high)
            parts.append(Part(group["origin"], version, visit, names, text, people))
    return Past(tuple(parts), sum(group["encounters"] for group in groups))


def _ranges(low: int, high: int, encounters: int) -> Iterator[tuple[int, int]]:
    """Ranges of ids from *low* to *high*, with PART encounters each, more or less."""
    width = ceil((high - low + 1) / ceil(encounters / PART))
    for start in range(low, high + 1, width):
        yield start, min(start + width - 1, high)


def _names(before: Plan, after: Plan, visit: str) -> tuple[str, ...]:
    read = set(names_read(before, visit))
    if visit in after.visit:
        read |= set(names_read(after, visit))
    return tuple(sorted(read))


def _statement(
    encounters: QuerySet[Encounter], names: Iterable[str], low: int, high: int
) -> str:
    """SQL for `encounter`, `enrolment`, number of the revision, and the text of *names*.

    The range stands on both sides, for the database to take both from an index. What
    was amended is left to `_last`: to ask for it here costs more than to read it.
    """
    columns = {f"c{number}": _text(name) for number, name in enumerate(names)}
    rows = (
        encounters.filter(
            pk__range=(low, high),
            revisions__encounter__gte=low,
            revisions__encounter__lte=high,
            revisions__cause__in=[Cause.SIGNED, Cause.AMENDED],
        )
        .annotate(**columns)
        .values_list("pk", "enrolment", "revisions__number", *columns)
    )
    with connection.cursor() as cursor:
        return _sql(rows, cursor)


def _text(name: str) -> KeyTextTransform:
    """A recorded value as text: of an answer, or of the frozen context."""
    is_answer = "." not in name and name not in CONTEXT
    if is_answer:
        return KeyTextTransform("value", KeyTransform(name, "revisions__answers"))
    return KeyTextTransform(name, "revisions__context")
