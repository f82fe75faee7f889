"""Numbers typed in another unit: read exactly, kept as typed, never guessed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carepaths.core.answers import check, decode
from carepaths.core.entry import number_typed, read_entry
from carepaths.core.sheet import Filling, sheet
from carepaths.forms.sheet import read_sheet
from scamps.core.definition import Element, PlanError, load_yaml
from scamps.core.definition.entry_units import in_own_unit
from tests.carepaths.plan import FEVER
from tests.factories import library_plan

WEIGHT = {
    "key": "weight",
    "label": "Weight",
    "type": "integer",
    "unit": "g",
    "possible": {"low": 200, "high": 9000},
    "entry_units": [{"unit": "kg"}],
}
GLUCOSE = {
    "key": "glucose",
    "label": "Glucose",
    "type": "decimal",
    "unit": "mmol/L",
    "precision": 2,
    "entry_units": [
        {
            "unit": "mg/dL",
            "molar_mass": {"grams_per_mole": "180.156", "source": "PubChem CID 5793"},
        }
    ],
}
HEIGHT = {
    "key": "height",
    "label": "Height",
    "type": "decimal",
    "unit": "cm",
    "precision": 1,
    "entry_units": [{"unit": "m"}],
}
MOLAR = GLUCOSE["entry_units"][0]
PLAN = load_yaml(
    FEVER.replace("unit: Cel\n", 'unit: Cel\n    entry_units: [{unit: "[degF]"}]\n')
)
TEMPERATURE = PLAN.element["temperature"]


def element(fields) -> Element:
    return Element.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "typed", "unit", "value"),
    [
        (WEIGHT, "3.25", "kg", 3250),
        (WEIGHT, "3,250", "kg", 3250),
        (WEIGHT, "3250", None, 3250),
        (GLUCOSE, "100", "mg/dL", "5.55"),
        (GLUCOSE, "5.5", None, "5.5"),
        (HEIGHT, "1.35", "m", "135.0"),
        (HEIGHT, "1.355", "m", "135.5"),
        (HEIGHT, "1", "m", "100"),
    ],
)
def test_a_number_is_stored_in_the_unit_of_the_element(fields, typed, unit, value):
    assert read_entry(element(fields), typed, unit=unit).stored["value"] == value


def test_thousands_are_not_guessed_in_any_unit():
    in_grams = element(WEIGHT | {"type": "decimal", "precision": 3, "unit": "kg"})
    in_grams = in_grams.model_copy(update={"possible": None})

    assert read_entry(in_grams, "3,250").stored["value"] == "3.250"
    assert read_entry(in_grams, "3,250", unit="g").flags == ("refused",)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("100.4", "38.0"),
        ("100,4", "38.0"),
        ("100.3", "37.9"),  # 37.94
        ("100.31", "38.0"),  # 37.95
        ("100.5", "38.1"),  # 38.06
        ("93.2", "34.0"),
        ("107.6", "42.0"),
        ("98.6", "37.0"),
    ],
)
def test_fahrenheit_at_the_thresholds(typed, value):
    entry = read_entry(TEMPERATURE, typed, unit="[degF]")

    assert entry.stored["value"] == value
    assert entry.stored["typed"] == f"{typed} °F"
    assert entry.stored["unit"] == "[degF]"
    assert entry.flags == ()


@pytest.mark.parametrize(
    ("typed", "flags"),
    [
        ("76.9", ("refused",)),  # 24.94
        ("77", ("implausible",)),
        ("113", ("implausible",)),
        ("113.1", ("refused",)),  # 45.06
        ("107.8", ("implausible",)),  # 42.11
    ],
)
def test_bounds_hold_for_what_was_typed_in_another_unit(typed, flags):
    assert read_entry(TEMPERATURE, typed, unit="[degF]").flags == flags


@given(st.decimals(min_value=32, max_value=130, places=2))
def test_fahrenheit_is_read_as_exact_arithmetic_has_it(typed):
    """On both sides of every threshold: no float, and no double rounding."""
    exact = (Fraction(typed) - 32) * 5 / 9
    stored = read_entry(TEMPERATURE, str(typed), unit="[degF]").stored

    check(PLAN, {"temperature": stored})
    if not 25 <= exact <= 45:
        assert stored["flags"] == ["refused"]
        return
    value = decode(TEMPERATURE, stored["value"])
    tenths = exact * 10
    nearest = int(tenths) + (tenths - int(tenths) >= Fraction(1, 2))
    assert Fraction(value) == Fraction(nearest, 10)


@given(st.integers(min_value=200, max_value=9000))
def test_grams_come_back_from_kilograms(grams):
    typed = f"{Decimal(grams).scaleb(-3):f}"

    assert read_entry(element(WEIGHT), typed, unit="kg").stored["value"] == grams


@given(st.decimals(min_value=1, max_value=1000, places=1))
def test_a_mass_becomes_moles_by_its_molar_mass(typed):
    exact = Fraction(typed) * 10 / Fraction("180.156")

    assert abs(Fraction(in_own_unit(element(GLUCOSE), typed, "mg/dL")) - exact) < (
        Fraction(1, 10**19)
    )


def test_a_number_that_would_fit_another_unit_says_so():
    problem = read_entry(TEMPERATURE, "100.4").problem

    assert problem == (
        "not possible: 25 to 45 °C is expected; if it is in °F, it is 38 °C"
    )


def test_what_does_not_fit_says_how_it_was_read():
    entry = read_entry(TEMPERATURE, "38", unit="[degF]")

    assert entry.problem == (
        "not possible: 25 to 45 °C is expected, and 38 °F is 3.3 °C"
    )
    assert number_typed(entry.stored) == "38"


def test_the_form_takes_only_declared_units():
    read = read_sheet(
        PLAN.elements, {"a.temperature": "311.15", "u.temperature": "K"}, {}
    )

    assert read.errors == {"temperature": "K is no unit of this item."}
    assert read.answers["temperature"]["typed"] == "311.15"


def test_the_unit_stays_with_the_field_and_the_reading_is_echoed():
    posted = {"a.temperature": "100,4", "u.temperature": "[degF]"}
    answers = read_sheet(PLAN.elements, posted, {}).answers

    items = sheet(PLAN, "first", Filling(answers)).items
    item = next(one for one in items if one.key == "temperature")

    assert (item.typed, item.unit_typed) == ("100,4", "[degF]")
    assert item.units == (("Cel", "°C"), ("[degF]", "°F"))
    assert item.echo == "Typed 100,4 °F, read as 38.0 °C."
    assert read_sheet(PLAN.elements, posted, answers).answers == answers


def test_the_other_unit_reads_the_same_digits_anew():
    posted = {"a.temperature": "40", "u.temperature": "[degF]"}
    in_fahrenheit = read_sheet(PLAN.elements, posted, {})
    in_celsius = read_sheet(
        PLAN.elements, posted | {"u.temperature": "Cel"}, in_fahrenheit.answers
    )

    assert "temperature" in in_fahrenheit.errors
    assert in_celsius.answers["temperature"] == {"value": "40", "missing": None}


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("[{unit: kg}]", "'kg' cannot be converted to 'Cel'"),
        ("[{unit: moon}]", "'moon' cannot be converted to 'Cel'"),
        ("[{unit: Cel}]", "'Cel' is the element's unit already"),
        ('[{unit: "[degF]"}, {unit: "[degF]"}]', "'[degF]' is the element's unit"),
        (
            "[{unit: K, molar_mass: {grams_per_mole: 1, source: none}}]",
            "'K' cannot be converted to 'Cel'",
        ),
    ],
)
def test_a_unit_that_cannot_be_read_is_an_error_of_the_plan(units, said):
    with pytest.raises(PlanError) as raised:
        load_yaml(
            FEVER.replace("unit: Cel\n", f"unit: Cel\n    entry_units: {units}\n")
        )

    assert [one.message for one in raised.value.findings if said in one.message]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (GLUCOSE | {"entry_units": [{"unit": "mg/dL"}]}, "need a molar_mass"),
        (HEIGHT | {"entry_units": [{"unit": "mmol/L"}]}, "cannot be converted"),
        (HEIGHT | {"entry_units": [MOLAR | {"unit": "m"}]}, "cannot be converted"),
        (HEIGHT | {"unit": None}, "only a number with a unit"),
    ],
)
def test_a_mass_needs_a_molar_mass_to_become_moles(fields, said):
    from scamps.core.definition.entry_units import entry_unit_problems

    (problem,) = entry_unit_problems(element(fields), ("elements", 0))

    assert said in problem.message


def test_the_library_takes_a_temperature_in_fahrenheit():
    plan = library_plan()

    entry = read_entry(plan.element["temperature"], "100.4", unit="[degF]")

    assert entry.stored["value"] == "38.0"
