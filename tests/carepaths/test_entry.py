"""What somebody types becomes an answer, or is kept and refused; never guessed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carepaths.core.answers import (
    MISSING,
    MalformedAnswers,
    check,
    decode,
    encode,
    facts,
    flagged,
    pending,
)
from carepaths.core.entry import Unreadable, missing, read_entry, read_number
from scamps.core.definition import load_yaml
from tests.carepaths.plan import FEVER

PLAN = load_yaml(FEVER)
TEMPERATURE = PLAN.element["temperature"]


def read(key, typed, **options):
    return read_entry(PLAN.element[key], typed, **options)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("temperature", "38.5", "38.5"),
        ("temperature", "38,5", "38.5"),
        ("temperature", " 38 ", "38"),
        ("temperature", "+38.5", "38.5"),
        ("days_ill", "3", 3),
        ("days_ill", "3.0", 3),
        ("guarding", "yes", True),
        ("guarding", "False", False),
        ("look", "ill", "ill"),
        ("onset", "2026-01-31", "2026-01-31"),
        ("remark", "  as typed, 1,000 ", "as typed, 1,000"),
    ],
)
def test_what_is_typed_is_read(key, typed, value):
    entry = read(key, typed)

    assert entry.stored["value"] == value
    assert not entry.problem
    check(PLAN, {key: entry.stored})


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("temperature", "warm"),
        ("temperature", "38.5.1"),
        ("temperature", "1.038,5"),
        ("temperature", "1 038"),
        ("temperature", "3e1"),
        ("temperature", "NaN"),
        ("temperature", "٣٨"),
        ("temperature", "1,000"),
        ("days_ill", "2.5"),
        ("days_ill", "100"),
        ("days_ill", "-1"),
        ("temperature", "24.9"),
        ("temperature", "45.1"),
        ("guarding", "perhaps"),
        ("look", "Ill"),
        ("onset", "31.1.2026"),
        ("onset", "20260131"),
        ("onset", "2026-W05-6"),
        ("onset", "2026-02-30"),
    ],
)
def test_what_cannot_be_used_is_refused_and_kept(key, typed):
    entry = read(key, typed)

    assert entry.stored["value"] is None
    assert entry.stored["typed"] == typed
    assert entry.flags == ("refused",)
    assert entry.problem


def test_an_unclear_mark_says_how_to_be_clear():
    with pytest.raises(Unreadable, match=r"write 1250 without a mark, or 1\.25"):
        read_number("1.250")

    assert read_number("1.250", digits=3) == Decimal("1.250")
    assert read_number("1,250", ",") == Decimal("1.250")
    assert read_number("0.250") == Decimal("0.250")


def test_only_the_declared_mark_is_a_mark():
    with pytest.raises(Unreadable):
        read_number("38.5", ",")


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("100.4", "[degF]", "38.0"),
        ("100.4", "°F", "38.0"),
        ("100.3", "[degF]", "37.9"),  # 37.94
        ("311.15", "K", "38.0"),
        ("38", "Cel", "38"),
    ],
)
def test_units_are_converted_in_decimals_to_the_elements_precision(typed, unit, value):
    entry = read("temperature", typed, unit=unit)

    assert entry.stored["value"] == value


def test_what_was_typed_in_another_unit_is_kept_with_it():
    assert read("temperature", "100.4", unit="°F").stored["typed"] == "100.4 °F"


@pytest.mark.parametrize("unit", ["kg", "moon"])
def test_a_unit_that_does_not_convert_is_refused(unit):
    assert read("temperature", "38", unit=unit).flags == ("refused",)


@pytest.mark.parametrize("typed", ["33.9", "42.1", "26,9"])
def test_an_unusual_value_is_used_and_flagged_once_confirmed(typed):
    first = read("temperature", typed, confirmed=False)
    then = read("temperature", typed, confirmed=True)

    assert (first.stored["value"], first.flags) == (None, ("unconfirmed",))
    assert "confirm" in first.problem
    assert then.stored["value"] == typed.replace(",", ".")
    assert then.flags == ("implausible",)


@pytest.mark.parametrize("typed", ["34", "42", "34.0"])
def test_bounds_are_inclusive(typed):
    assert read("temperature", typed, confirmed=False).flags == ()


def test_more_digits_than_the_element_are_rounded_and_told():
    entry = read("temperature", "37.95")

    assert entry.stored == {
        "value": "38.0",
        "missing": None,
        "flags": ["rounded"],
        "typed": "37.95",
    }


def test_what_is_not_possible_is_not_rounded_into_the_possible():
    assert read("temperature", "45.04").flags == ("refused",)


def test_nothing_typed_is_not_asked():
    assert read("temperature", "  ").stored == {"value": None, "missing": "not-asked"}


@pytest.mark.parametrize("code", MISSING)
def test_a_missing_answer_says_why(code):
    stored = missing(code).stored

    check(PLAN, {"guarding": stored})
    assert facts(PLAN, {"guarding": stored}) == {}


@pytest.mark.parametrize(
    "stored",
    [
        {"temperature": {"value": "1E+9999999"}},
        {"temperature": {"value": "38.123456789"}},
        {"temperature": {"value": "Infinity"}},
        {"temperature": {"value": "٣٨"}},
        {"onset": {"value": "20260131"}},
        {"remark": {"value": "a\x00b"}},
        {"remark": {"value": "a\ud800b"}},
        {"guarding": {"value": None, "typed": "\x00"}},
        {"guarding": {"value": True, "more": 1}},
    ],
    ids=repr,
)
def test_what_cannot_be_stored_or_calculated_is_refused(stored):
    with pytest.raises(MalformedAnswers):
        check(PLAN, stored)


def test_a_whole_number_is_one_of_the_language():
    plan = load_yaml(FEVER.replace(", possible: {low: 0, high: 99}", ""))
    element = plan.element["days_ill"]

    assert read_entry(element, "2147483647").stored["value"] == 2**31 - 1
    assert read_entry(element, "2147483648").flags == ("refused",)
    with pytest.raises(MalformedAnswers):
        check(plan, {"days_ill": {"value": 2**31}})


@pytest.mark.parametrize(
    ("typed", "unit"), [("99999999999999999999.99", None), ("9" * 20, "km")]
)
def test_a_number_beyond_the_language_is_refused(typed, unit):
    size = "{key: size, label: Size, type: decimal, unit: m, precision: 1}"
    plan = load_yaml(
        FEVER.replace("  - {key: guarding", f"  - {size}\n  - {{key: guarding")
    )

    stored = read_entry(plan.element["size"], typed, unit=unit).stored

    assert stored["flags"] == ["refused"]
    check(plan, {"size": stored})


def test_characters_that_cannot_be_stored_are_replaced():
    assert read("remark", "a\x00b").stored["value"] == "a\N{REPLACEMENT CHARACTER}b"


def test_an_unknown_why_is_refused():
    with pytest.raises(ValueError, match="forgot"):
        missing("forgot")


def test_facts_are_typed_and_leave_out_what_is_null():
    stored = {
        "guarding": {"value": True},
        "temperature": {"value": "38.5"},
        "onset": {"value": "2026-01-31"},
        "look": {"value": None, "missing": "refused"},
        "days_ill": {"value": None, "missing": "pending"},
        "gone": {"value": 3},
    }

    assert facts(PLAN, stored) == {
        "guarding": True,
        "temperature": Decimal("38.5"),
        "onset": date(2026, 1, 31),
    }
    assert pending(stored) == ("days_ill",)


def test_malformed_facts_name_every_element():
    with pytest.raises(MalformedAnswers) as raised:
        facts(PLAN, {"guarding": {"value": 1}, "look": {"value": "pale"}})

    assert set(raised.value.problems) == {"guarding", "look"}


def test_flags_count_only_where_there_is_a_value():
    stored = {
        "temperature": {"value": "26.9", "flags": ["implausible"]},
        "days_ill": {"value": None, "flags": ["implausible"]},
        "guarding": {"value": True, "flags": ["rounded"]},
    }

    assert flagged(stored) == ("temperature",)


@given(st.decimals(min_value=25, max_value=45, places=1))
def test_a_possible_number_comes_back_as_it_was_typed(number):
    stored = read_entry(TEMPERATURE, str(number)).stored

    assert decode(TEMPERATURE, stored["value"]) == number


@given(st.text(max_size=12))
def test_whatever_is_typed_nothing_breaks_and_nothing_is_lost(typed):
    for element in PLAN.elements:
        stored = read_entry(element, typed).stored
        check(PLAN, {element.key: stored})
        kept = stored.get("typed", stored["value"])
        assert kept is not None or not typed.strip()


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000)
)
def test_encoded_decimals_have_no_exponent(number):
    assert Decimal(encode(number)) == number
    assert "E" not in encode(number)
