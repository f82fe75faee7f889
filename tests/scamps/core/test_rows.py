"""Criteria as rows: what rows say means the same, and nothing is changed in silence."""

from contextlib import suppress
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings

from scamps.core.evaluate import evaluate
from scamps.core.language import LanguageError, parse
from scamps.core.rows import (
    EMPTY,
    KINDS,
    Group,
    Item,
    Row,
    Typed,
    asked_of,
    count_of,
    read,
    write,
)
from scamps.core.rows.normal import normal
from tests.factories import library_plan
from tests.scamps.core.expressions import boolean
from tests.scamps.core.facts import DATES, NAMES, RANDOMS, rows

ALL = NAMES | {
    "birth_date": NAMES["x1"],
    "visit_date": NAMES["x2"],
}


def form(text: str):
    return normal(parse(text, ALL).root)


def same(one: str, other: str, rng: Random) -> None:
    """Both texts answer alike for random facts, nulls among them."""
    facts = rows(rng, 20)
    for row in facts:
        row |= {"birth_date": date(2010, 2, 28), "visit_date": row["x2"]}
    first, second = parse(one, ALL), parse(other, ALL)
    for row in facts:
        assert evaluate(first, row) == evaluate(second, row), (one, other, row)


@given(RANDOMS)
@settings(max_examples=120, deadline=None)
def test_what_is_read_as_rows_is_written_with_the_same_meaning(rng):
    text = boolean(rng, 4)
    reading = read(text, ALL)

    if reading.item is None:
        assert reading.why
        return
    written = write(reading.item, ALL)

    assert not written.problems
    assert form(written.text) == form(text)
    same(text, written.text, rng)


@given(RANDOMS)
@settings(max_examples=120, deadline=None)
def test_rows_are_read_back_as_they_mean(rng):
    item = random_group(rng, 2)
    written = write(item, ALL)
    assert not written.problems

    again = read(written.text, ALL)

    assert again.item is not None
    assert form(write(again.item, ALL).text) == form(written.text)
    assert read(write(again.item, ALL).text, ALL) == again  # and stays so


def random_group(rng: Random, depth: int) -> Group:
    items = [random_item(rng, depth) for _ in range(rng.randint(1, 4))]
    # A group that would be typed as a whole needs one row to be shown as rows.
    return Group(rng.choice(list(KINDS)), (*items, random_row(rng)))


def random_item(rng: Random, depth: int) -> Item:
    if depth and rng.random() < 0.3:
        return random_group(rng, depth - 1)
    if rng.random() < 0.15:
        return Typed(right(rng))
    return random_row(rng)


def right(rng: Random) -> str:
    """A Boolean expression that types: random ones may mix units."""
    while True:
        text = boolean(rng, 2)
        with suppress(LanguageError):
            parse(text, ALL)
            return text


def random_row(rng: Random) -> Row:
    plain = [k for k, kind in ALL.items() if kind.inner is None and k != "m1"]
    key = rng.choice([*plain, "age.years", "age.days"])
    kind = ALL.get(key, NAMES["i1"])
    test = rng.choice(list(asked_of(kind)))
    if test.endswith(" item"):
        return Row(key, test, (_other(rng, key, kind),))
    count = count_of(test)
    found = {_value(rng, kind): None for _ in range(abs(count) or 0)}
    if count == -1:
        found |= {_value(rng, kind): None for _ in range(2)}
    if count == 2:
        low, high = sorted(rng.sample(range(-50, 50), 2))
        days = sorted(rng.sample(sorted(DATES), 2))
        found = dict.fromkeys(days if kind.name == "Date" else (str(low), str(high)))
    return Row(key, test, tuple(found), kind.unit or "")


def _other(rng: Random, key: str, kind) -> str:
    same_type = [k for k, one in ALL.items() if one == kind]
    return rng.choice(same_type)


def _value(rng: Random, kind) -> str:
    match kind.name:
        case "String":
            return rng.choice(kind.options or ("yes", "it's \\ so", "a\nb"))
        case "Date":
            return rng.choice(DATES)
        case "Integer":
            return str(rng.randint(-99, 99))
    return rng.choice(["38.0", "-0.5", "7", "100.40"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b1", (Row("b1", "yes"),)),
        ("not b1 and i1 >= 3", (Row("b1", "no"), Row("i1", ">=", ("3",)))),
        ("t1 > 38.40 'Cel'", (Row("t1", ">", ("38.40",), "Cel"),)),
        ("t1 < 100.4 '[degF]'", (Row("t1", "<", ("100.4",), "[degF]"),)),
        ("3 < i1", (Row("i1", ">", ("3",)),)),
        ("c1 = 'none' or c1 = 'local'", (Row("c1", "one-of", ("none", "local")),)),
        ("c1 in {'none', 'local'}", (Row("c1", "in", ("none", "local")),)),
        ("not (c1 in {'none'})", (Row("c1", "not-in", ("none",)),)),
        ("i1 between 4 and 6", (Row("i1", "between", ("4", "6")),)),
        ("i1 in Interval[4, 6)", (Row("i1", "from-below", ("4", "6")),)),
        ("i1 >= previous.i1", (Row("i1", ">= item", ("previous.i1",)),)),
        ("x1 is not null", (Row("x1", "known"),)),
        ("x1 < @2026-01-31", (Row("x1", "<", ("2026-01-31",)),)),
        (
            "CalculateAgeInMonthsAt(birth_date, visit_date) < 36",
            (Row("age.months", "<", ("36",)),),
        ),
    ],
    ids=str,
)
def test_a_test_of_one_name_is_a_row(text, expected):
    item = read(text, ALL).item

    assert item == Group("all", expected)


def test_groups_nest_as_all_of_any_of_none_of():
    item = read("b1 and (b2 or i1 > 3 or not (b3 and d1 < 2.0)) and b3", ALL).item

    assert item == Group(
        "all",
        (
            Row("b1", "yes"),
            Group(
                "any",
                (
                    Row("b2", "yes"),
                    Row("i1", ">", ("3",)),
                    Group("not-all", (Row("b3", "yes"), Row("d1", "<", ("2.0",)))),
                ),
            ),
            Row("b3", "yes"),
        ),
    )


def test_one_part_without_row_shape_stays_typed_among_rows():
    item = read("b1 or i1 mod 2 = 0", ALL).item

    assert item == Group("any", (Row("b1", "yes"), Typed("i1 mod 2 = 0")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("b1 xor b2", "none of what rows can say"),
        ("i1 + 1", "another value"),
        ("d1 + 1.0", "another value"),
        ("ToInteger(b1) + i1", "another value"),
        ("ToInteger(b1) + (ToInteger(b2) + ToInteger(b3))", "another value"),
        ("ToInteger(b1) * 2", "another value"),
        ("b1 and", "once the text is right"),
        ("b1 // the first\nand b2", "comment"),
        ("b1 /* the first */ and b2", "comment"),
    ],
)
def test_what_has_no_row_shape_is_typed_only_and_says_why(text, why):
    reading = read(text, ALL)

    assert reading.item is None
    assert why in reading.why


def test_a_comment_sign_within_words_is_no_comment():
    assert read("s1 = 'http://x' and b1", ALL).item is not None


def test_nothing_is_an_empty_row():
    assert read(" ", ALL).item == EMPTY


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row(), "Choose what is asked about."),
        (Row("nobody", "yes"), "not in the plan"),
        (Row("i1", "yes"), "Choose how it is compared."),
        (Row("i1", ">="), "Enter a number."),
        (Row("i1", ">=", ("38,5",)), "with a point"),
        (Row("i1", ">=", ("x",)), "not a number"),
        (Row("i1", ">=", ("5.",)), "lacks a digit"),
        (Row("i1", ">=", ("99999999999",)), "too many digits"),
        (Row("t1", ">=", ("38",)), "Choose the unit."),
        (Row("t1", ">=", ("38",), "nonsense"), "is not a unit"),
        (Row("i1", "between", ("3", "")), "Enter both"),
        (Row("c1", "one-of"), "Choose one or more."),
        (Row("c1", "=", ("elsewhere",)), "none of its choices"),
        (Row("x1", "<", ("31.1.2026",)), "Enter a date"),
        (Row("i1", "< item", ("",)), "the other item"),
        (Typed(""), "Type the criterion"),
        (Typed("i1 >"), "ends too early"),
        (Typed("i1"), "true or false"),
        (Group("any", ()), "Add a row"),
    ],
    ids=str,
)
def test_an_incomplete_row_says_what_it_lacks(row, said):
    written = write(Group("all", (Row("b1", "yes"), row)), ALL)

    assert written.text == ""
    assert said in written.problems[(1,)]


@pytest.mark.parametrize("name", ["suspected-appendicitis", "pediatric-chest-pain"])
def test_most_criteria_of_the_library_are_rows(name):
    plan = library_plan(name)
    criteria = [e for p, e in plan.criteria.parsed.items() if str(e.type) == "Boolean"]
    shown = [e for e in criteria if read(e.source, plan.names()).item]

    assert len(shown) >= 0.9 * len(criteria)
    for one in shown:
        text = write(read(one.source, plan.names()).item, plan.names()).text
        assert normal(parse(text, plan.names()).root) == normal(one.root)


def test_a_score_is_read_as_points_for_what_holds():
    text = "ToInteger(b1) + 2 * ToInteger(i1 >= 3 or b2) + -1 * ToInteger(b3)"

    item = read(text, ALL).item

    assert item == Group(
        "sum",
        (
            Group("all", (Row("b1", "yes"),), "1"),
            Group("any", (Row("i1", ">=", ("3",)), Row("b2", "yes")), "2"),
            Group("all", (Row("b3", "yes"),), "-1"),
        ),
    )
    assert write(item, ALL).text == text


def test_the_library_score_is_points_and_is_written_line_by_line():
    plan = library_plan("suspected-appendicitis")
    source = plan.score["pas"].expression
    item = read(source, plan.names()).item

    assert [part.points for part in item.items] == list("11112211")
    assert write(item, plan.names()).text == source.strip()


@pytest.mark.parametrize("points", ["", "x", "1.5", "99999999"])
def test_points_are_whole_numbers(points):
    item = Group("sum", (Group("all", (Row("b1", "yes"),), points),))

    written = write(item, ALL)

    assert written.text == ""
    assert "whole number" in written.problems[(0,)]


@given(RANDOMS)
@settings(max_examples=60, deadline=None)
def test_points_mean_the_same_after_rows(rng):
    terms = [
        f"{rng.choice(['', '2 * ', '-3 * ', '0 * '])}ToInteger({right(rng)})"
        for _ in range(rng.randint(1, 5))
    ]
    text = " + ".join(terms)
    item = read(text, ALL).item

    if item is not None:
        written = write(item, ALL)
        assert form(written.text) == form(text)
        same(text, written.text, rng)


def test_a_long_chain_is_parted_outside_of_its_brackets():
    text = (
        "(c1 = 'none' or c1 = 'local' or b2)\n"
        "and (c2 = 'none' or c2 = 'generalized' or b1)\n"
        "and i1 between 4 and 6\n"
        "and not (b1 and b2)"
    )

    assert write(read(text, ALL).item, ALL).text == text
