"""Comparisons, held to published tables and to enumerations of what can happen.

The coverage of an interval is computed, not simulated, wherever all outcomes can be
listed: the sum of the probabilities of those whose interval holds the truth.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from math import comb, exp, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from feedback.core.comparisons import (
    Count,
    clustered_difference,
    fisher,
    mann_whitney,
    rate_ratio,
    rate_test,
    risk_difference,
    risk_ratio,
)
from feedback.core.stats import Clusters, clustered_interval, exact_interval
from tests.feedback.test_stats import clusters_of

TWO = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(
        st.builds(Count, st.integers(0, n[0]), st.just(n[0])),
        st.builds(Count, st.integers(0, n[1]), st.just(n[1])),
    )
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # Newcombe 1998, table II, method 10
        (Count(56, 70), Count(48, 80), (0.0524, 0.3339)),
        (Count(9, 10), Count(3, 10), (0.1705, 0.8090)),
        (Count(0, 10), Count(0, 20), (-0.1611, 0.2775)),
        (Count(10, 10), Count(0, 20), (0.6791, 1.0)),
    ],
)
def test_a_risk_difference_has_the_published_interval(
    one: Count, other: Count, expected: tuple[float, float]
) -> None:
    found = risk_difference(one, other)

    assert (found.low, found.high) == pytest.approx(expected, abs=5e-5)


@settings(deadline=None)
@given(TWO)
def test_a_risk_difference_turned_round_is_its_negative(
    two: tuple[Count, Count],
) -> None:
    there, back = risk_difference(*two), risk_difference(two[1], two[0])

    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert -1 - 1e-9 <= there.low <= there.value <= there.high <= 1 + 1e-9


@settings(deadline=None)
@given(TWO)
def test_a_risk_ratio_turned_round_is_its_inverse(two: tuple[Count, Count]) -> None:
    there, back = risk_ratio(*two), risk_ratio(two[1], two[0])

    if there is None:
        assert back is None
        return
    assert 0 <= there.low <= there.value <= there.high
    assert there.low == (0 if back.high == inf else pytest.approx(1 / back.high))


def covered(one: float, other: float, n: int, m: int, what: str) -> float:
    """The probability that the interval of *what* holds the truth."""
    truth = one - other if what == "difference" else one / other
    compare = risk_difference if what == "difference" else risk_ratio
    found = 0.0
    for x in range(n + 1):
        for y in range(m + 1):
            estimate = compare(Count(x, n), Count(y, m))
            if estimate is None or estimate.low <= truth <= estimate.high:
                found += binom.pmf(x, n, one) * binom.pmf(y, m, other)
    return float(found)


@pytest.mark.parametrize("what", ["difference", "ratio"])
@pytest.mark.parametrize(
    ("one", "other", "n", "m"),
    [(0.5, 0.5, 12, 12), (0.1, 0.3, 15, 20), (0.05, 0.05, 25, 10), (0.9, 0.6, 20, 8)],
)
def test_intervals_of_small_groups_hold_the_truth_about_as_often_as_they_say(
    what: str, one: float, other: float, n: int, m: int
) -> None:
    assert covered(one, other, n, m, what) >= 0.925


def test_fisher_is_the_sum_over_all_tables_that_are_no_more_probable() -> None:
    def probability(x: int) -> float:
        return comb(12, x) * comb(9, 10 - x) / comb(21, 10)

    expected = sum(
        probability(x)
        for x in range(1, 11)
        if probability(x) <= probability(8) * (1 + 1e-9)
    )

    assert fisher(Count(8, 12), Count(2, 9)) == pytest.approx(expected)


def test_a_rate_ratio_is_exact_and_agrees_with_its_test() -> None:
    found = rate_ratio(Count(41, 28010), Count(15, 19017))

    # Stata, `iri 41 15 28010 19017`: 1.855759 (1.005684 to 3.6093), exact
    assert (found.value, found.low, found.high) == pytest.approx(
        (1.855759, 1.005684, 3.6093), abs=5e-5
    )
    assert rate_test(Count(41, 28010), Count(15, 19017)) < 0.05
    assert rate_ratio(Count(0, 10), Count(0, 10)) is None
    assert rate_ratio(Count(3, 10), Count(0, 10)).value == inf
    assert rate_test(Count(0, 10), Count(0, 5)) == 1


def test_a_rate_ratio_holds_the_truth_at_least_as_often_as_it_says() -> None:
    missed = 0.0
    for x in range(18):
        for y in range(10):
            found = rate_ratio(Count(x, 100), Count(y, 50))
            if found and not found.low <= 1.5 <= found.high:
                missed += poisson.pmf(x, 6) * poisson.pmf(y, 2)

    assert missed <= 0.05


def once(*values: str) -> dict[Decimal, int]:
    return {Decimal(value): 1 for value in values}


TERM = once(
    *["0.80", "0.83", "1.89", "1.04", "1.45", "1.38", "1.91", "1.64", "0.73", "1.46"]
)
EARLY = once(*["1.15", "0.88", "0.90", "0.74", "1.21"])


def test_mann_whitney_gives_the_published_example() -> None:
    # Hollander and Wolfe: permeability of the chorioamnion; R: W = 35, one-sided
    # p = 0.1272, estimate 0.305, 95 % interval -0.15 to 0.76.
    found = mann_whitney(TERM, EARLY)

    assert found.superior * 50 == pytest.approx(35)
    assert found.estimate.value == pytest.approx(0.305)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((-0.15, 0.76))
    assert found.p == pytest.approx(2 * 0.1272, abs=1e-4)


def test_mann_whitney_is_the_share_of_all_ways_to_deal_the_ranks() -> None:
    values = sorted([*TERM, *EARLY])
    u = sum(a > b for a in TERM for b in EARLY)

    at_least = sum(
        sum(a > b for a in group for b in set(values) - set(group)) >= u
        for group in combinations(values, len(TERM))
    )

    found = mann_whitney(TERM, EARLY)
    assert found.p == pytest.approx(2 * at_least / comb(15, 5))


def test_mann_whitney_reads_how_often_each_value_came() -> None:
    one = {Decimal(2): 40, Decimal(3): 25, Decimal(5): 10}
    other = {Decimal(1): 30, Decimal(2): 30, Decimal(4): 6}
    apart = [float(a) for a, n in one.items() for _ in range(n)]
    beside = [float(b) for b, n in other.items() for _ in range(n)]
    gaps = sorted(a - b for a in apart for b in beside)

    found = mann_whitney(one, other)

    assert found.estimate.value == pytest.approx(np.median(gaps))
    wins = sum((g > 0) + 0.5 * (g == 0) for g in gaps)
    assert found.superior == pytest.approx(wins / len(gaps))
    assert found.p < 0.001
    assert mann_whitney(one, {}) is None


def test_a_shift_is_covered_by_its_interval() -> None:
    random = np.random.default_rng(11)
    hits = 0
    for _ in range(300):
        one, other = random.exponential(2, 15) + 1, random.exponential(2, 12)
        found = mann_whitney(
            {Decimal(str(round(v, 6))): 1 for v in one},
            {Decimal(str(round(v, 6))): 1 for v in other},
        )
        hits += found.estimate.low <= 1 <= found.estimate.high

    assert hits / 300 >= 0.925  # 0.95 less two and a half standard errors


def drawn_clusters(
    random: np.random.Generator, patients: int, share: float, alike: float
) -> Clusters:
    """Patients of 1 to 6 observations, whose own shares follow a beta distribution."""
    scale = 1 / alike - 1
    shares = random.beta(share * scale, (1 - share) * scale, patients)
    sizes = random.integers(1, 7, patients)
    return clusters_of(
        [
            (int(random.binomial(n, p)), int(n))
            for n, p in zip(sizes, shares, strict=True)
        ]
    )


@pytest.mark.parametrize("patients", [10, 40, 150])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.95])
@pytest.mark.parametrize("alike", [0.1, 0.6])
def test_clustered_intervals_hold_the_truth_as_often_as_they_say(
    patients: int, share: float, alike: float
) -> None:
    random = np.random.default_rng([patients, int(100 * share), int(10 * alike)])
    hits = 0
    for _ in range(300):
        clusters = drawn_clusters(random, patients, share, alike)
        low, high = clustered_interval(clusters)
        hits += low <= share <= high

    # 0.95 less two and a half standard errors of 300 draws
    assert hits / 300 >= 0.918


def test_a_difference_of_clustered_shares_is_covered_too() -> None:
    random = np.random.default_rng(13)
    hits = {"clustered": 0, "plain": 0}
    for _ in range(300):
        one = drawn_clusters(random, 40, 0.7, 0.5)
        other = drawn_clusters(random, 30, 0.5, 0.5)
        found = clustered_difference(one, other)
        hits["clustered"] += found.low <= 0.2 <= found.high
        plain = risk_difference(
            Count(one.events, one.total), Count(other.events, other.total)
        )
        hits["plain"] += plain.low <= 0.2 <= plain.high

    assert hits["clustered"] / 300 >= 0.918
    assert hits["plain"] / 300 < 0.9  # what it is for


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.95])
@pytest.mark.parametrize("total", [5, 20, 80])
def test_the_exact_interval_never_covers_less_than_it_says(
    share: float, total: int
) -> None:
    found = sum(
        binom.pmf(events, total, share)
        for events in range(total + 1)
        if (limits := exact_interval(events, total))[0] <= share <= limits[1]
    )

    assert found >= 0.95


def test_koopmans_interval_is_close_to_that_of_logarithms_in_large_groups() -> None:
    found = risk_ratio(Count(400, 1000), Count(250, 1000))

    error = 1.959964 * sqrt(1 / 400 - 1 / 1000 + 1 / 250 - 1 / 1000)
    expected = [exp(log(1.6) - error), exp(log(1.6) + error)]
    assert [found.low, found.high] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("counts", [(-1, 5), (0, 0), (1, -2)])
def test_impossible_counts_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="events of"):
        Count(*counts)
    with pytest.raises(ValueError, match="events of"):
        risk_difference(Count(6, 5), Count(1, 5))
