"""Arithmetic of CQL on plain numbers: total functions, null where CQL says null."""

import re
from calendar import isleap
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from scamps.core.language.values import (
    DECIMAL_PLACES,
    EXACT,
    INTEGER_MAX,
    INTEGER_MIN,
    in_decimal,
)

_ONE = Decimal(1)


def in_integer(value: int) -> int | None:
    """The value, or null beyond 32 bits."""
    return value if INTEGER_MIN <= value <= INTEGER_MAX else None


def add(left: Decimal, right: Decimal) -> Decimal | None:
    """left + right."""
    return in_decimal(EXACT.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal | None:
    """left - right."""
    return in_decimal(EXACT.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal | None:
    """left * right, rounded to 8 places."""
    return in_decimal(EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    """left / right, rounded to 8 places; by zero null."""
    return in_decimal(EXACT.divide(left, right)) if right else None


def integer_div(left: int, right: int) -> int | None:
    """left div right, truncated toward zero; by zero null."""
    if not right:
        return None
    whole = abs(left) // abs(right)
    return in_integer(whole if (left < 0) == (right < 0) else -whole)


def integer_mod(left: int, right: int) -> int | None:
    """left mod right, with the sign of left; by zero null."""
    if not right:
        return None
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


def decimal_div(left: Decimal, right: Decimal) -> Decimal | None:
    """left div right, truncated toward zero; by zero null."""
    return in_decimal(EXACT.divide_int(left, right)) if right else None


def decimal_mod(left: Decimal, right: Decimal) -> Decimal | None:
    """left mod right, with the sign of left; by zero null."""
    return in_decimal(EXACT.remainder(left, right)) if right else None


def integer_power(base: int, exponent: int) -> int | None:
    """base ^ exponent as an Integer; null if it is none."""
    if exponent < 0:
        if base in (1, -1):
            return base if exponent % 2 else 1
        return None
    if exponent > 31 and base not in (-1, 0, 1):
        return None
    return in_integer(base ** (exponent % 2 + 2 if exponent > 31 else exponent))


def decimal_power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """base ^ exponent; null for 0 ^ negative and for negative ^ fraction."""
    if not exponent:
        return _ONE
    if not base:
        return Decimal(0) if exponent > 0 else None
    size = abs(EXACT.multiply(exponent, Decimal(abs(base.adjusted()) + 1)))
    if size > 10_000_000 and base not in (1, -1):
        return _extreme_power(base, exponent)
    return in_decimal(EXACT.power(base, exponent))


def _extreme_power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """A power with a huge exponent: nothing, or nearly nothing, unless base is near 1."""
    if base < 0 and exponent != exponent.to_integral_value():
        return None
    log = EXACT.multiply(EXACT.ln(abs(base)), exponent)
    if log > 60:
        return None
    if log < -60:
        return Decimal(0)
    return in_decimal(EXACT.power(base, exponent))


def absolute_integer(value: int) -> int | None:
    """Abs of an Integer; null for the least one."""
    return in_integer(abs(value))


def ceiling(value: Decimal | int) -> int | None:
    """The least Integer that is not less."""
    return _whole(value, ROUND_CEILING)


def floor(value: Decimal | int) -> int | None:
    """The greatest Integer that is not greater."""
    return _whole(value, ROUND_FLOOR)


def truncate(value: Decimal | int) -> int | None:
    """The Integer part."""
    return _whole(value, ROUND_DOWN)


def _whole(value: Decimal | int, rounding: str) -> int | None:
    return in_integer(int(Decimal(value).to_integral_value(rounding)))


def rounded(value: Decimal, places: int | None = None) -> Decimal | None:
    """Round half away from zero to *places* decimals (none for null)."""
    places = places or 0
    if places >= DECIMAL_PLACES:
        return value
    if places < -20:
        return Decimal(0)
    step = Decimal((0, (1,), -places))
    result = value.quantize(step, ROUND_HALF_UP, EXACT)
    return in_decimal(result if result else Decimal(0))


def natural_log(value: Decimal) -> Decimal | None:
    """Ln; null unless positive."""
    return in_decimal(EXACT.ln(value)) if value > 0 else None


def exponential(value: Decimal) -> Decimal | None:
    """Exp; null beyond a Decimal."""
    if value > 60:
        return None
    return in_decimal(EXACT.exp(value)) if value > -60 else Decimal(0)


def log(value: Decimal, base: Decimal) -> Decimal | None:
    """The logarithm to a base; null where there is none."""
    if value <= 0 or base <= 0 or base == 1:
        return None
    return in_decimal(EXACT.divide(EXACT.ln(value), EXACT.ln(base)))


_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def text_to_integer(text: str) -> int | None:
    """ToInteger of a String: a sign and digits, else null."""
    if not _INTEGER.fullmatch(text):
        return None
    digits = text.lstrip("+-").lstrip("0") or "0"
    if len(digits) > 10:
        return None
    return in_integer(-int(digits) if text[0] == "-" else int(digits))


def text_to_decimal(text: str) -> Decimal | None:
    """ToDecimal of a String: a sign, digits and decimals, else null."""
    if not _DECIMAL.fullmatch(text):
        return None
    return in_decimal(Decimal(text[:100]))


def sum_integers(values: Sequence[int | None]) -> int | None:
    """Sum of what is not null; null if nothing is."""
    known = [value for value in values if value is not None]
    return in_integer(sum(known)) if known else None


def sum_decimals(values: Sequence[Decimal | None]) -> Decimal | None:
    """Sum of what is not null; null if nothing is."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    total = known[0]
    for value in known[1:]:
        total = EXACT.add(total, value)
    return in_decimal(total)


def months_between(start: date, end: date) -> int:
    """Whole calendar months from start to end, toward zero."""
    apart = _packed(end) - _packed(start)
    return abs(apart) // 32 * (1 if apart >= 0 else -1)


def _packed(day: date) -> int:
    return (day.year * 12 + day.month) * 32 + day.day


def age_in_years(birth: date, at: date) -> int:
    """CalculateAgeInYearsAt: whole years, the birthday included.

    Who is born on 29 February has the birthday on the 28th where there is no 29th.
    Source: CQL 1.5, Appendix H, Calculating Duration in Years, example 4.b.

    >>> age_in_years(date(2012, 2, 29), date(2014, 2, 28))
    2
    """
    leapling = (birth.month, birth.day) == (2, 29) and not isleap(at.year)
    apart = _packed(at) - _packed(birth) + leapling
    return abs(apart) // 384 * (1 if apart >= 0 else -1)


def age_in_weeks(birth: date, at: date) -> int:
    """CalculateAgeInWeeksAt: whole weeks."""
    days = (at - birth).days
    return abs(days) // 7 * (1 if days >= 0 else -1)


def age_in_days(birth: date, at: date) -> int:
    """CalculateAgeInDaysAt."""
    return (at - birth).days
