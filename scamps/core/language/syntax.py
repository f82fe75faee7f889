"""The untyped tree that the parser builds and the checker reads."""

from dataclasses import dataclass

from scamps.core.language.lexer import Token


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: its token (NUMBER, STRING, DATE or a WORD) and, for a quantity, unit."""

    token: Token
    unit: str | None = None
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A name, perhaps dotted: previous.temperature, weight.value."""

    token: Token
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A property of an expression: (a + b).value."""

    token: Token
    of: "Syntax"
    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator or function and its operands."""

    token: Token
    name: str
    operands: tuple["Syntax", ...]
    is_function: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """case [subject] when … then … else … end."""

    token: Token
    subject: "Syntax | None"
    items: tuple[tuple["Syntax", "Syntax"], ...]
    otherwise: "Syntax"


@dataclass(frozen=True, slots=True)
class Range:
    """Interval[low, high), each bound open or closed."""

    token: Token
    low: "Syntax"
    high: "Syntax"
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """operand as TYPE, the type as written; without operand, minimum or maximum TYPE."""

    token: Token
    operand: "Syntax | None"
    type_name: str


Syntax = Constant | Path | Member | Apply | Cases | Range | Cast
