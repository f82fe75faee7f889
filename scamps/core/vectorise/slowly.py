"""Operators that Polars has not: computed by evaluate, once for each distinct row."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from scamps.core.language.types import Type
from scamps.core.vectorise.columns import dtype, out_of_column, series

RESULT = "__result__"


def by_function(
    function: Callable[..., Any],
    operands: Sequence[tuple[pl.Expr, Type]],
    result: Type,
    *,
    takes_null: bool = False,
) -> pl.Expr:
    """Apply a function of evaluate to columns; null for a null unless takes_null."""
    kinds = [kind for _, kind in operands]

    def row(values: tuple[Any, ...]) -> Any:
        plain = [out_of_column(v, k) for v, k in zip(values, kinds, strict=True)]
        if not takes_null and any(value is None for value in plain):
            return None
        return function(*plain)

    def batch(column: pl.Series) -> pl.Series:
        return _mapped(column.struct.unnest(), row, result)

    named = [
        expression.cast(dtype(kind)).alias(f"_{number}")
        for number, (expression, kind) in enumerate(operands)
    ]
    return pl.struct(named).map_batches(
        batch, return_dtype=dtype(result), is_elementwise=True
    )


def _mapped(
    frame: pl.DataFrame, row: Callable[[tuple[Any, ...]], Any], result: Type
) -> pl.Series:
    if any(kind.is_nested() for kind in frame.dtypes):
        return series([row(values) for values in frame.iter_rows()], result)
    distinct = frame.unique()
    values = series([row(values) for values in distinct.iter_rows()], result)
    found = frame.join(
        distinct.with_columns(values.alias(RESULT)),
        on=frame.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return found[RESULT]
