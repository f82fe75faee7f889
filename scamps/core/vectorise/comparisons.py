"""Comparison and membership on columns."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from scamps.core.evaluate import compare
from scamps.core.evaluate.comparisons import MIRROR, in_other_units, threshold
from scamps.core.evaluate.emit import compile_node
from scamps.core.evaluate.membership import point_type
from scamps.core.language.rules import common_type
from scamps.core.language.tree import Call, Literal, Node, Range, children
from scamps.core.language.types import ANY, BOOLEAN, Type, quantity
from scamps.core.language.units import commensurable, convert_exactly
from scamps.core.vectorise.columns import literal
from scamps.core.vectorise.slowly import by_function

if TYPE_CHECKING:
    from scamps.core.vectorise.frame import Vectoriser

PYTHON = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FEW = 6  # so many elements are compared one by one, more are looked up
NOTHING = literal(None, BOOLEAN)


def compared(frame: Vectoriser, op: str, left: Node, right: Node) -> pl.Expr:
    """A strict comparison."""
    if ANY in (left.type, right.type):
        return NOTHING
    if in_other_units(left.type, right.type):
        return _of_units(frame, op, left, right)
    common = common_type((left, right)) or ANY
    if left.type.inner or common == quantity(None):
        return frame.evaluated(Call(BOOLEAN, left.place, op, (left, right)))
    one, other = frame.expr(left, common), frame.expr(right, common)
    if is_constant(one):
        one, other, op = other, one, MIRROR[op]
    result: pl.Expr = PYTHON[op](one, other)
    return result


def is_constant(column: pl.Expr) -> bool:
    """Whether it reads no column.

    In a comparison a constant stands on the right: on the left of a column whose rows
    happen to be equal, Polars gives one row for the whole frame.
    """
    return not column.meta.root_names()


def same_or_both_null(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Equality in which nulls are equal."""
    return other.eq_missing(one) if is_constant(one) else one.eq_missing(other)


def _of_units(frame: Vectoriser, op: str, left: Node, right: Node) -> pl.Expr:
    source, target = left.type.unit or "", right.type.unit or ""
    if not commensurable(source, target):
        return NOTHING
    if isinstance(left, Literal):
        left, right, op = right, left, MIRROR[op]
        source, target = target, source
    column = frame.expr(left)
    if isinstance(right, Literal):
        near = threshold(op, convert_exactly(right.value, target, source))
        if near is None:
            return pl.when(column.is_not_null()).then(pl.lit(op == "!="))
        result: pl.Expr = PYTHON[op](column, literal(near, left.type))
        return result
    names = [Literal(kind, left.place, None) for kind in (left.type, right.type)]
    return _by_units(op, column, frame.expr(right), names)


def _by_units(op: str, one: pl.Expr, other: pl.Expr, sides: list[Literal]) -> pl.Expr:
    """Two columns of different units, compared exactly."""
    from scamps.core.language.tree import Name

    pair = tuple(Name(s.type, s.place, key) for s, key in zip(sides, "ab", strict=True))
    function = compile_node(Call(BOOLEAN, sides[0].place, op, pair))

    def row(a: object, b: object) -> object:
        return function({"a": a, "b": b})

    return by_function(row, [(one, sides[0].type), (other, sides[1].type)], BOOLEAN)


def between(frame: Vectoriser, node: Call) -> pl.Expr:
    """point between low and high: null if any is."""
    point, low, high = node.args
    both = compared(frame, ">=", point, low) & compared(frame, "<=", point, high)
    if all(isinstance(bound, Literal) for bound in (low, high)):
        return both
    known = [frame.expr(part).is_not_null() for part in node.args]
    return pl.when(reduce(operator.and_, known)).then(both)


def equivalent(frame: Vectoriser, node: Call) -> pl.Expr:
    """~ and !~."""
    common = common_type(node.args) or ANY
    if any(arg.type.inner for arg in node.args):
        return frame.evaluated(node)
    one, other = (frame.expr(arg, common) for arg in node.args)
    if common.name in ("Integer", "Boolean", "Date", "Any"):
        same = same_or_both_null(one, other)
    else:
        operands = [(one, common), (other, common)]
        same = by_function(compare.equivalent, operands, BOOLEAN, takes_null=True)
    return same if node.op == "~" else ~same


def member(frame: Vectoriser, point: Node, group: Node) -> pl.Expr:
    """point in group."""
    if group.type == ANY:
        return pl.lit(False)
    if isinstance(group, Range):
        return _in_range(frame, point, group)
    common = point_type(point, group)
    if common.inner or common == quantity(None):
        place = point.place
        return frame.evaluated(Call(BOOLEAN, place, "in", (point, group)))
    return _in_list(frame, frame.expr(point, common), children(group), common)


def _in_list(
    frame: Vectoriser, point: pl.Expr, elements: tuple[Node, ...], common: Type
) -> pl.Expr:
    if not elements:
        return pl.lit(False)
    columns = [frame.expr(element, common) for element in elements]
    if all(isinstance(e, Literal) and e.value is not None for e in elements):
        if len(elements) > FEW:
            values = pl.concat_list(columns)
            return point.is_in(values).fill_null(False)
        return reduce(operator.or_, (point == c for c in columns)).fill_null(False)
    return reduce(operator.or_, (same_or_both_null(point, c) for c in columns))


def _in_range(frame: Vectoriser, point: Node, group: Range) -> pl.Expr:
    if point.type == ANY:
        return NOTHING
    low = _side(frame, ">=" if group.low_closed else ">", point, group.low)
    high = _side(frame, "<=" if group.high_closed else "<", point, group.high)
    if all(_is_known(bound) for bound in (group.low, group.high)):
        return low & high
    inside = low & high
    edges = [
        compared(frame, "=", point, bound).fill_null(False)
        for bound, closed in (
            (group.low, group.low_closed),
            (group.high, group.high_closed),
        )
        if closed
    ]
    if edges:  # an open bound is unknown, but the other may be the point
        at_edge = reduce(operator.or_, edges)
        inside = (
            pl.when(inside.is_null() & at_edge).then(pl.lit(True)).otherwise(inside)
        )
    return pl.when(frame.expr(point).is_not_null()).then(inside)


def _is_known(bound: Node) -> bool:
    return isinstance(bound, Literal) and bound.value is not None


def _side(frame: Vectoriser, op: str, point: Node, bound: Node) -> pl.Expr:
    closed = op.endswith("=")
    if bound.type == ANY:
        return pl.lit(True) if closed else NOTHING
    test = compared(frame, op, point, bound)
    if _is_known(bound) or not closed:
        return test
    return frame.expr(bound).is_null() | test
