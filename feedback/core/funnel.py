"""Funnel plots: the shares of many sites against what chance alone would scatter.

Sites are never ranked: a site is inside the funnel, or beyond it. When sites scatter
more than chance explains (they differ in ways nobody measured), the funnel is widened
by what they all scatter, so that only the truly unusual ones stand out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import scipy

from feedback.core.spc.chart import Better, Meaning

LEAST_SITES = 5  # with fewer, nobody can say how much sites scatter
WINSORISED = 0.1  # the tenth at either end does not decide how much
INNER, OUTER = 0.95, 0.998  # two and three standard deviations


@dataclass(frozen=True)
class Place:
    """A site with its events of so many."""

    name: str
    events: int
    total: int

    @property
    def share(self) -> float:
        return self.events / self.total


@dataclass(frozen=True)
class Limits:
    """The funnel at one size: outer (99.8 %) and inner (95 %), as shares."""

    low: float
    inner_low: float
    inner_high: float
    high: float


@dataclass(frozen=True)
class FunnelPoint:
    """A site in the funnel. `side`: beyond the outer limit, 1 above or -1 below."""

    place: Place
    limits: Limits
    side: int
    meaning: Meaning


@dataclass(frozen=True)
class Funnel:
    """target: the share all sites are held against. between: the standard deviation of
    the sites' own shares beyond chance, 0 if chance explains the scatter."""

    target: float
    between: float
    dispersion: float
    points: tuple[FunnelPoint, ...]
    better: Better | None

    def limits(self, total: float) -> Limits:
        return limits_at(self.target, self.between, total)

    @property
    def is_judged(self) -> bool:
        """Whether there are sites enough to say how much they scatter."""
        return len(self.points) >= LEAST_SITES


def funnel(
    places: Sequence[Place],
    *,
    target: float | None = None,
    better: Better | None = None,
) -> Funnel | None:
    """Hold *places* against *target*, by default their common share; None if no events.

    Raises: ValueError: impossible counts.
    Source: Spiegelhalter, Statistics in Medicine 2005;24:1185-202; the variance between
    sites as in Spiegelhalter, Quality and Safety in Health Care 2005;14:347-51.
    """
    for place in places:
        if not 0 <= place.events <= place.total or place.total < 1:
            raise ValueError(f"{place.name}: {place.events} of {place.total}")
    if target is None:
        total = sum(place.total for place in places)
        target = sum(place.events for place in places) / total if total else 0.0
    if not places or not 0 < target < 1:
        return None
    dispersion, between = _scatter(places, target)
    points = tuple(_point(place, target, between, better) for place in places)
    return Funnel(target, between, dispersion, points, better)


def _point(
    place: Place, target: float, between: float, better: Better | None
) -> FunnelPoint:
    limits = limits_at(target, between, place.total)
    side = int(place.share > limits.high) - int(place.share < limits.low)
    return FunnelPoint(place, limits, side, _meaning(side, better))


def _meaning(side: int, better: Better | None) -> Meaning:
    if not side:
        return "common"
    if better is None:
        return "special"
    return "improvement" if (side > 0) == (better == "higher") else "concern"


def _scatter(places: Sequence[Place], target: float) -> tuple[float, float]:
    """Return the dispersion (1: as chance) and the deviation between the sites.

    z scores are winsorised first. The deviation is DerSimonian and Laird's, and 0
    unless the dispersion is improbable (5 %) by chance.
    """
    count = len(places)
    if count < LEAST_SITES:
        return 1.0, 0.0
    variances = [target * (1 - target) / place.total for place in places]
    scores = sorted(
        (place.share - target) / sqrt(v)
        for place, v in zip(places, variances, strict=True)
    )
    squares = sum(z * z for z in winsorised(scores))
    if float(scipy.stats.chi2.sf(squares, count - 1)) >= 0.05:
        return squares / count, 0.0
    weights = [1 / v for v in variances]
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return squares / count, sqrt((squares - (count - 1)) / scale)


def winsorised(ordered: Sequence[float]) -> list[float]:
    """Pull the lowest and the highest tenth to the nearest value that stays.

    >>> winsorised([-9, 1, 2, 3, 4, 5, 6, 7, 8, 90])
    [1, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    """
    cut = int(len(ordered) * WINSORISED)
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return [min(max(value, low), high) for value in ordered]


def limits_at(target: float, between: float, total: float) -> Limits:
    """The funnel at *total* observations: exact, or normal if the sites differ."""
    shares = [
        _limit(target, between, total, (1 + sign * level) / 2)
        for sign, level in ((-1, OUTER), (-1, INNER), (1, INNER), (1, OUTER))
    ]
    return Limits(*shares)


def _limit(target: float, between: float, total: float, tail: float) -> float:
    if between:
        deviation = sqrt(target * (1 - target) / total + between**2)
        limit = target + float(scipy.stats.norm.ppf(tail)) * deviation
    else:
        limit = _exact(target, int(total), tail)
    return min(1.0, max(0.0, limit))


def _exact(target: float, total: int, tail: float) -> float:
    """The binomial limit, interpolated between counts (2005, appendix A.1.1)."""
    below = scipy.special.bdtr  # the cumulative binomial, fast
    count = 0
    if float(below(0, total, target)) < tail:
        count = ceil(float(scipy.special.bdtrik(tail, total, target)))
    upto = float(below(count, total, target))
    before = float(below(count - 1, total, target)) if count else 0.0
    part = (upto - tail) / (upto - before)
    return (count - part) / total
