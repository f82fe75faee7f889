"""Comparisons: of numbers across units, of texts and dates by their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3

from scamps.core.language.types import Type
from scamps.core.language.units import commensurable, line
from scamps.core.prove.terms import (
    UNKNOWN,
    Beyond,
    Formula,
    Number,
    Symbol,
    Term,
    Truth,
    alike,
    scaled,
    truth,
)

SIGNS: dict[str, Callable[[Any, Any], Formula]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def in_unit(one: Number, held: Type, wanted: Type) -> Number | None:
    """*one* in the unit of *wanted*, exactly; None if it cannot be converted."""
    if not held.unit or not wanted.unit or held.unit == wanted.unit:
        if "Quantity" in (held.name, wanted.name) and None in (held.unit, wanted.unit):
            _demand_no_unit(held, wanted)
        return one
    if not commensurable(held.unit, wanted.unit):
        return None
    factor, offset = line(held.unit, wanted.unit)
    return scaled(one, factor, offset)


def _demand_no_unit(*types: Type) -> None:
    """A quantity beside a bare number is one in '1'; else its unit is not known yet."""
    if any(one.name == "Quantity" and one.unit is None for one in types):
        raise Beyond("a quantity whose unit varies")


def compared(sign: str, one: Term, other: Term, left: Type, right: Type) -> Truth:
    """The strict comparison of two terms of types *left* and *right*."""
    match one, other:
        case Number(), Number():
            converted = in_unit(other, right, left)
            if converted is None:
                return UNKNOWN
            a, b = alike(one, converted)
            return truth(z3.Or(a.null, b.null), SIGNS[sign](a.over, b.over))
        case Symbol(), Symbol():
            return truth(z3.Or(one.null, other.null), SIGNS[sign](one.at, other.at))
        case Truth(), Truth():
            same = truth(z3.Or(one.null, other.null), one.yes == other.yes)
            return same if sign == "=" else Truth(same.no, same.yes)
    raise Beyond("a comparison of two kinds")


def same(one: Term, other: Term, left: Type, right: Type) -> Formula:
    """Where both are null, or both are known and equal: never unknown."""
    equal = compared("=", one, other, left, right).yes
    return z3.Or(z3.And(one.null, other.null), equal)
