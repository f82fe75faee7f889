"""Tables of a report as CSV, with small counts rounded unless asked otherwise."""

from __future__ import annotations

import csv
from io import StringIO

from feedback.core.figures import Row
from feedback.core.stats import exact_interval

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
COUNTS = {
    "opportunities", "followed", "modified", "deviated", "deferred", "not_applicable",
    "missing", "events", "total", "outcome_missing", "encounters", "decisions", "done",
    "not_done", "unknown", "episodes", "known", "pending", "not-done", "refused",
    "not-known", "not-asked",
}  # fmt: skip
SHARES = [  # a percent, its count, the counts that make its denominator
    ("deviated_percent", "deviated", "followed", "modified", "deviated"),
    ("percent", "events", "total"),
    ("percent", "events", "known"),
    ("done_percent", "done", "done", "not_done", "unknown"),
]
SMALL, BASE = 5, 5
RETROSPECTIVE = {
    "followed": "concordant",
    "deviated": "discordant",
    "deviated_percent": "discordant_percent",
}


def as_csv(report: Row, table: str, *, exact: bool = False) -> str:
    """Return one table of *report*; the first line names the columns.

    Unless *exact*, a count of 1 to 4 reads "<5" and every other one is rounded to the
    nearest 5, each by itself, so that no sum of others gives a small one away; percents
    and intervals are those of the rounded counts.
    """
    rows = report[table]
    if not exact:
        rows = [rounded(row) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    told = RETROSPECTIVE if report["origin"] == "retrospective" else {}
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([told.get(name, name) for name in names])
    for row in rows:
        writer.writerow([_cell(row.get(name), told) for name in names])
    return out.getvalue()


def rounded(row: Row) -> Row:
    """Return *row* with its counts rounded, and what follows from them anew.

    >>> rounded({"node": "low", "events": 3, "total": 147, "percent": 2.04})
    {'node': 'low', 'events': '<5', 'total': 145, 'percent': None}
    """
    shown = {
        name: _round(value) if name in COUNTS and isinstance(value, int) else value
        for name, value in row.items()
    }
    for name, part, *whole in SHARES:
        if {name, part, *whole} <= set(row):
            shown |= _share(name, row, shown[part], [shown[each] for each in whole])
    for name in ("median", "lower_quartile", "upper_quartile"):
        if name in row and (row["known"] or 0) < SMALL:
            shown[name] = None
    return shown


def _share(name: str, row: Row, part: object, whole: list[object]) -> Row:
    counts = [each for each in whole if isinstance(each, int)]
    is_hidden = not isinstance(part, int) or len(counts) < len(whole)
    total = sum(counts)
    if is_hidden or not total or not isinstance(part, int):
        return {name: None} | ({"interval": None} if "interval" in row else {})
    share: Row = {name: 100 * part / total}
    if "interval" in row:
        limits = exact_interval(min(part, total), total)
        share["interval"] = [100 * limit for limit in limits]
    return share


def _round(count: int) -> int | str:
    """Round to the nearest 5; 1 to 4 become "<5".

    >>> [_round(count) for count in (0, 1, 4, 5, 7, 8, 147)]
    [0, '<5', '<5', 5, 5, 10, 145]
    """
    if 0 < count < SMALL:
        return f"<{SMALL}"
    return BASE * round(count / BASE)


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
