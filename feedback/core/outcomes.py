"""Outcomes by where the walk ended, and what to beware of when reading them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from feedback.core.stats import quantile
from feedback.core.tally import Tally
from scamps.core.definition import Outcome, Plan


def outcome_rows(plan: Plan, tally: Tally) -> list[dict[str, Any]]:
    """Each outcome, for all episodes (node "") and by the node where the walk ended."""
    ends = [node for node, _ in tally.keys("episodes") if node]
    order = [node.key for node in plan.nodes]
    ends.sort(key=lambda node: order.index(node) if node in order else len(order))
    return [
        _row(outcome, nodes, label, tally)
        for outcome in plan.outcomes
        for label, nodes in [("", ends), *((node, [node]) for node in ends)]
    ]


def _row(
    outcome: Outcome, nodes: list[str], label: str, tally: Tally
) -> dict[str, Any]:
    values: Counter[str] = Counter()
    for node in nodes:
        values += tally.by_value("outcome", node, outcome.key)
    episodes = sum(tally.count("episodes", node) for node in nodes)
    known = sum(values.values())
    row = {
        "outcome": outcome.key,
        "node": label,
        "episodes": episodes,
        "known": known,
        "missing": episodes - known,
    }
    if outcome.type == "boolean":
        events = values["true"]
        return row | {
            "events": events,
            "percent": 100 * events / known if known else None,
        }
    numbers = {Decimal(value): count for value, count in values.items()}
    quartiles = [quantile(numbers, share) for share in (0.25, 0.5, 0.75)]
    names = ("lower_quartile", "median", "upper_quartile")
    figures = (None if q is None else float(q) for q in quartiles)
    return row | dict(zip(names, figures, strict=True))


def outcome_warnings(plan: Plan, tally: Tally) -> list[dict[str, Any]]:
    """Outcomes that were derived, or are known in different ways for different people.

    on_own_path: statements whose outcome is derived from what the plan decides on.
    """
    rows = []
    for outcome in plan.outcomes:
        ways = tally.by_value("known_how", "", outcome.key)
        row = {
            "outcome": outcome.key,
            "derived": tally.count("derived", "", outcome.key),
            "derived_from": list(outcome.derived_from),
            "known_how": [
                {"how": how, "episodes": count} for how, count in sorted(ways.items())
            ],
            "statements": [s.key for s in plan.statements if s.outcome == outcome.key],
        }
        if row["derived"] or row["derived_from"] or len(ways) > 1:
            rows.append(row)
    return rows
