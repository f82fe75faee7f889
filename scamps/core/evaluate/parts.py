"""Pieces of generated Python: what must not be null, and then the value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scamps.core.language.tree import Node, children


@dataclass(frozen=True, slots=True)
class Part:
    """guards are Python expressions, in order; if one is true the part is null.

    Where none is true, value is never null. A guard may bind the names that later
    guards and the value use: "(v1 := facts['pas']) is None", then "v1 <= 3". raw, if
    given, is the shortest expression of the whole.
    """

    guards: tuple[str, ...]
    value: str
    raw: str = ""

    @property
    def full(self) -> str:
        """One Python expression, None where the part is null."""
        if self.raw:
            return f"({self.raw})"
        if not self.guards:
            return self.value
        if self.guards == ("True",):
            return "None"
        return f"(None if {' or '.join(self.guards)} else {self.value})"


NULL = Part(("True",), "None")


def guards_of(parts: Iterable[Part]) -> tuple[str, ...]:
    """The guards of all parts, each once."""
    return tuple(dict.fromkeys(guard for part in parts for guard in part.guards))


@dataclass
class Scope:
    """The names, constants and statements of the function being written."""

    constants: dict[str, Any]
    lines: list[str]
    count: int = 0

    def name(self) -> str:
        """A fresh variable."""
        self.count += 1
        return f"v{self.count}"

    def constant(self, value: Any) -> str:
        """A name for a value that Python has no literal for."""
        if value is None or isinstance(value, bool | int):
            return repr(value)
        if isinstance(value, str) and value.isascii() and len(value) < 40:
            return repr(value)
        self.count += 1
        name = f"c{self.count}"
        self.constants[name] = value
        return name

    def spill(self, part: Part, *, always: bool = False) -> Part:
        """Compute the part in a statement of its own, unless it is short already."""
        short = part.value.isidentifier() and len(part.guards) <= 1
        if part is NULL or part.guards == (f"{part.value} is None",):
            return part
        if short and not always:
            return part
        name = self.name()
        self.lines.append(f"{name} = {part.full}")
        return Part((f"{name} is None",) if part.guards else (), name)

    def nullable(self, expression: str) -> Part:
        """The part of an expression that may be None."""
        name = self.name()
        return Part((f"({name} := {expression}) is None",), name, expression)


class Heights:
    """How high the tree is above its leaves, at every node."""

    def __init__(self) -> None:
        self._found: dict[int, int] = {}

    def of(self, node: Node) -> int:
        """The height of a node: 0 for a leaf."""
        found = self._found.get(id(node))
        if found is None:
            found = 1 + max((self.of(child) for child in children(node)), default=-1)
            self._found[id(node)] = found
        return found
