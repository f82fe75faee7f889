"""Vectorise: one expression over all rows of a frame, as a Polars expression.

The result equals that of evaluate, row by row, and no row ever fails the frame. Columns
are Boolean, Int64 (Integer), Decimal(38, 8) (Decimal, and a quantity in its type's
unit), String and Date; `column_type` gives the others.
"""

from collections.abc import Mapping

import polars as pl

from scamps.core.language import Expression
from scamps.core.vectorise.columns import dtype as column_type
from scamps.core.vectorise.comparisons import is_constant
from scamps.core.vectorise.frame import Vectoriser

__all__ = ["column_type", "vectorise"]


def vectorise(
    expression: Expression, columns: Mapping[str, pl.Expr] | None = None
) -> pl.Expr:
    """The expression over columns; a name that is not in *columns* is pl.col(name).

    As long as the frame, unless the expression reads no name: then it is a literal.
    """
    column = Vectoriser(columns).expr(expression.root)
    if expression.names and is_constant(column):
        return _repeated(column, min(expression.names), columns or {})
    return column


def _repeated(value: pl.Expr, name: str, columns: Mapping[str, pl.Expr]) -> pl.Expr:
    """A constant, such as the null of `x < null`, once for every row."""
    one = pl.select(value).to_series()

    def batch(column: pl.Series) -> pl.Series:
        return one.new_from_index(0, len(column))

    along = columns.get(name, pl.col(name))
    return along.map_batches(batch, return_dtype=one.dtype, is_elementwise=True)
