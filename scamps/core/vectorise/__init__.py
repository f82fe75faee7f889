"""Vectorise: one expression over all rows of a frame, as a Polars expression.

The result equals that of evaluate, row by row, and no row ever fails the frame. Columns
are Boolean, Int64 (Integer), Decimal(38, 8) (Decimal, and a quantity in its type's
unit), String and Date; `column_type` gives the others.
"""

from collections.abc import Mapping

import polars as pl

from scamps.core.language import Expression
from scamps.core.vectorise.columns import dtype as column_type
from scamps.core.vectorise.frame import Vectoriser

__all__ = ["column_type", "vectorise"]


def vectorise(
    expression: Expression, columns: Mapping[str, pl.Expr] | None = None
) -> pl.Expr:
    """The expression over columns; a name that is not in *columns* is pl.col(name)."""
    return Vectoriser(columns).expr(expression.root)
