"""What no case comes to: visits, nodes, branches, and unknowns that are never met.

Covered is a kind of visit that some case is of; a node that some walk passes, which
holds the ends too; a branch, or the way otherwise, that some walk takes; and at each
decide node whose criteria may be unknown, a walk that meets an unknown there: it waits,
or takes the way for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from scamps.core.definition import Decide, Edge, Plan, edges, reachable
from scamps.core.language.traps import may_be_null
from scamps.core.walk import Step, Walk

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """Something a case can come to; `to` is where a branch leads, *index* which it is.

    >>> str(Place("branch", "risk", "image", 1)), str(Place("unknown", "risk"))
    ('risk → image', 'risk → unknown')
    """

    kind: Literal["visit", "node", "branch", "otherwise", "unknown"]
    key: str
    to: str = ""
    index: int = 0

    @property
    def number(self) -> int:
        """Which branch it is, counted from one."""
        return self.index + 1

    def __str__(self) -> str:
        match self.kind:
            case "visit":
                return f"visit {self.key}"
            case "node":
                return self.key
            case "unknown":
                return f"{self.key} → {UNKNOWN}"
        return f"{self.key} → {self.to}"


def places(plan: Plan) -> tuple[Place, ...]:
    """Everything in *plan* that a case should come to, in the order of the document."""
    found = [Place("visit", visit.key) for visit in plan.visits]
    for key in reachable(plan, *(visit.start for visit in plan.visits)):
        found.append(Place("node", key))
        node = plan.node[key]
        if isinstance(node, Decide):
            found += [_way(edge) for edge in edges(node) if edge.kind != UNKNOWN]
            found += [Place("unknown", key)] if _may_wait(plan, node) else []
    return tuple(found)


def not_covered(plan: Plan, walked: Iterable[tuple[str, Walk]]) -> tuple[Place, ...]:
    """The places that none of *walked*, pairs of a visit and its walk, comes to."""
    passed: set[Place] = set()
    for visit, walk in walked:
        passed.add(Place("visit", visit))
        for step in walk.steps:
            passed.update(_passed(step))
    return tuple(place for place in places(plan) if place not in passed)


def _way(edge: Edge) -> Place:
    kind: Literal["branch", "otherwise"] = (
        "branch" if edge.kind == "branch" else "otherwise"
    )
    return Place(kind, edge.source, edge.target, edge.index)


def _may_wait(plan: Plan, node: Decide) -> bool:
    """Whether a criterion of *node* can be unknown; in doubt, yes."""
    here = ("nodes", plan.position[node.key], "branches")
    return any(
        may_be_null(plan.criteria.parsed[*here, index, "when"].root)
        for index in range(len(node.branches))
    )


def _passed(step: Step) -> Iterator[Place]:
    yield Place("node", step.node)
    for index, one in enumerate(step.tried):
        if one.value is None:
            yield Place("unknown", step.node)
        elif one.value and step.to is not None:
            kind: Literal["branch", "otherwise"] = (
                "branch" if one.criterion else "otherwise"
            )
            yield Place(kind, step.node, one.to, index if one.criterion else 0)
