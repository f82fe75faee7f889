"""A row of a cohort file, read through its mapping; nothing is silently dropped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import IMPLAUSIBLE, REFUSED, ROUNDED, UNSTORABLE
from carepaths.core.entry import Entry, Unreadable, missing, read_entry, read_number
from carepaths.core.outcomes import canonical

if TYPE_CHECKING:
    from carepaths.core.mapping import (
        CohortMapping,
        ElementColumn,
        OutcomeCase,
        OutcomeColumns,
        ResourceColumn,
    )
    from scamps.core.definition import Plan

HIDDEN = "hidden"  # kept, and not used, because its item is not shown
UNNAMED = "unnamed"  # stands in a column without a name
EMPTY = "empty"  # a row without any value
_REPLACED = "\N{REPLACEMENT CHARACTER}"


class HeaderRefused(ValueError):
    """The file's header lacks a column of the mapping, or names one twice."""


@dataclass(frozen=True)
class Row:
    """One record: *number* counts records from 1, *line* is where it ends in the file."""

    number: int
    line: int
    cells: Mapping[str, str]
    digest: str
    unnamed: tuple[tuple[int, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(self.cells.values())


@dataclass(frozen=True)
class Note:
    """One cell that was refused, flagged, rounded, hidden, or stands outside."""

    row: int
    line: int
    column: str
    value: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Used:
    """What is known to have been done about one resource."""

    resource: str
    status: str
    known_how: str


@dataclass(frozen=True)
class Became:
    """One outcome of a row."""

    key: str
    value: bool | int | str
    known_how: str
    is_derived: bool


@dataclass
class Record:
    """A row read: stored answers, what was done, what became of it, what to note."""

    row: Row
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: list[Used] = field(default_factory=list)
    outcomes: list[Became] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, column: str, kind: str, reason: str) -> None:
        """Note the cell in *column*; a second refusal of one cell is the same."""
        value = self.row.cells.get(column, "")
        told = {(one.column, one.kind) for one in self.notes}
        if (column, kind) not in told:
            place = self.row.number, self.row.line
            self.notes.append(Note(*place, column, value, kind, reason))

    @property
    def status_of(self) -> dict[str, str]:
        """What was done, by resource."""
        return {used.resource: used.status for used in self.used}


def check_header(header: Sequence[str], mapping: CohortMapping) -> None:
    """Refuse a *header* in which a mapped column is missing or named twice.

    Raises: HeaderRefused.
    """
    names = [name.strip() for name in header]
    absent = [column for column in mapping.columns if column not in names]
    twice = [column for column in mapping.columns if names.count(column) > 1]
    if absent:
        raise HeaderRefused(f"columns not in the file: {', '.join(absent)}")
    if twice:
        raise HeaderRefused(f"columns named twice in the file: {', '.join(twice)}")


def ignored_columns(header: Sequence[str], mapping: CohortMapping) -> list[str]:
    """Return the named columns of the file that the mapping does not read."""
    names = (name.strip() for name in header)
    return [name for name in names if name and name not in mapping.columns]


def rows(
    header: Sequence[str], records: Iterable[tuple[int, Sequence[str]]]
) -> Iterator[Row]:
    """Yield the rows of *records* (line, fields); blank lines are no records."""
    names = [name.strip() for name in header]
    filled = ((line, fields) for line, fields in records if fields)
    for number, (line, fields) in enumerate(filled, 1):
        cells = [UNSTORABLE.sub(_REPLACED, cell).strip() for cell in fields]
        named = dict.fromkeys((name for name in names if name), "")
        named |= {n: c for n, c in zip(names, cells, strict=False) if n}
        unnamed = tuple(
            (at + 1, cell)
            for at, cell in enumerate(cells)
            if cell and (at >= len(names) or not names[at])
        )
        yield Row(number, line, named, _digest(fields), unnamed)


def _digest(fields: Sequence[str]) -> str:
    text = json.dumps(list(fields), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_row(mapping: CohortMapping, plan: Plan, row: Row) -> Record:
    """Read *row*: a cell that cannot be used is null and noted, and the row goes on."""
    record = Record(row)
    if row.is_empty:
        record.note("", EMPTY, "the row has no value")
    for position, value in row.unnamed:
        place = row.number, row.line
        reason = "the column has no name"
        note = Note(*place, f"column {position}", value, UNNAMED, reason)
        record.notes.append(note)
    for column in mapping.elements:
        _read_element(mapping, plan, column, record)
    record.used = [_read_resource(column, record) for column in mapping.resources]
    for columns in mapping.outcomes:
        _read_outcome(mapping, plan, columns, record)
    return record


def _read_element(
    mapping: CohortMapping, plan: Plan, column: ElementColumn, record: Record
) -> None:
    element = plan.element[column.element]
    cell = record.row.cells[column.column]
    if not cell:
        entry = missing("not-known")
    elif column.values is None:
        mark = mapping.file.decimal_mark
        entry = read_entry(element, cell, unit=column.unit, decimal_mark=mark)
    else:
        entry = _worded(column.values, cell)
    for kind in (REFUSED, IMPLAUSIBLE, ROUNDED):
        if kind in entry.flags:
            record.note(column.column, kind, entry.problem)
    record.answers[element.key] = entry.stored


def _worded(values: Mapping[str, bool | str | None], cell: str) -> Entry:
    stored: dict[str, Any]
    if cell not in values:
        stored = {"value": None, "missing": None, "typed": cell, "flags": [REFUSED]}
        return Entry(stored, f"one of {', '.join(values)} is expected")
    if values[cell] is None:
        return missing("not-known")
    stored = {"value": values[cell], "missing": None}
    return Entry(stored if values[cell] == cell else stored | {"typed": cell})


def _read_resource(column: ResourceColumn, record: Record) -> Used:
    cell = record.row.cells[column.column]
    status = "unknown"
    if cell in column.done:
        status = "done"
    elif cell in column.not_done:
        status = "not-done"
    elif cell:
        expected = ", ".join((*column.done, *column.not_done))
        record.note(column.column, REFUSED, f"one of {expected} is expected")
    return Used(column.resource, status, column.known_how)


def _read_outcome(
    mapping: CohortMapping, plan: Plan, columns: OutcomeColumns, record: Record
) -> None:
    if columns.column is not None:
        _read_number(mapping, plan, columns, columns.column, record)
        return
    cells = {column: record.row.cells[column] for column in columns.columns}
    for case in columns.cases or ():
        if _holds(case, cells):
            became = (columns.outcome, case.value, case.known_how, case.derived)
            record.outcomes.append(Became(*became))
            return
    if all(cells.values()):
        told = ", ".join(f"{column} {cell!r}" for column, cell in cells.items())
        column = columns.columns[0]
        record.note(column, REFUSED, f"no case of {columns.outcome} holds: {told}")


def _holds(case: OutcomeCase, cells: Mapping[str, str]) -> bool:
    return all(cells[column] in words for column, words in case.when.items())


def _read_number(
    mapping: CohortMapping,
    plan: Plan,
    columns: OutcomeColumns,
    column: str,
    record: Record,
) -> None:
    cell = record.row.cells[column]
    outcome = next(one for one in plan.outcomes if one.key == columns.outcome)
    if not cell:
        return
    try:
        number = read_number(cell, mapping.file.decimal_mark)
        whole = number == number.to_integral_value()
        value = int(number) if outcome.type == "integer" and whole else number
        stored = canonical(outcome, value)
    except (Unreadable, ValueError) as problem:
        record.note(column, REFUSED, str(problem))
        return
    if stored is not None:
        known_how = columns.known_how or ""
        record.outcomes.append(Became(columns.outcome, stored, known_how, False))


@dataclass
class Report:
    """What an import did and noted; `cells` are in the order of the file."""

    scamp: str
    version: int
    file_digest: str = ""
    rows: int = 0
    created: int = 0
    unchanged: int = 0
    changed: list[dict[str, Any]] = field(default_factory=list)
    cells: list[Note] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(note.kind == kind for note in self.cells)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
