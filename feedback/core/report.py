"""The report: tables of numbers, built from facts alone.

Every table is a list of rows, every row a plain dict: what `build_report` prints, what
a page shows and what a frozen report holds is the same thing. Percents and the limits
of intervals are 0 to 100 and not rounded; where there is no denominator, they are None.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from feedback.core.adherence import (
    adherence_row,
    departure_rows,
    kind_rows,
    opportunity_rows,
    performed_rows,
    reason_rows,
)
from feedback.core.figures import LAST, Row, node_order, percent
from feedback.core.outcomes import outcome_rows, outcome_warnings
from feedback.core.statements import omitted_rows, open_rows, statement_rows
from feedback.core.tally import Tally
from scamps.core.definition import Plan


class Head(NamedTuple):
    """What a report is about."""

    scamp: str
    version: int
    digest: str
    cut_off: datetime
    origin: str


def build(plan: Plan, head: Head, tally: Tally, enrolments: Mapping[str, int]) -> Row:
    """Return the whole report. The first nine keys are a published contract."""
    opportunities = opportunity_rows(plan, tally)
    return {
        "scamp": head.scamp,
        "version": head.version,
        "digest": head.digest,
        "cut_off": head.cut_off.isoformat(),
        "origin": head.origin,
        "encounters": tally.count("encounters"),
        "nodes": node_rows(plan, tally),
        "stopped": stopped_rows(plan, tally),
        "opportunities": opportunities,
        "not_advised": not_advised_rows(plan, tally),
        "statements": statement_rows(plan, tally),
        "patients": tally.count("patients"),
        "episodes": tally.count("episodes"),
        "adherence": [adherence_row(row, tally) for row in opportunities],
        "departures": departure_rows(plan, tally),
        "reasons": reason_rows(plan, tally),
        "kinds": kind_rows(plan, tally),
        "performed": performed_rows(plan, tally),
        "performances": performance_rows(plan, tally),
        "edges": edge_rows(plan, tally),
        "statements_open": open_rows(plan, tally),
        "statements_omitted": omitted_rows(plan, tally),
        "outcomes": outcome_rows(plan, tally),
        "outcome_warnings": outcome_warnings(plan, tally),
        "flagged": flagged(tally),
        "answers": answer_rows(plan, tally),
        "managed_without_plan": sum(
            row["encounters"] for row in stopped_rows(plan, tally)
        ),
        "amended": tally.count("amended"),
        "amended_would_advise_otherwise": tally.by_value("amended")["differs"],
        "voided": tally.count("voided"),
        "enrolments": dict(enrolments),
    }


def canonical(report: Row) -> str:
    """Return the one text of a report, to be hashed and kept.

    >>> canonical({"b": 1.5, "a": [None]})
    '{"a":[null],"b":1.5}'
    """
    return json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(report: Row) -> str:
    return hashlib.sha256(canonical(report).encode()).hexdigest()


def node_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Every node that was entered, the one where a walk stopped included."""
    order = node_order(plan)
    rows = [
        {"node": node, "encounters": tally.count("node", node)}
        for node, _ in tally.keys("node")
    ]
    return sorted(rows, key=lambda row: order.get(row["node"], LAST))


def edge_rows(plan: Plan, tally: Tally) -> list[Row]:
    order = node_order(plan)
    rows = [
        {"from": start, "to": end, "encounters": tally.count("edge", start, end)}
        for start, end in tally.keys("edge")
    ]
    return sorted(
        rows, key=lambda row: (order.get(row["from"], LAST), order.get(row["to"], LAST))
    )


def stopped_rows(plan: Plan, tally: Tally) -> list[Row]:
    """One row for each node where walks stopped and set of what they waited for."""
    found: dict[tuple[str, tuple[str, ...]], int] = {}
    for node, _, waiting, _, count in tally.rows("stopped"):
        key = node, tuple(sorted(waiting.split()))
        found[key] = found.get(key, 0) + count
    order = node_order(plan)
    return [
        {"node": node, "waiting_for": list(waiting), "encounters": count}
        for (node, waiting), count in sorted(
            found.items(), key=lambda item: (order.get(item[0][0], LAST), item[0])
        )
    ]


def performance_rows(plan: Plan, tally: Tally) -> list[Row]:
    """What was done, advised or not: a rate per encounter."""
    encounters = tally.count("encounters")
    rows = []
    for resource in plan.resources:
        by = tally.by_value("performance", "", resource.key)
        rows.append(
            {
                "resource": resource.key,
                "done": by["done"],
                "not_done": by["not-done"],
                "unknown": encounters - by["done"] - by["not-done"],
                "done_percent": percent(by["done"], encounters),
            }
        )
    return rows


def not_advised_rows(plan: Plan, tally: Tally) -> list[Row]:
    """What was done though no action of the walk, which ended at node, was about it."""
    order = node_order(plan)
    resources = {resource.key: i for i, resource in enumerate(plan.resources)}
    rows = [
        {"resource": resource, "node": node, "encounters": count}
        for node, resource, _, _, count in tally.rows("not_advised")
    ]
    return sorted(
        rows,
        key=lambda row: (
            resources.get(row["resource"], LAST),
            order.get(row["node"], LAST),
        ),
    )


def flagged(tally: Tally) -> Row:
    """Walks that used implausible values, and how many would differ without them."""
    by = tally.by_value("flagged")
    return {
        "encounters": sum(by.values()),
        "would_differ": by["differs"],
        "elements": [
            {"element": item, "encounters": tally.count("flagged", "", item)}
            for _, item in tally.keys("flagged")
            if item
        ],
    }


def answer_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Of each element, in how many encounters it is known, and why it is not."""
    encounters = tally.count("encounters")
    rows = []
    for element in plan.elements:
        by = tally.by_value("answer", "", element.key)
        codes = ("known", "pending", "not-done", "refused", "not-known")
        row = {"element": element.key} | {code: by[code] for code in codes}
        rows.append(row | {"not-asked": encounters - sum(by[code] for code in codes)})
    return rows
