"""The Polars expression of each operator and function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl

from scamps.core.evaluate import arithmetic
from scamps.core.evaluate.calls import TAKES_NULL
from scamps.core.language.ranges import overflows
from scamps.core.language.tree import Call, Literal, Node
from scamps.core.language.types import DECIMAL, INTEGER, Type
from scamps.core.vectorise import comparisons, numbers
from scamps.core.vectorise.columns import DECIMAL as DECIMAL_COLUMN
from scamps.core.vectorise.columns import literal

if TYPE_CHECKING:
    from scamps.core.vectorise.frame import Vectoriser

Native = Callable[["Vectoriser", Call], pl.Expr]
Operation = Callable[..., pl.Expr]

# Operators whose formula writes an operand more than once.
REPEATS = {
    *("*", "/", "div", "mod", "^", "Ceiling", "Floor", "Truncate", "Round", "Sum"),
    *("between", "in", "contains"),
    *(f"CalculateAgeIn{unit}At" for unit in ("Years", "Months", "Weeks", "Days")),
}

__all__ = ["NATIVE", "REPEATS", "TAKES_NULL"]


def _logic(operation: Operation) -> Native:
    return lambda frame, node: operation(*(frame.expr(arg) for arg in node.args))


def _compared(frame: Vectoriser, node: Call) -> pl.Expr:
    return comparisons.compared(frame, node.op, *node.args)


def _arithmetic(frame: Vectoriser, node: Call) -> pl.Expr:
    if node.type == INTEGER:
        return _integer(frame, node)
    reads = node.type if node.op not in ("*", "/") else None
    left, right = (_number(frame, arg, reads) for arg in node.args)
    match node.op:
        case "+":
            return numbers.within_decimal(left + right)
        case "-":
            return numbers.within_decimal(left - right)
    return _DECIMAL[node.op](left, right)


def _number(frame: Vectoriser, node: Node, reads: Type | None) -> pl.Expr:
    """A decimal column: products read each operand in its own unit."""
    if reads is None:
        reads = node.type if node.type.name == "Quantity" else DECIMAL
    return frame.expr(node, reads)


_DECIMAL: dict[str, Operation] = {
    "*": numbers.multiply,
    "/": numbers.divide,
    "div": numbers.decimal_div,
    "mod": numbers.decimal_mod,
}


def _integer(frame: Vectoriser, node: Call) -> pl.Expr:
    left, right = (frame.expr(arg) for arg in node.args)
    match node.op:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "div":
            return numbers.integer_div(left, right)
        case _:
            return numbers.integer_mod(left, right)
    return numbers.within_integer(result) if overflows(node) else result


def _power(frame: Vectoriser, node: Call) -> pl.Expr:
    base, exponent = node.args
    if isinstance(exponent, Literal) and exponent.value == 2:
        return _arithmetic(frame, Call(node.type, node.place, "*", (base, base)))
    if node.type == INTEGER:
        return frame.strict(arithmetic.integer_power, node)
    return frame.strict(arithmetic.decimal_power, node, DECIMAL)


def _negate(frame: Vectoriser, node: Call) -> pl.Expr:
    result = -frame.expr(node.args[0])
    guarded = node.type == INTEGER and overflows(node)
    return numbers.within_integer(result) if guarded else result


def _abs(frame: Vectoriser, node: Call) -> pl.Expr:
    result = frame.expr(node.args[0]).abs()
    return numbers.within_integer(result) if node.type == INTEGER else result


def _whole(operation: Operation) -> Native:
    def native(frame: Vectoriser, node: Call) -> pl.Expr:
        column = frame.expr(node.args[0])
        return column if node.args[0].type == INTEGER else operation(column)

    return native


def _round(frame: Vectoriser, node: Call) -> pl.Expr:
    value = _number(frame, node.args[0], None)
    if len(node.args) == 1:
        return numbers.rounded(value, 0)
    places = node.args[1]
    if isinstance(places, Literal):
        return numbers.rounded(value, places.value or 0)
    column = frame.expr(places).fill_null(0)
    from scamps.core.vectorise.slowly import by_function

    operands = [(value, node.type), (column, INTEGER)]
    return by_function(arithmetic.rounded, operands, node.type)


def _slow(function: Any, reads: Type | None = None) -> Native:
    return lambda frame, node: frame.strict(function, node, reads)


def _to_integer(frame: Vectoriser, node: Call) -> pl.Expr:
    if node.args[0].type.name == "String":
        return frame.strict(arithmetic.text_to_integer, node)
    return frame.expr(node.args[0]).cast(pl.Int64)


def _to_decimal(frame: Vectoriser, node: Call) -> pl.Expr:
    kind = node.args[0].type
    if kind.name == "String":
        return frame.strict(arithmetic.text_to_decimal, node)
    if kind.name == "Boolean":
        return frame.expr(node.args[0]).cast(pl.Int64).cast(DECIMAL_COLUMN)
    return frame.expr(node.args[0], DECIMAL)


def _if(frame: Vectoriser, node: Call) -> pl.Expr:
    condition = frame.expr(node.args[0])
    chosen, other = (frame.expr(arg, node.type) for arg in node.args[1:])
    return pl.when(condition).then(chosen).otherwise(other)


def _elements(frame: Vectoriser, node: Call) -> list[pl.Expr]:
    """The columns of a list that is written out, in its inner type."""
    listed = node.args[0]
    elements = listed.args if isinstance(listed, Call) else ()
    return [frame.expr(element, listed.type.point) for element in elements]


def _coalesce(frame: Vectoriser, node: Call) -> pl.Expr:
    if len(node.args) == 1:
        return pl.coalesce(_elements(frame, node))
    return pl.coalesce([frame.expr(arg, node.type) for arg in node.args])


def _sum(frame: Vectoriser, node: Call) -> pl.Expr:
    elements = _elements(frame, node)
    total = pl.sum_horizontal(elements, ignore_nulls=True)
    if node.type != INTEGER:
        total = numbers.within_decimal(total)
    elif overflows(node):
        total = numbers.within_integer(total)
    known = pl.any_horizontal([element.is_not_null() for element in elements])
    return pl.when(known).then(total)


def _count(frame: Vectoriser, node: Call) -> pl.Expr:
    known = [e.is_not_null().cast(pl.Int64) for e in _elements(frame, node)]
    return pl.sum_horizontal(known) if known else literal(0, INTEGER)


def _extreme(operation: Callable[[list[pl.Expr]], pl.Expr]) -> Native:
    return lambda frame, node: operation(_elements(frame, node))


def _age(between: Operation) -> Native:
    return lambda frame, node: between(*(frame.expr(arg) for arg in node.args))


def _days(days: int) -> Native:
    def native(frame: Vectoriser, node: Call) -> pl.Expr:
        start, end = (frame.expr(arg) for arg in node.args)
        return numbers.toward_zero(numbers.days_between(start, end), days)

    return native


NATIVE: dict[str, Native] = {
    "and": _logic(lambda a, b: a & b),
    "or": _logic(lambda a, b: a | b),
    "xor": _logic(lambda a, b: a ^ b),
    "implies": _logic(lambda a, b: ~a | b),
    "not": _logic(lambda a: ~a),
    "is null": _logic(lambda a: a.is_null()),
    "is true": _logic(lambda a: a.fill_null(False)),
    "is false": _logic(lambda a: ~a.fill_null(True)),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), _compared),
    **dict.fromkeys(("~", "!~"), comparisons.equivalent),
    "between": comparisons.between,
    "in": lambda frame, node: comparisons.member(frame, *node.args),
    "contains": lambda frame, node: comparisons.member(frame, *reversed(node.args)),
    **dict.fromkeys(("+", "-", "*", "/", "div", "mod"), _arithmetic),
    "^": _power,
    "negate": _negate,
    "Abs": _abs,
    "Ceiling": _whole(numbers.ceiling),
    "Floor": _whole(numbers.floor),
    "Truncate": _whole(numbers.truncate),
    "Round": _round,
    "Ln": _slow(arithmetic.natural_log, DECIMAL),
    "Exp": _slow(arithmetic.exponential, DECIMAL),
    "Log": _slow(arithmetic.log, DECIMAL),
    "ToInteger": _to_integer,
    "ToDecimal": _to_decimal,
    "if": _if,
    "Coalesce": _coalesce,
    "Min": _extreme(pl.min_horizontal),
    "Max": _extreme(pl.max_horizontal),
    "Sum": _sum,
    "Count": _count,
    "CalculateAgeInYearsAt": _age(numbers.years_between),
    "CalculateAgeInMonthsAt": _age(numbers.months_between),
    "CalculateAgeInWeeksAt": _days(7),
    "CalculateAgeInDaysAt": _days(1),
    "as": lambda frame, node: frame.expr(node.args[0], node.type),
    "value": lambda frame, node: frame.expr(node.args[0]),
}
