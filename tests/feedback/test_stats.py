"""The statistics of a report, held to other implementations of the same thing."""

from decimal import Decimal
from math import comb
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.genmod import cov_struct, families
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.stats.proportion import proportion_confint

from feedback.core.stats import (
    Bound,
    Clusters,
    clustered_interval,
    design_effect,
    exact_interval,
    plain_verdict,
    quantile,
    verdict,
)

COUNTS = st.integers(1, 400).flatmap(
    lambda total: st.tuples(st.integers(0, total), st.just(total))
)
# Of each patient: how many observations, and how many of them are events.
PATIENTS = st.lists(
    st.integers(1, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=40,
)


def clusters_of(patients: list[tuple[int, int]]) -> Clusters:
    return Clusters(
        patients=len(patients),
        events=sum(y for y, _ in patients),
        total=sum(n for _, n in patients),
        total_total=sum(n * n for _, n in patients),
        events_events=sum(y * y for y, _ in patients),
        events_total=sum(y * n for y, n in patients),
    )


@settings(deadline=None)
@given(COUNTS)
def test_exact_interval_is_that_of_statsmodels(counts: tuple[int, int]) -> None:
    events, total = counts

    interval = exact_interval(events, total)

    expected = proportion_confint(events, total, 0.05, method="beta")
    assert interval == pytest.approx(expected, abs=1e-9)


def test_exact_interval_cuts_off_two_and_a_half_percent_on_each_side() -> None:
    low, high = exact_interval(3, 10)

    def at_most(k: int, p: float) -> float:
        return sum(comb(10, i) * p**i * (1 - p) ** (10 - i) for i in range(k + 1))

    assert at_most(3, high) == pytest.approx(0.025)
    assert 1 - at_most(2, low) == pytest.approx(0.025)


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5), (0, 0)])
def test_exact_interval_refuses_impossible_counts(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="events of"):
        exact_interval(*counts)


@settings(deadline=None)
@given(COUNTS)
def test_one_observation_per_patient_gives_the_exact_interval(
    counts: tuple[int, int],
) -> None:
    events, total = counts
    clusters = Clusters(total, events, total, total, events, events)

    assert clustered_interval(clusters) == exact_interval(events, total)


@pytest.mark.parametrize("seed", range(5))
def test_design_effect_is_the_robust_variance_of_a_gee(seed: int) -> None:
    random = np.random.default_rng(seed)
    patients = []
    for rate in random.beta(1, 2, 60):
        n = int(random.integers(1, 7))
        patients.append((int(random.binomial(n, rate)), n))
    answers = np.concatenate([[1] * y + [0] * (n - y) for y, n in patients])
    groups = np.repeat(np.arange(60), [n for _, n in patients])
    fit = GEE(
        answers,
        np.ones(len(answers)),
        groups=groups,
        family=families.Binomial(),
        cov_struct=cov_struct.Independence(),
    ).fit(cov_type="robust")
    p = answers.mean()
    # The model is on the logit scale: the delta method brings its variance back.
    robust = fit.cov_params()[0, 0] * (p * (1 - p)) ** 2

    effect = design_effect(clusters_of(patients))

    expected = robust * 60 / 59 / (p * (1 - p) / len(answers))
    assert expected > 1
    assert effect == pytest.approx(expected, rel=1e-6)


@settings(deadline=None)
@given(PATIENTS)
def test_clustered_interval_holds_its_estimate_and_stays_within_0_and_1(
    patients: list[tuple[int, int]],
) -> None:
    clusters = clusters_of(patients)

    low, high = clustered_interval(clusters)

    assert 0 <= low <= clusters.events / clusters.total <= high <= 1
    assert high - low < 1 or clusters.patients < 3


@settings(deadline=None)
@given(PATIENTS)
def test_clustering_never_narrows_an_interval(patients: list[tuple[int, int]]) -> None:
    clusters = clusters_of(patients)

    low, high = clustered_interval(clusters)

    alone = exact_interval(clusters.events, clusters.total)
    assert low <= alone[0] + 1e-9
    assert high >= alone[1] - 1e-9


@pytest.mark.parametrize("answer", [0, 1], ids=["no events", "all events"])
def test_repeating_the_same_answer_teaches_nothing_new(answer: int) -> None:
    thrice = clusters_of([(3 * answer, 3)] * 20)

    assert clustered_interval(thrice) == pytest.approx(exact_interval(20 * answer, 20))


def test_clustered_interval_covers_the_truth_where_the_exact_one_does_not() -> None:
    random = np.random.default_rng(7)
    covered = {"clustered": 0, "exact": 0}
    for _ in range(400):
        patients = [(int(random.binomial(5, p)), 5) for p in random.beta(0.6, 1.4, 40)]
        clusters = clusters_of(patients)
        low, high = clustered_interval(clusters)
        covered["clustered"] += low <= 0.3 <= high
        low, high = exact_interval(clusters.events, clusters.total)
        covered["exact"] += low <= 0.3 <= high

    assert covered["clustered"] / 400 >= 0.93
    assert covered["exact"] / 400 < 0.9


@pytest.mark.parametrize(
    ("events", "total", "bound", "expected"),
    [
        (0, 0, Bound("<", Decimal(5)), "undecided"),
        (1, 200, Bound("<", Decimal(5)), "supported"),
        (31, 258, Bound("<", Decimal(5)), "refuted"),
        (8, 200, Bound("<", Decimal(5)), "undecided"),
        (190, 200, Bound(">", Decimal(80)), "supported"),
        (100, 200, Bound(">", Decimal(80)), "refuted"),
        (160, 200, Bound(">", Decimal(80)), "undecided"),
    ],
)
def test_verdict_needs_the_whole_interval_on_one_side(
    events: int, total: int, bound: Bound, expected: str
) -> None:
    assert plain_verdict(events, total, bound) == expected
    assert verdict(events, total, 0, bound) == expected


def test_a_limit_that_equals_the_prediction_decides_nothing() -> None:
    # All of 20 events: the upper limit is 1 exactly, so is the bound.
    assert exact_interval(20, 20)[1] == 1
    assert plain_verdict(20, 20, Bound("<", Decimal(100))) == "undecided"
    assert plain_verdict(0, 20, Bound(">", Decimal(0))) == "undecided"


def test_verdict_must_hold_whichever_way_the_missing_outcomes_went() -> None:
    bound = Bound("<", Decimal(5))

    assert verdict(1, 200, 1, bound) == "supported"
    assert verdict(1, 200, 12, bound) == "undecided"
    assert verdict(31, 258, 9, bound) == "refuted"
    assert verdict(31, 258, 400, bound) == "undecided"


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=50))
def test_median_by_value_counts_is_the_median_of_the_values(values: list[int]) -> None:
    counts = {Decimal(value): values.count(value) for value in set(values)}

    assert quantile(counts, 0.5) == pytest.approx(median(values))


def test_nothing_observed_has_no_median() -> None:
    assert quantile({}, 0.5) is None
