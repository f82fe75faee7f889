"""How a value of one type is read as a value of a wider type."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scamps.core.language.types import Type, interval_of, list_of, quantity
from scamps.core.language.units import convert_value
from scamps.core.language.values import Interval, Quantity

Coercion = Callable[[Any], Any]


def coercion(source: Type, target: Type) -> Coercion | None:
    """The conversion of a value that is not null, or None if there is nothing to do."""
    if source == target or "Any" in (source.name, target.name):
        return None
    if target.name == "Decimal" and source.name == "Integer":
        return Decimal
    if target.name == "Quantity":
        return _to_quantity(source, target)
    if target.inner and source.inner:
        inner = coercion(source.inner, target.inner)
        return inner and (_over_list if target.name == "List" else _over_interval)(
            inner
        )
    return None


def _to_quantity(source: Type, target: Type) -> Coercion | None:
    unit = target.unit
    if source.name != "Quantity":
        if unit is None:
            return lambda value: Quantity(Decimal(value), "1")
        return Decimal if source.name == "Integer" else None
    held = source.unit
    if held is None or held == unit:
        return None
    if unit is None:
        return lambda value: Quantity(value, held)
    return lambda value: convert_value(value, held, unit)


def _over_list(inner: Coercion) -> Coercion:
    return lambda values: [None if value is None else inner(value) for value in values]


def _over_interval(inner: Coercion) -> Coercion:
    def convert(value: Interval) -> Interval:
        low = None if value.low is None else inner(value.low)
        high = None if value.high is None else inner(value.high)
        return Interval(low, high, value.low_closed, value.high_closed)

    return convert


def outside(kind: Type) -> Type:
    """The type a value has when it leaves the language: quantities carry their unit."""
    if kind.name == "Quantity":
        return quantity(None)
    if kind.inner:
        inner = outside(kind.inner)
        return list_of(inner) if kind.name == "List" else interval_of(inner)
    return kind
