"""A report as it may leave its sites: what its tables hold, part by part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from math import inf

from feedback.core.disclosure import Equation, Figure, added, release, share
from feedback.core.figures import Row
from feedback.core.stats import Bound, verdict

CHOICES = (
    "followed", "modified", "deviated", "deferred", "not_applicable", "missing",
)  # fmt: skip
CODES = ("known", "not-asked", "pending", "not-done", "refused", "not-known")
PARTS = {  # the columns that are read from the data; all others follow from them
    "opportunities": CHOICES,
    "statements": ("events", "none", "outcome_missing"),
    "nodes": ("encounters",),
    "edges": ("encounters",),
    "stopped": ("encounters",),
    "not_advised": ("encounters",),
    "departures": ("encounters",),
    "reasons": ("decisions",),
    "performed": ("opportunities",),
    "performances": ("done", "not_done", "unknown"),
    "outcomes": ("events", "none", "known", "missing"),
    "answers": CODES,
}
TOTALS: dict[str, dict[str, tuple[str, ...]]] = {
    "opportunities": {"opportunities": CHOICES},
    "statements": {"total": ("events", "none")},
    "outcomes": {"known": ("events", "none"), "episodes": ("known", "missing")},
}
SHARES: dict[
    str, tuple[str, str, tuple[str, ...]]
] = {  # a percent: its part, and the rest of its whole
    "opportunities": ("deviated_percent", "deviated", ("followed", "modified")),
    "statements": ("percent", "events", ("none",)),
    "outcomes": ("percent", "events", ("none",)),
    "performances": ("done_percent", "done", ("not_done", "unknown")),
}
QUARTILES = ("lower_quartile", "median", "upper_quartile")


def released(report: Row) -> dict[str, list[Row]]:
    """Return the tables of *report* with every count hidden, rounded or withheld.

    Totals, percents, intervals and verdicts follow from what is published; quartiles
    are left out where the values they are of are hidden.
    """
    rows = {table: [_with_none(row) for row in report[table]] for table in PARTS}
    counts = {
        _name(table, index, column): row[column]
        for table, columns in PARTS.items()
        for index, row in enumerate(rows[table])
        for column in columns
        if _is_part(table, column, row)
    }
    unseen = {"encounters": report["encounters"]}
    shown = release(counts, list(equations(rows)), unseen)
    return {
        table: [_shown_row(table, i, row, shown) for i, row in enumerate(rows[table])]
        for table in PARTS
    }


def _with_none(row: Row) -> Row:
    """Add what stands between the lines: of those known, the ones without an event."""
    whole = row.get("total", row.get("known")) if "events" in row else None
    return row if whole is None else row | {"none": whole - row["events"]}


def _is_part(table: str, column: str, row: Row) -> bool:
    is_sum = table == "outcomes" and column == "known" and "events" in row
    return column in row and not is_sum


def _name(table: str, index: int, column: str) -> str:
    return f"{table}/{index}/{column}"


def _shown_row(table: str, index: int, row: Row, shown: dict[str, Figure]) -> Row:
    figures = {
        column: shown[name]
        for column in PARTS[table]
        if (name := _name(table, index, column)) in shown
    }
    for total, parts in TOTALS.get(table, {}).items():
        if total in row and all(part in figures for part in parts):
            figures[total] = added(figures[part] for part in parts)
    found = row | {name: _cell(figure) for name, figure in figures.items()}
    found.pop("none", None)
    if table in SHARES and SHARES[table][0] in row:
        found |= _share(table, row, figures)
    if "median" in row and figures["known"].value is None:
        found |= dict.fromkeys(QUARTILES)
    if "verdict" in row:
        found["verdict"] = _verdict(row, figures)
    return found


def _verdict(row: Row, figures: dict[str, Figure]) -> str | None:
    """The verdict of the published counts: the exact one may tell of hidden ones."""
    events, total = figures["events"].value, figures["total"].value
    missing = figures["outcome_missing"].most
    if events is None or total is None or missing == inf:
        return None
    comparison, percent, _ = row["prediction"].split()
    return verdict(events, total, int(missing), Bound(comparison, Decimal(percent)))


def _cell(figure: Figure) -> int | str:
    return figure.text if figure.value is None else figure.value


def _share(table: str, row: Row, figures: dict[str, Figure]) -> Row:
    name, part, rest = SHARES[table]
    found = share(figures[part], [figures[other] for other in rest])
    percent, interval = found or (None, None)
    return {name: percent} | ({"interval": interval} if "interval" in row else {})


def equations(rows: dict[str, list[Row]]) -> Iterator[Equation]:
    """What everybody knows to add up to the same in the tables of a report."""
    for index, row in enumerate(rows["nodes"]):
        whole = (_name("nodes", index, "encounters"),)
        yield from _ways(rows, row["node"], whole)
        for number, advice in enumerate(rows["opportunities"]):
            if advice["node"] == row["node"]:
                parts = tuple(_name("opportunities", number, c) for c in CHOICES)
                yield Equation(parts, whole)
    yield from _details(rows)
    for table in ("performances", "answers"):
        for index in range(len(rows[table])):
            parts = tuple(_name(table, index, column) for column in PARTS[table])
            yield Equation(parts, ("encounters",))
    yield from _everybody(rows["outcomes"])


def _ways(
    rows: dict[str, list[Row]], node: str, whole: tuple[str, ...]
) -> Iterator[Equation]:
    """Into a node, if any way leads there; and out of it, if it is not an end."""
    edges = list(enumerate(rows["edges"]))
    into = tuple(_name("edges", i, "encounters") for i, e in edges if e["to"] == node)
    out = tuple(_name("edges", i, "encounters") for i, e in edges if e["from"] == node)
    if into:
        yield Equation(into, whole)
    if out:
        stopped = tuple(
            _name("stopped", i, "encounters")
            for i, row in enumerate(rows["stopped"])
            if row["node"] == node
        )
        yield Equation((*out, *stopped), whole)


def _details(rows: dict[str, list[Row]]) -> Iterator[Equation]:
    """Reasons, and what was then done, of each choice at each action."""
    places = {
        (row["node"], row["action"], choice.replace("_", "-")): _name(
            "opportunities", index, choice
        )
        for index, row in enumerate(rows["opportunities"])
        for choice in CHOICES
    }
    for table, choices in (
        ("reasons", {"modified", "deviated", "not-applicable"}),
        ("performed", {"followed", "modified", "deviated", "not-applicable"}),
    ):
        found: dict[str, list[str]] = defaultdict(list)
        for index, row in enumerate(rows[table]):
            place = places.get((row["node"], row["action"], row["choice"]))
            if place and row["choice"] in choices:
                found[place].append(_name(table, index, PARTS[table][0]))
        for place, parts in found.items():
            yield Equation(tuple(parts), (place,))


def _everybody(outcomes: list[Row]) -> Iterator[Equation]:
    """Of each outcome, everybody's row is the sum of the rows by node."""
    for index, row in enumerate(outcomes):
        if row["node"]:
            continue
        by_node = [
            number
            for number, other in enumerate(outcomes)
            if other["outcome"] == row["outcome"] and other["node"]
        ]
        for column in ("events", "none", "known", "missing"):
            if by_node and _is_part("outcomes", column, row):
                yield Equation(
                    tuple(_name("outcomes", number, column) for number in by_node),
                    (_name("outcomes", index, column),),
                )
