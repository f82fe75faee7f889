"""Centre lines and process limits: estimated once from a baseline, then only applied.

All limits stand where three standard deviations of a normal distribution would: for the
skewed g chart at the quantiles that three deviations cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isclose, log, sqrt
from statistics import mean

import scipy

from feedback.core.spc.samples import Kind, Sample

POINTS = 12  # with fewer, there are no limits
EXPECTED = 5  # with a smaller expected count, a point has no limits
D2 = 1.128  # the mean range of two normal values, in standard deviations
NELSON = 3.6  # times to the power of 1 / 3.6 are nearly normal
DISPERSED = 0.05  # Laney's limits if so great a spread is less probable by chance


@dataclass(frozen=True)
class Band:
    """The limits at one point: at three standard deviations, and the zones at two.

    None: no limit there, because it would lie where no value can.
    """

    centre: float
    low: float | None
    high: float | None
    near_low: float | None
    near_high: float | None


@dataclass(frozen=True)
class Baseline:
    """What was estimated from `points` samples, and nothing later changes.

    centre: mean share, rate, value (t: of the transformed times). spread: factor on
    the deviation of a p or u chart (1: as chance would; more: Laney), the deviation
    itself of an XmR or t chart. is_laney: the chart is a p' or u' chart.
    """

    kind: Kind
    centre: float
    spread: float
    points: int
    is_laney: bool = False


def estimate(kind: Kind, samples: Sequence[Sample]) -> Baseline | None:
    """Estimate a baseline from *samples*; None if they are too few to bear limits.

    Samples of a p or u chart whose expected count is under 5 are no evidence either.
    """
    if len(samples) < POINTS:
        return None
    match kind:
        case "p" | "u":
            return _of_counts(kind, samples)
        case "g":
            between = mean(sample.amount for sample in samples)
            return Baseline(kind, between, 1.0, len(samples))
        case "t":
            return _of_values(kind, [s.amount ** (1 / NELSON) for s in samples])
        case "xmr":
            return _of_values(kind, [sample.amount for sample in samples])


def _of_values(kind: Kind, values: Sequence[float]) -> Baseline:
    """Individuals: the deviation is the mean moving range over d2.

    Source: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2. For times between
    events: Nelson, Journal of Quality Technology 1994;26:162-5.
    """
    return Baseline(kind, mean(values), _moving_range(values) / D2, len(values))


def _moving_range(values: Sequence[float]) -> float:
    return mean(abs(one - other) for one, other in pairwise(values))


def _of_counts(kind: Kind, samples: Sequence[Sample]) -> Baseline | None:
    centre = sum(s.amount for s in samples) / sum(s.size for s in samples)
    known = [s for s in samples if is_enough(kind, centre, s.size)]
    if len(known) < POINTS:
        return None
    centre = sum(s.amount for s in known) / sum(s.size for s in known)
    spread = _laney(kind, centre, known)
    return Baseline(kind, centre, max(1.0, spread), len(known), spread > 1)


def is_enough(kind: Kind, centre: float, size: float) -> bool:
    """Whether so large a sample is expected to hold 5 events and, of a share, 5 others.

    >>> is_enough("p", 0.95, 60), is_enough("p", 0.95, 120), is_enough("u", 0.95, 60)
    (False, True, True)
    """
    if kind not in {"p", "u"}:
        return True
    rarer = min(centre, 1 - centre) if kind == "p" else centre
    return rarer * size >= EXPECTED or isclose(rarer * size, EXPECTED)


def _laney(kind: Kind, centre: float, samples: Sequence[Sample]) -> float:
    """Return Laney's sigma z, or 1 if the spread is no more than chance explains.

    It is used only if the samples are overdispersed: their chi-squared is improbable
    (5 %) under a binomial or Poisson distribution. It never narrows limits.

    Source: Laney, Quality Engineering 2002;14:531-7.
    """
    z = [
        (s.value(kind) - centre) / _chance_deviation(kind, centre, s.size)
        for s in samples
    ]
    squares = sum(each * each for each in z)
    probability = float(scipy.stats.chi2.sf(squares, len(z) - 1))
    return _moving_range(z) / D2 if probability < DISPERSED else 1.0


def _chance_deviation(kind: Kind, centre: float, size: float) -> float:
    """The deviation that chance alone gives a share or a rate."""
    variance = centre * (1 - centre) if kind == "p" else centre
    return sqrt(variance / size)


def band(baseline: Baseline, size: float) -> Band | None:
    """Return the limits at a sample of *size*; None if it is too small to have any.

    Sources: Montgomery, Introduction to Statistical Quality Control, chapters 6 and 7;
    for g charts Benneyan, Health Care Management Science 2001;4:305-18.
    """
    b = baseline
    if not is_enough(b.kind, b.centre, size):
        return None
    match b.kind:
        case "p" | "u":
            step = b.spread * _chance_deviation(b.kind, b.centre, size)
            top = 1.0 if b.kind == "p" else None
            return _around(b.centre, step, 0.0, top)
        case "xmr":
            return _around(b.centre, b.spread, None, None)
        case "t":
            return _mapped(
                _around(b.centre, b.spread, 0.0, None), lambda y: float(y**NELSON)
            )
        case "g":
            return _geometric(b.centre)


def _around(centre: float, step: float, floor: float | None, top: float | None) -> Band:
    def within(limit: float) -> float | None:
        too_low = floor is not None and limit <= floor
        too_high = top is not None and limit >= top
        return None if too_low or too_high else limit

    return Band(
        centre=centre,
        low=within(centre - 3 * step),
        high=within(centre + 3 * step),
        near_low=within(centre - 2 * step),
        near_high=within(centre + 2 * step),
    )


def _mapped(band: Band, change: Callable[[float], float]) -> Band:
    def changed(limit: float | None) -> float | None:
        return None if limit is None else change(limit)

    return Band(
        change(band.centre),
        changed(band.low),
        changed(band.high),
        changed(band.near_low),
        changed(band.near_high),
    )


def _geometric(between: float) -> Band:
    """Limits of the number of cases between events, whose mean is *between*.

    The centre is the median, so that runs beside it are as probable on either side.
    """

    def limit(deviations: float) -> float | None:
        tail = float(scipy.stats.norm.sf(deviations))
        if not between:
            return None
        found = log(tail) / log(between / (between + 1)) - 1
        return found if found > 0 else None

    return Band(limit(0) or 0.0, limit(-3), limit(3), limit(-2), limit(2))
