"""Vectorise: the same answers as evaluate, row by row, and never a failed frame."""

from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings

from benchmarks.agreement import disagreements, draw
from scamps.core.evaluate import compile_expression
from scamps.core.language import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Type,
    interval_of,
    list_of,
    parse,
    quantity,
)
from scamps.core.vectorise import column_type, vectorise
from tests.scamps.core import facts
from tests.scamps.core.facts import RANDOMS

EDGES = [Decimal(text) for text in facts.DECIMALS]


@settings(max_examples=200, deadline=None)
@given(RANDOMS)
def test_evaluate_and_vectorise_agree_exactly(rng: Random) -> None:
    expression, rows = draw(rng), facts.rows(rng, 12)

    assert list(disagreements(expression, rows, facts.frame(rows))) == []


@settings(max_examples=100, deadline=None)
@given(RANDOMS)
def test_they_agree_where_all_rows_are_equal(rng: Random) -> None:
    expression, rows = draw(rng), facts.rows(rng, 1) * 3

    assert list(disagreements(expression, rows, facts.frame(rows))) == []


@pytest.mark.parametrize(
    "source",
    [
        "3 >= (if b1 then 1 else 0)",
        "'none' = (if b1 then 'none' else 'local')",
        "2 in { if b1 then 1 else 0, ToInteger(b1) }",
        "1 ~ (if b1 then 1 else 0)",
        "'local' >= Coalesce((if b2 then s1 else 'local'), 'none')",
        "@2026-01-31 in { Coalesce(@1999-12-31, x2) }",
        "Interval(i2, (null - null)) contains -CalculateAgeInYearsAt(x2, null)",
    ],
)
def test_a_constant_never_shortens_the_column(source: str) -> None:
    expression = parse(source, facts.NAMES)
    rows = [dict.fromkeys(facts.NAMES) | {"b1": True, "i2": 1}] * 2

    assert list(disagreements(expression, rows, facts.frame(rows))) == []


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "div", "mod", "^"])
def test_decimal_arithmetic_agrees_at_every_pair_of_edges(op: str) -> None:
    names = {"a": DECIMAL, "b": DECIMAL}
    expression = parse(f"a {op} b", names)
    pairs = [(a, b) for a in EDGES for b in EDGES]
    frame = pl.DataFrame(
        {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]},
        schema={"a": column_type(DECIMAL), "b": column_type(DECIMAL)},
    )

    column = frame.select(vectorise(expression).alias("x"))["x"].to_list()

    evaluate = compile_expression(expression)
    assert column == [evaluate({"a": a, "b": b}) for a, b in pairs]
    assert None in column or op in ("div", "mod")


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "div", "mod", "^"])
def test_integer_arithmetic_agrees_at_every_pair_of_edges(op: str) -> None:
    expression = parse(f"a {op} b", {"a": INTEGER, "b": INTEGER})
    pairs = [(a, b) for a in facts.INTEGERS for b in facts.INTEGERS]
    frame = pl.DataFrame(pairs, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")

    column = frame.select(vectorise(expression).alias("x"))["x"].to_list()

    evaluate = compile_expression(expression)
    assert column == [evaluate({"a": a, "b": b}) for a, b in pairs]


@pytest.mark.parametrize(
    "function", ["Ceiling", "Floor", "Truncate", "Round", "Abs", "Ln"]
)
def test_functions_agree_at_every_edge(function: str) -> None:
    expression = parse(f"{function}(a)", {"a": DECIMAL})
    frame = pl.DataFrame({"a": EDGES}, schema={"a": column_type(DECIMAL)})

    column = frame.select(vectorise(expression).alias("x"))["x"].to_list()

    assert column == [compile_expression(expression)({"a": a}) for a in EDGES]


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        (BOOLEAN, pl.Boolean()),
        (INTEGER, pl.Int64()),
        (DECIMAL, pl.Decimal(38, 8)),
        (quantity("kg"), pl.Decimal(38, 8)),
        (STRING, pl.String()),
        (DATE, pl.Date()),
        (list_of(INTEGER), pl.List(pl.Int64())),
        (quantity(None), pl.Struct({"value": pl.Decimal(38, 8), "unit": pl.String()})),
    ],
)
def test_each_type_has_one_column_type(kind: Type, dtype: pl.DataType) -> None:
    assert column_type(kind) == dtype


def test_an_interval_is_a_struct() -> None:
    fields = column_type(interval_of(INTEGER)).fields

    assert [field.name for field in fields] == [
        "low",
        "high",
        "low_closed",
        "high_closed",
    ]


@settings(max_examples=80, deadline=None)
@given(RANDOMS)
def test_a_column_is_as_long_as_its_frame_however_equal_the_rows(rng: Random) -> None:
    expression = draw(rng)
    evaluate, column = compile_expression(expression), vectorise(expression).alias("x")
    row = facts.rows(rng, 1)

    for rows in ([], row, row * 4) if expression.names else ():
        found = facts.frame(rows).lazy().select(column).collect()["x"].to_list()
        cells = [facts.of_column(cell, expression.type) for cell in found]
        assert cells == [evaluate(row[0]) for _ in rows]


@settings(max_examples=60, deadline=None)
@given(RANDOMS)
def test_a_result_has_the_column_type_of_its_expression(rng: Random) -> None:
    expression, rows = draw(rng), facts.rows(rng, 2)

    column = facts.frame(rows).with_columns(vectorise(expression).alias("x"))["x"]

    assert column.dtype in (column_type(expression.type), pl.Null())


def test_columns_may_be_given_by_name() -> None:
    expression = parse("previous.i1 + 1", facts.NAMES)
    frame = pl.DataFrame({"before": [1, None]})

    column = frame.select(vectorise(expression, {"previous.i1": pl.col("before")}))

    assert column.to_series().to_list() == [2, None]


@settings(max_examples=5, deadline=None)
@given(RANDOMS)
def test_no_row_fails_a_lazy_frame(rng: Random) -> None:
    expression = parse("d1 / d2 + d1 * d1 > 0.5 or Ln(d2) < 1.0", facts.NAMES)
    rows = facts.rows(rng, 50)

    frame = facts.frame(rows).lazy().select(vectorise(expression).alias("x")).collect()

    evaluate = compile_expression(expression)
    assert frame["x"].to_list() == [evaluate(row) for row in rows]


def test_what_polars_has_not_is_computed_once_for_each_distinct_value() -> None:
    frame = pl.DataFrame(
        {"d1": [Decimal("2.5"), None, Decimal("2.5")] * 1000},
        schema={"d1": column_type(DECIMAL)},
    )

    column = frame.select(vectorise(parse("Ln(d1)", facts.NAMES)).alias("x"))["x"]

    assert column.n_unique() == 2
    assert column[:3].to_list() == [Decimal("0.91629073"), None, Decimal("0.91629073")]


@pytest.mark.parametrize(
    "source",
    [
        " + ".join(["i1"] * 60),
        " * ".join(["d1"] * 60),
        "i1" + " ^ 2" * 60,
        "Round(" * 30 + "d1" + ")" * 30,
        "d1" + " / d2" * 60,
        "(" * 40 + "i1" + " between 1 and 2)" + " in {true})" * 39,
    ],
)
def test_a_tall_expression_does_not_double_at_every_level(source: str) -> None:
    expression = parse(source, facts.NAMES)
    frame = pl.DataFrame(
        {"i1": [2], "d1": [Decimal("0.9")], "d2": [Decimal(2)]},
        schema={
            "i1": pl.Int64(),
            "d1": column_type(DECIMAL),
            "d2": column_type(DECIMAL),
        },
    )

    value = frame.select(vectorise(expression).alias("x"))["x"].item()

    assert value == compile_expression(expression)(frame.row(0, named=True))
