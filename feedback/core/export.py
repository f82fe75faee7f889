"""Tables of a report as CSV, with small counts hidden unless asked otherwise."""

from __future__ import annotations

import csv
from io import StringIO

from feedback.core.figures import Row
from feedback.core.releases import released

TABLES = {
    "opportunities": "Adherence by node and action",
    "statements": "Statements",
    "nodes": "Nodes entered",
    "edges": "Ways taken",
    "stopped": "Walks that stopped",
    "not_advised": "Done, not advised",
    "departures": "Encounters that departed",
    "reasons": "Reasons",
    "performed": "Decided and done",
    "performances": "Use of resources",
    "outcomes": "Outcomes",
    "answers": "Completeness of data",
}
RETROSPECTIVE = {
    "followed": "concordant",
    "deviated": "discordant",
    "deviated_percent": "discordant_percent",
}


def as_csv(report: Row, table: str, *, exact: bool = False) -> str:
    """Return one table of *report*; the first line names the columns.

    Unless *exact*, a count of 7 or fewer reads "≤7", every other one is rounded to the
    nearest 5, totals are those of the parts (`releases.py`), and what would give a
    small count away reads "withheld"; percents and intervals follow from these.
    """
    rows = report[table] if exact else released(report)[table]
    names = list(dict.fromkeys(name for row in rows for name in row))
    told = RETROSPECTIVE if report["origin"] == "retrospective" else {}
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([told.get(name, name) for name in names])
    for row in rows:
        writer.writerow([_cell(row.get(name), told) for name in names])
    return out.getvalue()


def _cell(value: object, told: dict[str, str]) -> object:
    match value:
        case None:
            return ""
        case [float(low), float(high)]:
            return f"{low} {high}"
        case list():
            return " ".join(map(str, value))
        case str():
            return told.get(value, value)
        case _:
            return value
