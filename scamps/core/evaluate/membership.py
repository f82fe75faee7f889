"""Source of `in` and `contains`, over lists and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scamps.core.evaluate import compare
from scamps.core.evaluate.comparisons import compare_parts
from scamps.core.evaluate.parts import NULL, Part, guards_of
from scamps.core.language.rules import common_type
from scamps.core.language.tree import Call, Literal, Node, Range, children
from scamps.core.language.types import ANY, Type, interval_of, list_of, quantity

if TYPE_CHECKING:
    from scamps.core.evaluate.emit import Emitter


def member(em: Emitter, node: Call) -> Part:
    """point in group."""
    return _member(em, node.args[0], node.args[1])


def contains(em: Emitter, node: Call) -> Part:
    """group contains point."""
    return _member(em, node.args[1], node.args[0])


def point_type(point: Node, group: Node) -> Type:
    """The type in which point and elements are compared."""
    stand_in = Literal(group.type.point, group.place, None)
    return common_type((point, stand_in)) or ANY


def _member(em: Emitter, point: Node, group: Node) -> Part:
    if group.type == ANY:
        return Part((), "False")
    if group.type.name == "List":
        return _in_list(em, point, group)
    return (
        _in_range(em, point, group)
        if isinstance(group, Range)
        else _in(em, point, group)
    )


def _in_list(em: Emitter, point: Node, group: Node) -> Part:
    common = point_type(point, group)
    one = em.emit(point, common)
    written = isinstance(group, Call) and group.op == "list"
    if common == quantity(None) or common.inner or not written:
        name = em.scope.constant(compare.member)
        return Part((), f"{name}({one.full}, {em.emit(group, list_of(common)).full})")
    elements = [em.emit(arg, common).full for arg in children(group)]
    if not elements:
        return Part((), "False")
    return Part((), f"({one.full} in ({', '.join(elements)},))")


def _in(em: Emitter, point: Node, group: Node) -> Part:
    common = point_type(point, group)
    one, other = em.emit(point, common), em.emit(group, interval_of(common))
    return em.scope.nullable(
        f"{em.scope.constant(compare.within)}({one.full}, {other.full})"
    )


def _in_range(em: Emitter, point: Node, group: Range) -> Part:
    """A range written out: two comparisons, null bounds apart."""
    if point.type == ANY:
        return NULL
    em.hold(point)
    low = _side(em, ">=" if group.low_closed else ">", point, group.low)
    high = _side(em, "<=" if group.high_closed else "<", point, group.high)
    if low is None or high is None:
        return _in(em, point, group)
    return Part(guards_of((low, high)), f"({low.value} and {high.value})")


def _side(em: Emitter, op: str, point: Node, bound: Node) -> Part | None:
    """The comparison with one bound, where neither is null but for the point."""
    if not isinstance(bound, Literal) or bound.value is None:
        return None
    part = compare_parts(em, op, point, bound)
    return None if part is NULL else part
