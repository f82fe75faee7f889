"""Guarded arithmetic on columns: what cannot be represented is null, nothing fails.

Decimals are computed on their physical 128-bit integers (value * 10^8), rounded half
away from zero like evaluate does.
"""

from typing import Any

import polars as pl

from scamps.core.language.values import DECIMAL_MAX, INTEGER_MAX, INTEGER_MIN
from scamps.core.vectorise.columns import DECIMAL

_SCALE = 10**8
_MOST = 10**28 - 1  # the greatest decimal, as a physical integer
_NEARLY = 2e36  # a product this large overflows, one beneath fits 128 bits


def whole(number: int) -> pl.Expr:
    """A 128-bit constant."""
    return pl.lit(number, dtype=pl.Int128)


def within_integer(value: pl.Expr) -> pl.Expr:
    """The Int64 column, null beyond 32 bits."""
    return _limited(value, pl.Int64(), INTEGER_MIN, INTEGER_MAX)


def within_decimal(value: pl.Expr) -> pl.Expr:
    """The decimal column, null beyond 28 digits."""
    return _limited(value, DECIMAL, -DECIMAL_MAX, DECIMAL_MAX)


def _limited(value: pl.Expr, dtype: pl.DataType, low: Any, high: Any) -> pl.Expr:
    """Null out of range. Most columns are in range: to see that is cheap."""

    def batch(column: pl.Series) -> pl.Series:
        least: Any = column.min()
        most: Any = column.max()
        if least is None or (least >= low and most <= high):
            return column
        lowest, highest = pl.lit(low, dtype=dtype), pl.lit(high, dtype=dtype)
        inside = pl.when(pl.col("x").is_between(lowest, highest)).then(pl.col("x"))
        return column.to_frame("x").select(inside).to_series()

    return value.map_batches(batch, return_dtype=dtype, is_elementwise=True)


def physical(value: pl.Expr) -> pl.Expr:
    """A decimal column as integers."""
    return value.to_physical()


def _decimal(number: pl.Expr) -> pl.Expr:
    """Physical integers as a decimal column, null beyond 28 digits."""
    fits = number.is_between(whole(-_MOST), whole(_MOST))
    return pl.when(fits).then(number).reinterpret(dtype=DECIMAL)


def _signed(size: pl.Expr, negative: pl.Expr) -> pl.Expr:
    return pl.when(negative).then(0 - size).otherwise(size)


def multiply(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left * right."""
    a, b = physical(left), physical(right)
    fits = (a.cast(pl.Float64) * b.cast(pl.Float64)).abs() < _NEARLY
    product = pl.when(fits).then(a) * b
    size = (product.abs() + whole(_SCALE // 2)) // whole(_SCALE)
    return _decimal(_signed(size, product < 0))


def _nonzero(value: pl.Expr) -> pl.Expr:
    return pl.when(value != 0).then(value)


def divide(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left / right."""
    a, b = physical(left), _nonzero(physical(right))
    divisor = b.abs()
    size = (a.abs() * whole(2 * _SCALE) + divisor) // (divisor * whole(2))
    return _decimal(_signed(size, (a < 0) != (b < 0)))


def decimal_div(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left div right."""
    a, b = physical(left), _nonzero(physical(right))
    size = a.abs() // b.abs() * whole(_SCALE)
    return _decimal(_signed(size, (a < 0) != (b < 0)))


def decimal_mod(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left mod right."""
    a, b = physical(left), _nonzero(physical(right))
    return _decimal(_signed(a.abs() % b.abs(), a < 0))


def integer_div(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left div right."""
    b = _nonzero(right)
    size = left.abs() // b.abs()
    return within_integer(_signed(size, (left < 0) != (b < 0)))


def integer_mod(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """left mod right."""
    return _signed(left.abs() % _nonzero(right).abs(), left < 0)


def rounded(value: pl.Expr, places: int) -> pl.Expr:
    """Round half away from zero to a constant number of places."""
    if places >= 8:
        return value
    number, step = physical(value), whole(10 ** (8 - max(places, -20)))
    size = (number.abs() + step // whole(2)) // step * step
    return _decimal(_signed(size, number < 0))


def _integer(number: pl.Expr) -> pl.Expr:
    fits = number.is_between(whole(INTEGER_MIN), whole(INTEGER_MAX))
    return pl.when(fits).then(number).cast(pl.Int64)


def floor(value: pl.Expr) -> pl.Expr:
    """The greatest Integer that is not greater."""
    return _integer(physical(value) // whole(_SCALE))


def ceiling(value: pl.Expr) -> pl.Expr:
    """The least Integer that is not less."""
    return _integer(whole(0) - (whole(0) - physical(value)) // whole(_SCALE))


def truncate(value: pl.Expr) -> pl.Expr:
    """The Integer part."""
    number = physical(value)
    return _integer(_signed(number.abs() // whole(_SCALE), number < 0))


def toward_zero(number: pl.Expr, divisor: int) -> pl.Expr:
    """Integer division of a count, toward zero."""
    return _signed(number.abs() // divisor, number < 0)


def months_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole calendar months from start to end."""
    return toward_zero(_packed(end) - _packed(start), 32)


def years_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole years; 29 February falls on the 28th where there is no 29th."""
    on_29_february = (start.dt.month() == 2) & (start.dt.day() == 29)
    leapling = on_29_february & ~end.dt.is_leap_year()
    return toward_zero(_packed(end) - _packed(start) + leapling.cast(pl.Int64), 384)


def _packed(day: pl.Expr) -> pl.Expr:
    year, month = day.dt.year().cast(pl.Int64), day.dt.month().cast(pl.Int64)
    return (year * 12 + month) * 32 + day.dt.day().cast(pl.Int64)


def days_between(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Days from start to end."""
    return end.cast(pl.Int32).cast(pl.Int64) - start.cast(pl.Int32).cast(pl.Int64)
