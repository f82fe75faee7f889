"""Where CQL itself turns an unknown into a "no", a number or a choice.

In a plan each such use, over something that may be null, is a warning that its author
must accept by name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scamps.core.language.ranges import overflows
from scamps.core.language.tree import (
    Call,
    Case,
    Literal,
    Name,
    Node,
    Range,
    children,
    nodes,
)
from scamps.core.language.types import INTEGER


@dataclass(frozen=True, slots=True)
class Trap:
    """One use; name is the operator's, such as "if", "Sum" or "is true"."""

    name: str
    line: int
    column: int
    words: str


_WORDS = {
    "if": "an unknown condition takes the 'else' branch",
    "case": "an unknown condition is passed over",
    "Sum": "Sum leaves out what is unknown; adding with + stays unknown",
    "Count": "Count leaves out what is unknown",
    "Min": "Min leaves out what is unknown",
    "Max": "Max leaves out what is unknown",
    "Coalesce": "Coalesce puts another value where one is unknown",
    "is null": "'is null' answers yes or no about an unknown",
    "is true": "'is true' says no where the answer is unknown",
    "is false": "'is false' says no where the answer is unknown",
    "~": "'~' says no where one side is unknown; '=' stays unknown",
    "!~": "'!~' says yes where one side is unknown; '!=' stays unknown",
    "=": "in lists two unknowns are equal, and an unknown closed bound is no limit",
    "!=": "in lists two unknowns are equal, and an unknown closed bound is no limit",
    "Round": "an unknown number of places is read as 0",
    "in": "an unknown is not 'in' a list: the answer is no; an unknown closed bound of an "
    "interval is no limit",
    "contains": "a list does not contain an unknown: the answer is no; an unknown closed "
    "bound of an interval is no limit",
}


def traps_in(root: Node) -> list[Trap]:
    """Every trap of a tree, from left to right."""
    found = [
        Trap(name, *node.place, _WORDS[name])
        for node in nodes(root)
        for name in _of(node)
    ]
    return sorted(found, key=lambda trap: (trap.line, trap.column))


def _of(node: Node) -> Iterator[str]:
    match node:
        case Case(subject=subject, items=items):
            tested = [subject] if subject else []
            if any(map(may_be_null, [*tested, *(when for when, _ in items)])):
                yield "case"
        case Call(op=op) if _HIDES.get(op, _never)(node):
            yield op


_NEVER_NULL = {"is null", "is true", "is false", "~", "!~"}


def _known_first(args: tuple[Node, ...]) -> tuple[Node, ...]:
    """The arguments of Coalesce that another can stand in for."""
    if len(args) == 1:
        return children(args[0])[:-1] if _is_list(args[0]) else args
    return args[:-1]


def _is_list(node: Node) -> bool:
    return isinstance(node, Call) and node.op == "list"


def _holds_nulls(listed: Node) -> bool:
    if isinstance(listed, Call) and listed.op == "list":
        return any(map(may_be_null, listed.args))
    return True


def _membership_hides(node: Call) -> bool:
    point, group = node.args if node.op == "in" else reversed(node.args)
    if isinstance(group, Range):
        sides = ((group.low, group.low_closed), (group.high, group.high_closed))
        return any(closed and not _is_constant(bound) for bound, closed in sides)
    if group.type.name == "List":
        return may_be_null(point) or _holds_nulls(group)
    return True


def _equality_hides(node: Call) -> bool:
    """Whether lists or intervals that are compared may hold unknowns."""
    groups = [arg for arg in node.args if arg.type.inner]
    return any(not _is_constant(group) for group in groups)


def _is_constant(node: Node) -> bool:
    return not any(isinstance(part, Name) for part in nodes(node))


def may_be_null(node: Node) -> bool:
    """Whether a node can be null for some facts; in doubt, yes."""
    match node:
        case Literal(value=value):
            return value is None
        case Name():
            return True
        case Case(items=items, otherwise=otherwise):
            return any(map(may_be_null, [*(then for _, then in items), otherwise]))
        case Range(low=low, high=high):
            return not (isinstance(low, Literal) and isinstance(high, Literal))
    rule = _NULLS.get(node.op, _if_an_operand_is)
    return rule(node)


def _if_an_operand_is(node: Call) -> bool:
    return any(map(may_be_null, node.args))


def _never(node: Call) -> bool:
    return False


def _always(node: Call) -> bool:
    return True


def _counted(node: Call) -> bool:
    return (node.type == INTEGER and overflows(node)) or _if_an_operand_is(node)


def _divided(node: Call) -> bool:
    divisor = node.args[1]
    zero = not (isinstance(divisor, Literal) and divisor.value)
    return zero or _if_an_operand_is(node)


def _member(node: Call) -> bool:
    point, group = node.args if node.op == "in" else reversed(node.args)
    return group.type.name == "Interval" and (may_be_null(point) or may_be_null(group))


def _aggregated(node: Call) -> bool:
    listed = node.args[0]
    if not (isinstance(listed, Call) and listed.op == "list"):
        return True
    if node.op == "Sum" and node.type == INTEGER and overflows(node):
        return True
    return all(map(may_be_null, listed.args))


def _from_text(node: Call) -> bool:
    return node.args[0].type.name == "String" or _if_an_operand_is(node)


_NULLS: dict[str, Callable[[Call], bool]] = {
    **dict.fromkeys((*_NEVER_NULL, "Count", "list"), _never),
    **dict.fromkeys(("Ln", "Exp", "Log", "^"), _always),
    **dict.fromkeys(("+", "-", "*", "negate", "Abs"), _counted),
    **dict.fromkeys(("/", "div", "mod"), _divided),
    **dict.fromkeys(("in", "contains"), _member),
    **dict.fromkeys(("Sum", "Min", "Max"), _aggregated),
    **dict.fromkeys(("ToInteger", "ToDecimal"), _from_text),
    "if": lambda node: any(map(may_be_null, node.args[1:])),
    "Coalesce": lambda node: (
        _aggregated(node) if len(node.args) == 1 else all(map(may_be_null, node.args))
    ),
}

_HIDES: dict[str, Callable[[Call], bool]] = {
    "if": lambda node: may_be_null(node.args[0]),
    "Coalesce": lambda node: any(map(may_be_null, _known_first(node.args))),
    **dict.fromkeys(("Sum", "Count", "Min", "Max"), lambda n: _holds_nulls(n.args[0])),
    **dict.fromkeys(("in", "contains"), _membership_hides),
    **dict.fromkeys(("=", "!="), _equality_hides),
    "Round": lambda node: any(map(may_be_null, node.args[1:])),
    **dict.fromkeys(_NEVER_NULL, _if_an_operand_is),
}
