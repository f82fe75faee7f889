"""The form in which two trees are the same if they mean the same by their shape alone.

`and` and `or` are associative in Kleene's logic, a comparison may be written from
either side, and `contains` is `in` the other way round; nothing else is taken as equal.
"""

from typing import Any

from scamps.core.language.tree import Call, Case, Literal, Name, Node, Range

MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
CHAINS = ("and", "or")


def normal(node: Node) -> Any:
    """The tree as nested tuples, without places.

    >>> from scamps.core.language import BOOLEAN, INTEGER, parse
    >>> names = dict.fromkeys("abc", BOOLEAN) | {"n": INTEGER}
    >>> def form(text): return normal(parse(text, names).root)
    >>> form("a and (b and 3 < n)") == form("a and b and n > 3")
    True
    """
    match node:
        case Literal(value=value, type=kind):
            return ("literal", kind.name, kind.unit, str(value))
        case Name(key=key):
            return ("name", key)
        case Case(subject=subject, items=items, otherwise=otherwise):
            told = tuple((normal(when), normal(then)) for when, then in items)
            return ("case", subject and normal(subject), told, normal(otherwise))
        case Range(low=low, high=high):
            closed = (node.low_closed, node.high_closed)
            return ("range", normal(low), normal(high), closed)
    return _call(mirrored(node))


def _call(node: Call) -> Any:
    kind = str(node.type) if node.op == "as" else ""
    return (node.op, kind, *(normal(part) for part in chain(node)))


def chain(node: Node, op: str = "") -> tuple[Node, ...]:
    """The parts that a chain of `and`, or of `or`, joins; else the operands."""
    if not op:
        if not isinstance(node, Call) or node.op not in CHAINS:
            return node.args if isinstance(node, Call) else ()
        op = node.op
    if isinstance(node, Call) and node.op == op:
        return tuple(part for arg in node.args for part in chain(arg, op))
    return (node,)


def mirrored(node: Call) -> Call:
    """A comparison with a constant at its left, and `contains`, the other way round."""
    if node.op == "contains":
        return Call(node.type, node.place, "in", node.args[::-1])
    if node.op not in MIRROR or not isinstance(node.args[0], Literal):
        return node
    if isinstance(node.args[1], Literal):
        return node
    return Call(node.type, node.place, MIRROR[node.op], node.args[::-1])
