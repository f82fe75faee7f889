"""Made-up patients: their ages, their context, and those that a proof or a case names."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carepaths.core.lifetime import months_between, years_between
from carepaths.core.trial import (
    UNITS,
    Age,
    Situation,
    earlier_elements,
    made_up,
)
from scamps.core.definition import load_yaml
from tests.carepaths.plan import FEVER
from tests.factories import library_plan

ON = date(2026, 11, 22)
DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(on=DAYS, days=st.integers(0, 130 * 365))
def test_an_age_says_the_day_of_birth_to_the_day(on, days):
    born = on - timedelta(days=days)

    assert Age.of(born, on).born(on) == born


@given(on=DAYS, number=st.integers(0, 120), unit=st.sampled_from(UNITS))
def test_who_is_so_old_is_exactly_so_old_at_the_visit(on, number, unit):
    born = Age(number, unit).born(on)
    counted = {
        "years": years_between(born, on),
        "months": months_between(born, on),
        "weeks": (on - born).days / 7,
        "days": (on - born).days,
    }

    assert counted[unit] == number


def test_only_what_the_plan_reads_of_the_visit_before_is_asked():
    torus, fever = library_plan("torus-fracture"), load_yaml(FEVER)

    asked = {one.key for one in earlier_elements(torus)}

    assert asked == {"previous-torus_fracture"}
    assert all(one.key.startswith("previous-") for one in earlier_elements(fever))


def test_the_context_holds_what_is_known_and_leaves_the_rest_unknown():
    plan = library_plan("torus-fracture")
    before = {"previous-torus_fracture": {"value": True, "missing": None}}

    known = Situation("three-weeks", ON, Age(7, "years"), weeks=3)
    nothing = Situation("three-weeks", ON)

    assert known.context(plan, before) == {
        "birth_date": date(2019, 11, 22),
        "visit_date": ON,
        "weeks_since_previous": 3,
        "previous.torus_fracture": True,
    }
    assert nothing.context(plan, {}) == {
        "birth_date": None,
        "visit_date": ON,
        "weeks_since_previous": None,
    }


def test_a_patient_of_a_proof_is_what_the_form_would_have_posted():
    plan = load_yaml(FEVER)
    patient = {
        "visit": "first",
        "answers": {"guarding": False, "temperature": "38.0", "look": "ill"},
        "context": {"birth_date": "2028-06-01", "visit_date": "2028-06-15"},
    }

    made = made_up(plan, patient, ON)

    assert made.posted == {
        "a.guarding": "false",
        "a.temperature": "38.0",
        "a.look": "ill",
    }
    assert made.situation == Situation("first", date(2028, 6, 15), Age(2, "weeks"))


@pytest.mark.parametrize(
    "patient",
    [
        {"visit": "never", "answers": {}},
        {"visit": "first", "answers": {"gone": True}},
        {"visit": "first", "answers": {}, "context": {"birth_date": "soon"}},
        {"answers": {}},
    ],
    ids=["no such visit", "no such element", "no date", "no visit"],
)
def test_a_patient_of_another_plan_is_refused(patient):
    with pytest.raises((KeyError, ValueError)):
        made_up(load_yaml(FEVER), patient, ON)


def test_a_decimal_stays_as_it_was_written():
    made = made_up(
        load_yaml(FEVER), {"visit": "first", "answers": {"temperature": "38.50"}}, ON
    )

    assert Decimal(made.posted["a.temperature"]) == Decimal("38.50")
