"""Two groups compared: differences and ratios with their intervals, and tests.

A difference between versions, sites or decisions is observational: nothing here makes
two groups alike. Each function holds for patients who are counted once; for repeated
ones see `clustered_difference`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import inf, log, sqrt

import numpy as np
import scipy

from feedback.core.stats import Clusters, Interval, clustered_interval


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; a limit of a ratio may be infinite."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Count:
    """Events among so many observed: patients once each, or an exposure in `total`."""

    events: int
    total: float

    def __post_init__(self) -> None:
        if self.events < 0 or self.total <= 0:
            raise ValueError(f"{self.events} events of {self.total}")

    @property
    def share(self) -> float:
        return self.events / self.total


def risk_difference(one: Count, other: Count, level: float = 0.95) -> Estimate:
    """Return the share of *one* minus that of *other*.

    Source: Newcombe, Statistics in Medicine 1998;17:873-90, method 10; table II.
    >>> found = risk_difference(Count(56, 70), Count(48, 80))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    _check_shares(one, other)
    return _square_and_add(
        (one.share, _wilson(one, level)), (other.share, _wilson(other, level))
    )


def clustered_difference(
    one: Clusters, other: Clusters, level: float = 0.95
) -> Estimate:
    """Return the difference of shares whose observations are clustered in patients.

    The patients of the two groups are different ones.
    Source: the method of variance estimates recovery (Zou and Donner, Statistics in
    Medicine 2008;27:1693-702) from the limits of `clustered_interval`.
    """
    return _square_and_add(
        (one.events / one.total, clustered_interval(one, level)),
        (other.events / other.total, clustered_interval(other, level)),
    )


def _square_and_add(
    one: tuple[float, Interval], other: tuple[float, Interval]
) -> Estimate:
    """The interval of a difference from those of its two parts."""
    (p, (p_low, p_high)), (q, (q_low, q_high)) = one, other
    return Estimate(
        value=p - q,
        low=p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2),
        high=p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2),
    )


def _wilson(count: Count, level: float) -> Interval:
    test = scipy.stats.binomtest(count.events, int(count.total))
    found = test.proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def risk_ratio(one: Count, other: Count, level: float = 0.95) -> Estimate | None:
    """Return the share of *one* over that of *other*; None if both have no event.

    The interval is that of the score test, right with few events and with none.
    Source: Koopman, Biometrics 1984;40:513-7; its example, 36 of 40 and 16 of 80.
    >>> found = risk_ratio(Count(36, 40), Count(16, 80))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (4.5, 2.94, 7.15)
    """
    _check_shares(one, other)
    if not one.events and not other.events:
        return None
    critical = float(scipy.stats.chi2.ppf(level, 1))

    def too_far(log_ratio: float) -> float:
        return _score(one, other, float(np.exp(log_ratio))) - critical

    value = one.share / other.share if other.events else inf
    return Estimate(
        value=value,
        low=_limit(too_far, value, -1) if one.events else 0.0,
        high=_limit(too_far, value, 1) if other.events else inf,
    )


def _limit(too_far: Callable[[float], float], value: float, way: int) -> float:
    """Where the statistic crosses, from the estimate to lower (-1) or higher (1)."""
    start = log(value) if 0 < value < inf else -30.0 * way
    end = start
    while too_far(end) < 0 and abs(end) < 60:
        end += way
    return float(np.exp(scipy.optimize.brentq(too_far, end - way, end)))


def _score(one: Count, other: Count, ratio: float) -> float:
    """Pearson's chi-squared if the ratio of the shares were *ratio*."""
    a = (one.total + other.total) * ratio
    b = one.total * ratio + one.events + other.total + other.events * ratio
    c = one.events + other.events
    q = (b - sqrt(max(0.0, b * b - 4 * a * c))) / (2 * a)
    return sum(
        _pearson(count, min(1.0, p)) for count, p in ((one, ratio * q), (other, q))
    )


def _pearson(count: Count, p: float) -> float:
    variance = count.total * p * (1 - p)
    gap = (count.events - count.total * p) ** 2
    return gap / variance if variance > 1e-12 else (0.0 if gap < 1e-9 else inf)


def fisher(one: Count, other: Count) -> float:
    """Return the two-sided probability of Fisher's exact test.

    Source: Fisher, The Design of Experiments 1935: the lady tasting tea.
    >>> round(fisher(Count(3, 4), Count(1, 4)), 4)
    0.4857
    """
    _check_shares(one, other)
    table = [[count.events, int(count.total) - count.events] for count in (one, other)]
    return float(scipy.stats.fisher_exact(table).pvalue)


def rate_ratio(one: Count, other: Count, level: float = 0.95) -> Estimate | None:
    """Return the rate of *one* over that of *other*; None if both have no event.

    `total` is an exposure, such as patient-years. The interval is exact, conditional
    on the sum of events. Source: the method and example of Stata's `iri`.
    >>> found = rate_ratio(Count(41, 28010), Count(15, 19017))
    >>> round(found.value, 6), round(found.low, 6), round(found.high, 4)
    (1.855759, 1.005684, 3.6093)
    """
    events = one.events + other.events
    if not events:
        return None
    test = scipy.stats.binomtest(one.events, events)
    limits = test.proportion_ci(level, method="exact")
    scale = other.total / one.total
    return Estimate(
        value=_odds(one.events / events) * scale,
        low=_odds(float(limits.low)) * scale,
        high=_odds(float(limits.high)) * scale,
    )


def rate_test(one: Count, other: Count) -> float:
    """Return the two-sided probability that equal rates differ so; 1 without events."""
    events = one.events + other.events
    share = one.total / (one.total + other.total)
    if not events:
        return 1.0
    return float(scipy.stats.binomtest(one.events, events, share).pvalue)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else inf


Values = Mapping[Decimal, int]  # value → how often


@dataclass(frozen=True)
class Shift:
    """How much higher the values of one group are than those of another.

    estimate: the median of all differences (Hodges and Lehmann), in their unit.
    superior: the probability that a value of the first group exceeds one of the second
    (ties count half). p: of the Mann-Whitney test, two-sided.
    """

    estimate: Estimate
    superior: float
    p: float


def mann_whitney(one: Values, other: Values, level: float = 0.95) -> Shift | None:
    """Compare two groups of values; None if either is empty.

    The interval takes the variance of the statistic with its ties, and so is nearly
    right from about five values a group on.
    Source: Hollander and Wolfe, Nonparametric Statistical Methods, chapter 4; the
    example of `wilcox.test` in R from it: W = 35, one-sided p = 0.1272.
    """
    n, m = sum(one.values()), sum(other.values())
    if not n or not m:
        return None
    first, second = (
        np.repeat([float(value) for value in sorted(values)], [*_sorted_counts(values)])
        for values in (one, other)
    )
    found = scipy.stats.mannwhitneyu(first, second)
    tail = float(scipy.stats.norm.ppf((1 + level) / 2))
    spread = tail * _deviation(one, other)
    low, middle, high = _quantiles(
        one, other, [n * m / 2 - spread, n * m / 2, n * m / 2 + spread]
    )
    return Shift(
        estimate=Estimate(middle, low, high),
        superior=float(found.statistic) / (n * m),
        p=float(found.pvalue),
    )


def _sorted_counts(values: Values) -> list[int]:
    return [values[value] for value in sorted(values)]


def _deviation(one: Values, other: Values) -> float:
    """The standard deviation of U without any shift, corrected for ties."""
    n, m = sum(one.values()), sum(other.values())
    total = n + m
    ties = sum(
        t**3 - t for t in (one.get(v, 0) + other.get(v, 0) for v in {*one, *other})
    )
    return sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))


def _quantiles(one: Values, other: Values, ranks: list[float]) -> list[float]:
    """The differences at *ranks* of all pairs: value by value, not pair by pair."""
    pairs = sorted((float(a - b), one[a] * other[b]) for a in one for b in other)
    gaps = np.array([gap for gap, _ in pairs])
    ends = np.cumsum([count for _, count in pairs])
    last = int(ends[-1])
    found = []
    for rank in ranks:
        below, above = max(1, int(np.ceil(rank))), min(last, int(np.floor(rank)) + 1)
        picks = np.searchsorted(ends, [min(below, last), max(1, above)])
        found.append(float(gaps[picks].mean()))
    return found


def _check_shares(*counts: Count) -> None:
    for count in counts:
        if count.events > count.total or count.total != int(count.total):
            raise ValueError(f"{count.events} events of {count.total}")
