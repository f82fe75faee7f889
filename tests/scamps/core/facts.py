"""Random facts, edge values and nulls among them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from scamps.core.language import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Interval,
    Quantity,
    Type,
    choice,
    interval_of,
    list_of,
    quantity,
)
from scamps.core.vectorise.columns import dtype, into_column, out_of_column

RANDOMS = st.integers(0, 2**32 - 1).map(Random)  # reproducible, and quick to draw from
OPTIONS = ("none", "local", "generalized")
NAMES: dict[str, Type] = {
    **dict.fromkeys(("b1", "b2", "b3"), BOOLEAN),
    **dict.fromkeys(("i1", "i2", "previous.i1"), INTEGER),
    **dict.fromkeys(("d1", "d2"), DECIMAL),
    **dict.fromkeys(("w1", "w2"), quantity("kg")),
    "g1": quantity("g"),
    "t1": quantity("Cel"),
    "f1": quantity("[degF]"),
    "h1": quantity("cm"),
    "r1": quantity("1"),
    **dict.fromkeys(("c1", "c2"), choice(OPTIONS)),
    "s1": STRING,
    **dict.fromkeys(("x1", "x2"), DATE),
    "li": list_of(INTEGER),
    "ld": list_of(DECIMAL),
    "lq": list_of(quantity("g")),
    "ls": list_of(STRING),
    "vi": interval_of(INTEGER),
    "vd": interval_of(DECIMAL),
    "vq": interval_of(quantity("kg")),
    "vx": interval_of(DATE),
    "m1": quantity(None),
}
INTEGERS = [0, 1, -1, 2, 3, 7, 10, -3, 46341, 2**31 - 1, -(2**31), -(2**31) + 1, 2**30]
DECIMALS = [
    *("0", "0.5", "-0.5", "1.5", "2.5", "-1.5", "38.0", "37.99999999", "0.00000001"),
    *("-0.00000001", "0.00000005", "100.4", "36.6", "-273.15", "1000", "123.456"),
    *("99999999999999999999.99999999", "-99999999999999999999.99999999"),
    *("9999999999", "1", "2", "3", "10", "0.1", "65.25", "2147483647.5", "12345678.9"),
]
TEXTS = ["none", "local", "generalized", "", "Local", "12", "-7", "1.5", "a b", "a\tb"]
DATES = ["2026-01-31", "2024-02-29", "2000-02-29", "2001-03-01", "1999-12-31"]
DATES += ["0001-01-01", "9999-12-31", "2025-02-28"]


def value_of(rng: Random, kind: Type, *, nulls: float = 0.15) -> Any:
    """A random value of a type, or None."""
    return None if rng.random() < nulls else _VALUES[kind.name](rng, kind)


def _integer_value(rng: Random, kind: Type) -> int:
    return rng.choice(INTEGERS) if rng.random() < 0.6 else rng.randint(-50, 50)


def _quantity_value(rng: Random, kind: Type) -> Any:
    value = _decimal(rng)
    return value if kind.unit else Quantity(value, rng.choice(["g", "kg", "cm"]))


def _decimal(rng: Random) -> Decimal:
    if rng.random() < 0.7:
        return Decimal(rng.choice(DECIMALS))
    return Decimal(rng.randint(-(10**6), 10**6)).scaleb(-rng.randint(0, 8))


def _interval(rng: Random, kind: Type) -> Interval:
    point = kind.point
    low, high = value_of(rng, point, nulls=0.2), value_of(rng, point, nulls=0.2)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Interval(low, high, rng.random() < 0.5, rng.random() < 0.5)


_VALUES: dict[str, Callable[[Random, Type], Any]] = {
    "Boolean": lambda rng, kind: rng.random() < 0.5,
    "Integer": _integer_value,
    "Decimal": lambda rng, kind: _decimal(rng),
    "Quantity": _quantity_value,
    "String": lambda rng, kind: rng.choice(kind.options or TEXTS),
    "Date": lambda rng, kind: date.fromisoformat(rng.choice(DATES)),
    "List": lambda rng, kind: [
        value_of(rng, kind.point) for _ in range(rng.randint(0, 3))
    ],
    "Interval": _interval,
}


def rows(rng: Random, count: int) -> list[dict[str, Any]]:
    """Random facts for every name."""
    return [
        {key: value_of(rng, kind) for key, kind in NAMES.items()} for _ in range(count)
    ]


def frame(facts: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The facts as a frame."""
    return pl.DataFrame(
        {key: [into_column(row[key]) for row in facts] for key in NAMES},
        schema={key: dtype(kind) for key, kind in NAMES.items()},
    )


def of_column(value: Any, kind: Type) -> Any:
    """A cell as evaluate would have returned it."""
    plain = out_of_column(value, kind)
    return _with_unit(plain, kind)


def _with_unit(value: Any, kind: Type) -> Any:
    if value is None:
        return None
    if kind.name == "List":
        return [_with_unit(element, kind.point) for element in value]
    if kind.name == "Interval":
        low, high = (
            _with_unit(value.low, kind.point),
            _with_unit(value.high, kind.point),
        )
        return Interval(low, high, value.low_closed, value.high_closed)
    if kind.name == "Quantity" and kind.unit:
        return Quantity(value, kind.unit)
    return value
