"""Arithmetic of the language as linear integer arithmetic, as far as it goes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import z3

from scamps.core.language.tree import Call, Literal
from scamps.core.language.types import INTEGER, quantity
from scamps.core.prove.terms import (
    NO,
    Beyond,
    Number,
    Term,
    Truth,
    alike,
    constant,
    either,
    floor,
    in_decimal,
    in_integer,
    is_constant,
    negated,
    rounded,
    scaled,
)

if TYPE_CHECKING:
    from scamps.core.prove.encode import Encoder


def _held(node: Call, found: Number) -> Number:
    """The result as its type holds it: null beyond its range, rounded to its places."""
    return in_integer(found) if node.type == INTEGER else in_decimal(found)


def _sides(one: Encoder, node: Call) -> tuple[Number, Number]:
    """Both operands, in the unit of the result."""
    if node.type == quantity(None):
        raise Beyond("a quantity whose unit varies")
    sides = (in_decimal(one.number(arg, node.type)) for arg in node.args)
    left, right = alike(*sides)
    return left, right


def _add(one: Encoder, node: Call) -> Term:
    return _held(node, _sum(*_sides(one, node)))


def _subtract(one: Encoder, node: Call) -> Term:
    left, right = _sides(one, node)
    return _held(node, _sum(left, negated(right)))


def _sum(left: Number, right: Number) -> Number:
    return Number(
        z3.Or(left.null, right.null),
        left.over + right.over,
        left.under,
        left.low + right.low,
        left.high + right.high,
    )


def _multiply(one: Encoder, node: Call) -> Term:
    if node.type == quantity(None):
        raise Beyond("a quantity whose unit varies")
    left, right = (one.number(arg) for arg in node.args)
    if is_constant(right):
        left, right = right, left
    null = z3.Or(left.null, right.null)
    if is_constant(left):
        found = scaled(right, constant(left))
    elif left.low >= 0 and left.high <= 1 and left.under == 1:
        found = _none_or(left, right)
    elif right.low >= 0 and right.high <= 1 and right.under == 1:
        found = _none_or(right, left)
    else:
        raise Beyond("a product of two answers")
    ends = found.low, found.high
    return _held(node, Number(null, found.over, found.under, *ends))


def _none_or(switch: Number, other: Number) -> Number:
    """*other* where *switch* is 1, nought where it is 0."""
    over = z3.If(switch.over == 1, other.over, 0)
    return Number(NO, over, other.under, min(0, other.low), max(0, other.high))


def _divide(one: Encoder, node: Call) -> Term:
    if node.type == quantity(None):
        raise Beyond("a quantity whose unit varies")
    left, right = (one.number(arg) for arg in node.args)
    if not is_constant(right):
        raise Beyond("a quotient of two answers")
    if constant(right) == 0:
        return one.null(node.type)
    found = scaled(left, 1 / constant(right))
    null = z3.Or(left.null, right.null)
    return in_decimal(Number(null, found.over, found.under, found.low, found.high))


def _whole_parts(one: Encoder, node: Call) -> tuple[Number, int]:
    left, right = (one.number(arg) for arg in node.args)
    if node.type != INTEGER or not is_constant(right):
        raise Beyond("a remainder by an answer")
    return left, int(constant(right))


def _div(one: Encoder, node: Call) -> Term:
    left, by = _whole_parts(one, node)
    if by == 0:
        return one.null(node.type)
    found = _truncated(scaled(left, Fraction(1, by)))
    return in_integer(found)


def _mod(one: Encoder, node: Call) -> Term:
    left, by = _whole_parts(one, node)
    if by == 0:
        return one.null(node.type)
    size = abs(by)
    over = z3.If(left.over >= 0, left.over % size, -(-left.over % size))
    return Number(left.null, over, 1, min(0, left.low, 1 - size), size - 1)


def _negate(one: Encoder, node: Call) -> Term:
    return _held(node, negated(one.number(node.args[0])))


def _abs(one: Encoder, node: Call) -> Term:
    found = one.number(node.args[0])
    over = z3.If(found.over >= 0, found.over, -found.over)
    high = max(abs(found.low), abs(found.high))
    return _held(node, Number(found.null, over, found.under, 0, high))


def _floor(one: Encoder, node: Call) -> Term:
    return in_integer(floor(one.number(node.args[0])))


def _ceiling(one: Encoder, node: Call) -> Term:
    return in_integer(negated(floor(negated(one.number(node.args[0])))))


def _truncate(one: Encoder, node: Call) -> Term:
    return in_integer(_truncated(one.number(node.args[0])))


def _truncated(found: Number) -> Number:
    up = negated(floor(negated(found)))
    result = either(found.over >= 0, floor(found), up)
    assert isinstance(result, Number)  # noqa: S101  (of two numbers it is one)
    return result


def _round(one: Encoder, node: Call) -> Term:
    places = node.args[1] if len(node.args) > 1 else None
    if node.type == quantity(None):
        raise Beyond("a quantity whose unit varies")
    if places is not None and not isinstance(places, Literal):
        raise Beyond("a number of places that varies")
    digits = 0 if places is None or places.value is None else int(places.value)
    if not 0 <= digits <= 8:
        raise Beyond("rounding before the point")
    found = one.number(node.args[0])
    return in_decimal(rounded(found, 10**digits))


def _to_number(one: Encoder, node: Call) -> Term:
    found = one.term(node.args[0])
    if isinstance(found, Truth):
        return Number(found.null, z3.If(found.yes, 1, 0), 1, 0, 1)
    if isinstance(found, Number):
        return found
    raise Beyond("a number read from words")


def _count(one: Encoder, node: Call) -> Term:
    if not (isinstance(node.args[0], Call) and node.args[0].op == "list"):
        raise Beyond("a list that is not written out")
    terms = [one.term(arg) for arg in node.args[0].args if arg.type.name != "Any"]
    known = [z3.If(term.null, 0, 1) for term in terms]
    return Number(NO, z3.Sum([z3.IntVal(0), *known]), 1, 0, len(known))


def _numbers(one: Encoder, node: Call) -> tuple[Number, ...]:
    if node.type.name not in ("Integer", "Decimal", "Quantity"):
        raise Beyond("the least of words")
    if node.type == quantity(None):
        raise Beyond("a quantity whose unit varies")
    found = one.elements(node.args[0], node.type)
    return alike(*(term for term in found if isinstance(term, Number)))


def _total(one: Encoder, node: Call) -> Term:
    terms = _numbers(one, node)
    if not terms:
        return one.null(node.type)
    parts = [z3.If(term.null, 0, term.over) for term in terms]
    return _held(
        node,
        Number(
            z3.And([term.null for term in terms]),
            z3.Sum(parts),
            terms[0].under,
            sum(min(0, term.low) for term in terms),
            sum(max(0, term.high) for term in terms),
        ),
    )


def _best(sign: int) -> Callable[[Encoder, Call], Term]:
    def least_or_greatest(one: Encoder, node: Call) -> Term:
        terms = _numbers(one, node)
        if not terms:
            return one.null(node.type)
        result: Term = terms[0]
        for term in terms[1:]:
            assert isinstance(result, Number)  # noqa: S101  (either of two numbers)
            better = (result.over - term.over) * sign > 0
            keep = z3.And(z3.Not(result.null), z3.Or(term.null, better))
            result = either(keep, result, term)
        return result

    return least_or_greatest


def _power(one: Encoder, node: Call) -> Term:
    exponent = node.args[1]
    if isinstance(exponent, Literal) and exponent.value == 1:
        return _held(node, one.number(node.args[0]))
    raise Beyond("a power")


RULES: dict[str, Callable[[Encoder, Call], Term]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "div": _div,
    "mod": _mod,
    "^": _power,
    "negate": _negate,
    "Abs": _abs,
    "Floor": _floor,
    "Ceiling": _ceiling,
    "Truncate": _truncate,
    "Round": _round,
    "ToInteger": _to_number,
    "ToDecimal": _to_number,
    "Count": _count,
    "Sum": _total,
    "Min": _best(-1),
    "Max": _best(1),
}
