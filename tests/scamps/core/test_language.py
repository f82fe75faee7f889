"""Parsing, typing and printing criteria, and what authors are told."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings

from benchmarks.agreement import draw
from scamps.core.evaluate import compile_expression
from scamps.core.language import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    LanguageError,
    Type,
    choice,
    interval_of,
    list_of,
    parse,
    quantity,
    to_cql,
    unknown_traps,
)
from tests.scamps.core import facts
from tests.scamps.core.facts import RANDOMS

NAMES: dict[str, Type] = {
    "pas": INTEGER,
    "temperature": quantity("Cel"),
    "previous.temperature": quantity("Cel"),
    "weight": quantity("kg"),
    "wbc": quantity("10*3/uL"),
    "peritonitis": choice(("none", "local", "generalized")),
    "cough_pain": BOOLEAN,
    "anorexia": BOOLEAN,
    "born": DATE,
    "note": STRING,
    "values": list_of(DECIMAL),
}


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("pas <= 3", BOOLEAN),
        ("pas + 1", INTEGER),
        ("pas + 1.0", DECIMAL),
        ("pas / 2", DECIMAL),
        ("pas div 2", INTEGER),
        ("pas ^ 2", INTEGER),
        ("2 ^ -1", DECIMAL),
        ("weight * 2", quantity("kg")),
        ("weight / weight", quantity("1")),
        ("weight + 5 'g'", quantity("g")),
        ("1 'cm' * 2 'cm'", quantity("cm2")),
        ("if cough_pain then 5 'g' else weight", quantity(None)),
        ("temperature.value", DECIMAL),
        ("previous.temperature.value", DECIMAL),
        ("{1, 2.5}", list_of(DECIMAL)),
        ("Interval[1, 2.5]", interval_of(DECIMAL)),
        ("Coalesce(null, pas)", INTEGER),
        ("null as Integer", INTEGER),
        ("{} as List<Date>", list_of(DATE)),
        ("case peritonitis when 'none' then 0 else 1 end", INTEGER),
        ("CalculateAgeInYearsAt(born, @2026-01-31)", INTEGER),
        ("maximum Integer", INTEGER),
        ("minimum Date", DATE),
        ("'a' // the rest is a comment", STRING),
        ("/* one\n two */ true", BOOLEAN),
    ],
)
def test_an_expression_has_the_type_that_cql_gives_it(source: str, kind: Type) -> None:
    assert parse(source, NAMES).type == kind


@pytest.mark.parametrize(
    ("source", "column", "message", "expected"),
    [
        ("temprature > 38.0 'Cel'", 1, "did you mean 'temperature'?", "temperature"),
        ("temperature > 38.0", 15, "bare number", "5 'Cel', or .value"),
        ("(if cough_pain then weight else 5 'g') > 5", 42, "bare number", "or .value"),
        ("temperature > 38.0 'cm'", 15, "'cm' cannot be converted to 'Cel'", "'Cel'"),
        ("temperature + 1 '[degF]'", 13, "do not add up", "one unit for both"),
        ("temperature * weight", 13, "cannot be multiplied", "ratio scale"),
        ("weight > 5 'kilo'", 10, "'kilo' is no UCUM unit", "mg/dL"),
        ("peritonitis = 'generalised'", 15, "did you mean 'generalized'?", "'local'"),
        ("peritonitis in {'none', 'some'}", 25, "'some' is no choice", "'local'"),
        (
            "case peritonitis when 'x' then 1 else 2 end",
            23,
            "'x' is no choice",
            "'none'",
        ),
        ("pas = 'a'", 7, "an Integer and a String do not go together", "Integer"),
        ("pas and true", 1, "'and' cannot take an Integer", "Boolean"),
        ("not pas = 3", 5, "'not' cannot take an Integer", "Boolean"),
        ("note + 1", 1, "'+' cannot take a String", "Integer"),
        ("cough_pain > anorexia", 1, "'>' cannot take a Boolean", "Integer"),
        ("if pas then 1 else 2", 4, "'if' cannot take an Integer", "Boolean"),
        ("if cough_pain then 1 else 'a'", 27, "cannot both be the result", "Integer"),
        ("Abs(1, 2)", 1, "Abs has 2 arguments", "1"),
        ("Coalesce(1, 2, 3, 4, 5, 6)", 1, "Coalesce has 6 arguments", "1 to 5"),
        ("Coalesce(1)", 10, "cannot take an Integer", "List"),
        ("Today() > born", 1, "another day at every evaluation", "visit date"),
        ("Now()", 1, "another day at every evaluation", "visit date"),
        ("AgeInYears() > 5", 1, "reads today's date", "CalculateAgeInYearsAt"),
        ("Rund(1.5)", 1, "did you mean 'Round'?", "Round"),
        ("ToInteger(1.5)", 11, "does not take a Decimal", "Truncate"),
        ("pas.value", 1, "an Integer has no 'value'", "Quantity"),
        ("2147483648", 1, "beyond an Integer", "-2147483648"),
        ("1.123456789", 1, "beyond a Decimal", "99999999999999999999.99999999"),
        ("100000000000000000000.0", 1, "beyond a Decimal", "at most"),
        ("maximum String", 1, "a String has no maximum", "Integer"),
        ("5L", 1, "Long numbers are not part", "Integer"),
        ("@2026-02-30", 1, "is no full date", "@2026-01-31"),
        ("@2026-01", 1, "is no full date", "@2026-01-31"),
        ("@2026-01-31T10:00", 1, "cannot stand here", "without a time"),
        ("Interval[5, 1]", 1, "holds no point", "low, then high"),
        ("Interval[5, 5)", 1, "holds no point", "low, then high"),
        ("{1, 'a'}", 5, "cannot both be the result", "Integer"),
        ("1 +", 4, "it ends too early", "a value"),
        ("pas <= 3)", 9, "')' cannot stand here", "an operator or the end"),
        ("'open", 1, "a string that is not closed", ""),
        ("pas ? 3", 5, "'?' is not part of the language", ""),
        ("pas is 3", 8, "'3' cannot stand here", "'null', 'true' or 'false'"),
        ("pas properly between 1 and 3", 5, "cannot stand here", "without 'properly'"),
        ("case else 1 end", 6, "cannot stand here", "a value"),
        ("then", 1, "'then' cannot stand here", "a name"),
        (r"'\q'", 1, "is not an escape", ""),
    ],
)
def test_what_cannot_be_accepted_is_said_with_its_place_and_a_way_out(
    source: str, column: int, message: str, expected: str
) -> None:
    with pytest.raises(LanguageError) as refusal:
        parse(source, NAMES)

    assert refusal.value.line == 1
    assert (refusal.value.column, message in refusal.value.message) == (column, True)
    assert expected in refusal.value.expected


def test_the_line_of_an_error_is_counted() -> None:
    with pytest.raises(LanguageError) as refusal:
        parse("pas <= 3\n  and pass > 1", NAMES)

    assert (refusal.value.line, refusal.value.column) == (2, 7)
    assert str(refusal.value).startswith("line 2, column 7: 'pass' is not known here")


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "-" * 5000 + "1",
        "1" + " + 1" * 4000,
        "{" * 5000,
        "Abs(" * 4000,
        "'" + "a" * 100_000 + "'",
        "9" * 10_000,
        "1 '" + "(" * 5000 + "g'",
        "case " * 4000,
        "pas" + ".value" * 3000,
    ],
)
def test_what_is_too_deep_or_too_long_is_an_error_and_not_a_crash(source: str) -> None:
    with pytest.raises(LanguageError):
        parse(source, NAMES)


def test_eighty_conditions_in_a_row_are_no_trouble() -> None:
    expression = parse(" and ".join(["pas <= 3"] * 80), NAMES)

    assert compile_expression(expression)({"pas": 3}) is True


@pytest.mark.parametrize(
    ("source", "bracketed"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("-2 ^ 2", "(-2) ^ 2"),
        ("2 ^ 3 ^ 2", "(2 ^ 3) ^ 2"),
        ("2 ^ -1", "2 ^ (-1)"),
        ("10 - 4 - 3", "(10 - 4) - 3"),
        ("7 div 2 * 2", "(7 div 2) * 2"),
        ("not true and false", "(not true) and false"),
        ("not false = true", "(not false) = true"),
        ("not null is null", "not (null is null)"),
        ("true or false and false", "true or (false and false)"),
        ("true xor true or true", "(true xor true) or true"),
        ("false implies true implies false", "(false implies true) implies false"),
        ("true or true implies false", "(true or true) implies false"),
        ("1 < 2 = 2 < 3", "(1 < 2) = (2 < 3)"),
        ("1 = 1 in {true}", "(1 = 1) in {true}"),
        ("1 in {1} and true", "(1 in {1}) and true"),
        ("2 between 1 and 3 and true", "(2 between 1 and 3) and true"),
        ("1 + 1 between 2 and 3 - 1", "(1 + 1) between 2 and (3 - 1)"),
        ("2 between 1 and 3 = true", "(2 between 1 and 3) = true"),
        ("1 + if true then 1 else 2 + 3", "1 + (if true then 1 else (2 + 3))"),
        ("if true then 1 else 2 = 1 or true", "if true then 1 else 2 = 1 or true"),
        ("null = 1 is null", "null = (1 is null)"),
    ],
)
def test_operators_bind_as_in_the_cql_grammar(source: str, bracketed: str) -> None:
    if source == "if true then 1 else 2 = 1 or true":
        with pytest.raises(LanguageError, match="cannot both be the result"):
            parse(source, {})  # the else reaches to the end: 1 or a Boolean
        return

    assert to_cql(parse(source, {})) == to_cql(parse(bracketed, {}))


def test_names_may_be_quoted_and_dotted() -> None:
    names = {"previous.temperature": quantity("Cel"), "a b": INTEGER, "case": INTEGER}

    expression = parse("previous.temperature > 38 'Cel' and \"a b\" = `case`", names)

    assert expression.names == {"previous.temperature", "a b", "case"}
    assert parse(to_cql(expression), names).root.type == BOOLEAN


def test_strings_have_the_escapes_of_cql() -> None:
    expression = parse(r"'\'\"\`\\\/\r\n\t\fA'", {})

    assert compile_expression(expression)({}) == "'\"`\\/\r\n\t\fA"


def test_quantities_of_other_dimensions_may_be_null_as_in_cql() -> None:
    expression = parse("3.5 'cm2' = 3.5 'cm'", {}, lenient_units=True)

    assert compile_expression(expression)({}) is None


@pytest.mark.parametrize(
    ("source", "traps"),
    [
        ("pas <= 3 and not cough_pain", []),
        ("if pas > 3 then 1 else 0", [("if", 1)]),
        ("if pas is null then 1 else 0", [("is null", 8)]),
        ("case when cough_pain then 1 else 0 end", [("case", 1)]),
        ("case peritonitis when 'none' then 1 else 0 end", [("case", 1)]),
        ("Sum({ToInteger(cough_pain), 1})", [("Sum", 1)]),
        ("Sum({1, 2})", []),
        ("Count({pas})", [("Count", 1)]),
        ("Min(values) > 1.0", [("Min", 1)]),
        ("Coalesce(pas, 0) > 3", [("Coalesce", 1)]),
        ("Coalesce(1, 0) > 3", []),
        ("cough_pain is true", [("is true", 12)]),
        ("IsFalse(cough_pain)", [("is false", 1)]),
        ("cough_pain is not null", [("is null", 12)]),
        ("pas ~ 3", [("~", 5)]),
        ("peritonitis in {'none'}", [("in", 13)]),
        ("{pas} = {3}", [("=", 7)]),
        ("Round(1.5, pas)", [("Round", 1)]),
        ("pas in Interval[1, 3]", []),
        ("3 in Interval[pas, 9]", [("in", 3)]),
        ("if Coalesce(cough_pain, false) then 1 else 0", [("Coalesce", 4)]),
    ],
)
def test_a_trap_is_named_where_cql_makes_an_unknown_known(
    source: str, traps: list[tuple[str, int]]
) -> None:
    found = unknown_traps(parse(source, NAMES))

    assert [(trap.name, trap.column) for trap in found] == traps
    assert all(trap.words for trap in found)


@settings(max_examples=150, deadline=None)
@given(RANDOMS)
def test_an_expression_printed_and_parsed_again_means_the_same(rng: Random) -> None:
    expression = draw(rng)

    again = parse(to_cql(expression), facts.NAMES, lenient_units=True)

    first, second = compile_expression(expression), compile_expression(again)
    assert again.type == expression.type
    for row in facts.rows(rng, 3):
        assert first(row) == second(row)


def test_a_decimal_keeps_its_digits() -> None:
    expression = parse("99999999999999999999.99999999", {})

    value = compile_expression(expression)({})

    assert value == Decimal("99999999999999999999.99999999")
    assert to_cql(expression) == "99999999999999999999.99999999"
