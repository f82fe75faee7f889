"""Positions of what the charts of a report draw. Lengths are units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from feedback.core.figures import Row

STEPS = (5, 10, 20, 40, 50, 100)  # where an axis of percents may end


@dataclass(frozen=True)
class Dot:
    """A share with its interval on a line: x positions within the width."""

    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Tick:
    x: float
    label: str
    anchor: str = "middle"


def dot(
    percent: float | None,
    interval: Sequence[float] | None,
    width: float,
    end: float = 100,
) -> Dot | None:
    """Place a percent on an axis from 0 to *end*; None without a denominator.

    >>> dot(50, [25, 75], 200)
    Dot(x=100.0, low=50.0, high=150.0)
    """
    if percent is None or interval is None:
        return None
    scale = width / end
    low, high = interval
    return Dot(round(percent * scale, 1), round(low * scale, 1), round(high * scale, 1))


@dataclass(frozen=True)
class StatementChart:
    """A found share against a predicted one. `shade`: where the prediction holds."""

    dot: Dot | None
    edge: float
    shade_x: float
    shade_width: float
    label_anchor: str
    label_x: float
    ticks: tuple[Tick, ...]


def statement_chart(row: Row, width: float = 330) -> StatementChart:
    """Place a statement's share and its prediction, such as "< 5 %"."""
    comparison, number, _ = row["prediction"].split()
    bound = float(number)
    reach = max(bound * 1.4, row["interval"][1] if row["interval"] else 0)
    end = next((step for step in STEPS if step >= reach), 100)
    edge = round(bound * width / end, 1)
    below = comparison == "<"
    at_left = edge < width / 2
    return StatementChart(
        dot=dot(row["percent"], row["interval"], width, end),
        edge=edge,
        shade_x=0 if below else edge,
        shade_width=edge if below else round(width - edge, 1),
        label_anchor="start" if at_left else "end",
        label_x=edge + 5 if at_left else edge - 5,
        ticks=_ticks(end, width),
    )


def _ticks(end: int, width: float) -> tuple[Tick, ...]:
    middle = end / 2
    return (
        Tick(0, "0", "start"),
        Tick(width / 2, f"{middle:g}"),
        Tick(width, f"{end} %", "end"),
    )


def share_of_ten(part: int, whole: int) -> str:
    """Say a share as people do.

    >>> [share_of_ten(part, 100) for part in (2, 27, 96)]
    ['fewer than 1 of 20', '3 of 10', 'more than 19 of 20']
    """
    share = part / whole
    if share < 0.05:
        return "fewer than 1 of 20"
    if share > 0.95:
        return "more than 19 of 20"
    return f"{max(1, ceil(share * 10 - 0.5))} of 10"
