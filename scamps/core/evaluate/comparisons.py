"""Source of comparisons: plain where both sides are plain, exact where units differ."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from scamps.core.evaluate import compare
from scamps.core.evaluate.parts import NULL, Part, guards_of
from scamps.core.language.rules import common_type
from scamps.core.language.tree import Literal, Node
from scamps.core.language.types import ANY, Type, quantity
from scamps.core.language.units import commensurable, convert_exactly, line
from scamps.core.language.values import DECIMAL_STEP, EXACT

if TYPE_CHECKING:
    from scamps.core.evaluate.emit import Emitter

PYTHON = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
MIRROR = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def in_other_units(left: Type, right: Type) -> bool:
    """Whether both are quantities of known, different units."""
    return bool(left.unit and right.unit and left.unit != right.unit)


def compare_parts(em: Emitter, op: str, left: Node, right: Node) -> Part:
    """The strict part of a comparison."""
    if ANY in (left.type, right.type):
        return NULL
    if in_other_units(left.type, right.type):
        return _of_units(em, op, left, right)
    common = common_type((left, right)) or ANY
    if common == quantity(None):
        return _by_function(
            em, op, (left, right), common, compare.compare_quantities, "0"
        )
    if common.inner or left.type.inner:
        return _by_function(em, op, (left, right), common, compare.equal, "True")
    parts = [em.emit(left), em.emit(right)]
    if NULL in parts:
        return NULL
    value = f"{parts[0].value} {PYTHON[op]} {parts[1].value}"
    return Part(guards_of(parts), f"({value})")


def _by_function(
    em: Emitter,
    op: str,
    sides: tuple[Node, Node],
    common: Type,
    function: object,
    against: str,
) -> Part:
    parts = [em.emit(side, common) for side in sides]
    if NULL in parts:
        return NULL
    name = em.scope.constant(function)
    inner = em.scope.nullable(f"{name}({parts[0].value}, {parts[1].value})")
    guards = guards_of(parts) + inner.guards
    return Part(guards, f"({inner.value} {PYTHON[op]} {against})")


def threshold(op: str, limit: Fraction) -> Decimal | None:
    """The 8-place decimal that a decimal compares with as it would with *limit*.

    None for = and != where no decimal equals the limit.
    """
    quotient = EXACT.divide(Decimal(limit.numerator), Decimal(limit.denominator))
    rounding = ROUND_CEILING if op in ("<", ">=") else ROUND_FLOOR
    near = quotient.quantize(DECIMAL_STEP, rounding, EXACT)
    if op in ("=", "!=") and Fraction(near) != limit:
        return None
    return near


def _of_units(em: Emitter, op: str, left: Node, right: Node) -> Part:
    source, target = left.type.unit or "", right.type.unit or ""
    if not commensurable(source, target):
        return NULL
    if isinstance(left, Literal):
        left, right, op = right, left, MIRROR[op]
        source, target = target, source
    part = em.emit(left)
    if isinstance(right, Literal):
        return _with_limit(em, op, part, convert_exactly(right.value, target, source))
    other = em.emit(right)
    if NULL in (part, other):
        return NULL
    factor, offset = line(source, target)
    scale = factor.denominator * offset.denominator
    fma = em.scope.constant(EXACT.fma)
    slots = [
        em.scope.constant(Decimal(int(number)))
        for number in (factor * scale, offset * scale, Fraction(scale))
    ]
    zero = em.scope.constant(Decimal(0))
    one = f"{fma}({part.value}, {slots[0]}, {slots[1]})"
    two = f"{fma}({other.value}, {slots[2]}, {zero})"
    return Part(guards_of([part, other]), f"({one} {PYTHON[op]} {two})")


def _with_limit(em: Emitter, op: str, part: Part, limit: Fraction) -> Part:
    if part is NULL:
        return NULL
    near = threshold(op, limit)
    if near is None:
        return Part(part.guards, "False" if op == "=" else "True")
    return Part(part.guards, f"({part.value} {PYTHON[op]} {em.scope.constant(near)})")
