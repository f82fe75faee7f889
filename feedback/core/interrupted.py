"""Before and after a version: an interrupted time series, and what it can't show.

The months before give a trend; the question is how far the months after lie from where
that trend would have led. Nobody was assigned to before or after: whatever else changed
with the version is in the same figure, and the sentences say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, exp, isfinite, log, pi, sin, sqrt
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from feedback.core.comparisons import Estimate

Numbers = NDArray[np.float64]
ROUNDS, SETTLED, SINGULAR = 50, 1e-9, 1e14
LEAST = 8  # months on either side
YEAR = 12
SEASONS = 24  # months in all, from which on a season can be told from a trend
Of = Literal["share", "rate"]
OBSERVATIONAL = (
    "This is observational: nobody was assigned to before or after, and whatever else "
    "changed at that time is in this figure too."
)


@dataclass(frozen=True)
class Month:
    """Events of so many chances (share), or in so much exposure (rate)."""

    at: str
    events: int
    size: float
    is_after: bool


@dataclass(frozen=True)
class Step:
    """What changed at once, beside the trend.

    ratio: of odds (share) or of rates, after to before. trend: the same per year.
    dispersion: 1 as chance; intervals are widened by its root. echo: correlation of a
    month's residual with the next one's. fitted, without: of each month, what the model
    says, and what it says had nothing changed. difference: the mean of fitted minus
    without, over the months after, in shares or events per unit.
    """

    of: Of
    ratio: Estimate
    trend: Estimate
    dispersion: float
    echo: float
    has_seasons: bool
    fitted: tuple[float, ...]
    without: tuple[float, ...]
    difference: float

    @property
    def is_echoing(self) -> bool:
        """Neighbouring months resemble each other: the interval is too narrow."""
        return self.echo > 2 / sqrt(len(self.fitted))


def step_change(months: Sequence[Month], of: Of, level: float = 0.95) -> Step | None:
    """Fit a step and a trend; None with under 8 months on a side or without events.

    A quasi-likelihood regression (logistic for a share, Poisson for a rate); with two
    years or more also two harmonics of the calendar year.
    Source: Lopez Bernal, Cummins and Gasparrini, International Journal of Epidemiology
    2017;46:348-55, with the published data of its example in the tests.
    """
    filled = [month for month in months if month.size > 0]
    after = sum(month.is_after for month in filled)
    if min(after, len(filled) - after) < LEAST or not _has_both(filled, of):
        return None
    seasons = len(filled) >= SEASONS
    design = _design(filled, seasons)
    fit = _fit(filled, of, design)
    if fit is None:
        return None
    still = design.copy()
    still[:, 1] = 0
    fitted, without = (_mean(of, rows @ fit.effects) for rows in (design, still))
    return Step(
        of=of,
        ratio=_ratio(fit, 1, 1, level),
        trend=_ratio(fit, 2, YEAR, level),
        dispersion=fit.dispersion,
        echo=_echo(fit.residuals),
        has_seasons=seasons,
        fitted=tuple(map(float, fitted)),
        without=tuple(map(float, without)),
        difference=float((fitted - without)[design[:, 1] > 0].mean()),
    )


def _has_both(months: Sequence[Month], of: Of) -> bool:
    events = sum(month.events for month in months)
    return events > 0 and (of == "rate" or events < sum(m.size for m in months))


def _design(months: Sequence[Month], seasons: bool) -> Numbers:
    """Columns: 1, after, months since the first, two harmonics of the year."""
    first = _number(months[0].at)
    rows = []
    for month in months:
        time = _number(month.at) - first
        row = [1.0, float(month.is_after), float(time)]
        if seasons:
            angle = 2 * pi * (_number(month.at) % YEAR) / YEAR
            row += [sin(angle), cos(angle), sin(2 * angle), cos(2 * angle)]
        rows.append(row)
    return np.array(rows)


def _number(at: str) -> int:
    """Months since the year 0 of "2026-03".

    >>> _number("2026-03") - _number("2025-12")
    3
    """
    year, month = at.split("-")[:2]
    return int(year) * YEAR + int(month) - 1


@dataclass(frozen=True)
class _Fit:
    """Effects on the scale of the link, and their errors as chance alone gives them."""

    effects: Numbers
    errors: Numbers
    dispersion: float
    residuals: Numbers
    freedom: int


def _mean(of: Of, effect: Numbers) -> Numbers:
    """The share, or the rate, at an effect; far beyond any data it stops growing."""
    inside = np.clip(effect, -30, 30)
    return 1 / (1 + np.exp(-inside)) if of == "share" else np.exp(inside)


def _fit(months: Sequence[Month], of: Of, design: Numbers) -> _Fit | None:
    """Fit by Fisher's scoring; None if it does not settle, as without enough events.

    The dispersion is Pearson's chi-squared over its degrees of freedom.
    """
    events = np.array([month.events for month in months], dtype=float)
    sizes = np.array([month.size for month in months], dtype=float)
    share = events.sum() / sizes.sum()
    effects = np.zeros(design.shape[1])
    effects[0] = log(share / (1 - share)) if of == "share" else log(share)
    for _ in range(ROUNDS):
        mean = _mean(of, design @ effects)
        weight = sizes * mean * ((1 - mean) if of == "share" else 1)
        information = design.T @ (weight[:, None] * design)
        if not np.linalg.cond(information) < SINGULAR:
            return None
        change = np.linalg.solve(information, design.T @ (events - sizes * mean))
        effects = effects + change
        if np.abs(change).max() < SETTLED:
            break
    else:
        return None
    residuals = (events - sizes * mean) / np.sqrt(weight)
    freedom = len(months) - design.shape[1]
    return _Fit(
        effects=effects,
        errors=np.sqrt(np.diag(np.linalg.inv(information))),
        dispersion=float(residuals @ residuals) / freedom,
        residuals=residuals,
        freedom=freedom,
    )


def _ratio(fit: _Fit, column: int, times: int, level: float) -> Estimate:
    """A coefficient times *times*, as a ratio, by the t of its degrees of freedom.

    Under dispersion below 1 the interval is that of chance.
    """
    reach = float(scipy.stats.t.ppf((1 + level) / 2, fit.freedom))
    error = float(fit.errors[column]) * sqrt(max(1.0, fit.dispersion))
    value = float(fit.effects[column]) * times
    half = reach * error * times
    return Estimate(exp(value), exp(value - half), exp(value + half))


def _echo(residuals: Numbers) -> float:
    centred = residuals - residuals.mean()
    squares = float(centred @ centred)
    found = float(centred[1:] @ centred[:-1]) / squares if squares else 0.0
    return found if isfinite(found) else 0.0


def sentences(
    step: Step, what: str, when: str, also_changed: Sequence[str] = ()
) -> list[str]:
    """Say a step in plain words; the last ones say what it can't show.

    >>> step = Step("rate", Estimate(0.89, 0.85, 0.93), Estimate(1, 1, 1), 1.0, 0.0,
    ...     True, (1.0,), (1.0,), -5.0)
    >>> print(sentences(step, "Admissions", "the ban", ["A new scanner"])[0])
    After the ban: Admissions 0.89 times as many as the months before led to expect \
(95 % interval 0.85 to 0.93).
    """
    r = step.ratio
    found = f"95 % interval {r.low:.2f} to {r.high:.2f}"
    if step.of == "rate":
        change = f"{r.value:.2f} times as many as the months before led to expect"
    else:
        way = "higher" if step.difference >= 0 else "lower"
        change = (
            f"{100 * abs(step.difference):.0f} percentage points {way} than the months "
            "before led to expect"
        )
        found = f"odds ratio {r.value:.2f}, {found}"
    said = [f"After {when}: {what} {change} ({found})."]
    if r.low <= 1 <= r.high:
        said.append("That may be chance.")
    if step.is_echoing:
        said.append("Neighbouring months resemble each other: it is less certain yet.")
    said.append(OBSERVATIONAL)
    changed = "; ".join(also_changed)
    said.append(
        f"Known to have changed too: {changed}."
        if changed
        else "Nobody noted what else changed."
    )
    return said
