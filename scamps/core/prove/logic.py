"""Logic, comparison and choice of the language, as the solver's formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import z3

from scamps.core.language.tree import Call, Literal, Node, Range
from scamps.core.prove.compare import compared, same
from scamps.core.prove.terms import NO, UNKNOWN, Beyond, Term, Truth, either, truth

if TYPE_CHECKING:
    from scamps.core.prove.encode import Encoder


def _and(one: Encoder, node: Call) -> Term:
    a, b = map(one.truth, node.args)
    return Truth(z3.And(a.yes, b.yes), z3.Or(a.no, b.no))


def _or(one: Encoder, node: Call) -> Term:
    a, b = map(one.truth, node.args)
    return Truth(z3.Or(a.yes, b.yes), z3.And(a.no, b.no))


def _implies(one: Encoder, node: Call) -> Term:
    a, b = map(one.truth, node.args)
    return Truth(z3.Or(a.no, b.yes), z3.And(a.yes, b.no))


def _xor(one: Encoder, node: Call) -> Term:
    a, b = map(one.truth, node.args)
    apart = z3.Or(z3.And(a.yes, b.no), z3.And(a.no, b.yes))
    alike = z3.Or(z3.And(a.yes, b.yes), z3.And(a.no, b.no))
    return Truth(apart, alike)


def _not(one: Encoder, node: Call) -> Term:
    a = one.truth(node.args[0])
    return Truth(a.no, a.yes)


def _always_known(holds: Any) -> Truth:
    return Truth(holds, z3.Not(holds))


def _is_null(one: Encoder, node: Call) -> Term:
    return _always_known(one.term(node.args[0]).null)


def _is_true(one: Encoder, node: Call) -> Term:
    return _always_known(one.truth(node.args[0]).yes)


def _is_false(one: Encoder, node: Call) -> Term:
    return _always_known(one.truth(node.args[0]).no)


def _compared(one: Encoder, node: Call) -> Term:
    left, right = node.args
    if "Any" in (left.type.name, right.type.name):
        return UNKNOWN
    return _side(one, node.op, left, right)


def _equivalent(one: Encoder, node: Call) -> Term:
    left, right = node.args
    if not {left.type.name, right.type.name} <= {"Integer", "Boolean", "Date"}:
        raise Beyond("likeness of texts and decimals")
    found = same(one.term(left), one.term(right), left.type, right.type)
    return _always_known(found if node.op == "~" else z3.Not(found))


def _between(one: Encoder, node: Call) -> Term:
    point, low, high = node.args
    if any(arg.type.name == "Any" for arg in node.args):
        return UNKNOWN
    return _strict(_side(one, ">=", point, low), _side(one, "<=", point, high))


def _side(one: Encoder, sign: str, point: Node, bound: Node) -> Truth:
    if sign not in ("=", "!=") and not (_in_order(point) and _in_order(bound)):
        raise Beyond("the order of words")
    return compared(sign, one.term(point), one.term(bound), point.type, bound.type)


def _in_order(node: Node) -> bool:
    """Whether its number stands in the order of its values: not of any words at all."""
    written = isinstance(node, Literal) or bool(node.type.options)
    return node.type.name != "String" or written


def _strict(a: Truth, b: Truth) -> Truth:
    """Both at once; unknown if either is."""
    return truth(z3.Or(a.null, b.null), z3.And(a.yes, b.yes))


def _in(one: Encoder, node: Call) -> Term:
    point, group = node.args if node.op == "in" else node.args[::-1]
    if isinstance(group, Range):
        return _in_range(one, point, group)
    if not (isinstance(group, Call) and group.op == "list"):
        raise Beyond("a list that is not written out")
    if point.type.name == "Any" or any(a.type.name == "Any" for a in group.args):
        raise Beyond("null in a list")
    sought = one.term(point)
    found = [same(sought, one.term(a), point.type, a.type) for a in group.args]
    return _always_known(z3.Or(found) if found else NO)


def _in_range(one: Encoder, point: Node, group: Range) -> Term:
    for bound in (group.low, group.high):
        if not isinstance(bound, Literal) or bound.value is None:
            raise Beyond("an interval with an unknown bound")
    low = _side(one, ">=" if group.low_closed else ">", point, group.low)
    high = _side(one, "<=" if group.high_closed else "<", point, group.high)
    return _strict(low, high)


def _if(one: Encoder, node: Call) -> Term:
    test, then, otherwise = node.args
    sides = one.typed(then, node.type), one.typed(otherwise, node.type)
    return either(one.truth(test).yes, *sides)


def _coalesce(one: Encoder, node: Call) -> Term:
    args: Sequence[Node] = node.args
    if len(args) == 1 and isinstance(args[0], Call) and args[0].op == "list":
        args = args[0].args
    terms = [one.typed(arg, node.type) for arg in args]
    result = terms[-1]
    for term in reversed(terms[:-1]):
        result = either(z3.Not(term.null), term, result)
    return result


RULES: dict[str, Callable[[Encoder, Call], Term]] = {
    "and": _and,
    "or": _or,
    "implies": _implies,
    "xor": _xor,
    "not": _not,
    "is null": _is_null,
    "is true": _is_true,
    "is false": _is_false,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), _compared),
    **dict.fromkeys(("~", "!~"), _equivalent),
    "between": _between,
    **dict.fromkeys(("in", "contains"), _in),
    "if": _if,
    "Coalesce": _coalesce,
    "as": lambda one, node: one.typed(node.args[0], node.type),
    "value": lambda one, node: one.number(node.args[0]),
}
