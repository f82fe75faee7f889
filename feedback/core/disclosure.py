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
UNSEEN = Figure(0, inf, None, 0, inf)
NEARLY = 1e-6  # what linear programming leaves of a whole number


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
    counts: Mapping[str, int],
    equations: Sequence[Equation],
    unseen: Mapping[str, int] | None = None,
) -> dict[str, Figure]:
    """Return every count as published, safe against all *equations* together.

    counts: parts, by any name. unseen: others, which equations hold but nobody sees.
    An equation that the counts do not meet binds nobody, and is left out.
    As long as a hidden count could be told more closely, the smallest published one
    that is tied to it by an equation is withheld.
    """
    shown = {name: published(count) for name, count in counts.items()}
    known = {**counts, **(unseen or {})}
    for some in _tied([e for e in equations if _holds(e, known)]):
        _protect(_System.of(some), some, shown, counts)
    return shown


def _holds(equation: Equation, counts: Mapping[str, int]) -> bool:
    left = sum(counts[name] for name in equation.left)
    return left == sum(counts[name] for name in equation.right)


def _protect(
    system: _System,
    equations: Sequence[Equation],
    shown: dict[str, Figure],
    counts: Mapping[str, int],
) -> None:
    """Withhold counts until every hidden one of the *system* may be any of 5 values.

    What one solution shows of a count stays possible when others are withheld.
    """
    hidden = [name for name in system.names if shown.get(name) == HIDDEN]
    seen = dict.fromkeys(hidden, (inf, -inf))
    for way in (1, -1):  # most counts reach both ends at once
        _look(system, shown, dict.fromkeys(hidden, way), seen)
    for name in hidden:
        while not _is_safe(seen[name]):
            for way in (1, -1):
                _look(system, shown, {name: way}, seen)
            others = _mates(name, equations, shown)
            if _is_safe(seen[name]) or not others:
                break
            shown[min(others, key=lambda other: (counts[other], other))] = WITHHELD


def _is_safe(span: tuple[float, float]) -> bool:
    low, high = span
    return high > low and floor(high + NEARLY) - ceil(low - NEARLY) + 1 >= KEPT


def _look(
    system: _System,
    shown: Mapping[str, Figure],
    wanted: Mapping[str, int],
    seen: dict[str, tuple[float, float]],
) -> None:
    """Widen what was *seen* of each count by one extreme solution."""
    solution = system.solve(shown, wanted)
    for name, (low, high) in seen.items():
        seen[name] = min(low, solution[name]), max(high, solution[name])


def _mates(
    name: str, equations: Sequence[Equation], shown: Mapping[str, Figure]
) -> set[str]:
    """The published counts in an equation with *name*; if none, in any of them."""
    groups = [{*equation.left, *equation.right} for equation in equations]
    near = {other for group in groups if name in group for other in group}
    for names in (near, set().union(*groups)):
        open_ = {n for n in names if n in shown and shown[n].value is not None}
        if open_:
            return open_
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
    system = _System.of(equations)
    found = {}
    for name in asked:
        if name not in system.names:
            found[name] = int(shown[name].low), int(shown[name].high)
            continue
        low, high = (system.solve(shown, {name: way})[name] for way in (1, -1))
        found[name] = ceil(low - NEARLY), floor(high + NEARLY)
    return found


@dataclass(frozen=True)
class _System:
    """Equations as a matrix: its product with the counts of *names* is 0."""

    names: tuple[str, ...]
    matrix: np.ndarray[tuple[int, int]]

    @classmethod
    def of(cls, equations: Sequence[Equation]) -> _System:
        names = tuple(sorted({n for e in equations for n in (*e.left, *e.right)}))
        place = {name: index for index, name in enumerate(names)}
        matrix = np.zeros((len(equations), len(names)))
        for row, equation in enumerate(equations):
            for sign, side in ((1, equation.left), (-1, equation.right)):
                for name in side:
                    matrix[row, place[name]] += sign
        return cls(names, matrix)

    def solve(
        self, shown: Mapping[str, Figure], wanted: Mapping[str, int]
    ) -> dict[str, float]:
        """Counts that fit all that is *shown* and make the *wanted* sum least."""
        figures = [shown.get(name, UNSEEN) for name in self.names]
        found = scipy.optimize.linprog(
            [wanted.get(name, 0) for name in self.names],
            A_eq=self.matrix,
            b_eq=np.zeros(len(self.matrix)),
            bounds=[(f.low, None if f.high == inf else f.high) for f in figures],
        )
        return dict(zip(self.names, map(float, found.x), strict=True))


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
