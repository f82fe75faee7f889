"""The statistics of a report: proportions with their intervals, verdicts, medians.

The arithmetic of distributions is SciPy's. Everything here works on counts and sums,
which add up over roll-ups, so that no figure needs the rows of single patients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import scipy  # loads scipy.stats at its first use, not when the web process starts

Interval = tuple[float, float]
Verdict = Literal["supported", "refuted", "undecided"]


def exact_interval(events: int, total: int, level: float = 0.95) -> Interval:
    """Return the confidence interval (low, high), within [0, 1], of *events* / *total*.

    For one observation per patient; see `clustered_interval` for repeated ones.

    Args: events: 0..total. total: observations, at least 1.
    Raises: ValueError: the counts are out of range.
    Source: Clopper and Pearson, Biometrika 1934;26:404-13.
    >>> [round(100 * bound, 2) for bound in exact_interval(5, 406)]
    [0.4, 2.85]
    """
    if not 0 <= events <= total or total < 1:
        raise ValueError(f"{events} events of {total}")
    interval = scipy.stats.binomtest(events, total).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)


@dataclass(frozen=True)
class Clusters:
    """Sums over patients who may each contribute several observations.

    With n observations and y events of one patient: `total` is the sum of n, `events`
    of y, and the last three of n·n, y·y and y·n. They add up over groups of patients.
    """

    patients: int
    events: int
    total: int
    total_total: int
    events_events: int
    events_total: int


def design_effect(clusters: Clusters) -> float:
    """Return how much wider than independent observations these make the variance.

    The robust ("sandwich") variance of a proportion, as a generalized estimating
    equation with independent working correlation gives it (statsmodels' GEE: the
    tests hold this to it), times n / (n - 1) for few patients n, over the binomial
    variance. At least 1. If no variance can be seen (no events, all events, one
    patient) it is the worst possible: each patient says one thing, however often.

    >>> design_effect(Clusters(4, 4, 8, 16, 8, 8))  # 4 patients, twice the same answer
    2.6666666666666665
    """
    c = clusters
    p = c.events / c.total
    if c.events in {0, c.total} or c.patients == 1:
        return c.total / c.patients
    squares = c.events_events - 2 * p * c.events_total + p * p * c.total_total
    robust = squares / c.total**2 * c.patients / (c.patients - 1)
    return max(1.0, robust / (p * (1 - p) / c.total))


def clustered_interval(clusters: Clusters, level: float = 0.95) -> Interval:
    """Return an interval (low, high) that respects clustering by patient.

    With one observation per patient it is the exact interval. Otherwise the exact
    limits are taken at the effective number of observations: total / design effect,
    less what estimating the variance from few patients costs (ratio of t quantiles).
    It stays inside [0, 1], and holds for no events and all events.

    Raises: ValueError: the counts are out of range.
    Source: Korn and Graubard, Survey Methodology 1998;24:193-201.
    >>> [round(bound, 3) for bound in clustered_interval(Clusters(4, 4, 8, 16, 8, 8))]
    [0.006, 0.994]
    >>> clustered_interval(Clusters(5, 2, 5, 5, 2, 2)) == exact_interval(2, 5)
    True
    """
    c = clusters
    if not 1 <= c.patients <= c.total or not 0 <= c.events <= c.total:
        raise ValueError(f"{c.events} events of {c.total} in {c.patients} patients")
    if c.patients == c.total:
        return exact_interval(c.events, c.total, level)
    size = c.total / design_effect(c)
    if 0 < c.events < c.total and c.patients > 1:
        tail = (1 + level) / 2
        t = scipy.stats.t
        size *= float(t.ppf(tail, c.total - 1) / t.ppf(tail, c.patients - 1)) ** 2
    events = size * c.events / c.total
    return _limits(events, size, level)


def effective_interval(share: float, size: float, level: float = 0.95) -> Interval:
    """Return the exact limits of a *share* known as well as *size* observations know it.

    >>> [round(limit, 4) for limit in effective_interval(0.25, 8)]
    [0.0319, 0.6509]
    """
    return _limits(share * size, size, level)


def _limits(events: float, total: float, level: float) -> Interval:
    """Clopper-Pearson limits for counts that need not be whole."""
    tail = (1 - level) / 2
    beta = scipy.stats.beta
    low = float(beta.ppf(tail, events, total - events + 1)) if events > 0 else 0.0
    high = (
        float(beta.ppf(1 - tail, events + 1, total - events)) if events < total else 1.0
    )
    return low, high


@dataclass(frozen=True)
class Bound:
    """What a statement predicts: a share below, or above, so many percent."""

    comparison: Literal["<", ">"]
    percent: Decimal

    def __str__(self) -> str:
        return f"{self.comparison} {self.percent.normalize():f} %"


def plain_verdict(events: int, total: int, bound: Bound) -> Verdict:
    """Say on which side of *bound* the whole exact 95 % interval lies.

    A limit that equals the bound decides nothing, nor does a total of 0.

    >>> plain_verdict(1, 200, Bound("<", Decimal(5)))
    'supported'
    >>> plain_verdict(31, 258, Bound("<", Decimal(5)))
    'refuted'
    """
    if total == 0:
        return "undecided"
    low, high = exact_interval(events, total)
    edge = float(bound.percent) / 100
    below, above = high < edge, low > edge
    if not below and not above:
        return "undecided"
    return "supported" if below == (bound.comparison == "<") else "refuted"


def verdict(events: int, total: int, missing: int, bound: Bound) -> Verdict:
    """Return the verdict if it holds whichever way the *missing* outcomes went.

    It must come out the same without them, with all of them events, and with none.

    >>> verdict(1, 200, 12, Bound("<", Decimal(5)))
    'undecided'
    """
    verdicts = {
        plain_verdict(events, total, bound),
        plain_verdict(events + missing, total + missing, bound),
        plain_verdict(events, total + missing, bound),
    }
    return verdicts.pop() if len(verdicts) == 1 else "undecided"


def quantile(counts: Mapping[Decimal, int], share: float) -> Decimal | None:
    """Return the quantile of values given as value → how often; None if there are none.

    Between two values it is their mean, as a median's is.

    >>> quantile({Decimal(2): 3, Decimal(5): 1, Decimal(9): 2}, 0.5)
    Decimal('3.5')
    """
    total = sum(counts.values())
    if not total:
        return None
    rank = share * total
    below = _value_at(counts, rank - 1 if rank.is_integer() else int(rank))
    above = _value_at(counts, int(rank))
    return below if below == above else (below + above) / 2


def median_interval(
    counts: Mapping[Decimal, int], level: float = 0.95
) -> tuple[Decimal | None, Decimal | None]:
    """Return the limits of the median of values given as value → how often.

    Free of any distribution: the values of the order statistics whose ranks a binomial
    of one half leaves out with at most (1 - level) / 2 on each side. With fewer than
    six values no pair of them is so sure, and both limits are None.

    Source: Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2.
    >>> median_interval({Decimal(n): 1 for n in range(1, 21)})
    (Decimal('6'), Decimal('15'))
    >>> median_interval({Decimal(3): 5})
    (None, None)
    """
    total = sum(counts.values())
    rank = int(scipy.stats.binom.ppf((1 - level) / 2, total, 0.5)) if total else 0
    if rank < 1:
        return None, None
    return _value_at(counts, rank - 1), _value_at(counts, total - rank)


def _value_at(counts: Mapping[Decimal, int], index: float) -> Decimal:
    """Return the value at *index* (from 0) of the sorted observations."""
    last = max(counts)
    for value in sorted(counts):
        index -= counts[value]
        if index < 0:
            return value
    return last
