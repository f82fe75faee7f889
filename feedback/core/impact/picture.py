"""The flow picture of a replay: old ends on the left, new ends on the right.

Bands are as wide as their encounters. Lengths are units of the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

WIDTH, SIDE, BAR = 760, 210, 8  # of all, of the words on each side, of a box
HEIGHT = 320  # of all encounters together
LINE, SPACE, LETTERS = (
    16,
    10,
    26,
)  # of a line of words, between boxes; letters in a line
THIN = 1.5  # the least width of a band, so that one encounter is seen


class End(NamedTuple):
    """Where walks end: a node, and whether they stop there for want of data."""

    node: str
    stops: bool


class Way(NamedTuple):
    """Encounters that go from one end to another; `kind` of the four numbers."""

    before: End
    after: End
    kind: str
    encounters: int

    @property
    def ends(self) -> tuple[End, End]:
        return self.before, self.after


@dataclass(frozen=True)
class Box:
    """One end: a bar, and its words beside it. `lines` are (y, words)."""

    x: float
    y: float
    height: float
    text_x: float
    anchor: str
    lines: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Band:
    """The encounters of one way."""

    path: str
    width: float
    kind: str
    title: str


@dataclass(frozen=True)
class Picture:
    """All of it; `height` is what it needs."""

    width: int
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]


def picture(
    ways: Sequence[Way], order: Sequence[str], said: Callable[[End], str]
) -> Picture:
    """Lay out *ways*; ends stand on both sides as *order* has their nodes, stops last."""
    ranks = {node: rank for rank, node in enumerate(order)}
    total = sum(way.encounters for way in ways) or 1

    def thickness(way: Way) -> float:
        return max(THIN, HEIGHT * way.encounters / total)

    sides = [_side(ways, side, ranks, thickness, said) for side in (0, 1)]
    bottoms = [box.y + box.height for side in sides for box in side.values()]
    words = [y for side in sides for box in side.values() for y, _ in box.lines]
    return Picture(
        width=WIDTH,
        height=round(max([0, *bottoms, *words]) + LINE / 2, 1),
        boxes=tuple(box for side in sides for box in side.values()),
        bands=tuple(_bands(ways, sides, thickness, said)),
    )


def _side(
    ways: Iterable[Way],
    side: int,
    ranks: dict[str, int],
    thickness: Callable[[Way], float],
    said: Callable[[End], str],
) -> dict[End, Box]:
    """The boxes of the left (0) or the right (1) side, from the top down."""
    coming: dict[End, list[Way]] = {}
    for way in ways:
        coming.setdefault(way.ends[side], []).append(way)
    boxes: dict[End, Box] = {}
    below = 0.0
    for end in sorted(coming, key=lambda e: (e.stops, ranks.get(e.node, len(ranks)))):
        lines = wrap(said(end), LETTERS)[:2]
        lines.append(f"{sum(way.encounters for way in coming[end]):,}")
        height = sum(map(thickness, coming[end]))
        slot = max(height, LINE * len(lines))
        top = below + (slot - LINE * len(lines)) / 2
        boxes[end] = Box(
            x=SIDE if side == 0 else WIDTH - SIDE - BAR,
            y=round(below + (slot - height) / 2, 1),
            height=round(height, 1),
            text_x=SIDE - 8 if side == 0 else WIDTH - SIDE + 8,
            anchor="end" if side == 0 else "start",
            lines=tuple(
                (round(top + LINE * (row + 0.75), 1), text)
                for row, text in enumerate(lines)
            ),
        )
        below += slot + SPACE
    return boxes


def _bands(
    ways: Sequence[Way],
    sides: list[dict[End, Box]],
    thickness: Callable[[Way], float],
    said: Callable[[End], str],
) -> list[Band]:
    """Bands leave and arrive side by side, in the order of the other side."""
    left, right = sides
    places: dict[tuple[int, Way], float] = {}
    for side, other in ((0, right), (1, left)):
        used: dict[End, float] = {}
        for way in sorted(ways, key=lambda w: (other[w.ends[1 - side]].y, w.kind)):
            start = used.get(way.ends[side], 0.0)
            places[side, way] = (
                sides[side][way.ends[side]].y + start + thickness(way) / 2
            )
            used[way.ends[side]] = start + thickness(way)
    return [
        Band(
            path=_curve(SIDE + BAR, places[0, way], WIDTH - SIDE - BAR, places[1, way]),
            width=round(thickness(way), 1),
            kind=way.kind,
            title=f"{said(way.before)} to {said(way.after)}: {way.encounters:,}",
        )
        for way in ways
    ]


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"M{x1} {y1:.1f}C{middle} {y1:.1f} {middle} {y2:.1f} {x2} {y2:.1f}"
