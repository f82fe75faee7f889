"""A replay as JSON, so that those who sign years later read what was read today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from feedback.core.impact.compare import advice_key
from feedback.core.impact.summary import Impact, Use
from scamps.core.definition import Plan, Recommend, words


@dataclass(frozen=True)
class Became:
    """One outcome of the episodes that went from *before* to *after* (both empty: of
    all that would have been advised otherwise). Episodes are counted once.

    `values` has (value, episodes) of those known: "true", "false", or a number.
    """

    before: str
    after: str
    outcome: str
    episodes: int
    values: tuple[tuple[str, int], ...]


def freeze_impact(impact: Impact, became: Iterable[Became]) -> dict[str, Any]:
    """Return what is kept of *impact*; decimals are strings. The list of patients is
    not in it: who may read whom is asked anew each time."""
    return {
        "numbers": asdict(impact.numbers),
        "patients": impact.patients,
        "otherwise": len(impact.otherwise),
        "lacking": [list(pair) for pair in impact.lacking],
        "flows": [asdict(flow) for flow in impact.flows],
        "uses": [_use(use) for use in impact.uses],
        "became": [asdict(one) for one in became],
    }


def _use(use: Use) -> dict[str, Any]:
    cost, interval = use.cost_change, use.cost_interval
    return asdict(use) | {
        "interval": list(use.interval),
        "cost_change": None if cost is None else str(cost),
        "cost_interval": [str(bound) for bound in interval] if interval else None,
    }


def named(after: Plan, before: Iterable[Plan]) -> dict[str, Mapping[str, str]]:
    """The words for what a frozen replay names by key, in each plan's own language.

    Nodes that are gone keep the words of the last plan of *before* that has them.
    """
    nodes: dict[str, str] = {}
    labels: dict[str, str] = {}
    advice: dict[str, str] = {}
    for plan in (*before, after):
        advising = [node for node in plan.nodes if isinstance(node, Recommend)]
        advice |= {
            advice_key(action): words(action.words, plan.language)
            for node in advising
            for action in node.actions
        }
        nodes |= {node.key: words(node.title, plan.language) for node in plan.nodes}
        labels |= {one.key: words(one.label, plan.language) for one in plan.elements}
    return {"nodes": nodes, "labels": labels, "advice": advice}
