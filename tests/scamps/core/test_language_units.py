"""UCUM units: what is known, what converts to what, exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scamps.core.language import Inconvertible, UnknownUnit, convert
from scamps.core.language.ucum import unit
from scamps.core.language.units import combine, commensurable, finer

DEGREES = st.decimals(-1000, 1000, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        ("100.4", "[degF]", "Cel", "38"),
        ("38.0", "Cel", "[degF]", "100.4"),
        ("0", "Cel", "K", "273.15"),
        ("-40", "Cel", "[degF]", "-40"),
        ("98.6", "[degF]", "Cel", "37"),
        ("1", "kg", "g", "1000"),
        ("2.5", "g", "kg", "0.0025"),
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("1", "[in_i]", "cm", "2.54"),
        ("6", "mm", "cm", "0.6"),
        ("12", "10*3/uL", "10*9/L", "12"),
        ("5", "mg/L", "mg/dL", "0.5"),
        ("1", "mm[Hg]", "Pa", "133.322"),
        ("1", "wk", "d", "7"),
        ("1", "day", "h", "24"),
        ("2", "years", "months", "24"),
        ("60", "/min", "Hz", "1"),
        ("25", "%", "1", "0.25"),
        ("1", "[in_i]", "[ft_i]", "0.08333333333333333333"),
        ("37.5", "Cel", "Cel", "37.5"),
    ],
)
def test_conversion_is_exact(
    value: str, source: str, target: str, expected: str
) -> None:
    assert convert(Decimal(value), source, target) == Decimal(expected)


@given(DEGREES)
def test_degrees_come_back_unchanged(value: Decimal) -> None:
    assert convert(convert(value, "Cel", "[degF]"), "[degF]", "Cel") == value


@pytest.mark.parametrize(
    ("source", "target"),
    [("g", "cm"), ("kg/m2", "kg"), ("[iU]", "g"), ("month", "d"), ("[pH]", "1")],
)
def test_other_dimensions_do_not_convert(source: str, target: str) -> None:
    with pytest.raises(Inconvertible, match="cannot be converted"):
        convert(Decimal(1), source, target)

    assert not commensurable(source, target)


@pytest.mark.parametrize(
    "code", ["", "foo", "kkg", "g//L", "g/", "(g", "g)", "10*x", "m-", "µg", "g L", "0"]
)
def test_what_is_no_unit_is_refused(code: str) -> None:
    with pytest.raises(UnknownUnit):
        unit(code)


@pytest.mark.parametrize(
    ("left", "right", "sign", "expected"),
    [
        ("cm", "cm", 1, "cm2"),
        ("cm", "cm2", 1, "cm3"),
        ("cm2", "cm", -1, "cm"),
        ("g", "mL", -1, "g/mL"),
        ("mg", "mg", -1, "1"),
        ("kg", "1", 1, "kg"),
        ("1", "kg", 1, "kg"),
        ("1", "s", -1, "/s"),
        ("kg", "m2", -1, "kg/m2"),
        ("mg/kg", "kg", 1, "mg"),
        ("Cel", "kg", 1, None),
    ],
)
def test_units_multiply_and_divide(
    left: str, right: str, sign: int, expected: str | None
) -> None:
    assert combine(left, right, sign) == expected


def test_the_finer_unit_is_the_smaller_one() -> None:
    assert (finer("kg", "g"), finer("cm", "m"), finer("d", "wk")) == ("g", "cm", "d")


def test_prefixes_powers_and_annotations_are_understood() -> None:
    assert unit("mL/min/{1.73_m2}").factor == Fraction(1, 60_000_000)
    assert unit("m.s-2") == unit("m/s2")
    assert unit("10*-2") == unit("%")
