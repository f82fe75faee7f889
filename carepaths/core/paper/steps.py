"""The tree of a plan on paper: each step in words, with boxes for what is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carepaths.core.advised import KINDS, KINDS_OF, text_of
from carepaths.core.paper.items import criterion_words
from carepaths.core.reasons import Reason, menu
from scamps.core.definition import edges
from scamps.core.wording import duration_words

if TYPE_CHECKING:
    from scamps.core.definition import Action, Edge, Node, Plan

SAID = {"assess": "Ask", "decide": "Decide", "recommend": "Advice", "finish": "End"}
CHOICES = ("Followed", "Modified", "Deviated", "Later, by", "Not applicable")


@dataclass(frozen=True)
class ReasonCode:
    """A reason to depart, and the code that stands for it on this paper."""

    code: str
    key: str
    words: str


@dataclass(frozen=True)
class ActionBox:
    """One action to be ticked; `reasons` are the codes that are offered first."""

    key: str
    words: str
    against: bool
    window: str
    rationale: str
    serious: bool
    kinds: tuple[str, ...]
    reasons: tuple[ReasonCode, ...]


@dataclass(frozen=True)
class Step:
    """A node: what it says, the ways on, and the actions it advises."""

    number: int
    key: str
    kind: str
    title: str
    starts: tuple[str, ...]
    text: str
    ways: tuple[str, ...]
    if_unknown: str
    actions: tuple[ActionBox, ...]


def steps(plan: Plan) -> tuple[Step, ...]:
    """Return the nodes of *plan* in its own order, numbered."""
    codes = {reason.key: reason for reason in reason_codes(plan)}
    return tuple(
        _step(plan, node, number, codes) for number, node in enumerate(plan.nodes, 1)
    )


def _step(plan: Plan, node: Node, number: int, codes: dict[str, ReasonCode]) -> Step:
    actions = node.actions if node.kind == "recommend" else ()
    return Step(
        number=number,
        key=node.key,
        kind=SAID[node.kind],
        title=text_of(plan, node.title),
        starts=tuple(
            text_of(plan, v.title) for v in plan.visits if v.start == node.key
        ),
        text=_said(plan, node),
        ways=tuple(_ways(plan, node)),
        if_unknown=text_of(plan, node.if_unknown) if node.kind == "decide" else "",
        actions=tuple(_box(plan, action, codes) for action in actions),
    )


def _said(plan: Plan, node: Node) -> str:
    match node.kind:
        case "assess":
            return f"Fill in “{text_of(plan, plan.form[node.form].title)}”."
        case "recommend":
            return text_of(plan, node.summary)
        case "finish":
            return text_of(plan, node.words)
        case "decide" if node.hit == "unique":
            return "Exactly one of these must hold."
        case _:
            return ""


def _ways(plan: Plan, node: Node) -> Iterator[str]:
    for edge in edges(node):
        to = plan.node[edge.target]
        number = plan.position[to.key] + 1
        yield f"{_condition(plan, edge)} go to step {number}, “{text_of(plan, to.title)}”."
    if node.kind == "recommend" and node.next is None:
        yield "The plan ends here."


def _condition(plan: Plan, edge: Edge) -> str:
    match edge.kind:
        case "branch" if edge.branch:
            return f"If {criterion_words(plan, edge.branch.when)}:"
        case "otherwise":
            return "Otherwise:"
        case "unknown":
            return "If that is not known:"
    return "Then"


def _box(plan: Plan, action: Action, codes: dict[str, ReasonCode]) -> ActionBox:
    first = menu(plan, action.key, plan.language).first
    return ActionBox(
        key=action.key,
        words=text_of(plan, action.words),
        against=action.direction == "do-not",
        window=f"within {duration_words(action.window)}" if action.window else "",
        rationale=text_of(plan, action.rationale),
        serious=action.serious,
        kinds=tuple(KINDS[kind] for kind in KINDS_OF[action.direction]),
        reasons=tuple(codes[reason.key] for reason in first),
    )


def reason_codes(plan: Plan) -> tuple[ReasonCode, ...]:
    """Return the reasons of every action, the plan's own first, "other" last.

    The code of a reason is its place in this list, so it holds for this version alone.
    """
    offered = [menu(plan, a.key, plan.language) for a in _actions(plan)]
    own = {reason.key for reason in plan.reasons}
    found: dict[str, Reason] = {r.key: r for m in offered for r in m.first + m.more}
    other = found.pop("other", None)
    ordered = sorted(found.values(), key=lambda reason: reason.key not in own)
    ordered += [other] if other else []
    return tuple(
        ReasonCode(f"R{number}", reason.key, reason.words.rstrip("…"))
        for number, reason in enumerate(ordered, 1)
    )


def _actions(plan: Plan) -> Iterator[Action]:
    for node in plan.nodes:
        if node.kind == "recommend":
            yield from node.actions
