"""From the typed tree to one Polars expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from scamps.core.evaluate.coerce import coercion
from scamps.core.evaluate.emit import compile_node
from scamps.core.language.tree import (
    Call,
    Case,
    Literal,
    Name,
    Node,
    Range,
    children,
    is_written_out,
    names_in,
    nodes,
)
from scamps.core.language.types import ANY, INTEGER, Type, quantity
from scamps.core.vectorise.calls import NATIVE, REPEATS, TAKES_NULL
from scamps.core.vectorise.columns import DECIMAL, dtype, literal
from scamps.core.vectorise.comparisons import compared, is_constant
from scamps.core.vectorise.slowly import RESULT, by_function


class Vectoriser:
    """Builds the expression of one tree over the given columns."""

    def __init__(self, columns: Mapping[str, pl.Expr] | None) -> None:
        self.columns = columns or {}

    def expr(self, node: Node, target: Type | None = None) -> pl.Expr:
        """The column of a node, read as *target*."""
        if node.type == ANY:
            return literal(None, target or ANY)
        if not names_in(node):
            return self.constant(node, target)
        return self.coerced(self.plain(node), node.type, target)

    def constant(self, node: Node, target: Type | None) -> pl.Expr:
        """The column of a node without names."""
        value = node.value if isinstance(node, Literal) else compile_node(node)({})
        convert = coercion(node.type, target) if target else None
        if convert and value is not None:
            value = convert(value)
        return literal(value, target if target and target != ANY else node.type)

    def coerced(self, column: pl.Expr, kind: Type, target: Type | None) -> pl.Expr:
        """The column read as another type."""
        convert = coercion(kind, target) if target else None
        if convert is None or target is None:
            return column
        if kind.name == "Integer" and dtype(target) == DECIMAL:
            return column.cast(DECIMAL)
        return by_function(convert, [(column, kind)], target)

    def plain(self, node: Node) -> pl.Expr:
        """The column of a node in its own type."""
        if isinstance(node, Name):
            return self.name(node)
        if not is_native(node):
            return self.evaluated(node)
        parts = repeated_parts(node)
        if parts:
            return self.with_parts_held(node, parts)
        if isinstance(node, Case):
            return _settled(self.case(node), node.type)
        if not isinstance(node, Call):
            return self.evaluated(node)
        if node.op not in TAKES_NULL and any(arg.type == ANY for arg in node.args):
            return literal(None, node.type)
        return _settled(NATIVE[node.op](self, node), node.type)

    def with_parts_held(self, node: Node, parts: list[Node]) -> pl.Expr:
        """The column of an operator whose formula repeats compound operands.

        They are computed first, as columns of a frame of their own: written out at every
        mention, nested operators would double the expression at each level.
        """
        held = {id(part): f"_{number}" for number, part in enumerate(parts)}
        plain = {n.key: n for n in nodes(node) if isinstance(n, Name)}
        columns = [self.expr(part).alias(held[id(part)]) for part in parts]
        columns += [self.name(name).alias(key) for key, name in plain.items()]
        formula = Vectoriser(None).expr(replaced(node, held)).alias(RESULT)

        def batch(column: pl.Series) -> pl.Series:
            return column.struct.unnest().with_columns(formula)[RESULT]

        return pl.struct(columns).map_batches(
            batch, return_dtype=dtype(node.type), is_elementwise=True
        )

    def name(self, node: Name) -> pl.Expr:
        """The column of a key; numbers in the width that arithmetic here relies on."""
        column = self.columns.get(node.key)
        column = pl.col(node.key) if column is None else column
        held = dtype(node.type)
        return column.cast(held) if held in (pl.Int64(), DECIMAL) else column

    def case(self, node: Case) -> pl.Expr:
        """case: the first branch whose condition is true."""
        chain: Any = pl
        for condition, then in node.items:
            if node.subject:
                test = compared(self, "=", node.subject, condition)
            else:
                test = self.expr(condition)
            chain = chain.when(test).then(self.expr(then, node.type))
        result: pl.Expr = chain.otherwise(self.expr(node.otherwise, node.type))
        return result

    def evaluated(self, node: Node) -> pl.Expr:
        """A whole subtree by evaluate, for each distinct row of the names it reads."""
        found = {n.key: n for n in nodes(node) if isinstance(n, Name)}
        keys = sorted(found)
        function = compile_node(node)
        operands = [(self.name(found[key]), found[key].type) for key in keys]

        def row(*values: Any) -> Any:
            return function(dict(zip(keys, values, strict=True)))

        return by_function(row, operands, node.type, takes_null=True)

    def strict(self, function: Any, node: Call, target: Type | None = None) -> pl.Expr:
        """A null-propagating function of evaluate over the operands' columns."""
        operands = [(self.expr(arg, target), target or arg.type) for arg in node.args]
        return by_function(function, operands, node.type)


def _settled(column: pl.Expr, kind: Type) -> pl.Expr:
    """The column; a literal if it reads no other, as `null + x`.

    Polars computes a repeated subexpression once, and one without a column becomes a
    column of one row, which then does not fit the frame.
    """
    return literal(pl.select(column).item(), kind) if is_constant(column) else column


def repeated_parts(node: Node) -> list[Node]:
    """The compound operands that the formula of this operator would repeat."""
    if isinstance(node, Case):
        operands: list[Node] = [node.subject] if node.subject else []
    elif isinstance(node, Call) and node.op in REPEATS and not _is_product(node):
        operands = [
            part
            for arg in node.args
            for part in (children(arg) if is_written_out(arg) else (arg,))
        ]
    else:
        return []
    return [p for p in operands if not isinstance(p, Name | Literal) and names_in(p)]


def _is_product(node: Call) -> bool:
    """A product of integers writes each operand once."""
    return node.op == "*" and node.type == INTEGER


def replaced(node: Node, held: Mapping[int, str]) -> Node:
    """The node with some parts, by identity, replaced by names."""
    if id(node) in held:
        return Name(node.type, node.place, held[id(node)])
    match node:
        case Call(type=kind, place=place, op=op, args=args):
            return Call(kind, place, op, tuple(replaced(arg, held) for arg in args))
        case Range(type=kind, place=place, low=low, high=high):
            closed = (node.low_closed, node.high_closed)
            return Range(
                kind, place, replaced(low, held), replaced(high, held), *closed
            )
        case Case(subject=Call() | Case() as subject):
            name = replaced(subject, held)
            return Case(node.type, node.place, name, node.items, node.otherwise)
    return node


def is_native(node: Node) -> bool:
    """Whether Polars itself can compute the outermost operator.

    Lists and intervals that are not written out, and quantities of changing units, are
    left to evaluate.
    """
    if node.type.inner or node.type == quantity(None):
        return False
    if isinstance(node, Case):
        parts: tuple[Node, ...] = (node.subject,) if node.subject else ()
        parts += tuple(w for w, _ in node.items)
        return not any(p.type.inner or p.type == quantity(None) for p in parts)
    return not isinstance(node, Call) or all(map(_is_plain_operand, node.args))


def _is_plain_operand(node: Node) -> bool:
    written = isinstance(node, Call) and node.op == "list"
    if written or type(node).__name__ == "Range":
        return not (node.type.point.inner or node.type.point == quantity(None))
    return not (node.type.inner or node.type == quantity(None))


__all__ = ["Vectoriser", "dtype"]
