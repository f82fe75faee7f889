"""The drawn tree with traffic on it: boxes for nodes, bands as wide as their patients.

Layers run from left to right. A node stands one layer after the last node that leads to
it, and level with the middle of what it leads to; boxes of one layer never overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import wrap

from scamps.core.definition import Node, Plan, edges, words

BOX, GAP, STUB = 122, 36, 134  # widths: of a box, between boxes, of a deviation
LINE, PAD, SPACE = 17, 9, 14  # heights: of a line, around lines, between boxes
BAND = 58  # the height of a band that carries everybody
LETTERS = 15  # that fit into a line of a box


@dataclass(frozen=True)
class Traffic:
    """What happened at the nodes of a plan: encounters, waits, decisions."""

    encounters: Mapping[str, int]
    edges: Mapping[tuple[str, str], int]
    stopped: Mapping[str, int]
    deviated: Mapping[str, int]
    deviation_word: str


@dataclass
class Box:
    """A node as drawn. `y` is the middle."""

    key: str
    title: list[str]
    count: str
    waits: str
    layer: int
    y: float = 0
    deviated: int = 0
    is_end: bool = False
    lines: list[tuple[float, str, str]] = field(default_factory=list)

    @property
    def x(self) -> float:
        return self.layer * (BOX + GAP)

    @property
    def height(self) -> float:
        inner = bool(self.deviated) and not self.is_end
        return LINE * (len(self.title) + 1 + inner) + 2 * PAD

    @property
    def top(self) -> float:
        return self.y - self.height / 2


@dataclass(frozen=True)
class Band:
    """A way from node to node: a curve as wide as its patients. Dashed if nobody."""

    path: str
    width: float
    count: int
    title: str


@dataclass(frozen=True)
class Stub:
    """The deviations at a box where walks end, drawn to its right."""

    x: float
    y: float
    width: float
    words: str


@dataclass(frozen=True)
class Tree:
    width: float
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]
    stubs: tuple[Stub, ...]


def draw(plan: Plan, traffic: Traffic) -> Tree:
    """Lay out *plan* with its *traffic*."""
    ways = {node.key: _targets(node) for node in plan.nodes}
    layers = _layers(ways, [visit.start for visit in plan.visits])
    boxes = {
        node.key: _box(node, layers[node.key], traffic, plan.language)
        for node in plan.nodes
        if node.key in layers
    }
    _place(boxes, ways, [visit.start for visit in plan.visits])
    most = max([1, *traffic.encounters.values()])
    stubs = tuple(_stub(box, traffic, most) for box in boxes.values() if _sticks(box))
    for box in boxes.values():
        box.lines = _lines(box, traffic)
    right = max(box.x + BOX for box in boxes.values())
    return Tree(
        width=right + (STUB if stubs else 0),
        height=max(box.top + box.height for box in boxes.values()) + 4,
        boxes=tuple(boxes.values()),
        bands=tuple(_bands(boxes, ways, traffic, most)),
        stubs=stubs,
    )


def _targets(node: Node) -> list[str]:
    return list(dict.fromkeys(edge.target for edge in edges(node)))


def _layers(ways: Mapping[str, list[str]], starts: list[str]) -> dict[str, int]:
    """The longest way from a start to each node that can be reached."""
    layers: dict[str, int] = {}
    open_ones = [(start, 0) for start in starts]
    while open_ones:
        key, layer = open_ones.pop()
        if layer > layers.get(key, -1):
            layers[key] = layer
            open_ones += [(target, layer + 1) for target in ways[key]]
    return layers


def _box(node: Node, layer: int, traffic: Traffic, language: str) -> Box:
    waits = traffic.stopped.get(node.key, 0)
    return Box(
        key=node.key,
        title=wrap(words(node.title, language), LETTERS, break_long_words=True)[:3],
        count=f"{traffic.encounters.get(node.key, 0):,}",
        waits=f"{waits:,} wait" if waits else "",
        layer=layer,
        deviated=traffic.deviated.get(node.key, 0),
        is_end=not _targets(node),
    )


def _place(
    boxes: dict[str, Box], ways: Mapping[str, list[str]], starts: list[str]
) -> None:
    """Put ends below each other in reading order, and the others before them."""
    below = 1.0
    placed: set[str] = set()

    def visit(key: str) -> None:
        nonlocal below
        if key in placed:
            return
        placed.add(key)
        box = boxes[key]
        for target in ways[key]:
            visit(target)
        if ways[key]:
            box.y = sum(boxes[to].y for to in ways[key]) / len(ways[key])
        else:
            box.y = below + box.height / 2
            below += box.height + SPACE

    for start in starts:
        visit(start)
    _separate(boxes)


def _separate(boxes: dict[str, Box]) -> None:
    """Push boxes of a layer down until none overlaps the one above."""
    for layer in {box.layer for box in boxes.values()}:
        floor = 1.0
        mine = [box for box in boxes.values() if box.layer == layer]
        for box in sorted(mine, key=lambda box: box.y):
            box.y = max(box.y, floor + box.height / 2)
            floor = box.y + box.height / 2 + SPACE


def _lines(box: Box, traffic: Traffic) -> list[tuple[float, str, str]]:
    """The text of a box: (y, class, words)."""
    y = box.top + PAD + LINE - 4
    lines = [(y + LINE * i, "", text) for i, text in enumerate(box.title)]
    count = f"{box.count} · {box.waits}" if box.waits else box.count
    lines.append((y + LINE * len(lines), "muted", count))
    if box.deviated and not box.is_end:
        told = f"{box.deviated:,} {traffic.deviation_word}"
        lines.append((y + LINE * len(lines), "deviated", told))
    return lines


def _sticks(box: Box) -> bool:
    return box.is_end and box.deviated > 0


def _stub(box: Box, traffic: Traffic, most: int) -> Stub:
    return Stub(
        x=box.x + BOX,
        y=box.y,
        width=_width(box.deviated, most),
        words=f"{box.deviated:,} {traffic.deviation_word}",
    )


def _width(count: int, most: int) -> float:
    return round(max(1.0, BAND * count / most), 1)


def _bands(
    boxes: dict[str, Box], ways: Mapping[str, list[str]], traffic: Traffic, most: int
) -> list[Band]:
    """Bands leave a box side by side, in the order of where they go."""
    leaving: dict[str, float] = {}
    arriving: dict[str, float] = {}
    steps = [(source, target) for source in boxes for target in ways[source]]
    widths = {step: _width(traffic.edges.get(step, 0), most) for step in steps}
    for key in boxes:
        out = sum(width for (source, _), width in widths.items() if source == key)
        into = sum(width for (_, target), width in widths.items() if target == key)
        leaving[key] = boxes[key].y - out / 2
        arriving[key] = boxes[key].y - into / 2
    bands = []
    for source, target in sorted(steps, key=lambda s: (boxes[s[1]].y, boxes[s[0]].y)):
        width = widths[source, target]
        start = leaving[source] + width / 2
        end = arriving[target] + width / 2
        leaving[source] += width
        arriving[target] += width
        count = traffic.edges.get((source, target), 0)
        path = _curve(boxes[source].x + BOX, start, boxes[target].x, end)
        title = f"{source} to {target}: {count:,}"
        bands.append(Band(path, width, count, title))
    return bands


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x2 - x1) / 2
    return (
        f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} "
        f"{x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    )
