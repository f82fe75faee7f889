"""Funnels. No published table of limits was at hand: they are held to the binomial
distribution itself, and to simulated sites without and with differences of their own."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import binom

from feedback.core.funnel import Place, funnel, limits_at, winsorised


def places(random: np.random.Generator, count: int, between: float) -> list[Place]:
    shares = np.clip(random.normal(0.7, between, count), 0.01, 0.99)
    totals = random.integers(30, 800, count)
    return [
        Place(f"Site {i}", int(random.binomial(n, p)), int(n))
        for i, (n, p) in enumerate(zip(totals, shares, strict=True))
    ]


@pytest.mark.parametrize("total", [20, 57, 400])
def test_exact_limits_cut_off_what_they_say(total: int) -> None:
    limits = limits_at(0.3, 0, total)

    for limit, tail in (
        (limits.low, 0.001),
        (limits.inner_low, 0.025),
        (limits.inner_high, 0.975),
        (limits.high, 0.999),
    ):
        below, above = np.floor(limit * total), np.ceil(limit * total)
        assert binom.cdf(below - 1, total, 0.3) <= tail <= binom.cdf(above, total, 0.3)


def test_without_differences_few_sites_are_beyond() -> None:
    random = np.random.default_rng(1)
    funnels = [funnel(places(random, 30, 0), target=0.7) for _ in range(60)]

    beyond = [point for found in funnels for point in found.points if point.side]

    assert len(beyond) / 1800 < 0.006  # 0.2 % are expected
    assert sum(found.between > 0 for found in funnels) <= 6


def test_differences_between_sites_widen_the_funnel() -> None:
    random = np.random.default_rng(2)
    funnels = [funnel(places(random, 30, 0.08)) for _ in range(30)]

    assert all(found.between for found in funnels)
    estimates = [found.between for found in funnels]
    # Winsorising, as published, leaves it too small: outliers stand out the more.
    assert 0.05 < np.mean(estimates) < 0.08
    points = [point for found in funnels for point in found.points]
    assert sum(bool(point.side) for point in points) / 900 < 0.04
    plain = [limits_at(0.7, 0, point.place.total) for point in points]
    shares = [point.place.share for point in points]
    unlike = [
        share < chance.low or share > chance.high
        for share, chance in zip(shares, plain, strict=True)
    ]
    assert sum(unlike) / 900 > 0.2  # of an ordinary site each time


def test_the_variance_between_sites_is_that_of_dersimonian_and_laird() -> None:
    found = funnel(places(np.random.default_rng(3), 12, 0.1))
    target = found.target
    sites = [point.place for point in found.points]
    z = winsorised(
        sorted(
            (site.share - target) / sqrt(target * (1 - target) / site.total)
            for site in sites
        )
    )
    q = sum(each**2 for each in z)
    w = [site.total / (target * (1 - target)) for site in sites]

    expected = (q - 11) / (sum(w) - sum(each**2 for each in w) / sum(w))

    assert found.between**2 == pytest.approx(expected)
    assert found.dispersion == pytest.approx(q / 12)


def test_one_outlier_does_not_hide_itself() -> None:
    random = np.random.default_rng(4)
    sites = [*places(random, 19, 0), Place("Odd", 120, 400)]

    found = funnel(sites)

    assert [point.place.name for point in found.points if point.side] == ["Odd"]


def test_few_sites_are_held_to_chance_alone_and_say_so() -> None:
    found = funnel([Place("A", 90, 100), Place("B", 40, 100), Place("C", 70, 100)])

    assert found.between == 0
    assert not found.is_judged


def test_a_site_is_good_or_bad_only_with_a_declared_direction() -> None:
    sites = [*places(np.random.default_rng(5), 19, 0), Place("Odd", 120, 400)]

    meanings = {
        better: funnel(sites, better=better).points[-1].meaning
        for better in (None, "higher", "lower")
    }

    assert meanings == {None: "special", "higher": "concern", "lower": "improvement"}


def test_no_events_have_no_funnel_and_bad_counts_are_refused() -> None:
    assert funnel([]) is None
    assert funnel([Place("A", 0, 10), Place("B", 0, 20)]) is None
    with pytest.raises(ValueError, match="A: 3 of 2"):
        funnel([Place("A", 3, 2)])
