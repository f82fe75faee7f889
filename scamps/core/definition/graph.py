"""The nodes of a plan as a graph: which edge leads where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scamps.core.definition.document import Branch, Node, Plan
from scamps.core.definition.finding import Path

EdgeKind = Literal["next", "branch", "otherwise", "unknown"]


@dataclass(frozen=True)
class Edge:
    """A way from one node to another; *index* counts the branches of a decide node."""

    source: str
    target: str
    kind: EdgeKind
    index: int = 0
    branch: Branch | None = None


def edges(node: Node) -> Iterator[Edge]:
    """The edges that leave *node*, in the order they are tried."""
    match node.kind:
        case "assess":
            yield Edge(node.key, node.next, "next")
        case "decide":
            for index, branch in enumerate(node.branches):
                yield Edge(node.key, branch.to, "branch", index, branch)
            if node.otherwise is not None:
                yield Edge(node.key, node.otherwise, "otherwise")
            if node.unknown is not None:
                yield Edge(node.key, node.unknown, "unknown")
        case "recommend" if node.next is not None:
            yield Edge(node.key, node.next, "next")


def edge_path(plan: Plan, edge: Edge) -> Path:
    """Where *edge* is written in the document."""
    here: Path = ("nodes", plan.position[edge.source])
    if edge.kind == "branch":
        return (*here, "branches", edge.index, "to")
    return (*here, edge.kind)


def reachable(plan: Plan, *starts: str) -> tuple[str, ...]:
    """The keys of the nodes that can be reached from *starts*, in document order."""
    seen: set[str] = set()
    ahead = [start for start in starts if start in plan.node]
    while ahead:
        key = ahead.pop()
        if key in seen:
            continue
        seen.add(key)
        targets = (edge.target for edge in edges(plan.node[key]))
        ahead.extend(target for target in targets if target in plan.node)
    return tuple(node.key for node in plan.nodes if node.key in seen)


def in_order(needs: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Sort the keys of *needs* so that each stands after those it needs.

    Otherwise the given order is kept. Returns: the sorted keys; those that cannot be
    sorted, because they lie on a cycle or need one that does.
    >>> in_order({"b": ["a"], "a": [], "c": ["c"]})
    (['a', 'b'], ['c'])
    """
    done: dict[str, None] = {}
    waiting = list(needs)
    while waiting:
        ready = next(
            (
                key
                for key in waiting
                if all(need in done or need not in needs for need in needs[key])
            ),
            None,
        )
        if ready is None:
            break
        waiting.remove(ready)
        done[ready] = None
    return list(done), waiting
