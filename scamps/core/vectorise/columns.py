"""How values of the language are held in Polars columns."""

from decimal import Decimal
from typing import Any

import polars as pl

from scamps.core.language.types import Type, quantity
from scamps.core.language.values import Interval, Quantity

# 28 digits and one to spare for a carry; 8 decimals.
DECIMAL = pl.Decimal(38, 8)
_PLAIN: dict[str, pl.DataType] = {
    "Boolean": pl.Boolean(),
    "Integer": pl.Int64(),
    "Decimal": DECIMAL,
    "String": pl.String(),
    "Date": pl.Date(),
    "Any": pl.Boolean(),  # holds nothing but nulls
}


def dtype(kind: Type) -> pl.DataType:
    """The column type of a type.

    A quantity of one unit is a Decimal in that unit; one of changing units a struct of
    value and unit; an interval a struct of low, high, low_closed and high_closed.
    """
    if kind == quantity(None):
        return pl.Struct({"value": DECIMAL, "unit": pl.String()})
    if kind.name == "Quantity":
        return DECIMAL
    if kind.name == "List":
        return pl.List(dtype(kind.point))
    if kind.name == "Interval":
        point = dtype(kind.point)
        closed = {"low_closed": pl.Boolean(), "high_closed": pl.Boolean()}
        return pl.Struct({"low": point, "high": point, **closed})
    return _PLAIN[kind.name]


def into_column(value: Any) -> Any:
    """A value as Polars takes it."""
    match value:
        case Quantity():
            return {"value": value.value, "unit": value.unit}
        case Interval():
            return {
                "low": into_column(value.low),
                "high": into_column(value.high),
                "low_closed": value.low_closed,
                "high_closed": value.high_closed,
            }
        case list():
            return [into_column(element) for element in value]
    return value


def out_of_column(value: Any, kind: Type) -> Any:
    """A value as evaluate takes it."""
    if value is None or not (kind.inner or kind == quantity(None)):
        return value
    if kind.name == "List":
        return [out_of_column(element, kind.point) for element in value]
    if kind.name == "Quantity":
        return None if value["value"] is None else Quantity(**value)
    if value["low_closed"] is None:
        return None
    low, high = (out_of_column(value[side], kind.point) for side in ("low", "high"))
    return Interval(low, high, value["low_closed"], value["high_closed"])


def series(values: list[Any], kind: Type) -> pl.Series:
    """A column of values."""
    return pl.Series([into_column(value) for value in values], dtype=dtype(kind))


def literal(value: Any, kind: Type) -> pl.Expr:
    """A constant of a type."""
    if isinstance(value, int) and kind.name in ("Decimal", "Quantity"):
        value = Decimal(value)
    if kind.inner or kind == quantity(None):
        return pl.lit(series([value], kind)).first()
    return pl.lit(value, dtype=dtype(kind))
