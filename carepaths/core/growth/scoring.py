"""Z-scores and percentiles from L, M and S.

Sources: Cole TJ, Green PJ. Smoothing reference centile curves: the LMS method and
penalized likelihood. Stat Med 1992;11:1305-19. WHO Child Growth Standards: methods and
development. Geneva 2006, chapter 7 (beyond 3 standard deviations). Wei R et al. A method
for calculating BMI z-scores and percentiles above the 95th percentile of the CDC growth
charts. Ann Hum Biol 2020;47:514-21.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

from carepaths.core.growth.ages import MONTH_DAYS
from carepaths.core.growth.tables import CDC, LMS, WHO, Measure, Sex, Table, lms

NORMAL = NormalDist()
P95 = NORMAL.inv_cdf(0.95)
FLAGGED = {"weight": (-6.0, 5.0), "height": (-6.0, 6.0), "bmi": (-5.0, 5.0)}


@dataclass(frozen=True)
class Standing:
    """Where a measurement stands among others: z-score, and percentile 0 to 100.

    *flagged*: beyond what WHO takes for a measurement without error.
    """

    z: float
    percentile: float
    flagged: bool


def standing(
    table: Table, sex: Sex, measure: Measure, days: float, value: float
) -> Standing | None:
    """Return where *value* stands at an age of *days*; None beyond the table.

    Args: value: kg, cm or kg/m², above 0.
    """
    row = lms(table, sex, measure, days)
    if row is None or value <= 0:
        return None
    z = z_score(row, value)
    if table is WHO and measure != "height":
        z = _restricted(row, value, z)
    if table is CDC and measure == "bmi" and z > P95:
        z = _extended(row, value, sex, days)
    low, high = FLAGGED[measure]
    return Standing(z, 100 * NORMAL.cdf(z), not low <= z <= high)


def z_score(row: LMS, value: float) -> float:
    """The z-score of *value*.

    CDC's own example: a boy of 9.5 months who weighs 9.7 kg, L -0.1600954,
    M 9.476500305, S 0.11218624.
    >>> round(z_score((-0.1600954, 9.476500305, 0.11218624), 9.7), 3)
    0.207
    """
    left, middle, spread = row
    if left == 0:
        return log(value / middle) / spread
    return float(((value / middle) ** left - 1) / (left * spread))


def value_at(row: LMS, z: float) -> float:
    """The measurement whose z-score is *z*."""
    left, middle, spread = row
    if left == 0:
        return middle * exp(spread * z)
    return float(middle * (1 + left * spread * z) ** (1 / left))


def _restricted(row: LMS, value: float, z: float) -> float:
    """WHO's z-score beyond 3: in steps as wide as from 2 to 3."""
    if abs(z) <= 3:
        return z
    side = 1 if z > 0 else -1
    third, second = value_at(row, 3 * side), value_at(row, 2 * side)
    return side * (3 + (value - third) / (third - second))


def _extended(row: LMS, value: float, sex: Sex, days: float) -> float:
    """CDC's BMI z-score above the 95th percentile (2022): a half-normal tail."""
    years = days / MONTH_DAYS / 12
    if sex == "male":
        sigma = 0.3728 + 0.5196 * years - 0.0091 * years**2
    else:
        sigma = 0.8334 + 0.3712 * years - 0.0011 * years**2
    beyond = (value - value_at(row, P95)) / sigma
    percentile = 90 + 10 * NORMAL.cdf(beyond)
    return NORMAL.inv_cdf(min(percentile / 100, 1 - 1e-15))
