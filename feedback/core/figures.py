"""Percents, intervals and orders that the tables of a report share."""

from __future__ import annotations

from typing import Any

from feedback.core.stats import Clusters, clustered_interval
from scamps.core.definition import Plan

Row = dict[str, Any]
LAST = 10**6  # orders what a plan does not name after all that it does


def percent(part: int, whole: int) -> float | None:
    """Return 100 · part / whole; None without a whole.

    >>> percent(1, 8), percent(0, 0)
    (12.5, None)
    """
    return 100 * part / whole if whole else None


def interval(clusters: Clusters) -> list[float] | None:
    """Return [low, high] in percent; None without a denominator."""
    if not clusters.total:
        return None
    return [100 * limit for limit in clustered_interval(clusters)]


def node_order(plan: Plan) -> dict[str, int]:
    return {node.key: index for index, node in enumerate(plan.nodes)}
