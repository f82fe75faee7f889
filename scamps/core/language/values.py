"""Values of the language that Python has no type for, and the limits of the others."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

INTEGER_MIN = -(2**31)
INTEGER_MAX = 2**31 - 1
DECIMAL_MAX = Decimal("99999999999999999999.99999999")  # 28 digits, 8 of them decimals
DECIMAL_STEP = Decimal("0.00000001")
DECIMAL_PLACES = 8

# Exact for the product of two decimals; no trap ever raises, a bad result is NaN or
# infinite and becomes null.
EXACT = Context(prec=80, rounding=ROUND_HALF_UP, traps=[])


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its UCUM unit (or a calendar word: day, month, year)."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{decimal_text(self.value)} '{self.unit}'"


@dataclass(frozen=True, slots=True)
class Interval:
    """All points from low to high; a closed null bound is without limit, an open null
    bound is unknown."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


def decimal_text(value: Decimal) -> str:
    """Write a decimal without exponent or needless zeros, with at least one decimal.

    >>> decimal_text(Decimal("1.50")), decimal_text(Decimal("2")), decimal_text(Decimal("1E+3"))
    ('1.5', '2.0', '1000.0')
    """
    text = f"{value:f}"
    whole, _, places = text.partition(".")
    whole = "0" if whole in ("-0", "0") and not places.strip("0") else whole
    return f"{whole}.{places.rstrip('0') or '0'}"


def in_decimal(value: Decimal) -> Decimal | None:
    """Round to 8 places, half away from zero; null beyond 28 digits."""
    if not value.is_finite():
        return None
    if value.adjusted() >= 20:
        return None if value else Decimal(0)
    if value.as_tuple().exponent < -DECIMAL_PLACES:  # type: ignore[operator]
        value = value.quantize(DECIMAL_STEP, context=EXACT)
    return value if -DECIMAL_MAX <= value <= DECIMAL_MAX else None


class OutOfRange(ValueError):
    """A written number that the language cannot hold exactly."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


def read_number(text: str, *, whole: bool = True) -> int | Decimal:
    """Read digits as an Integer (without point, if whole) or a Decimal.

    Raises: OutOfRange: more digits than the type has.
    """
    digits, _, places = text.lstrip("+-").partition(".")
    digits = digits.lstrip("0")
    if whole and "." not in text:
        number = int(text) if len(digits) <= 10 else None
        if number is None or not INTEGER_MIN <= number <= INTEGER_MAX:
            limits = f"{INTEGER_MIN} to {INTEGER_MAX}"
            raise OutOfRange("the number is beyond an Integer", limits)
        return number
    if len(places) > DECIMAL_PLACES or len(digits) > 20:
        raise OutOfRange("the number is beyond a Decimal", f"at most {DECIMAL_MAX}")
    return Decimal(text) or Decimal(text).copy_abs()
