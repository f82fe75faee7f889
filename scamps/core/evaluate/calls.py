"""Source of each operator and function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scamps.core.evaluate import arithmetic, compare, quantities
from scamps.core.evaluate.comparisons import compare_parts
from scamps.core.evaluate.membership import contains, member
from scamps.core.evaluate.parts import NULL, Part, guards_of
from scamps.core.language.rules import common_type
from scamps.core.language.tree import Call
from scamps.core.language.types import ANY, DECIMAL, INTEGER, quantity
from scamps.core.language.values import DECIMAL_MAX

if TYPE_CHECKING:
    from scamps.core.evaluate.emit import Emitter

Emit = Callable[["Emitter", Call], Part]

# Operators that are not simply null when an operand is an untyped null.
TAKES_NULL = {
    *("and", "or", "implies", "is null", "is true", "is false", "~", "!~"),
    *("if", "list", "Coalesce", "in", "contains", "Round", "as", "Count"),
}


def _kleene(deciding: str, first: str) -> Emit:
    """and, or, implies: one operand can decide alone."""

    def emit(em: Emitter, node: Call) -> Part:
        left, right = (em.emit(arg) for arg in node.args)
        if not left.guards and not right.guards:
            words = {"and": "and", "or": "or"}
            if node.op in words:
                return Part((), f"({left.value} {words[node.op]} {right.value})")
            return Part((), f"(not {left.value} or {right.value})")
        a, b = em.scope.name(), em.scope.name()
        test = f"({a} := {left.full}) is {first} or ({b} := {right.full}) is {deciding}"
        return em.scope.nullable(
            f"{deciding} if {test} else None if {a} is None else {b}"
        )

    return emit


def _not(em: Emitter, node: Call) -> Part:
    return em.strict(node, "(not {})")


def _xor(em: Emitter, node: Call) -> Part:
    return em.strict(node, "({} is not {})")


def _is_null(em: Emitter, node: Call) -> Part:
    part = em.emit(node.args[0])
    return Part((), f"({part.full} is None)" if part.guards else "False")


def _is(truth: str) -> Emit:
    def emit(em: Emitter, node: Call) -> Part:
        return Part((), f"({em.emit(node.args[0]).full} is {truth})")

    return emit


def _compared(em: Emitter, node: Call) -> Part:
    return compare_parts(em, node.op, *node.args)


def _equivalent(em: Emitter, node: Call) -> Part:
    common = common_type(node.args) or ANY
    one, other = (em.emit(arg, common) for arg in node.args)
    negated = "" if node.op == "~" else "not "
    if common.name in ("Integer", "Boolean", "Date", "Any"):
        return Part((), f"({negated}{one.full} == {other.full})")
    name = em.scope.constant(compare.equivalent)
    return Part((), f"({negated}{name}({one.full}, {other.full}))")


def _between(em: Emitter, node: Call) -> Part:
    point, low, high = node.args
    em.hold(point)
    above = compare_parts(em, ">=", point, low)
    below = compare_parts(em, "<=", point, high)
    if NULL in (above, below):
        return NULL
    return Part(guards_of((above, below)), f"({above.value} and {below.value})")


def _arithmetic(em: Emitter, node: Call) -> Part:
    if node.type == INTEGER:
        return _INTEGER[node.op](em, node)
    if node.type == quantity(None):
        return em.through(node, quantities.BOXED[node.op], node.type)
    if node.op in ("*", "/"):
        return em.through(node, _DECIMAL[node.op], _own(node))
    if node.op in ("+", "-"):
        part = em.strict(node, f"({{}} {node.op} {{}})", node.type)
        return em.limited(part, -DECIMAL_MAX, DECIMAL_MAX)
    return em.through(node, _DECIMAL[node.op], node.type)


def _own(node: Call) -> Any:
    """Products read each operand in its own unit."""
    return DECIMAL if node.type == DECIMAL else None


_DECIMAL = {
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "div": arithmetic.decimal_div,
    "mod": arithmetic.decimal_mod,
}
_INTEGER: dict[str, Emit] = {
    "+": lambda em, node: em.whole(node, "({} + {})"),
    "-": lambda em, node: em.whole(node, "({} - {})"),
    "*": lambda em, node: em.whole(node, "({} * {})"),
    "div": lambda em, node: em.through(node, arithmetic.integer_div),
    "mod": lambda em, node: em.through(node, arithmetic.integer_mod),
}


def _power(em: Emitter, node: Call) -> Part:
    if node.type == INTEGER:
        return em.through(node, arithmetic.integer_power)
    return em.through(node, arithmetic.decimal_power, DECIMAL)


def _negate(em: Emitter, node: Call) -> Part:
    if node.type == INTEGER:
        return em.whole(node, "(-{})")
    if node.type == quantity(None):
        return em.strict(node, f"{em.scope.constant(quantities.negate)}({{}})")
    return em.strict(node, "(0 - {})")


def _abs(em: Emitter, node: Call) -> Part:
    if node.type == INTEGER:
        return em.through(node, arithmetic.absolute_integer)
    if node.type == quantity(None):
        return em.strict(node, f"{em.scope.constant(quantities.absolute)}({{}})")
    return em.strict(node, f"{em.scope.constant(abs)}({{}})")


def _round(em: Emitter, node: Call) -> Part:
    target = node.type if node.type.name == "Quantity" else DECIMAL
    part = em.emit(node.args[0], target)
    places = em.emit(node.args[1]).full if len(node.args) > 1 else "None"
    if part is NULL:
        return NULL
    boxed = node.type == quantity(None)
    function = em.scope.constant(quantities.rounded if boxed else arithmetic.rounded)
    inner = em.scope.nullable(f"{function}({part.value}, {places})")
    return Part(part.guards + inner.guards, inner.value)


def _function(function: Any, target: Any = None) -> Emit:
    return lambda em, node: em.through(node, function, target)


def _to_integer(em: Emitter, node: Call) -> Part:
    kind = node.args[0].type
    if kind.name == "String":
        return em.through(node, arithmetic.text_to_integer)
    return em.strict(node, "{}" if kind == INTEGER else "(1 if {} else 0)")


def _to_decimal(em: Emitter, node: Call) -> Part:
    kind = node.args[0].type
    if kind.name == "String":
        return em.through(node, arithmetic.text_to_decimal)
    if kind.name == "Boolean":
        one, zero = (em.scope.constant(DECIMAL_MAX.__class__(n)) for n in (1, 0))
        return em.strict(node, f"({one} if {{}} else {zero})")
    return em.strict(node, "{}", DECIMAL)


def _if(em: Emitter, node: Call) -> Part:
    condition = em.emit(node.args[0])
    parts = [em.emit(arg, node.type) for arg in node.args[1:]]
    expression = f"({parts[0].full} if {condition.full} else {parts[1].full})"
    return em.chosen(expression, parts)


def _coalesce(em: Emitter, node: Call) -> Part:
    if len(node.args) == 1 and node.args[0].type.name == "List":
        listed = node.args[0]
        if not (isinstance(listed, Call) and listed.op == "list" and listed.args):
            return em.through(node, compare.first_known)
        node = Call(node.type, node.place, node.op, listed.args)
    parts = [em.emit(arg, node.type) for arg in node.args]
    chain = ""
    for part in parts[:-1]:
        name = em.scope.name()
        chain += f"{name} if ({name} := {part.full}) is not None else "
    last = parts[-1]
    expression = f"({chain}{last.full})"
    return em.scope.nullable(expression) if last.guards else Part((), expression)


def _list(em: Emitter, node: Call) -> Part:
    elements = [em.emit(arg, node.type.point).full for arg in node.args]
    return Part((), f"[{', '.join(elements)}]")


def _sum(em: Emitter, node: Call) -> Part:
    if node.type == INTEGER:
        return em.through(node, arithmetic.sum_integers)
    boxed = node.type == quantity(None)
    function = quantities.sum_quantities if boxed else arithmetic.sum_decimals
    return em.through(node, function)


def _count(em: Emitter, node: Call) -> Part:
    name = em.scope.constant(compare.count)
    return Part((), f"{name}({em.emit(node.args[0]).full})")


def _as(em: Emitter, node: Call) -> Part:
    return em.emit(node.args[0], node.type)


def _value(em: Emitter, node: Call) -> Part:
    boxed = node.args[0].type == quantity(None)
    return em.strict(node, "{}.value" if boxed else "{}")


EMIT: dict[str, Emit] = {
    "and": _kleene("False", "False"),
    "or": _kleene("True", "True"),
    "implies": _kleene("True", "False"),
    "xor": _xor,
    "not": _not,
    "is null": _is_null,
    "is true": _is("True"),
    "is false": _is("False"),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), _compared),
    **dict.fromkeys(("~", "!~"), _equivalent),
    "between": _between,
    "in": member,
    "contains": contains,
    **dict.fromkeys(("+", "-", "*", "/", "div", "mod"), _arithmetic),
    "^": _power,
    "negate": _negate,
    "Abs": _abs,
    "Ceiling": _function(arithmetic.ceiling),
    "Floor": _function(arithmetic.floor),
    "Truncate": _function(arithmetic.truncate),
    "Round": _round,
    "Ln": _function(arithmetic.natural_log, DECIMAL),
    "Exp": _function(arithmetic.exponential, DECIMAL),
    "Log": _function(arithmetic.log, DECIMAL),
    "ToInteger": _to_integer,
    "ToDecimal": _to_decimal,
    "if": _if,
    "Coalesce": _coalesce,
    "list": _list,
    "Min": _function(compare.least),
    "Max": _function(compare.greatest),
    "Sum": _sum,
    "Count": _count,
    "CalculateAgeInYearsAt": _function(arithmetic.age_in_years),
    "CalculateAgeInMonthsAt": _function(arithmetic.months_between),
    "CalculateAgeInWeeksAt": _function(arithmetic.age_in_weeks),
    "CalculateAgeInDaysAt": _function(arithmetic.age_in_days),
    "as": _as,
    "value": _value,
}
