"""What control charts and funnels share: a plane with axes, and shapes for meanings.

Shapes differ, not only colours: they are told apart in grey, and by every eye.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from feedback.core.spc.chart import Meaning

SHAPES: dict[Meaning, str] = {
    "common": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",  # a disc
    "special": "m0-7l7 7l-7 7l-7-7z",  # a diamond
    "improvement": "m0-8l7 12h-14z",  # a triangle that points up
    "concern": "m0 8l7-12h-14z",  # and one that points down
}
WORDS: dict[Meaning, str] = {
    "common": "as chance would have it",
    "special": "more than chance",
    "improvement": "more than chance, for the better",
    "concern": "more than chance, for the worse",
}


@dataclass(frozen=True)
class Plane:
    """The drawing and its inner frame, in units of the drawing."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def end(self) -> float:
        return self.width - self.right

    @property
    def floor(self) -> float:
        return self.height - self.bottom


@dataclass(frozen=True)
class Shape:
    """A point as drawn, and what it says when it is pointed at."""

    x: float
    y: float
    meaning: Meaning
    title: str

    @property
    def path(self) -> str:
        return f"M{self.x} {self.y}{SHAPES[self.meaning]}"


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Axis:
    """From a value to a place: `low` is drawn at `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, unit: str = "") -> tuple[Tick, ...]:
        count = round((self.high - self.low) / self.step)
        values = [self.low + i * self.step for i in range(count + 1)]
        return tuple(Tick(self.place(v), f"{v:g}{unit}") for v in values)


def axis_of(
    values: Iterable[float], start: float, end: float, top: float | None = None
) -> Axis:
    """An axis in round numbers, never under 0, that holds all *values*.

    top: a value that can't be exceeded, such as 100 %.
    >>> axis = axis_of([52, 71], 200, 0, top=100)
    >>> axis.low, axis.high, [tick.label for tick in axis.ticks(" %")]
    (50.0, 75.0, ['50 %', '55 %', '60 %', '65 %', '70 %', '75 %'])
    """
    found = list(values)
    least, most = min(found, default=0.0), max(found, default=1.0)
    step = _step((most - least) or max(most, 1.0))
    low = max(0, floor(least / step) * step)
    high = ceil(most / step) * step
    if high <= low:
        high = low + step
    if top is not None and high > top:
        low, high = min(low, top - step), top
    return Axis(low, high, start, end, step)


def _step(span: float) -> float:
    """A round step that divides *span* into two to seven parts."""
    size: float = 1
    while size * 7 < span:
        size *= 10
    while size * 2 > span:
        size /= 10
    for factor in (1, 2, 5, 10):
        if span / (size * factor) <= 6:
            return size * factor
    return size * 10


def stepped(spans: Sequence[tuple[float, float, float | None]]) -> str:
    """A line of steps (from, to, height); it is broken where there is no height.

    >>> stepped([(0, 10, 5), (10, 20, 8), (20, 30, None), (30, 40, 8)])
    'M0 5H10V8H20M30 8H40'
    """
    path, drawing = "", False
    for start, end, height in spans:
        if height is None:
            drawing = False
            continue
        path += f"V{height}H{end}" if drawing else f"M{start} {height}H{end}"
        drawing = True
    return path
