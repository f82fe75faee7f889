"""Comparison of values whose type or unit is known only at run time."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from scamps.core.evaluate.arithmetic import rounded
from scamps.core.language.units import commensurable, convert_exactly
from scamps.core.language.values import (
    DECIMAL_MAX,
    DECIMAL_STEP,
    EXACT,
    INTEGER_MAX,
    INTEGER_MIN,
    Interval,
    Quantity,
    in_decimal,
)

Truth = bool | None


def both(left: Truth, right: Truth) -> Truth:
    """Three-valued and."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def compare_quantities(left: Quantity, right: Quantity) -> int | None:
    """-1, 0 or 1, exactly; null for different dimensions."""
    if left.unit == right.unit:
        a, b = left.value, right.value
        return (a > b) - (a < b)
    if not commensurable(left.unit, right.unit):
        return None
    exact = convert_exactly(right.value, right.unit, left.unit)
    return (left.value > exact) - (left.value < exact)


def equal(left: Any, right: Any) -> Truth:
    """CQL's = for any two values of one type."""
    if left is None or right is None:
        return None
    match left:
        case Quantity():
            found = compare_quantities(left, right)
            return None if found is None else found == 0
        case Interval():
            return _equal_intervals(left, right)
        case list():
            return _equal_lists(left, right)
    return bool(left == right)


def _equal_lists(left: Sequence[Any], right: Sequence[Any]) -> Truth:
    if len(left) != len(right):
        return False
    result: Truth = True
    for one, other in zip(left, right, strict=True):
        if one is not None or other is not None:
            result = both(result, equal(one, other))
    return result


def _equal_intervals(left: Interval, right: Interval) -> Truth:
    return both(equal(start(left), start(right)), equal(end(left), end(right)))


def start(interval: Interval) -> Any:
    """The first point: a closed null bound is the least value, an open one unknown."""
    if interval.low is None:
        return _least(interval.high) if interval.low_closed else None
    return interval.low if interval.low_closed else _step(interval.low, 1)


def end(interval: Interval) -> Any:
    """The last point: a closed null bound is the greatest value, an open one unknown."""
    if interval.high is None:
        return _greatest(interval.low) if interval.high_closed else None
    return interval.high if interval.high_closed else _step(interval.high, -1)


def _step(point: Any, sign: int) -> Any:
    match point:
        case int():
            return point + sign
        case Decimal():
            return in_decimal(EXACT.add(point, DECIMAL_STEP * sign))
        case Quantity(value=value, unit=unit):
            stepped = in_decimal(EXACT.add(value, DECIMAL_STEP * sign))
            return None if stepped is None else Quantity(stepped, unit)
    try:
        return point + timedelta(days=sign)
    except OverflowError:
        return None


def _least(like: Any) -> Any:
    match like:
        case int():
            return INTEGER_MIN
        case Decimal():
            return -DECIMAL_MAX
        case Quantity(unit=unit):
            return Quantity(-DECIMAL_MAX, unit)
        case date():
            return date.min
    return None


def _greatest(like: Any) -> Any:
    match like:
        case int():
            return INTEGER_MAX
        case Decimal():
            return DECIMAL_MAX
        case Quantity(unit=unit):
            return Quantity(DECIMAL_MAX, unit)
        case date():
            return date.max
    return None


def equivalent(left: Any, right: Any) -> bool:
    """CQL's ~: never null; texts without case, decimals at the lesser precision."""
    if left is None or right is None:
        return left is right
    match left:
        case str():
            return _folded(left) == _folded(right)
        case Decimal():
            return _equivalent_decimals(left, right)
        case Quantity():
            return _equivalent_quantities(left, right)
        case Interval():
            return equivalent(start(left), start(right)) and equivalent(
                end(left), end(right)
            )
        case list():
            return len(left) == len(right) and all(map(equivalent, left, right))
    return bool(left == right)


_SPACES = {ord(space): " " for space in "\t\r\n\f\v\u00a0\u2028\u2029"}


def _folded(text: str) -> str:
    return text.translate(_SPACES).lower()


def _places(value: Decimal) -> int:
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -int(exponent))


def _equivalent_decimals(left: Decimal, right: Decimal) -> bool:
    places = min(_places(left), _places(right))
    return rounded(left, places) == rounded(right, places)


def _equivalent_quantities(left: Quantity, right: Quantity) -> bool:
    if left.unit == right.unit:
        return _equivalent_decimals(left.value, right.value)
    if not commensurable(left.unit, right.unit):
        return False
    exact = convert_exactly(right.value, right.unit, left.unit)
    quotient = EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    converted = in_decimal(quotient)
    return converted is not None and _equivalent_decimals(left.value, converted)


def least(values: Sequence[Any] | None, sign: int = -1) -> Any:
    """Min (Max for sign 1) of what is not null; null if nothing is."""
    best: Any = None
    for value in values or ():
        if value is None:
            continue
        order = 1 if best is None else _order(value, best) * sign
        best = value if order > 0 else best
    return best


def greatest(values: Sequence[Any] | None) -> Any:
    """Max of what is not null; null if nothing is."""
    return least(values, 1)


def _order(left: Any, right: Any) -> int:
    if isinstance(left, Quantity):
        return compare_quantities(left, right) or 0
    return int(left > right) - int(left < right)


def member(point: Any, values: Sequence[Any] | None) -> bool:
    """point in a list: nulls equal each other; false for a null list."""
    if values is None:
        return False
    if point is None:
        return any(value is None for value in values)
    return any(equal(point, value) is True for value in values)


def within(point: Any, interval: Interval | None) -> Truth:
    """point in an interval: null for a null point, false for a null interval."""
    if point is None:
        return None
    if interval is None:
        return False
    above = _beyond(point, interval.low, interval.low_closed, 1)
    result = both(above, _beyond(point, interval.high, interval.high_closed, -1))
    if result is None:  # an open bound is unknown, but the other may be the point
        at_low = interval.low_closed and equal(point, interval.low)
        at_high = interval.high_closed and equal(point, interval.high)
        return True if at_low or at_high else None
    return result


def _beyond(point: Any, bound: Any, closed: bool, sign: int) -> Truth:
    if bound is None:
        return True if closed else None
    if isinstance(point, Quantity):
        order = compare_quantities(point, bound)
        if order is None:
            return None
    else:
        order = int(point > bound) - int(point < bound)
    return order * sign > 0 or (closed and order == 0)


def interval(
    low: Any, high: Any, low_closed: bool, high_closed: bool
) -> Interval | None:
    """Build an interval; null if it ends before it begins."""
    if low is not None and high is not None:
        order = _order(low, high)
        if order > 0 or (order == 0 and not (low_closed and high_closed)):
            return None
    return Interval(low, high, low_closed, high_closed)


def first_known(values: Sequence[Any]) -> Any:
    """Coalesce over a list."""
    return next((value for value in values if value is not None), None)


def count(values: Sequence[Any] | None) -> int:
    """Count: how many are not null; 0 for a null list."""
    return sum(value is not None for value in values or ())
