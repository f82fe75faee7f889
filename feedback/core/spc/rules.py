"""The rules by which a point is special cause, as NHS "Making Data Count" has them.

Sources: NHS England, Making Data Count; its published reference program NHSRplotthedots
(issues 167, 171, 194 of nhs-r-community/NHSRplotthedots settle the edges): seven points
for a shift and for a trend, and a point beyond the limits counts among two of three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from feedback.core.spc.limits import Band

Rule = Literal["outside", "shift", "trend", "two-of-three"]
RULES: dict[Rule, str] = {
    "outside": "outside the process limits",
    "shift": "one of seven or more in a row on one side of the centre line",
    "trend": "one of seven or more in a row that all rise, or all fall",
    "two-of-three": "one of two in three close to, or outside, the same limit",
}
RUN = 7


@dataclass(frozen=True)
class Signal:
    """A rule that a point met. `side`: 1 high or rising, -1 low or falling."""

    rule: Rule
    side: int


def signals(
    values: Sequence[float], bands: Sequence[Band | None], centre: float
) -> list[tuple[Signal, ...]]:
    """Return for each of *values*, which are of one phase, the rules that it meets.

    bands: its limits, where it has any; without, it can't be outside or close to them.
    """
    sides = [_side(value - centre) for value in values]
    steps = [_side(b - a) for a, b in pairwise(values)]
    found: list[set[Signal]] = [set() for _ in values]
    for index, (value, band) in enumerate(zip(values, bands, strict=True)):
        if side := _beyond(value, band):
            found[index].add(Signal("outside", side))
    _add_runs(found, sides, "shift", 0)
    _add_runs(found, steps, "trend", 1)
    near = [_close(v, band) for v, band in zip(values, bands, strict=True)]
    for first in range(len(values) - 2):
        for index, side in _two_of_three(first, near, sides):
            found[index].add(Signal("two-of-three", side))
    return [tuple(sorted(each, key=_order)) for each in found]


def _order(signal: Signal) -> tuple[int, int]:
    return list(RULES).index(signal.rule), signal.side


def _add_runs(
    found: list[set[Signal]], signs: Sequence[int], rule: Rule, more: int
) -> None:
    """Mark runs of seven points; a run of n steps has one point *more*."""
    for start, end, side in _runs(signs):
        if end + more - start >= RUN:
            for index in range(start, end + more):
                found[index].add(Signal(rule, side))


def _side(distance: float) -> int:
    return int(distance > 0) - int(distance < 0)


def _beyond(value: float, band: Band | None) -> int:
    if band is None:
        return 0
    above = band.high is not None and value > band.high
    below = band.low is not None and value < band.low
    return int(above) - int(below)


def _close(value: float, band: Band | None) -> int:
    """1 or -1 for a value beyond two standard deviations."""
    if band is None:
        return 0
    above = band.near_high is not None and value > band.near_high
    below = band.near_low is not None and value < band.near_low
    return int(above) - int(below)


def _runs(signs: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, sign) of each stretch of the same sign but 0; end is outside.

    >>> list(_runs([1, 1, 0, -1]))
    [(0, 2, 1), (3, 4, -1)]
    """
    start = 0
    for index in range(1, len(signs) + 1):
        if index == len(signs) or signs[index] != signs[start]:
            if signs[start]:
                yield start, index, signs[start]
            start = index


def _two_of_three(
    first: int, near: Sequence[int], sides: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Of three in a row on one side: those close to the limit, if they are two."""
    three = range(first, first + 3)
    for side in (1, -1):
        if all(sides[index] == side for index in three):
            close = [index for index in three if near[index] == side]
            if len(close) >= 2:
                yield from ((index, side) for index in close)
