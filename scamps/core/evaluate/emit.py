"""From the typed tree to the source of one Python function.

Every operator is total and has no effects, so parts may be computed early or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from scamps.core.evaluate.calls import EMIT, TAKES_NULL
from scamps.core.evaluate.coerce import coercion
from scamps.core.evaluate.compare import interval
from scamps.core.evaluate.comparisons import compare_parts
from scamps.core.evaluate.parts import NULL, Heights, Part, Scope, guards_of
from scamps.core.language.ranges import overflows
from scamps.core.language.tree import (
    Call,
    Case,
    Literal,
    Name,
    Node,
    Range,
    is_written_out,
    names_in,
    nodes,
)
from scamps.core.language.types import ANY, INTEGER, Type
from scamps.core.language.values import DECIMAL_MAX, INTEGER_MAX, INTEGER_MIN

_NEST = 8  # a statement of its own at every so many levels: Python limits brackets


class Emitter:
    """Writes the function of one expression."""

    def __init__(self, root: Node) -> None:
        self.scope = Scope({}, [])
        self.heights = Heights()
        self.facts: dict[str, Part] = {}
        self.folds = bool(names_in(root))
        self.done: dict[int, Part] = {}
        used = Counter(node.key for node in nodes(root) if isinstance(node, Name))
        for key, times in used.items():
            if times > 1:
                name = self.scope.name()
                self.scope.lines.append(f"{name} = facts[{key!r}]")
                self.facts[key] = Part((f"{name} is None",), name)

    def emit_from_below(self, root: Node, target: Type | None) -> Part:
        """The part of a tree, its lower levels in statements of their own.

        Python limits how deep brackets and calls go; a statement at every so many
        levels keeps both shallow.
        """
        tall = [n for n in nodes(root) if self.heights.of(n) % _NEST == _NEST - 1]
        for node in sorted(tall, key=self.heights.of):
            if node is not root and not is_written_out(node):
                part = self.done.get(id(node)) or self.plain(node)
                self.done[id(node)] = self.scope.spill(part)
        return self.emit(root, target)

    def hold(self, node: Node) -> None:
        """Compute a node in a statement of its own, because it is read repeatedly."""
        if names_in(node) and id(node) not in self.done and not is_written_out(node):
            self.done[id(node)] = self.scope.spill(self.plain(node), always=True)

    def emit(self, node: Node, target: Type | None = None) -> Part:
        """The part of a node, read as *target*."""
        if self.folds and not isinstance(node, Literal) and not names_in(node):
            return self.constant(self.folded(node), node.type, target)
        part = self.done.get(id(node)) or self.plain(node)
        return self.coerced(part, node, target)

    def folded(self, node: Node) -> Any:
        """The value of a node without names."""
        return compile_node(node)({})

    def constant(self, value: Any, kind: Type, target: Type | None) -> Part:
        """The part of a constant."""
        convert = coercion(kind, target) if target else None
        if convert and value is not None:
            value = convert(value)
        return NULL if value is None else Part((), self.scope.constant(value))

    def coerced(self, part: Part, node: Node, target: Type | None) -> Part:
        """The part read as another type."""
        convert = coercion(node.type, target) if target else None
        if convert is None or part is NULL:
            return part
        if isinstance(node, Literal):
            return self.constant(node.value, node.type, target)
        name = self.scope.constant(convert)
        inner = self.scope.nullable(f"{name}({part.value})")
        return Part(part.guards + inner.guards, inner.value)

    def plain(self, node: Node) -> Part:
        """The part of a node in its own type."""
        match node:
            case Literal(value=value, type=kind):
                return self.constant(value, kind, None)
            case Name(key=key):
                return self.facts.get(key) or self.scope.nullable(f"facts[{key!r}]")
            case Case():
                return self.case(node)
            case Range():
                return self.range(node)
        return self.call(node)

    def call(self, node: Call) -> Part:
        """The part of an operator or function."""
        if node.op not in TAKES_NULL and any(a.type == ANY for a in node.args):
            return NULL
        return EMIT[node.op](self, node)

    def strict(self, node: Call, template: str, target: Type | None = None) -> Part:
        """An operator that is null when an operand is, and never otherwise."""
        parts = [self.emit(arg, target) for arg in node.args]
        if NULL in parts:
            return NULL
        return Part(guards_of(parts), template.format(*(p.value for p in parts)))

    def through(self, node: Call, function: Any, target: Type | None = None) -> Part:
        """A strict operator that a function computes, perhaps to null."""
        name = self.scope.constant(function)
        slots = ", ".join(["{}"] * len(node.args))
        return self.partial(self.strict(node, f"{name}({slots})", target))

    def partial(self, part: Part) -> Part:
        """The part of an expression whose value may be None."""
        if part is NULL:
            return part
        inner = self.scope.nullable(part.value)
        return Part(part.guards + inner.guards, inner.value)

    def limited(self, part: Part, low: Any, high: Any) -> Part:
        """The part, null out of its range."""
        if part is NULL:
            return part
        name, low, high = self.scope.name(), *map(self.scope.constant, (low, high))
        guard = f"not {low} <= ({name} := {part.value}) <= {high}"
        return Part((*part.guards, guard), name)

    def whole(self, node: Call, template: str) -> Part:
        """Integer arithmetic, guarded unless it cannot overflow."""
        part = self.strict(node, template, INTEGER)
        return self.limited(part, INTEGER_MIN, INTEGER_MAX) if overflows(node) else part

    def exact(self, node: Call, template: str) -> Part:
        """Decimal addition or subtraction: exact, unless it overflows."""
        part = self.strict(node, template, node.type)
        return self.limited(part, -DECIMAL_MAX, DECIMAL_MAX)

    def case(self, node: Case) -> Part:
        """case: the first branch whose condition is true."""
        chain, parts = "", []
        if node.subject:
            self.hold(node.subject)
        for condition, then in node.items:
            if node.subject:
                test = compare_parts(self, "=", node.subject, condition)
            else:
                test = self.emit(condition)
            part = self.emit(then, node.type)
            parts.append(part)
            chain += f"{part.full} if {test.full} else "
        last = self.emit(node.otherwise, node.type)
        return self.chosen(f"({chain}{last.full})", [*parts, last])

    def chosen(self, expression: str, parts: list[Part]) -> Part:
        """One of several parts: null only if one of them can be."""
        if any(part.guards for part in parts):
            return self.scope.nullable(expression)
        return Part((), expression)

    def range(self, node: Range) -> Part:
        """An interval as a value."""
        parts = [self.emit(bound, node.type.point) for bound in (node.low, node.high)]
        build = self.scope.constant(interval)
        low, high = (part.full for part in parts)
        closed = f"{node.low_closed}, {node.high_closed}"
        return self.scope.nullable(f"{build}({low}, {high}, {closed})")


def source_of(root: Node, target: Type | None = None) -> tuple[str, dict[str, Any]]:
    """The Python source of a tree's function, and the constants it uses."""
    emitter = Emitter(root)
    value = emitter.emit_from_below(root, target).full
    body = "".join(f"    {line}\n" for line in emitter.scope.lines)
    source = f"def criterion(facts):\n{body}    return {value}\n"
    return source, emitter.scope.constants


def compile_node(
    root: Node, target: Type | None = None
) -> Callable[[Mapping[str, Any]], Any]:
    """Compile a tree to a function of the facts."""
    source, constants = source_of(root, target)
    namespace: dict[str, Any] = {"__builtins__": {}, **constants}
    exec(compile(source, "<criterion>", "exec"), namespace)  # noqa: S102  (our own source)
    compiled: Callable[[Mapping[str, Any]], Any] = namespace["criterion"]
    return compiled
