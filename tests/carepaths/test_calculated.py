"""Calculated values of a visit: what is shown, and what is said to be missing."""

from datetime import date
from decimal import Decimal

import pytest

from carepaths.core.calculated import calculated, growth_rows
from scamps.core.definition import load_yaml
from tests.factories import library_plan

VISIT = date(2026, 3, 10)
BABY = """
schema: 1
key: baby
title: Babies
summary: A plan made for tests.
elements:
  - {key: grams, label: Weight, type: integer, unit: g, code: {system: "http://loinc.org", code: 29463-7, display: Body weight}}
  - {key: length, label: Length, type: decimal, precision: 1, unit: cm, code: {system: "http://loinc.org", code: CODE, display: Body height}}
  - {key: gestation, label: Gestation, type: integer, unit: wk, code: {system: "http://loinc.org", code: 18185-9, display: Gestational age}}
visits: [{key: first, title: First, start: done}]
nodes: [{kind: finish, key: done, title: Done}]
"""


def lines(plan=None, *, born=date(2017, 3, 10), sex="female", **answers):
    plan = plan or library_plan("suspected-appendicitis")
    values = {k: Decimal(v) if isinstance(v, str) else v for k, v in answers.items()}
    context = {"birth_date": born, "visit_date": VISIT}
    return {line.key: line for line in calculated(plan, values, context, sex)}


def baby(code="8302-2", **kwargs):
    return lines(load_yaml(BABY.replace("CODE", code)), **kwargs)


def test_all_is_calculated_from_age_weight_and_height():
    found = lines(weight="28.5", height="133")

    assert found["age"].value == "9 years"
    assert (found["bmi"].value, found["bmi"].unit) == ("16.1", "kg/m²")
    assert found["body_surface"].value == "1.03"
    # WHO 2007, girls of 108 months: L -0.4632, M 28.2, S 0.16775 about.
    assert float(found["weight_for_age_who"].value) == pytest.approx(0.06, abs=0.05)
    assert "percentile" in found["weight_for_age_cdc"].note


def test_the_table_and_its_edition_go_with_every_z_score():
    for key, line in lines(weight="28.5", height="133").items():
        assert bool(line.table) == ("_for_age_" in key)
    found = lines(weight="28.5", height="133")
    assert found["weight_for_age_who"].table.startswith("WHO 2006")
    assert found["weight_for_age_cdc"].table.startswith("CDC 2000")


def test_what_is_missing_is_named():
    found = lines(weight="28.5", sex="")

    assert found["bmi"].note == "needs height"
    assert found["weight_for_age_who"].note == "needs sex"
    assert found["bmi_for_age_who"].note == "needs height and sex"
    assert found["bmi"].value == found["weight_for_age_who"].value == ""


def test_an_unknown_sex_keeps_no_table_guess():
    for sex in ("", "other", "unknown"):
        found = lines(weight="28.5", height="133", sex=sex)
        assert found["bmi"].value == "16.1"
        assert not any(line.value for line in found.values() if line.table)


def test_without_a_birth_date_an_age_that_is_stated_finely_is_read():
    found = lines(born=None, weight="28.5", height="133", age="9.00")

    assert (found["age"].value, found["age"].note) == (
        "9 years",
        "as stated, without a birth date",
    )
    assert found["weight_for_age_who"].value
    assert lines(born=None, weight="28.5")["weight_for_age_who"].note == (
        "needs the birth date"
    )


def test_an_age_in_whole_years_is_too_coarse_for_a_table():
    text = BABY.replace("CODE", "8302-2").replace(
        "elements:",
        """elements:
  - {key: stated, label: Age, type: integer, unit: a, code: {system: "http://loinc.org", code: 30525-0, display: Age}}""",
    )
    found = lines(load_yaml(text), born=None, grams=9500, stated=1)

    assert found["weight_for_age_who"].note == "needs the birth date"


def test_beyond_the_table_there_is_no_number():
    found = lines(born=date(2014, 3, 10), weight="40", height="150")

    assert found["weight_for_age_who"].value == ""
    assert found["weight_for_age_who"].note == "beyond the table"
    assert found["height_for_age_who"].value


def test_adults_are_compared_with_no_child():
    found = lines(born=date(1990, 1, 1), weight="80", height="180")

    assert found["bmi"].value == "24.7"
    assert not any(line.table for line in found.values())


def test_a_plan_without_weight_or_height_has_an_age_alone():
    assert list(lines(library_plan("torus-fracture"))) == ["age"]


def test_units_are_converted():
    found = baby(born=date(2026, 3, 10), grams=3232, length="49.1")

    assert found["weight_for_age_who"].value == "0.00"
    assert found["weight_for_age_who"].note == "50th percentile"


def test_tables_are_read_at_the_corrected_age():
    term = baby(born=date(2025, 9, 10), grams=5500, length="60", gestation=40)
    preterm = baby(born=date(2025, 9, 10), grams=5500, length="60", gestation=30)

    assert "corrected_age" not in term
    assert preterm["corrected_age"].value == "3 months"
    assert preterm["corrected_age"].note == "born at 30 weeks"
    worse = float(term["weight_for_age_who"].value.replace("\N{MINUS SIGN}", "-"))
    assert worse < float(
        preterm["weight_for_age_who"].value.replace("\N{MINUS SIGN}", "-")
    )


def test_before_term_there_is_no_z_score():
    found = baby(born=date(2026, 3, 1), grams=1500, length="40", gestation=30)

    assert found["corrected_age"].value == "61 days before term"
    assert found["weight_for_age_who"].note == "beyond the table"


def test_a_height_taken_upright_under_two_years_is_read_as_a_length():
    lying = baby("8306-3", born=date(2025, 3, 10), grams=9000, length="75.7")
    upright = baby("8308-9", born=date(2025, 3, 10), grams=9000, length="75.0")

    assert lying["height_for_age_who"].value == upright["height_for_age_who"].value


def test_a_birth_after_the_visit_is_no_age():
    assert lines(born=date(2026, 3, 11))["age"].note == (
        "the birth date is after the visit"
    )


def test_rows_of_the_growth_table_pair_the_two_references():
    found = tuple(lines(weight="28.5", height="133").values())

    rows = growth_rows(found)

    assert [label for label, _ in rows] == [
        "Weight for age",
        "Height for age",
        "BMI for age",
    ]
    assert all([line.source for line in pair] == ["WHO", "CDC"] for _, pair in rows)
