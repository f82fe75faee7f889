"""Where the nodes and ways of a plan stand when its tree is drawn, left to right.

A node stands one layer right of the last node that leads to it, and level with the
middle of what it leads to. Boxes of one layer never overlap. Lengths are in the units
of the drawing's view box; text is 13 units high, and wrapped here, because SVG cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from scamps.core.definition import Edge, Node, Plan, edges, words
from scamps.core.language import Expression
from scamps.core.language.tree import Call, Literal, Name
from scamps.core.say import say

WIDTH = 124  # of a box
NEAR, FAR = 38, 86  # between two layers: without and with words on the ways
TURN = 22  # from a box to where its ways run level
LINE, SMALL, PAD, SPACE = (
    16,
    13,
    8,
    16,
)  # heights: of a line, a label's, around, between
TOP = 18  # room for words above the highest way
LETTERS, LABEL_LETTERS, LABEL_LINES = 14, 11, 3


@dataclass(frozen=True)
class Line:
    """One line of text; *y* is its base line."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Box:
    """A node as drawn: its corner, its size, its title in lines."""

    key: str
    kind: str
    layer: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Way:
    """A way between two boxes: the path of an SVG, and what is written on it."""

    source: str
    target: str
    kind: str
    path: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Drawing:
    """A tree: its size, its boxes in the document's order, its ways as tried."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]

    @property
    def box(self) -> Mapping[str, Box]:
        """The boxes by the key of their node."""
        return {box.key: box for box in self.boxes}


def layout(plan: Plan, language: str | None = None) -> Drawing:
    """Lay out all nodes of *plan* that a visit can reach."""
    language = language or plan.language
    starts = [visit.start for visit in plan.visits]
    out = {node.key: _targets(node, plan) for node in plan.nodes}
    layers = _layers(out, starts)
    titles = {key: _title(plan.node[key], plan, language) for key in layers}
    middles = _middles(out, starts, layers, titles)
    labels = {
        edge: _label(edge, plan, language)
        for key in out
        if key in layers
        for edge in edges(plan.node[key])
        if edge.target in layers
    }
    left = _left_sides(layers, labels)
    boxes = {
        key: _box(plan.node[key], layers[key], left, middles[key], titles[key])
        for key in out
        if key in layers
    }
    ways = [_way(edge, boxes, label) for edge, label in labels.items()]
    return Drawing(
        width=max((box.x + box.width for box in boxes.values()), default=0) + 2,
        height=max((box.y + box.height for box in boxes.values()), default=0) + 2,
        boxes=tuple(boxes.values()),
        ways=tuple(ways),
    )


def _targets(node: Node, plan: Plan) -> list[str]:
    """Where *node* leads, each once, in the order tried."""
    found = dict.fromkeys(edge.target for edge in edges(node))
    return [key for key in found if key in plan.node]


def _layers(out: Mapping[str, list[str]], starts: Iterable[str]) -> dict[str, int]:
    """The longest way from a start to each node that can be reached."""
    layers: dict[str, int] = {}
    order = _order(out, starts)
    for key in order:
        layers.setdefault(key, 0)
        for target in out[key]:
            layers[target] = max(layers.get(target, 0), layers[key] + 1)
    return layers


def _order(out: Mapping[str, list[str]], starts: Iterable[str]) -> list[str]:
    """The reachable nodes, each before all it leads to."""
    done: list[str] = []
    seen: set[str] = set()
    stack = [(key, False) for key in starts if key in out]
    while stack:
        key, is_left = stack.pop()
        if is_left:
            done.append(key)
        elif key not in seen:
            seen.add(key)
            stack.append((key, True))
            stack.extend((target, False) for target in out[key] if target not in seen)
    return done[::-1]


def _height(title: tuple[str, ...]) -> float:
    return LINE * len(title) + 2 * PAD


def _middles(
    out: Mapping[str, list[str]],
    starts: Iterable[str],
    layers: Mapping[str, int],
    titles: Mapping[str, tuple[str, ...]],
) -> dict[str, float]:
    """Ends stand below each other as they are reached, others between their targets."""
    middles: dict[str, float] = {}
    below = float(TOP)
    for key in _leaves_first(out, starts):
        if out[key]:
            middles[key] = sum(middles[to] for to in out[key]) / len(out[key])
        else:
            middles[key] = below + _height(titles[key]) / 2
            below += _height(titles[key]) + SPACE
    for layer in set(layers.values()):
        floor = float(TOP)
        mine = [key for key in middles if layers[key] == layer]
        for key in sorted(mine, key=lambda key: middles[key]):
            half = _height(titles[key]) / 2
            middles[key] = max(middles[key], floor + half)
            floor = middles[key] + half + SPACE
    return middles


def _leaves_first(out: Mapping[str, list[str]], starts: Iterable[str]) -> list[str]:
    """The reachable nodes, each after all it leads to, first ways first."""
    reversed_out = {key: targets[::-1] for key, targets in out.items()}
    return _order(reversed_out, list(starts)[::-1])[::-1]


def _title(node: Node, plan: Plan, language: str) -> tuple[str, ...]:
    title = words(node.title, language, plan.language)
    return _lines(title, LETTERS, 4)


def _lines(text: str, letters: int, most: int) -> tuple[str, ...]:
    """*text* in at most so many lines, the last cut short if it must be."""
    lines = wrap(text, letters, break_long_words=True)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: letters - 1].rstrip() + "…"]
    return tuple(lines)


def _left_sides(
    layers: Mapping[str, int], labels: Mapping[Edge, str]
) -> dict[int, float]:
    """Where each layer begins; more room where words stand on the ways to it."""
    worded = {layers[edge.target] for edge, label in labels.items() if label}
    left, x = {}, 1.0
    for layer in range(max(layers.values(), default=-1) + 1):
        if layer:
            x += FAR if layer in worded else NEAR
        left[layer] = x
        x += WIDTH
    return left


def _box(
    node: Node,
    layer: int,
    left: Mapping[int, float],
    middle: float,
    title: tuple[str, ...],
) -> Box:
    x, height = left[layer], _height(title)
    y = middle - height / 2
    return Box(
        key=node.key,
        kind=node.kind,
        layer=layer,
        x=x,
        y=round(y, 1),
        width=WIDTH,
        height=height,
        lines=tuple(
            Line(x + PAD, round(y + PAD + LINE * index + 12, 1), line)
            for index, line in enumerate(title)
        ),
    )


def _way(edge: Edge, boxes: Mapping[str, Box], label: str) -> Way:
    source, target = boxes[edge.source], boxes[edge.target]
    x1, x2 = source.x + source.width, target.x
    y1, y2 = source.middle, target.middle
    lines = _lines(label, LABEL_LETTERS, LABEL_LINES) if label else ()
    top = y2 - 5 - SMALL * (len(lines) - 1)
    return Way(
        source=edge.source,
        target=edge.target,
        kind=edge.kind,
        path=f"M{x1:g} {y1:g}C{x1 + TURN / 2:g} {y1:g} {x1 + TURN / 2:g} {y2:g} "
        f"{x1 + TURN:g} {y2:g}H{x2:g}",
        lines=tuple(
            Line(x2 - 6, round(top + SMALL * index, 1), line)
            for index, line in enumerate(lines)
        ),
    )


def _label(edge: Edge, plan: Plan, language: str) -> str:
    """What is written on a way: the author's label, else the criterion, short."""
    if edge.branch is None:
        return {"otherwise": "otherwise", "unknown": "not known"}.get(edge.kind, "")
    if edge.branch.label is not None:
        return words(edge.branch.label, language, plan.language)
    number = list(plan.node).index(edge.source)
    criterion = plan.criteria.parsed["nodes", number, "branches", edge.index, "when"]
    named = [(one.key, one.label) for one in plan.elements]
    named += [(one.key, one.label) for one in plan.scores]
    labels = {key: words(label, language, plan.language) for key, label in named}
    return _short(criterion, say(criterion, {}, labels), labels)


def _short(criterion: Expression, said: str, labels: Mapping[str, str]) -> str:
    """A comparison of one name, without the name: its decide node is called for it."""
    match criterion.root:
        case Call(args=(Name(key=key), Literal())):
            return said.removeprefix(labels.get(key, key)).strip()
        case Name():
            return "yes"
    return said
