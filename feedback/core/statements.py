"""Targeted data statements: what was predicted, and what was found."""

from __future__ import annotations

from typing import Any

from feedback.core.stats import Bound, exact_interval, verdict
from feedback.core.tally import Tally
from scamps.core.definition import Plan, Statement


def statement_rows(plan: Plan, tally: Tally) -> list[dict[str, Any]]:
    """Every statement over distinct episodes at their first reach of its node."""
    return [_row(statement, "statement", tally) for statement in plan.statements]


def omitted_rows(plan: Plan, tally: Tally) -> list[dict[str, Any]]:
    """The statements that an omission is safe, for those in whom it was omitted."""
    return [
        _row(statement, "omitted", tally)
        for statement in plan.statements
        if statement.omission_of
    ]


def open_rows(plan: Plan, tally: Tally) -> list[dict[str, Any]]:
    """Episodes that are not counted yet: the window of the outcome has not closed."""
    windows = {outcome.key: outcome.window for outcome in plan.outcomes}
    return [
        {
            "key": statement.key,
            "episodes": sum(
                count
                for _, key, _, is_past, count in tally.rows("statement")
                if key == statement.key and not is_past
            ),
        }
        for statement in plan.statements
        if windows[statement.outcome]
    ]


def _row(statement: Statement, measure: str, tally: Tally) -> dict[str, Any]:
    found = {"event": 0, "none": 0, "missing": 0}
    for _, key, result, is_past, count in tally.rows(measure):
        if key == statement.key and is_past:
            found[result] += count
    bound = Bound(statement.prediction.comparison, statement.prediction.percent)
    events, total = found["event"], found["event"] + found["none"]
    limits = exact_interval(events, total) if total else None
    return {
        "key": statement.key,
        "events": events,
        "total": total,
        "outcome_missing": found["missing"],
        "percent": 100 * events / total if total else None,
        "interval": [100 * limit for limit in limits] if limits else None,
        "prediction": str(bound),
        "verdict": verdict(events, total, found["missing"], bound),
    }
