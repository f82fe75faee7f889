"""CQL text of a typed tree, with as few brackets as the grammar needs."""

from datetime import date
from decimal import Decimal

from scamps.core.language.grammar import BINARY, NOT, RESERVED, SIGN
from scamps.core.language.tree import Call, Case, Literal, Name, Node, Range
from scamps.core.language.types import Type
from scamps.core.language.units import CALENDAR_WORDS

ATOM = 20


def to_cql(root: Node) -> str:
    """Write the tree as CQL; parsing the text again gives the same tree."""
    return _write(root)[0]


def _write(node: Node) -> tuple[str, int]:
    """The text of a node, and how tightly its outermost operator binds."""
    match node:
        case Literal(value=value, type=kind):
            return literal(value, kind)
        case Name(key=key):
            return ".".join(_identifier(part) for part in key.split(".")), ATOM
        case Case():
            return _case(node), ATOM
        case Range(low=low, high=high):
            left, right = (
                "[" if node.low_closed else "(",
                "]" if node.high_closed else ")",
            )
            return f"Interval{left}{to_cql(low)}, {to_cql(high)}{right}", ATOM
    return _call(node)


def _call(node: Call) -> tuple[str, int]:
    op, args = node.op, node.args
    if op in BINARY and op not in ("between", "as"):
        level = BINARY[op]
        return f"{_in(args[0], level)} {op} {_in(args[1], level + 1)}", level
    if op in _SPECIAL:
        return _special(op, args, node.type)
    return f"{op}({', '.join(map(to_cql, args))})", ATOM


_SPECIAL = {"list", "if", "between", "as", "value", "not", "negate"}
_SPECIAL |= {"is null", "is true", "is false"}


def _special(op: str, args: tuple[Node, ...], kind: Type) -> tuple[str, int]:
    match op:
        case "list":
            return "{" + ", ".join(map(to_cql, args)) + "}", ATOM
        case "if":
            condition, chosen, other = map(to_cql, args)
            return f"if {condition} then {chosen} else {other}", 0
        case "between":
            point, low, high = _in(args[0], 8), _in(args[1], 11), _in(args[2], 11)
            return f"{point} between {low} and {high}", BINARY[op]
        case "is null" | "is true" | "is false":
            return f"{_in(args[0], 9)} {op}", BINARY["is"]
        case "as":
            return f"{_in(args[0], 9)} as {_type(kind)}", BINARY["is"]
        case "value":
            return f"{_in(args[0], ATOM)}.value", ATOM
        case "not":
            return _not(args[0])
    return f"-{_in(args[0], ATOM)}", SIGN


def _not(argument: Node) -> tuple[str, int]:
    if isinstance(argument, Call) and argument.op.startswith("is "):
        inner = _in(argument.args[0], 9)
        return f"{inner} is not {argument.op[3:]}", BINARY["is"]
    return f"not {_in(argument, NOT + 1)}", NOT


def _in(node: Node, level: int) -> str:
    """The text of an operand, in brackets unless it binds at least this tightly."""
    text, binds = _write(node)
    return text if binds >= level else f"({text})"


def _case(node: Case) -> str:
    subject = f" {to_cql(node.subject)}" if node.subject else ""
    items = "".join(f" when {to_cql(w)} then {to_cql(t)}" for w, t in node.items)
    return f"case{subject}{items} else {to_cql(node.otherwise)} end"


def _identifier(part: str) -> str:
    plain = part.isascii() and part.isidentifier() and part not in RESERVED
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return part if plain else f'"{escaped}"'


def _type(kind: Type) -> str:
    return f"{kind.name}<{_type(kind.inner)}>" if kind.inner else kind.name


def literal(value: object, kind: Type) -> tuple[str, int]:
    """The CQL text of a constant."""
    match value:
        case None:
            return "null", ATOM
        case bool():
            return str(value).lower(), ATOM
        case date():
            return f"@{value.isoformat()}", ATOM
        case str():
            return _quoted(value), ATOM
    return _number(value, kind)


def _number(value: object, kind: Type) -> tuple[str, int]:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if kind.name == "Decimal" and "." not in text:
        text += ".0"
    if kind.unit:
        word = kind.unit in CALENDAR_WORDS
        text += f" {kind.unit}" if word else f" {_quoted(kind.unit)}"
    return text, SIGN if text.startswith("-") else ATOM


def _quoted(text: str) -> str:
    for character, escape in (
        ("\\", "\\\\"),
        ("'", "\\'"),
        ("\n", "\\n"),
        ("\r", "\\r"),
    ):
        text = text.replace(character, escape)
    return "'" + text.replace("\t", "\\t").replace("\f", "\\f") + "'"
