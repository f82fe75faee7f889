"""How the advice was followed: opportunities, their decisions, and why they departed."""

from __future__ import annotations

from feedback.core.figures import LAST, Row, interval, node_order, percent
from feedback.core.tally import Tally
from scamps.core.definition import Plan


def opportunity_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Every action that was advised, in the order of the plan, with its decisions."""
    return [
        _opportunity_row(node.key, action.key, action.direction, tally)
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
        if tally.count("decision", node.key, action.key)
    ]


def _opportunity_row(node: str, action: str, direction: str, tally: Tally) -> Row:
    made: dict[str, int] = {}
    for at, about, choice, is_past, count in tally.rows("decision"):
        if (at, about) == (node, action):
            counted = "missing" if choice == "deferred" and is_past else choice
            made[counted] = made.get(counted, 0) + count
    deviations = tally.clusters(node, action, "d")
    return {
        "node": node,
        "action": action,
        "direction": direction,
        "opportunities": sum(made.values()),
        "followed": made.get("followed", 0),
        "modified": made.get("modified", 0),
        "deviated": made.get("deviated", 0),
        "deferred": made.get("deferred", 0),
        "not_applicable": made.get("not-applicable", 0),
        "missing": made.get("missing", 0),
        "deviated_percent": percent(made.get("deviated", 0), deviations.total),
        "interval": interval(deviations),
    }


def adherence_row(row: Row, tally: Tally) -> Row:
    """Followed of followed, modified and deviated; and the bounds of what is open.

    The bounds count every missing and deferred decision one way and the other.
    """
    follows = tally.clusters(row["node"], row["action"], "f")
    open_ones = row["missing"] + row["deferred"]
    return {
        "node": row["node"],
        "action": row["action"],
        "direction": row["direction"],
        "patients": follows.patients,
        "decided": follows.total,
        "followed_percent": percent(row["followed"], follows.total),
        "interval": interval(follows),
        "is_clustered": follows.patients < follows.total,
        "at_least_percent": percent(row["followed"], follows.total + open_ones),
        "at_most_percent": percent(
            row["followed"] + open_ones, follows.total + open_ones
        ),
    }


def departure_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Encounters that deviated from any of the actions of a node."""
    order = node_order(plan)
    rows = [
        {"node": node, "encounters": tally.count("departed", node)}
        for node, _ in tally.keys("departed")
    ]
    return sorted(rows, key=lambda row: order.get(row["node"], LAST))


def reason_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Why decisions departed. An empty reason was not given."""
    order = node_order(plan)
    rows = []
    for node, action, value, _, count in tally.rows("reason"):
        choice, reason, standard = value.split(" ")
        rows.append(
            {
                "node": node,
                "action": action,
                "choice": choice,
                "reason": reason,
                "standard": standard,
                "decisions": count,
            }
        )
    return sorted(
        rows, key=lambda row: (order.get(row["node"], LAST), -row["decisions"])
    )


def kind_rows(plan: Plan, tally: Tally) -> list[Row]:
    order = node_order(plan)
    rows = [
        {"node": node, "action": action, "kind": kind, "decisions": count}
        for node, action, kind, _, count in tally.rows("kind")
    ]
    return sorted(rows, key=lambda row: order.get(row["node"], LAST))


def performed_rows(plan: Plan, tally: Tally) -> list[Row]:
    """Decision against performance: what was intended, and what was then done."""
    order = node_order(plan)
    rows = []
    for node, action, value, _, count in tally.rows("performed"):
        choice, status = value.split(" ")
        rows.append(
            {
                "node": node,
                "action": action,
                "choice": choice,
                "status": status,
                "opportunities": count,
            }
        )
    return sorted(rows, key=lambda row: order.get(row["node"], LAST))
