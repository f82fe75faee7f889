"""Agreement of two raters, held to another implementation and to first principles."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from feedback.core.agreement import (
    Stratum,
    agreement,
    drawn,
    shares_of_work,
    stratified_share,
    words_of_kappa,
)

VALUES = ["J", "PJ", "NJ"]


def pairs_of(table: list[list[int]]) -> list[tuple[str, str]]:
    return [
        (VALUES[i], VALUES[j])
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        for _ in range(count)
    ]


def test_kappa_of_cohens_example() -> None:
    # Cohen 1960, table 1: 200 cases, observed agreement .70, by chance .41, kappa .492
    found = agreement(pairs_of([[88, 10, 2], [14, 40, 6], [18, 10, 12]]), VALUES)

    assert found.cases == 200
    assert found.alike == 140
    assert found.kappa.value == pytest.approx(0.492, abs=5e-4)


def test_the_variance_of_kappa_is_that_of_the_delta_method() -> None:
    table = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])  # kappa 0.429
    p = (table / table.sum()).ravel()

    def kappa(shares: np.ndarray) -> float:
        square = shares.reshape(3, 3)
        chance = square.sum(0) @ square.sum(1)
        return (np.trace(square) - chance) / (1 - chance)

    step = 1e-6
    slope = np.array(
        [(kappa(p + step * e) - kappa(p - step * e)) / (2 * step) for e in np.eye(9)]
    )
    error = sqrt((p @ slope**2 - (p @ slope) ** 2) / table.sum())

    found = agreement(pairs_of(table.tolist()), VALUES).kappa

    assert found.value == pytest.approx(0.4286, abs=5e-5)
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(error, rel=1e-5)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(st.integers(1, 40), min_size=3, max_size=3), min_size=3, max_size=3
    )
)
def test_kappa_is_that_of_statsmodels(table: list[list[int]]) -> None:
    other = cohens_kappa(np.array(table))

    found = agreement(pairs_of(table), VALUES).kappa

    assert found.value == pytest.approx(other.kappa)
    assert found.low == pytest.approx(max(-1, other.kappa_low))
    assert found.high == pytest.approx(min(1, other.kappa_upp))


def test_kappa_is_nothing_where_both_always_say_the_same_thing() -> None:
    assert agreement([("J", "J")] * 20, VALUES).kappa is None
    assert agreement([("J", "NJ")], VALUES).kappa is None
    assert agreement([], VALUES).cases == 0
    assert agreement([("J", "J"), ("NJ", "NJ")] * 9, VALUES).kappa.value == 1


def test_kappa_has_a_name() -> None:
    names = [words_of_kappa(kappa) for kappa in (-0.1, 0, 0.2, 0.21, 0.5, 0.8, 1)]

    assert names == [
        "less than by chance",
        "slight",
        "slight",
        "fair",
        "moderate",
        "substantial",
        "almost perfect",
    ]


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 300)),
    st.integers(0, 400),
)
def test_the_work_is_shared_out_whole(sizes: dict[str, int], capacity: int) -> None:
    given_ = shares_of_work(sizes, capacity)

    assert sum(given_.values()) == min(capacity, sum(sizes.values()))
    assert all(0 <= given_[name] <= size for name, size in sizes.items())


def test_rare_strata_are_judged_in_full_before_common_ones() -> None:
    given_ = shares_of_work({"common": 1000, "rare": 4, "some": 30}, 50)

    assert given_ == {"common": 40, "rare": 4, "some": 6}


def test_a_draw_is_the_same_again_and_a_new_case_takes_one_place_at_most() -> None:
    before = drawn(range(200), 20, "cycle 1")

    after = drawn(range(201), 20, "cycle 1")

    assert drawn(reversed(range(200)), 20, "cycle 1") == before
    assert len(set(before) - set(after)) <= 1
    assert set(before) != set(drawn(range(200), 20, "cycle 2"))


def test_every_case_is_drawn_about_as_often() -> None:
    counts = np.zeros(50)
    for cycle in range(400):
        counts[drawn(range(50), 10, f"cycle {cycle}")] += 1

    assert counts.min() > 50  # 80 are expected, with a deviation of 8
    assert counts.max() < 110


def test_a_stratified_share_weighs_each_stratum_by_its_size() -> None:
    strata = [Stratum(900, 30, 3), Stratum(100, 20, 18)]

    found = stratified_share(strata)

    assert found.value == pytest.approx(0.9 * 0.1 + 0.1 * 0.9)
    assert 0.05 < found.low < found.value < found.high < 0.35
    assert stratified_share([Stratum(10, 0, 0)]) is None
    assert stratified_share([]) is None


def test_a_stratified_share_is_covered_by_its_interval() -> None:
    random = np.random.default_rng(9)
    hits = 0
    for _ in range(300):
        found = stratified_share(
            [
                Stratum(900, 40, int(random.binomial(40, 0.1))),
                Stratum(100, 15, int(random.binomial(15, 0.6))),
            ]
        )
        hits += found.low <= 0.15 <= found.high

    assert hits / 300 >= 0.925
