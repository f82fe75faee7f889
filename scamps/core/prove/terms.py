"""What an expression is to the solver: formulas for its value, and for its being null.

A number is an integer formula over a fixed denominator, so that decimals of declared
precision stay linear integer arithmetic. A Boolean is two formulas, that it is true and
that it is false; it is unknown where neither holds. Texts and dates are whole numbers:
the place of a text among those the plan names, and the day of a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import z3

from scamps.core.language.values import DECIMAL_MAX, INTEGER_MAX, INTEGER_MIN

Formula = Any  # the solver's expressions carry no Python types
STEPS = 10**8  # of a Decimal: eight places
GREATEST = int(DECIMAL_MAX * STEPS)
NO = z3.BoolVal(False)
YES = z3.BoolVal(True)


@dataclass(frozen=True, slots=True)
class Truth:
    """A Boolean: where it is true, and where it is false."""

    yes: Formula
    no: Formula

    @property
    def null(self) -> Formula:
        return z3.Not(z3.Or(self.yes, self.no))


@dataclass(frozen=True, slots=True)
class Number:
    """*over* / *under*, unless *null*; *low* and *high* bound *over*."""

    null: Formula
    over: Formula
    under: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A text or a date, by its number."""

    null: Formula
    at: Formula


Term = Truth | Number | Symbol
UNKNOWN = Truth(NO, NO)


class Beyond(Exception):
    """What linear arithmetic cannot say."""


def truth(null: Formula, holds: Formula) -> Truth:
    """The Boolean that is *holds* where it is not *null*."""
    known = z3.Not(null)
    return Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))


def number(value: Fraction) -> Number:
    """A constant."""
    over = value.numerator
    return Number(NO, z3.IntVal(over), value.denominator, over, over)


def is_constant(one: Number) -> bool:
    return one.low == one.high


def constant(one: Number) -> Fraction:
    return Fraction(one.low, one.under)


def scaled(one: Number, factor: Fraction, offset: Fraction = Fraction(0)) -> Number:
    """*one* times *factor* plus *offset*, exactly."""
    under = one.under * factor.denominator
    times = factor.numerator
    if offset:
        whole = under * offset.denominator // gcd(under, offset.denominator)
        times *= whole // under
        under = whole
    plus = int(offset * under)
    over = one.over if (times, plus) == (1, 0) else one.over * times + plus
    ends = sorted((one.low * times + plus, one.high * times + plus))
    return Number(one.null, over, under, *ends)


def alike(*numbers: Number) -> tuple[Number, ...]:
    """The same numbers over one denominator."""
    under = 1
    for one in numbers:
        under = under * one.under // gcd(under, one.under)
    return tuple(_over(one, under // one.under) for one in numbers)


def _over(one: Number, times: int) -> Number:
    if times == 1:
        return one
    ends = one.low * times, one.high * times
    return Number(one.null, one.over * times, one.under * times, *ends)


def in_integer(one: Number) -> Number:
    """*one*, null beyond an Integer."""
    return _limited(one, INTEGER_MIN, INTEGER_MAX)


def in_decimal(one: Number) -> Number:
    """*one*, rounded to eight places, null beyond a Decimal."""
    if STEPS % one.under:
        one = rounded(one, STEPS)
    limit = GREATEST * one.under // STEPS
    return _limited(one, -limit, limit)


def _limited(one: Number, low: int, high: int) -> Number:
    if low <= one.low and one.high <= high:
        return one
    null = z3.Or(one.null, one.over < low, one.over > high)
    return Number(null, one.over, one.under, max(low, one.low), min(high, one.high))


def rounded(one: Number, under: int) -> Number:
    """The nearest number over *under*, half away from zero."""
    top, bottom = one.over * under, one.under
    up = (2 * top + bottom) / (2 * bottom)
    down = -((bottom - 2 * top) / (2 * bottom))
    ends = (round_half(one.low * under, bottom), round_half(one.high * under, bottom))
    return Number(one.null, z3.If(top >= 0, up, down), under, *ends)


def round_half(top: int, bottom: int) -> int:
    """
    >>> round_half(5, 2), round_half(-5, 2), round_half(4, 3)
    (3, -3, 1)
    """
    size = (2 * abs(top) + bottom) // (2 * bottom)
    return size if top >= 0 else -size


def floor(one: Number) -> Number:
    """The greatest whole number that is not greater."""
    if one.under == 1:
        return one
    ends = one.low // one.under, one.high // one.under
    return Number(one.null, one.over / z3.IntVal(one.under), 1, *ends)


def negated(one: Number) -> Number:
    return Number(one.null, -one.over, one.under, -one.high, -one.low)


def either(test: Formula, one: Term, other: Term) -> Term:
    """*one* where *test* holds, else *other*."""
    match one, other:
        case Truth(), Truth():
            return Truth(z3.If(test, one.yes, other.yes), z3.If(test, one.no, other.no))
        case Number(), Number():
            one, other = alike(one, other)
            low, high = min(one.low, other.low), max(one.high, other.high)
            null = z3.If(test, one.null, other.null)
            over = z3.If(test, one.over, other.over)
            return Number(null, over, one.under, low, high)
        case Symbol(), Symbol():
            null = z3.If(test, one.null, other.null)
            return Symbol(null, z3.If(test, one.at, other.at))
    raise Beyond("results of two kinds")
