"""Ages, body size and z-scores, held to what WHO and CDC publish."""

import csv
import hashlib
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carepaths.core.growth import CDC, WHO, age_between, corrected_days, standing
from carepaths.core.growth.ages import MONTH_DAYS
from carepaths.core.growth.scoring import value_at
from carepaths.core.growth.tables import lms

TABLES = files("carepaths.core.growth") / "tables"
# The rounded values at -3 to +3 standard deviations in WHO's printed tables.
WHO_PRINTED = [
    ("male", "weight", 0, [2.1, 2.5, 2.9, 3.3, 3.9, 4.4, 5.0]),
    ("female", "weight", 0, [2.0, 2.4, 2.8, 3.2, 3.7, 4.2, 4.8]),
    ("male", "height", 0, [44.2, 46.1, 48.0, 49.9, 51.8, 53.7, 55.6]),
    ("female", "height", 0, [43.6, 45.4, 47.3, 49.1, 51.0, 52.9, 54.7]),
    ("male", "weight", 365, [6.9, 7.7, 8.6, 9.6, 10.8, 12.0, 13.3]),
    ("female", "weight", 365, [6.3, 7.0, 7.9, 8.9, 10.1, 11.5, 13.1]),
    ("male", "weight", 1826, [12.4, 14.1, 16.0, 18.3, 21.0, 24.2, 27.9]),
    ("female", "height", 1826, [95.2, 99.9, 104.7, 109.4, 114.2, 118.9, 123.7]),
]
# Percentiles in CDC's own files: sex, measure, months, {percentile: value}.
CDC_PUBLISHED = [
    ("male", "bmi", 24.5, {3: 14.50347667, 5: 14.71929257, 95: 19.27889813}),
    ("male", "bmi", 60.5, {3: 13.65599683, 50: 15.41914163, 95: 17.93892524}),
    ("male", "bmi", 96.5, {5: 13.79574779, 85: 17.95575444, 90: 18.69225117}),
]


@pytest.mark.parametrize(("sex", "measure", "day", "printed"), WHO_PRINTED)
def test_who_values_are_those_printed(sex, measure, day, printed):
    row = lms(WHO, sex, measure, day)

    assert [round(value_at(row, z), 1) for z in range(-3, 4)] == printed


@pytest.mark.parametrize(("sex", "measure", "months", "published"), CDC_PUBLISHED)
def test_cdc_percentiles_are_those_published(sex, measure, months, published):
    for percentile, value in published.items():
        found = standing(CDC, sex, measure, months * MONTH_DAYS, value)
        assert found.percentile == pytest.approx(percentile, abs=1e-4)


def test_the_tables_are_the_ones_that_were_checked():
    for line in (TABLES / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((TABLES / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", ["who.csv", "cdc.csv"])
def test_each_curve_is_smooth(name):
    """No row is mistyped: a median departs from its neighbours' mean by under 1 %."""
    with (TABLES / name).open() as lines:
        rows = list(csv.DictReader(lines))
    for one, middle, other in zip(rows, rows[1:], rows[2:], strict=False):
        kinds = {(r["sex"], r["measure"], r["unit"]) for r in (one, middle, other)}
        if len(kinds) > 1 or float(middle["age"]) < 14:
            continue
        if middle["unit"] == "d" and 728 < float(middle["age"]) < 733:
            continue  # from lying to standing
        mean = (float(one["m"]) + float(other["m"])) / 2
        assert float(middle["m"]) == pytest.approx(mean, rel=0.01)


@pytest.mark.parametrize(
    ("table", "measure", "days"),
    [
        (WHO, "weight", -1),
        (WHO, "weight", 121 * MONTH_DAYS),
        (WHO, "height", 229 * MONTH_DAYS),
        (CDC, "weight", 23 * MONTH_DAYS),
        (CDC, "bmi", 241 * MONTH_DAYS),
    ],
)
def test_there_is_no_number_beyond_the_table(table, measure, days):
    assert standing(table, "female", measure, days, 20) is None


def test_who_standards_and_reference_meet_without_a_gap():
    for sex in ("female", "male"):
        for measure in ("weight", "height", "bmi"):
            for day in (1826, 1856, 1857, 1887):
                assert lms(WHO, sex, measure, day) is not None


def test_beyond_three_deviations_who_counts_in_steps_of_the_third():
    row = lms(WHO, "male", "weight", 365)
    second, third = value_at(row, 2), value_at(row, 3)

    found = standing(WHO, "male", "weight", 365, third + (third - second))

    assert found.z == pytest.approx(4)
    assert standing(WHO, "male", "weight", 365, third).z == pytest.approx(3)


def test_above_the_95th_percentile_cdc_bmi_uses_the_extended_tail():
    """A boy of 10 years: sigma 0.3728 + 5.196 - 0.91, so one sigma above the 95th
    percentile is the 90 + 10 * 0.8413th."""
    days = 120 * MONTH_DAYS
    edge = value_at(lms(CDC, "male", "bmi", days), 1.6448536)

    found = standing(CDC, "male", "bmi", days, edge + 4.6588)

    assert found.percentile == pytest.approx(98.413, abs=0.01)
    assert standing(CDC, "male", "bmi", days, edge).percentile == pytest.approx(95)


def test_what_cannot_be_is_flagged():
    assert standing(WHO, "female", "height", 400, 110).flagged
    assert not standing(WHO, "female", "height", 400, 75).flagged


@given(
    table=st.sampled_from([WHO, CDC]),
    sex=st.sampled_from(["female", "male"]),
    measure=st.sampled_from(["weight", "height", "bmi"]),
    days=st.integers(0, 7400),
    value=st.floats(5, 200),
    more=st.floats(0.01, 20),
)
def test_more_is_never_less(table, sex, measure, days, value, more):
    one = standing(table, sex, measure, days, value)
    other = standing(table, sex, measure, days, value + more)

    assert (one is None) == (other is None)
    if one is not None:
        assert one.z <= other.z
        assert 0 <= one.percentile <= other.percentile <= 100


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 9000))
def test_an_age_counts_up_day_by_day(birth, days):
    age = age_between(birth, birth + timedelta(days))
    next_day = age_between(birth, birth + timedelta(days + 1))

    assert age.in_days == days
    assert 0 <= age.months < 12
    assert 0 <= age.days < 31
    now = (age.in_months, age.days)
    assert now < (next_day.in_months, next_day.days)


@pytest.mark.parametrize(
    ("days", "words", "exactly"),
    [
        (0, "0 days", "0 days"),
        (27, "27 days", "27 days"),
        (40, "5 weeks", "1 month 9 days"),
        (400, "13 months", "1 year 1 month 4 days"),
        (4000, "10 years", "10 years 11 months 13 days"),
    ],
)
def test_ages_in_words(days, words, exactly):
    birth = date(2015, 1, 1)

    age = age_between(birth, birth + timedelta(days))

    assert (age.words, age.exactly) == (words, exactly)


def test_nobody_has_an_age_before_birth():
    assert age_between(date(2026, 1, 2), date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("days", "weeks", "corrected"),
    [
        (100, 40, None),  # at term
        (100, 37, None),  # early, but not preterm
        (100, 36, 72),
        (20, 30, -50),  # before term
        (731, 28, None),  # past 24 months
        (730, 28, 646),
    ],
)
def test_age_is_corrected_for_preterm_birth_until_24_months(days, weeks, corrected):
    assert corrected_days(days, weeks * 7) == corrected
