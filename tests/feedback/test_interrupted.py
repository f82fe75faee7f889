"""Before and after, held to a published example.

Admissions for acute coronary events in Sicily, January 2002 to November 2006; smoking
was banned in public places in January 2005. The data are those published with Lopez
Bernal, Cummins and Gasparrini, International Journal of Epidemiology 2017;46:348-55
(count:standardised population). The paper's rate ratio is 0.89 with a trend alone, and
0.885 (0.839 to 0.933) with seasons; our interval takes t, not normal, quantiles.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from feedback.core.interrupted import (
    OBSERVATIONAL,
    Month,
    sentences,
    step_change,
)

SICILY = """
    728:379875.3 659:376495.5 791:377040.8 734:377116.4 757:377383.4
    726:374113.1 760:379513.3 740:376295.5 720:374653.2 814:378485.6
    795:375955.5 858:378349.7 887:376762.4 766:379032.3 851:379360.4
    769:376162 781:377972.4 756:381830.7 766:379888.6 752:380872.2
    765:380966.9 831:381240.4 879:382104.9 928:381802.7 914:381656.3
    808:383680 937:383504.2 840:386462.9 916:383783.1 828:380836.8
    845:383483 818:380906.2 860:382926.8 839:384052.4 887:384449.6
    886:383428.4 831:388153.2 796:388373.2 833:386470.1 820:386033.2
    877:383686.4 758:385509.3 767:385901.9 738:386516.6 781:388436.5
    843:383255.2 850:390148.7 908:385874.9 1021:391613.6 859:391750.4
    976:394005.6 888:391364.9 962:391664.6 838:389022.3 810:391878.5
    876:388575.3 843:392989 936:390018.8 912:390712.3
"""


def sicily() -> list[Month]:
    rows = [row.split(":") for row in SICILY.split()]
    return [
        Month(f"{2002 + i // 12}-{i % 12 + 1:02}", int(y), float(n), i >= 36)
        for i, (y, n) in enumerate(rows)
    ]


def months(random: np.random.Generator, step: float, count: int = 40) -> list[Month]:
    """A share that rises a little each month, and *step* after half of them."""
    found = []
    for i in range(count):
        logit = -0.5 + 0.01 * i + step * (i >= count // 2)
        at = f"{2020 + i // 12}-{i % 12 + 1:02}"
        events = random.binomial(120, 1 / (1 + np.exp(-logit)))
        found.append(Month(at, int(events), 120, i >= count // 2))
    return found


def test_the_published_example() -> None:
    found = step_change(sicily(), "rate")

    assert found.has_seasons
    assert found.ratio.value == pytest.approx(0.885, abs=5e-4)
    assert (found.ratio.low, found.ratio.high) == pytest.approx(
        (0.839, 0.933), abs=2e-3
    )
    assert found.dispersion > 2  # as the paper says, it is overdispersed


@pytest.mark.parametrize("of", ["rate", "share"])
def test_the_fit_is_that_of_a_quasi_likelihood_model_of_statsmodels(of: str) -> None:
    rows = sicily()
    found = step_change(rows, of)
    after = np.array([row.is_after for row in rows], dtype=float)
    time = np.arange(59)
    turn = 2 * np.pi * (time % 12) / 12
    waves = [f(k * turn) for k in (1, 2) for f in (np.sin, np.cos)]
    x = np.column_stack([np.ones(59), after, time, *waves])
    y = np.array([row.events for row in rows], dtype=float)
    size = np.array([row.size for row in rows])
    if of == "rate":
        model = GLM(y, x, family=families.Poisson(), offset=np.log(size))
    else:
        model = GLM(np.column_stack([y, size - y]), x, family=families.Binomial())
    other = model.fit()  # its own X2 does not count the trials of a share
    mu = other.mu * (1 if of == "rate" else size)
    spread = mu if of == "rate" else mu * (1 - other.mu)
    dispersion = ((y - mu) ** 2 / spread).sum() / 52
    reach = t.ppf(0.975, 52) * other.bse[1] * np.sqrt(dispersion)

    assert found.dispersion == pytest.approx(dispersion, rel=1e-6)
    assert found.ratio.value == pytest.approx(np.exp(other.params[1]), rel=1e-6)
    assert found.ratio.low == pytest.approx(np.exp(other.params[1] - reach), rel=1e-6)
    assert found.ratio.high == pytest.approx(np.exp(other.params[1] + reach), rel=1e-6)
    assert found.trend.value == pytest.approx(np.exp(12 * other.params[2]), rel=1e-6)
    assert found.fitted == pytest.approx(mu / size)


def test_a_step_in_a_share_is_covered_and_none_is_seldom_found() -> None:
    random = np.random.default_rng(1)
    hits = dict.fromkeys((0.0, 0.6), 0)
    for step in hits:
        for _ in range(60):
            found = step_change(months(random, step), "share")
            hits[step] += found.ratio.low <= np.exp(step) <= found.ratio.high

    assert min(hits.values()) >= 53  # 57 are expected of 60


def test_without_the_step_the_trend_goes_on() -> None:
    found = step_change(months(np.random.default_rng(2), 0.8), "share")

    assert found.fitted[:20] == pytest.approx(found.without[:20])
    assert all(
        with_ > without
        for with_, without in zip(found.fitted[20:], found.without[20:], strict=True)
    )
    assert 0.1 < found.difference < 0.3


def test_too_few_months_or_no_events_say_nothing() -> None:
    rows = months(np.random.default_rng(3), 0)

    assert step_change(rows[13:], "share") is None
    assert step_change([], "rate") is None
    assert step_change([Month(m.at, 0, 9, m.is_after) for m in rows], "rate") is None
    assert step_change([Month(m.at, 9, 9, m.is_after) for m in rows], "share") is None


def test_the_sentences_say_that_it_is_observational_and_what_else_changed() -> None:
    found = step_change(sicily(), "rate")

    noted = sentences(found, "admissions", "the ban", ["A new scanner"])
    silent = sentences(found, "admissions", "the ban")

    assert noted[0] == (
        "After the ban: admissions 0.89 times as many as the months before led to "
        "expect (95 % interval 0.84 to 0.93)."
    )
    assert OBSERVATIONAL in noted
    assert noted[-1] == "Known to have changed too: A new scanner."
    assert silent[-1] == "Nobody noted what else changed."


def test_a_step_that_may_be_chance_is_said_to_be() -> None:
    found = step_change(months(np.random.default_rng(4), 0), "share")

    assert found.ratio.low < 1 < found.ratio.high
    assert "That may be chance." in sentences(found, "follow-up is", "version 2")
    assert "percentage points" in sentences(found, "follow-up is", "version 2")[0]


def test_months_that_echo_each_other_are_warned_of() -> None:
    random = np.random.default_rng(5)
    level, rows = 0.0, []
    for i in range(60):
        level = 0.9 * level + random.normal(0, 0.25)
        share = 1 / (1 + np.exp(-level))
        at = f"{2020 + i // 12}-{i % 12 + 1:02}"
        rows.append(Month(at, int(random.binomial(400, share)), 400, i >= 30))

    found = step_change(rows, "share")

    assert found.is_echoing
    assert any("resemble" in each for each in sentences(found, "it is", "version 2"))
