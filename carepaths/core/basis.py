"""On what advice rests: every criterion with this patient's values, taken and not taken.

A clinician can check from this alone why the plan says what it says: what was tried at
each node and what came of it, what was not tried and why not, which answers were read
and of what quality they are, and where on the tree it led.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from carepaths.core.answers import IMPLAUSIBLE, ROUNDED, Stored
from carepaths.core.draft import Draft
from carepaths.core.said import answer_words
from carepaths.core.scoring import value_text
from scamps.core.definition import Decide, Edge, Node, Plan, edges, words
from scamps.core.definition.finding import Path
from scamps.core.definition.usage import names_behind
from scamps.core.layout import Box, Drawing, Way, layout
from scamps.core.say import say
from scamps.core.walk import Explained, Step, explain, labels

KINDS = {
    "assess": "Asked",
    "decide": "Decided",
    "recommend": "Advised",
    "finish": "End",
}


@dataclass(frozen=True)
class Reasoning:
    """One criterion: its words with the values, what came out, where it leads if true.

    `value` is None where it is unknown or was not tried; `waits`: because one before it
    is unknown.
    """

    words: str
    value: bool | None
    taken: bool
    to: str
    tried: bool = True
    waits: bool = False

    @property
    def verdict(self) -> str:
        """What became of it, in a word or two."""
        if self.taken:
            return "Taken"
        if not self.tried:
            before = "the one before must be known first"
            return f"Not tried: {before if self.waits else 'the way was found before'}"
        if self.value is None:
            return "Cannot be told yet"
        return "True as well" if self.value else "Not taken"


@dataclass(frozen=True)
class Station:
    """A node that the walk has passed, with all that was and was not tried there."""

    node: str
    kind: str
    title: str
    lines: tuple[Reasoning, ...]
    to: str
    others: tuple[str, ...]
    is_last: bool

    @property
    def did(self) -> str:
        return KINDS[self.kind]

    @property
    def tried(self) -> tuple[Reasoning, ...]:
        return tuple(line for line in self.lines if line.tried)


@dataclass(frozen=True)
class Used:
    """A value that the criteria tried have read, and what is to be known about it."""

    key: str
    label: str
    said: str
    remark: str


@dataclass(frozen=True)
class MarkedBox:
    """A box of the drawing; *mark* is "here", "passed" or empty."""

    box: Box
    title: str
    mark: str


@dataclass(frozen=True)
class MarkedWay:
    way: Way
    passed: bool


@dataclass(frozen=True)
class Marked:
    """The tree of a visit, drawn, with the path of one walk marked on it."""

    width: float
    height: float
    boxes: tuple[MarkedBox, ...]
    ways: tuple[MarkedWay, ...]


def stations(draft: Draft) -> tuple[Station, ...]:
    """Return the nodes that the walk of *draft* has passed, in order."""
    plan = draft.compiled.plan
    told = explain(plan, draft.walk, draft.facts)
    return tuple(
        _station(plan, said, step)
        for said, step in zip(told, draft.walk.steps, strict=True)
    )


def _station(plan: Plan, said: Explained, step: Step) -> Station:
    node = plan.node[step.node]
    targets = dict.fromkeys(edge.target for edge in edges(node))
    others = [key for key in targets if key != step.to]
    lines = (*_tried(plan, said, step), *_untried(plan, node, step))
    return Station(
        node=step.node,
        kind=node.kind,
        title=_title(plan, step.node),
        lines=lines,
        to=_title(plan, step.to) if step.to else "",
        others=tuple(_title(plan, key) for key in others),
        is_last=step.to is None,
    )


def _tried(plan: Plan, said: Explained, step: Step) -> Iterator[Reasoning]:
    for sentence, tried in zip(said.reasons, step.tried, strict=False):
        taken = tried.value is True and tried.to == step.to
        yield Reasoning(sentence, tried.value, taken, _title(plan, tried.to))
    for sentence in said.reasons[len(step.tried) :]:
        yield Reasoning(sentence, None, False, "")
    if step.to and step.tried and all(one.value is not True for one in step.tried):
        yield Reasoning("What is unknown leads on", None, True, _title(plan, step.to))


def _untried(plan: Plan, node: Node, step: Step) -> Iterator[Reasoning]:
    if not isinstance(node, Decide):
        return
    named = labels(plan, plan.language)
    number, waits = plan.position[node.key], step.to is None
    for index in range(len(step.tried), len(node.branches)):
        path: Path = ("nodes", number, "branches", index, "when")
        told = say(plan.criteria.parsed[path], {}, named)
        to = _title(plan, node.branches[index].to)
        yield Reasoning(told, None, False, to, tried=False, waits=waits)
    if node.otherwise and all(one.criterion for one in step.tried):
        to = _title(plan, node.otherwise)
        said = "None of these: otherwise"
        yield Reasoning(said, None, False, to, tried=False, waits=waits)


def used(draft: Draft) -> tuple[Used, ...]:
    """Return the values that the criteria tried have read, in the order of the plan."""
    plan = draft.compiled.plan
    read = {name for step in draft.walk.steps for name in _names(plan, step)}
    named = labels(plan, plan.language)
    mine = [
        Used(
            element.key,
            named[element.key],
            answer_words(element, draft.answers.get(element.key, {})) or "Not answered",
            _remark(draft, element.key),
        )
        for element in plan.elements
        if element.key in read
    ]
    rest = sorted(read - {element.key for element in plan.elements})
    given = [(name, draft.facts.get(name)) for name in rest]
    return (
        *mine,
        *(Used(name, named.get(name, name), _said(v), "") for name, v in given),
    )


def _said(value: Any) -> str:
    return "Not known" if value is None else value_text(value)


def _names(plan: Plan, step: Step) -> Iterator[str]:
    number = plan.position[step.node]
    for index, tried in enumerate(step.tried):
        if tried.criterion:
            yield from names_behind(plan, ("nodes", number, "branches", index, "when"))


def _remark(draft: Draft, key: str) -> str:
    """What is to be known about the quality of an answer; empty if nothing."""
    answer: Stored = draft.answers.get(key, {})
    flags = answer.get("flags") or ()
    if key in draft.walk.hidden:
        return "Not used: it is not asked on this path"
    if IMPLAUSIBLE in flags:
        return "Outside the usual range"
    if ROUNDED in flags:
        return f"Rounded from {answer.get('typed', '')}"
    return ""


# --- the drawing -----------------------------------------------------------------


@lru_cache(maxsize=128)
def _drawn(plan: Plan, visit: str) -> Drawing:
    return layout(plan, "en", visit=visit)


def marked(draft: Draft) -> Marked:
    """Return the tree of the visit with the path of *draft* marked on it."""
    plan, steps = draft.compiled.plan, draft.walk.steps
    drawing = _drawn(plan, draft.visit)
    passed = {_taken(plan, step) for step in steps}
    marks: Mapping[str, str] = {step.node: "passed" for step in steps} | {
        draft.walk.end: "here"
    }
    return Marked(
        drawing.width,
        drawing.height,
        tuple(
            MarkedBox(box, _title(plan, box.key), marks.get(box.key, ""))
            for box in drawing.boxes
        ),
        tuple(
            MarkedWay(way, (way.source, way.target, way.kind) in passed)
            for way in drawing.ways
        ),
    )


def _taken(plan: Plan, step: Step) -> tuple[str, str | None, str]:
    """The way that *step* took, as the drawing tells ways apart."""
    kind = next(_kinds(plan, step), "")
    return step.node, step.to, kind


def _kinds(plan: Plan, step: Step) -> Iterator[str]:
    node = plan.node[step.node]
    if not isinstance(node, Decide):
        yield "next"
        return
    last: Edge | None = next(
        (edge for edge in edges(node) if edge.target == step.to), None
    )
    if any(one.value is True and not one.criterion for one in step.tried):
        yield "otherwise"
    elif any(one.value is True for one in step.tried):
        yield "branch"
    elif last is not None:
        yield "unknown"


def _title(plan: Plan, key: str) -> str:
    return words(plan.node[key].title, "en", plan.language)
