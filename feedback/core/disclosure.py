"""Counts that leave their sites: small ones hidden, the others rounded, totals added up.

Only the parts of a table are read from the data. A count of 7 or fewer (none included:
"nobody" tells of somebody too) is only said to be so; every other one is rounded to 5.
A total is the sum of its published parts, never the true one rounded, so subtracting
tells nothing. Where two tables add up to the same, `release` attacks what would be
published, and withholds parts until no hidden count is known to fewer than 5 values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

import numpy as np
import scipy

from feedback.core.stats import exact_interval

SMALL, BASE = 7, 5
KEPT = 5  # values that a hidden count may have, for all an attacker knows


@dataclass(frozen=True)
class Figure:
    """A count as published: what it may truly be, and its rounded value if it has one.

    `low` and `high` are what anybody can conclude who knows these rules.
    """

    low: int
    high: float
    value: int | None
    least: int
    most: float

    @property
    def text(self) -> str:
        """As a reader sees it; a sum with hidden parts is a range of rounded ones."""
        if self.value is not None:
            return f"{self.value}"
        if self.most == inf:
            return "withheld"
        return f"≤{SMALL}" if self.least == 0 else f"{self.least} to {self.most:.0f}"


HIDDEN = Figure(0, SMALL, None, 0, SMALL)
WITHHELD = Figure(SMALL + 1, inf, None, 0, inf)


def published(count: int) -> Figure:
    """Return a count as it may be published by itself.

    >>> [published(count).text for count in (0, 7, 8, 12, 13, 147)]
    ['≤7', '≤7', '10', '10', '15', '145']
    """
    if count <= SMALL:
        return HIDDEN
    value = BASE * round(count / BASE)
    low = max(SMALL + 1, value - BASE // 2)
    return Figure(low, value + BASE // 2, value, value, value)


def added(parts: Iterable[Figure]) -> Figure:
    """Return the total of published parts, which tells no more than they do.

    >>> added([published(120), published(13)]).text
    '135'
    >>> added([published(120), published(3)]).text
    '120 to 127'
    """
    every = list(parts)
    values = [part.value for part in every]
    return Figure(
        low=sum(part.low for part in every),
        high=sum(part.high for part in every),
        value=None if None in values else sum(value or 0 for value in values),
        least=sum(part.least for part in every),
        most=sum(part.most for part in every),
    )


def share(part: Figure, rest: Sequence[Figure]) -> tuple[float, list[float]] | None:
    """Return percent and its exact interval from rounded counts; None if any is hidden.

    rest: the other parts of the whole.
    >>> percent, interval = share(published(31), [published(227)])
    >>> round(percent, 2), [round(limit, 1) for limit in interval]
    (11.76, [8.1, 16.4])
    """
    total = added([part, *rest]).value
    if part.value is None or not total:
        return None
    interval = exact_interval(part.value, total)
    return 100 * part.value / total, [100 * limit for limit in interval]


@dataclass(frozen=True)
class Equation:
    """Two sets of counts that everybody knows to add up to the same."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def release(
    counts: Mapping[str, int], equations: Sequence[Equation]
) -> dict[str, Figure]:
    """Return every count as published, safe against all *equations* together.

    counts: parts, by any name; a name that only equations hold is not published.
    An equation that the counts do not meet binds nobody, and is left out.
    As long as a hidden count could be told more closely, the smallest published one
    that is tied to it by an equation is withheld.
    """
    shown = {name: published(count) for name, count in counts.items()}
    for some in _tied([e for e in equations if _may_hold(e, counts)]):
        for name in sorted({n for e in some for n in (*e.left, *e.right)}):
            if shown.get(name) == HIDDEN:  # withholding others never exposes it again
                _protect(name, some, shown, counts)
    return shown


def _may_hold(equation: Equation, counts: Mapping[str, int]) -> bool:
    names = {*equation.left, *equation.right}
    left = sum(counts.get(name, 0) for name in equation.left)
    right = sum(counts.get(name, 0) for name in equation.right)
    return left == right or not names <= set(counts)


def _protect(
    name: str,
    equations: Sequence[Equation],
    shown: dict[str, Figure],
    counts: Mapping[str, int],
) -> None:
    """Withhold counts tied to *name* until it may be any of 5 values."""
    while others := _mates(name, equations, shown):
        low, high = possible(shown, equations, [name])[name]
        if high - low + 1 >= KEPT:
            return
        shown[min(others, key=lambda other: (counts[other], other))] = WITHHELD


def _is_open(shown: Mapping[str, Figure], name: str) -> bool:
    return name in shown and shown[name].value is not None


def _mates(
    name: str, equations: Sequence[Equation], shown: Mapping[str, Figure]
) -> set[str]:
    """The published counts in an equation with *name*; if none, in any of them."""
    groups = [{*equation.left, *equation.right} for equation in equations]
    near = {other for group in groups if name in group for other in group}
    for names in (near, set().union(*groups)):
        if found := {other for other in names if _is_open(shown, other)}:
            return found
    return set()


def _tied(equations: Sequence[Equation]) -> list[list[Equation]]:
    """Group equations that share a count, directly or through others."""
    groups: list[tuple[set[str], list[Equation]]] = []
    for equation in equations:
        names = {*equation.left, *equation.right}
        merged = [equation]
        for group in [each for each in groups if each[0] & names]:
            groups.remove(group)
            names |= group[0]
            merged += group[1]
        groups.append((names, merged))
    return [some for _, some in groups]


def possible(
    shown: Mapping[str, Figure], equations: Sequence[Equation], asked: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """The attack: the least and most that each hidden count of *asked* can be.

    Linear programming over everything published and everything known to add up.
    """
    names = sorted({n for e in equations for n in (*e.left, *e.right)} | {*asked})
    place = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(equations), len(names)))
    for row, equation in enumerate(equations):
        for name in equation.left:
            matrix[row, place[name]] += 1
        for name in equation.right:
            matrix[row, place[name]] -= 1
    bounds = [
        (shown[name].low, shown[name].high) if name in shown else (0, None)
        for name in names
    ]
    return {
        name: (
            ceil(_extreme(matrix, bounds, place[name], 1) - 1e-6),
            floor(-_extreme(matrix, bounds, place[name], -1) + 1e-6),
        )
        for name in asked
    }


def _extreme(
    matrix: np.ndarray[tuple[int, int]],
    bounds: Sequence[tuple[float, float | None]],
    index: int,
    way: int,
) -> float:
    wanted = np.zeros(matrix.shape[1])
    wanted[index] = way
    found = scipy.optimize.linprog(
        wanted,
        A_eq=matrix if len(matrix) else None,
        b_eq=np.zeros(len(matrix)) if len(matrix) else None,
        bounds=[(low, None if high == inf else high) for low, high in bounds],
    )
    return float(found.fun)


def renewed(counts: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """Return the counts to publish after *before* (true ones) were published.

    A count is renewed only if more than 7 were added or taken away since; else the one
    before stands. So two reports never tell of a change by 7 or fewer.

    >>> renewed({"a": 125, "b": 140, "c": 9}, {"a": 120, "b": 120})
    {'a': 120, 'b': 140, 'c': 9}
    """
    return {
        name: count
        if name not in before or abs(count - before[name]) > SMALL
        else before[name]
        for name, count in counts.items()
    }
