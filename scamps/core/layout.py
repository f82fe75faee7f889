"""Where the nodes and ways of a plan stand when its tree is drawn, left to right.

Every node has a band of its own in the drawing, and all that follows it lies inside
that band; a way to a node that is drawn elsewhere has a lane of its own. So no two boxes
overlap, and no way and no label runs through a box. Lengths are in the units of the
drawing's view box; text is 13 units high, and wrapped here, because SVG cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import wrap

from scamps.core.definition import Edge, Plan, edges, reachable, words
from scamps.core.definition.graph import in_order
from scamps.core.language import Expression
from scamps.core.language.tree import Call, Literal, Name
from scamps.core.say import say
from scamps.core.walk.words import labels

WIDTH = 124.0  # of a box
TURN = 22.0  # from a box to where its ways run level
LINE, SMALL, PAD, SPACE = 16.0, 13.0, 8.0, 16.0  # a line, a label's, around, between
CLEAR = 5.0  # between a label and its way
LETTER = 7.2  # width of one
LETTERS, LABEL_LETTERS, LABEL_LINES = 14, 16, 3

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One line of text; *y* is its base line. A label's *x* is where it ends."""

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
        """Where ways come in and go out."""
        return self.y + self.height / 2

    @property
    def corner(self) -> float:
        """Where it ends to the right: a mark hangs there."""
        return self.x + self.width


@dataclass(frozen=True)
class Way:
    """A way between two boxes, and what is written on it.

    `points` join pieces that are level at both ends: a bend, a level line, a bend.
    """

    source: str
    target: str
    kind: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]

    @property
    def path(self) -> str:
        """The way in the words of an SVG path."""
        told = ["M{:g} {:g}".format(*self.points[0])]
        for (x, y), (to_x, to_y) in pairwise(self.points):
            middle = (x + to_x) / 2
            curve = f"C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}"
            told.append(f"H{to_x:g}" if y == to_y else curve)
        return "".join(told)


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


def layout(
    plan: Plan,
    language: str | None = None,
    *,
    visit: str | None = None,
    captions: int = 0,
    everything: bool = False,
) -> Drawing:
    """Lay out all nodes of *plan* that a visit can reach, or that one *visit* can.

    Args: captions: lines kept free in each box, below its title.
    everything: nodes that no visit reaches are drawn too, below the others.
    """
    visits = [one for one in plan.visits if visit in (None, one.key)]
    starts = list(dict.fromkeys(one.start for one in visits))
    if everything:
        for node in plan.nodes:
            if node.key not in reachable(plan, *starts):
                starts.append(node.key)
    return _Drawer(plan, starts, captions, language or plan.language).draw()


@dataclass
class _Band:
    """A node or a lane, and all that hangs on it; nothing else is inside `height`."""

    own: float
    children: list[_Band] = field(default_factory=list)
    middle: float = 0.0

    @property
    def height(self) -> float:
        """Room for itself, or for all that hangs on it."""
        return max(self.own, sum(child.height for child in self.children))


class _Drawer:
    """One drawing, from the layers to the boxes."""

    def __init__(
        self, plan: Plan, starts: list[str], captions: int, language: str
    ) -> None:
        self.plan = plan
        self.starts = starts
        self.captions = captions
        self.language = language
        self.labels = labels(plan, language)
        self.ways = {
            key: [one for one in edges(plan.node[key]) if one.target in plan.node]
            for key in reachable(plan, *starts)
        }
        self.layer = _layers(self.ways)
        self.bands: dict[str, _Band] = {}
        self.lanes: dict[tuple[str, str, int], _Band] = {}

    def draw(self) -> Drawing:
        """Place everything."""
        y = 2.0
        for start in self.starts:
            if start in self.ways and start not in self.bands:
                band = self._band(start, ())
                _place(band, y)
                y += band.height
        left = self._left_sides()
        boxes = {key: self._box(key, left) for key in self.ways}
        width = max((box.x + box.width for box in boxes.values()), default=0.0)
        ways = [
            self._way(one, boxes, left) for found in self.ways.values() for one in found
        ]
        return Drawing(width + 2, y + 2, tuple(boxes.values()), tuple(ways))

    def _band(self, key: str, label: tuple[str, ...]) -> _Band:
        """The band of a node that has none yet, with all that follows it."""
        band = _Band(max(self._height(key), _above(label) * 2) + SPACE)
        self.bands[key] = band
        for edge in self.ways[key]:
            text = self._label(edge)
            if edge.target not in self.bands:
                band.children.append(self._band(edge.target, text))
                continue
            lane = _Band(max(SMALL, _above(text) * 2) + SPACE)
            self.lanes[edge.source, edge.kind, edge.index] = lane
            band.children.append(lane)
        return band

    def _lane(self, edge: Edge) -> _Band | None:
        return self.lanes.get((edge.source, edge.kind, edge.index))

    def _left_sides(self) -> list[float]:
        """Where each layer begins; the gap before it has room for words and bends."""
        gaps = [2 * CLEAR + TURN] * (max(self.layer.values(), default=0) + 1)
        bends = [0.0] * len(gaps)
        for found in self.ways.values():
            for edge in found:
                longest = max(map(len, self._label(edge)), default=0) * LETTER
                after = min(self.layer[edge.source] + 1, len(gaps) - 1)
                gaps[after] = max(gaps[after], TURN + longest + 2 * CLEAR)
                if self._lane(edge) is not None:
                    bends[self.layer[edge.target]] = TURN
        left = [2.0]
        for gap, bend in zip(gaps[1:], bends[1:], strict=True):
            left.append(left[-1] + WIDTH + gap + bend)
        return left

    def _box(self, key: str, left: list[float]) -> Box:
        x, height = left[self.layer[key]], self._height(key)
        y = self.bands[key].middle - height / 2
        lines = tuple(
            Line(x + PAD, y + PAD + LINE * index + 12, line)
            for index, line in enumerate(self._title(key))
        )
        kind = self.plan.node[key].kind
        return Box(key, kind, self.layer[key], x, y, WIDTH, height, lines)

    def _way(self, edge: Edge, boxes: Mapping[str, Box], left: list[float]) -> Way:
        source, target = boxes[edge.source], boxes[edge.target]
        lane = self._lane(edge)
        level = target.middle if lane is None else lane.middle
        start, end = source.x + source.width, target.x
        points = [(start, source.middle), (start + TURN, level)]
        points += [] if lane is None else [(end - TURN, level)]
        text = self._label(edge)
        longest = max(map(len, text), default=0) * LETTER
        lines = tuple(
            Line(start + TURN + CLEAR + longest, level - CLEAR - SMALL * above, line)
            for above, line in zip(reversed(range(len(text))), text, strict=True)
        )
        points.append((end, target.middle))
        return Way(edge.source, edge.target, edge.kind, tuple(points), lines)

    def _height(self, key: str) -> float:
        return (len(self._title(key)) + self.captions) * LINE + 2 * PAD

    def _title(self, key: str) -> tuple[str, ...]:
        title = words(self.plan.node[key].title, self.language, self.plan.language)
        return _lines(title, LETTERS, 4) or (key,)

    def _label(self, edge: Edge) -> tuple[str, ...]:
        """What is written on a way: the author's label, else the criterion, short."""
        if edge.branch is None:
            text = {"otherwise": "otherwise", "unknown": "not known"}.get(edge.kind, "")
        elif edge.branch.label is not None:
            text = words(edge.branch.label, self.language, self.plan.language)
        else:
            number = self.plan.position[edge.source]
            path = ("nodes", number, "branches", edge.index, "when")
            criterion = self.plan.criteria.parsed.get(path)
            text = _short(criterion, self.labels) if criterion else edge.branch.when
        return _lines(text, LABEL_LETTERS, LABEL_LINES)


def _layers(ways: Mapping[str, list[Edge]]) -> dict[str, int]:
    """How many steps the longest way to each node has."""
    sources: dict[str, list[str]] = {key: [] for key in ways}
    for key, found in ways.items():
        for edge in found:
            sources[edge.target].append(key)
    layer: dict[str, int] = {}
    sortable, on_circles = in_order(sources)
    for key in [*sortable, *on_circles]:
        before = [layer[source] for source in sources[key] if source in layer]
        layer[key] = max(before, default=-1) + 1
    return layer


def _place(band: _Band, top: float) -> None:
    """Put a band at *top*: its node in the middle of what hangs on it."""
    y = top + (band.height - sum(child.height for child in band.children)) / 2
    for child in band.children:
        _place(child, y)
        y += child.height
    middle = top + band.height / 2
    if band.children:
        middle = (band.children[0].middle + band.children[-1].middle) / 2
    low, high = top + band.own / 2, top + band.height - band.own / 2
    band.middle = min(max(middle, low), high)


def _above(label: tuple[str, ...]) -> float:
    """What a label needs above its way."""
    return len(label) * SMALL + 2 * CLEAR if label else 0.0


def _lines(text: str, letters: int, most: int) -> tuple[str, ...]:
    """*text* in at most so many lines, the last cut short if it must be."""
    lines = wrap(text, letters, break_long_words=True)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: letters - 1].rstrip() + "…"]
    return tuple(lines)


def _short(criterion: Expression, names: Mapping[str, str]) -> str:
    """A comparison of one name, without the name: its decide node is called for it."""
    said = say(criterion, {}, names)
    match criterion.root:
        case Call(args=(Name(key=key), Literal())):
            return said.removeprefix(names.get(key, key)).strip()
        case Name():
            return "yes"
    return said
