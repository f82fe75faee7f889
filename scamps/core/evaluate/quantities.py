"""Arithmetic on quantities whose unit is known only at run time."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from scamps.core.evaluate import arithmetic
from scamps.core.language.units import addable, combine, convert_value, finer
from scamps.core.language.values import Quantity

Binary = Callable[[Decimal, Decimal], Decimal | None]


def _in_one_unit(operation: Binary) -> Callable[[Quantity, Quantity], Quantity | None]:
    def apply(left: Quantity, right: Quantity) -> Quantity | None:
        if not addable(left.unit, right.unit):
            return None
        target = finer(left.unit, right.unit)
        a = convert_value(left.value, left.unit, target)
        b = convert_value(right.value, right.unit, target)
        if a is None or b is None:
            return None
        value = operation(a, b)
        return None if value is None else Quantity(value, target)

    return apply


def _scaling(
    operation: Binary, sign: int
) -> Callable[[Quantity, Quantity], Quantity | None]:
    def apply(left: Quantity, right: Quantity) -> Quantity | None:
        value = operation(left.value, right.value)
        target = combine(left.unit, right.unit, sign)
        return None if value is None or target is None else Quantity(value, target)

    return apply


BOXED = {
    "+": _in_one_unit(arithmetic.add),
    "-": _in_one_unit(arithmetic.subtract),
    "div": _in_one_unit(arithmetic.decimal_div),
    "mod": _in_one_unit(arithmetic.decimal_mod),
    "*": _scaling(arithmetic.multiply, 1),
    "/": _scaling(arithmetic.divide, -1),
}


def negate(value: Quantity) -> Quantity:
    """-value."""
    return Quantity(Decimal(0) - value.value, value.unit)


def absolute(value: Quantity) -> Quantity:
    """Abs of a quantity."""
    return Quantity(abs(value.value), value.unit)


def rounded(value: Quantity, places: int | None = None) -> Quantity | None:
    """Round the number; the unit stays."""
    result = arithmetic.rounded(value.value, places)
    return None if result is None else Quantity(result, value.unit)


def sum_quantities(values: Sequence[Quantity | None]) -> Quantity | None:
    """Sum of what is not null; null if nothing is."""
    total: Quantity | None = None
    for value in values:
        if value is None:
            continue
        total = value if total is None else BOXED["+"](total, value)
        if total is None:
            return None
    return total
