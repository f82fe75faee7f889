"""Sparklines: a run of numbers as a small line, with a gap wherever one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 240, 36, 5
FEW = 12  # up to so many readings, each has a dot


@dataclass(frozen=True)
class Dot:
    """One reading that is known, at its place, with its words."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Point:
    """One reading: where it stands between 0 and 1, its value if known, its words."""

    at: float
    value: Decimal | None
    said: str = ""


@dataclass(frozen=True)
class Sparkline:
    """What is drawn: runs of line between gaps, dots, and a tick for each gap.

    `band` is (top, height) of the usual range as far as it is in view, or None.
    """

    width: int
    height: int
    runs: tuple[str, ...]
    dots: tuple[Dot, ...]
    gaps: tuple[float, ...]
    band: tuple[float, float] | None


def sparkline(
    points: Sequence[Point], low: Decimal | None = None, high: Decimal | None = None
) -> Sparkline:
    """Draw *points* in their order; *low* and *high* bound what is usual.

    >>> drawn = sparkline([Point(0.0, Decimal(1)), Point(0.5, None), Point(1.0, Decimal(3))])
    >>> drawn.runs, drawn.gaps, [(d.x, d.y) for d in drawn.dots]
    ((), (120.0,), [(5.0, 31.0), (235.0, 5.0)])
    """
    known = [point.value for point in points if point.value is not None]
    scale = _Scale(min(known), max(known)) if known else _Scale(Decimal(0), Decimal(0))
    dots = tuple(
        Dot(_x(point), scale.y(point.value), point.said)
        for point in points
        if point.value is not None
    )
    return Sparkline(
        width=WIDTH,
        height=HEIGHT,
        runs=_runs(points, scale),
        dots=dots if len(points) <= FEW else dots[-1:],
        gaps=tuple(_x(point) for point in points if point.value is None),
        band=scale.band(low, high) if known else None,
    )


@dataclass(frozen=True)
class _Scale:
    least: Decimal
    most: Decimal

    def y(self, value: Decimal) -> float:
        """The height of *value*; in the middle if all values are the same."""
        if self.least == self.most:
            return HEIGHT / 2
        share = float((value - self.least) / (self.most - self.least))
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    def band(
        self, low: Decimal | None, high: Decimal | None
    ) -> tuple[float, float] | None:
        """The usual range, clipped to what is drawn; None if it tells nothing."""
        if (low is None and high is None) or self.least == self.most:
            return None
        bottom = HEIGHT if low is None or low < self.least else self.y(low)
        top = 0 if high is None or high > self.most else self.y(high)
        if (top, bottom) == (0, HEIGHT) or top >= bottom or bottom <= 0:
            return None
        return max(top, 0), round(min(bottom, HEIGHT) - max(top, 0), 1)


def _x(point: Point) -> float:
    return round(EDGE + float(point.at) * (WIDTH - 2 * EDGE), 1)


def _runs(points: Sequence[Point], scale: _Scale) -> tuple[str, ...]:
    """Lines through readings that follow each other without a gap."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(point)},{scale.y(point.value)}")
    return tuple(" ".join(run) for run in runs if len(run) > 1)
