"""Two raters: how far they agree beyond chance, and which cases they are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor, sqrt

import numpy as np
import scipy

from feedback.core.comparisons import Estimate
from feedback.core.stats import effective_interval


@dataclass(frozen=True)
class Agreement:
    """Cases judged by both, how many alike, and Cohen's kappa with its interval.

    kappa is None where it has no meaning: fewer than two cases, or both raters said
    one and the same thing of all.
    """

    cases: int
    alike: int
    kappa: Estimate | None


def agreement(
    pairs: Iterable[tuple[str, str]], values: Sequence[str], level: float = 0.95
) -> Agreement:
    """Return how far two raters agree; *pairs* are their judgements of each case.

    Source: Cohen, Educational and Psychological Measurement 1960;20:37-46.
    >>> pairs = [("J", "J")] * 20 + [("J", "NJ")] * 5 + [("NJ", "J")] * 10
    >>> found = agreement(pairs + [("NJ", "NJ")] * 15, ["J", "PJ", "NJ"])
    >>> found.alike, round(found.kappa.value, 3)
    (35, 0.4)
    """
    place = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(values), len(values)), dtype=int)
    for one, other in pairs:
        table[place[one], place[other]] += 1
    cases, alike = int(table.sum()), int(np.trace(table))
    said = (table.sum(axis=0) > 0) | (table.sum(axis=1) > 0)
    if cases < 2 or said.sum() < 2:
        return Agreement(cases, alike, None)
    return Agreement(cases, alike, _kappa(table / cases, cases, level))


def _kappa(p: np.ndarray[tuple[int, int]], cases: int, level: float) -> Estimate:
    """Kappa of a table of shares, with its large-sample interval within [-1, 1].

    Source: Fleiss, Cohen and Everitt, Psychological Bulletin 1969;72:323-7.
    """
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    alike, chance = float(np.trace(p)), float(rows @ columns)
    kappa = (alike - chance) / (1 - chance)
    both = rows[None, :] + columns[:, None]  # of a cell (i, j): row j plus column i
    diagonal = np.diag(p) * (1 - np.diag(both) * (1 - kappa)) ** 2
    beside = ((p - np.diag(np.diag(p))) * both**2).sum() * (1 - kappa) ** 2
    constant = (kappa - chance * (1 - kappa)) ** 2
    variance = (diagonal.sum() + beside - constant) / (1 - chance) ** 2 / cases
    reach = float(scipy.stats.norm.ppf((1 + level) / 2)) * sqrt(max(0.0, variance))
    return Estimate(kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach))


def words_of_kappa(kappa: float) -> str:
    """Name a kappa. Source: Landis and Koch, Biometrics 1977;33:159-74.

    >>> words_of_kappa(0.492)
    'moderate'
    """
    if kappa < 0:
        return "less than by chance"
    names = ["slight", "fair", "moderate", "substantial", "almost perfect"]
    return names[max(0, ceil(kappa * 5) - 1)]


def shares_of_work(
    sizes: Mapping[str, int], capacity: int, least: int = 5
) -> dict[str, int]:
    """How many cases of each stratum to judge, *capacity* in all.

    All if that is possible. Else every stratum gets *least* (or all it has), so that
    the rare is seen, and what is left is shared in proportion to what is left of each.

    >>> shares_of_work({"common": 200, "rare": 3}, 20)
    {'common': 17, 'rare': 3}
    """
    if sum(sizes.values()) <= capacity:
        return dict(sizes)
    given = {name: min(size, least) for name, size in sizes.items()}
    if sum(given.values()) > capacity:
        given = dict.fromkeys(sizes, 0)
    rest = {name: sizes[name] - given[name] for name in sizes}
    free, total = capacity - sum(given.values()), sum(rest.values())
    exact = {name: free * rest[name] / total for name in sizes}
    for name in sizes:
        given[name] += floor(exact[name])
    short = capacity - sum(given.values())
    by_remainder = sorted(
        sizes, key=lambda name: (floor(exact[name]) - exact[name], name)
    )
    for name in by_remainder[:short]:
        given[name] += 1
    return given


def drawn(cases: Iterable[int], number: int, seed: str) -> list[int]:
    """Draw *number* of *cases* at random, the same ones whenever it is asked again.

    A case that comes later takes the place of at most one that was drawn, and asking
    for more keeps those that were drawn.
    >>> drawn(range(100), 3, "cycle 1") == drawn(range(100), 5, "cycle 1")[:3]
    True
    """
    return sorted(
        cases, key=lambda case: (sha256(f"{seed} {case}".encode()).digest(), case)
    )[:number]


@dataclass(frozen=True)
class Stratum:
    """Of `size` cases, `judged` were drawn and judged, `events` of them so."""

    size: int
    judged: int
    events: int


def stratified_share(strata: Sequence[Stratum], level: float = 0.95) -> Estimate | None:
    """The share of events among all cases, from those that were judged.

    Each stratum counts by its size; one of which nothing was judged leaves it unknown.
    The interval is exact at the effective number of cases (Korn and Graubard 1998).

    >>> found = stratified_share([Stratum(90, 10, 1), Stratum(10, 10, 10)])
    >>> round(found.value, 3)
    0.19
    """
    filled = [stratum for stratum in strata if stratum.size]
    if not filled or any(not stratum.judged for stratum in filled):
        return None
    total = sum(stratum.size for stratum in filled)
    share = sum(s.size * s.events / s.judged for s in filled) / total
    judged = sum(stratum.judged for stratum in filled)
    variance = sum(_variance(s) * (s.size / total) ** 2 for s in filled)
    size = float(judged)
    if 0 < share < 1 and variance:
        size = min(size, share * (1 - share) / variance)
    elif not variance:  # nothing varies within the strata: as if the smallest were all
        size = float(min(stratum.judged for stratum in filled))
    low, high = effective_interval(share, size, level)
    return Estimate(share, low, high)


def _variance(stratum: Stratum) -> float:
    p = stratum.events / stratum.judged
    return p * (1 - p) / max(1, stratum.judged - 1)
