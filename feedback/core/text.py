"""The report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def as_text(report: Row) -> str:
    """Return the first tables of a report, one line a row."""
    words = {"followed": "followed", "deviated": "deviated"}
    if report["origin"] == "retrospective":
        words = {"followed": "concordant", "deviated": "discordant"}
    title = (
        f"{report['scamp']}, version {report['version']} ({report['digest'][:8]}), "
        f"{report['origin']}, as known on {report['cut_off']}"
    )
    counts = f"{report['encounters']} encounters of {report['patients']} patients"
    parts = [title, counts, *_sections(report, words)]
    return "\n\n".join(part for part in parts if part)


def _sections(report: Row, words: dict[str, str]) -> Iterable[str]:
    yield _table("Nodes entered", ["node", "encounters"], report["nodes"])
    yield _table("Stopped", ["node", "waiting_for", "encounters"], report["stopped"])
    columns = ["node", "action", "direction", "opportunities", "followed", "modified"]
    columns += ["deviated", "deferred", "not_applicable", "missing"]
    columns += ["deviated_percent", "interval"]
    yield _table("Opportunities", columns, report["opportunities"], words)
    yield _table(
        "Done, not advised",
        ["resource", "node", "encounters"],
        report["not_advised"],
    )
    columns = ["key", "events", "total", "outcome_missing", "percent", "interval"]
    yield _table(
        "Statements", [*columns, "prediction", "verdict"], report["statements"]
    )


def _table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    words: dict[str, str] | None = None,
) -> str:
    if not rows:
        return f"{title}: none"
    heads = [(words or {}).get(name, name).replace("_", " ") for name in columns]
    cells = [heads, *([_cell(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    return "\n".join([title, *("  " + line for line in lines)])


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.1f}"
        case [float(low), float(high)]:
            return f"{low:.1f} to {high:.1f}"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)
