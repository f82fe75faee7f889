"""Conversion and combination of units, in exact arithmetic."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from scamps.core.language.ucum import (
    CALENDAR,
    CALENDAR_WORDS,
    Unit,
    UnknownUnit,
    terms_of,
    unit,
)
from scamps.core.language.values import EXACT, in_decimal

__all__ = ["CALENDAR_WORDS", "Inconvertible", "UnknownUnit", "convert", "unit"]


class Inconvertible(ValueError):
    """The two units measure different things."""


def known(code: str) -> bool:
    """Whether the code is a UCUM unit."""
    try:
        unit(code)
    except UnknownUnit:
        return False
    return True


def commensurable(left: str, right: str) -> bool:
    """Whether quantities in the two units can be compared."""
    return left == right or (
        known(left) and known(right) and unit(left).dimensions == unit(right).dimensions
    )


@lru_cache(maxsize=4096)
def line(from_unit: str, to_unit: str) -> tuple[Fraction, Fraction]:
    """Factor and offset with: value in to_unit = value in from_unit * factor + offset."""
    if from_unit == to_unit:
        return Fraction(1), Fraction(0)
    source, target = unit(from_unit), unit(to_unit)
    if source.dimensions != target.dimensions:
        raise Inconvertible(f"'{from_unit}' cannot be converted to '{to_unit}'")
    return source.factor / target.factor, (
        source.offset - target.offset
    ) / target.factor


def convert_exactly(value: Decimal, from_unit: str, to_unit: str) -> Fraction:
    """The value in another unit, without rounding."""
    factor, offset = line(from_unit, to_unit)
    return Fraction(value) * factor + offset


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Convert; exact whenever the result has a finite decimal form, else 20 places.

    Raises: UnknownUnit, Inconvertible (both ValueError).

    >>> convert(Decimal("100.4"), "[degF]", "Cel"), convert(Decimal("2.5"), "kg", "g")
    (Decimal('38'), Decimal('2500'))
    """
    return in_places(convert_exactly(value, from_unit, to_unit))


def in_places(exact: Fraction) -> Decimal:
    """The decimal of a fraction; to 20 places if it has no finite decimal form."""
    result = EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    if Fraction(result) != exact:
        result = result.quantize(Decimal("1E-20"), context=EXACT)
    return Decimal(f"{result:f}")


@lru_cache(maxsize=1024)
def molar_factor(from_unit: str, to_unit: str, grams_per_mole: Decimal) -> Fraction:
    """Factor from a unit of mass to one of amount of substance, or the reverse.

    Raises: UnknownUnit, Inconvertible (both ValueError).

    >>> 100 * molar_factor("mg/dL", "mmol/L", Decimal("180"))
    Fraction(50, 9)
    """
    source, target, molar = unit(from_unit), unit(to_unit), unit("g/mol")
    mass = Fraction(grams_per_mole) * molar.factor
    for power, counted, weighed in ((1, from_unit, to_unit), (-1, to_unit, from_unit)):
        if not _counts_moles(counted) or _counts_moles(weighed):
            continue
        if _joined(source, molar, power) == target.dimensions:
            return source.factor * mass**power / target.factor
    raise Inconvertible(f"'{from_unit}' and '{to_unit}' differ by more than moles")


def _counts_moles(code: str) -> bool:
    return any(atom.endswith("mol") for atom, _ in terms_of(code))


def _joined(one: Unit, other: Unit, power: int) -> tuple[tuple[str, int], ...]:
    """The dimensions of *one* times *other* to the *power*."""
    powers = dict(one.dimensions)
    for name, exponent in other.dimensions:
        powers[name] = powers.get(name, 0) + power * exponent
    return tuple(sorted((n, e) for n, e in powers.items() if e))


def convert_value(value: Decimal, from_unit: str, to_unit: str) -> Decimal | None:
    """Convert and round to a CQL Decimal; null if it cannot be represented."""
    exact = convert_exactly(value, from_unit, to_unit)
    return in_decimal(
        EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    )


def addable(left: str, right: str) -> bool:
    """Whether quantities add: of one dimension, and on a scale that begins at zero.

    Degrees Celsius and the like add only to their own kind.
    """
    special = unit(left).special or unit(right).special
    return left == right or (commensurable(left, right) and not special)


def finer(left: str, right: str) -> str:
    """The most granular of two commensurable units: the result unit of a sum."""
    return right if unit(right).factor < unit(left).factor else left


@lru_cache(maxsize=4096)
def combine(left: str, right: str, sign: int) -> str | None:
    """The unit of a product (sign 1) or a quotient (-1); None for special units.

    >>> combine("cm", "cm", 1), combine("g", "mL", -1), combine("mg", "mg", -1)
    ('cm2', 'g/mL', '1')
    """
    if right == "1":
        return left
    if left == "1" and sign == 1:
        return right
    if unit(left).special or unit(right).special:
        return None
    if left == right and sign == -1:
        return "1"
    powers: dict[str, int] = {}
    for code, direction in ((left, 1), (right, sign)):
        for atom, power in terms_of(CALENDAR.get(code.removesuffix("s"), code)):
            if atom != "1":
                powers[atom] = powers.get(atom, 0) + power * direction
    return _write(powers)


def _write(powers: dict[str, int]) -> str:
    def one(atom: str, power: int) -> str:
        if power == 1:
            return atom
        return ".".join([atom] * power) if atom.isdigit() else f"{atom}{power}"

    above = ".".join(one(a, p) for a, p in powers.items() if p > 0)
    below = "".join("/" + one(a, -p) for a, p in powers.items() if p < 0)
    return (above + below) or "1"
