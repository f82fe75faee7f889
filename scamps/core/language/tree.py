"""The typed tree that every reading of the language walks.

A node carries its type and its place (line, column). Implicit conversions are not
nodes: an operand keeps its own type, and `operand_types` says what the operator reads
it as; so a tree prints as its author wrote it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scamps.core.language.types import Type

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; a quantity's value is the Decimal, its unit is in the type."""

    type: Type
    place: Place
    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """A key of the plan, such as temperature or previous.temperature."""

    type: Type
    place: Place
    key: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function over its arguments; op is its CQL word or symbol.

    Also: "if", "list", "negate", "is null", "is true", "is false", "between", "value"
    (of a quantity), "as". Power is always "^".
    """

    type: Type
    place: Place
    op: str
    args: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Case:
    """case [subject] when … then … else … end."""

    type: Type
    place: Place
    subject: "Node | None"
    items: tuple[tuple["Node", "Node"], ...]
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Range:
    """An interval written out: Interval[low, high)."""

    type: Type
    place: Place
    low: "Node"
    high: "Node"
    low_closed: bool
    high_closed: bool


Node = Literal | Name | Call | Case | Range


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, from left to right."""
    match node:
        case Call(args=args):
            return args
        case Case(subject=subject, items=items, otherwise=otherwise):
            first = (subject,) if subject else ()
            return (*first, *(part for item in items for part in item), otherwise)
        case Range(low=low, high=high):
            return (low, high)
    return ()


def nodes(root: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    yield root
    for child in children(root):
        yield from nodes(child)


def names_in(root: Node) -> frozenset[str]:
    """The keys a tree reads."""
    return frozenset(node.key for node in nodes(root) if isinstance(node, Name))


def is_written_out(node: Node) -> bool:
    """Whether it is a list or interval whose parts stand in the expression."""
    return isinstance(node, Range) or (isinstance(node, Call) and node.op == "list")
