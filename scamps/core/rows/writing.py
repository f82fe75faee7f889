"""From rows to CQL; what is not complete yet is named row by row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scamps.core.language import (
    ANY,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    LanguageError,
    Type,
    interval_of,
    parse,
    quantity,
)
from scamps.core.language.export import to_cql
from scamps.core.language.tree import Call, Literal, Name, Node, Range
from scamps.core.language.units import CALENDAR_WORDS, known
from scamps.core.language.values import OutOfRange, read_number
from scamps.core.rows.asked import asked_of
from scamps.core.rows.normal import chain
from scamps.core.rows.shape import AGES, Group, Item, Row, Typed

Path = tuple[int, ...]
_HERE = (1, 1)
WIDTH = 88  # characters of a line, from which on a chain is parted
_LINED = ("and", "or", "+")
_Build = Callable[[Row, Node, Mapping[str, Type]], Node]


@dataclass(frozen=True)
class Written:
    """The CQL of rows; empty while some are not complete: *problems* says which."""

    text: str
    problems: Mapping[Path, str] = field(default_factory=dict)


class _NotYet(Exception):
    """A row that is not complete."""


def write(item: Item, names: Mapping[str, Type]) -> Written:
    """Write rows as CQL over *names*.

    >>> from scamps.core.rows.shape import Group
    >>> rows = Group("any", (Row("pas", ">=", ("7",)), Row("fever", "no")))
    >>> write(rows, {"pas": INTEGER, "fever": BOOLEAN}).text
    'pas >= 7 or not fever'
    """
    problems: dict[Path, str] = {}
    root = _node(item, (), names, problems)
    if root is None:
        return Written("", problems)
    return Written(in_lines(root))


def in_lines(root: Node) -> str:
    """The CQL of a tree; a long chain of one operator has a line for each part."""
    text = to_cql(root)
    if len(text) <= WIDTH or not isinstance(root, Call) or root.op not in _LINED:
        return text
    return _chain_in_lines(root, root.op)


def _chain_in_lines(node: Node, op: str) -> str:
    text = to_cql(node)
    if not isinstance(node, Call) or node.op != op:
        return text
    first, right = node.args[0], to_cql(node.args[1])
    plain = text.endswith(f" {op} {right}")
    last = f" {op} {right}" if plain else f" {op} ({right})"
    same = isinstance(first, Call) and first.op == op
    above = _chain_in_lines(first, op) if same else text.removesuffix(last)
    return f"{above}\n{last[1:]}"


def _node(
    item: Item, path: Path, names: Mapping[str, Type], problems: dict[Path, str]
) -> Node | None:
    """The tree of an item; None once something is not complete."""
    if isinstance(item, Group):
        return _group(item, path, names, problems)
    try:
        return _typed(item, names) if isinstance(item, Typed) else _row(item, names)
    except _NotYet as said:
        problems[path] = str(said)
        return None


def _group(
    group: Group, path: Path, names: Mapping[str, Type], problems: dict[Path, str]
) -> Node | None:
    found = [
        _node(item, (*path, place), names, problems)
        for place, item in enumerate(group.items)
    ]
    if not found:
        problems[path] = "Add a row, or remove this group."
    parts = [node for node in found if node is not None]
    if not parts or len(parts) < len(found):
        return None
    if group.kind == "sum":
        return _sum(group, parts, path, problems)
    op = "and" if group.kind in ("all", "not-all") else "or"
    joined = _chained(op, parts)
    return _not(joined) if group.kind in ("none", "not-all") else joined


def _sum(
    group: Group, parts: list[Node], path: Path, problems: dict[Path, str]
) -> Node | None:
    """The points of those that hold, added up: unknown as soon as one is unknown."""
    total: Node | None = None
    for place, (item, node) in enumerate(zip(group.items, parts, strict=True)):
        points = item.points if isinstance(item, Group) else "1"
        if not re.fullmatch(r"-?[0-9]{1,6}", points):
            problems[(*path, place)] = "Enter the points as a whole number."
            continue
        term: Node = Call(INTEGER, _HERE, "ToInteger", (node,))
        if int(points) != 1:
            times = Literal(INTEGER, _HERE, int(points))
            term = Call(INTEGER, _HERE, "*", (times, term))
        total = Call(INTEGER, _HERE, "+", (total, term)) if total else term
    return None if problems else total


def _chained(op: str, parts: list[Node]) -> Node:
    first, *rest = [one for part in parts for one in chain(part, op)]
    for one in rest:
        first = Call(BOOLEAN, _HERE, op, (first, one))
    return first


def _not(node: Node) -> Node:
    return Call(BOOLEAN, _HERE, "not", (node,))


def _typed(item: Typed, names: Mapping[str, Type]) -> Node:
    if not item.text.strip():
        raise _NotYet("Type the criterion, or remove this row.")
    try:
        found = parse(item.text, names)
    except LanguageError as error:
        raise _NotYet(str(error)) from None
    if found.type not in (BOOLEAN, ANY):
        raise _NotYet("This part must be true or false.")
    return found.root


def _row(row: Row, names: Mapping[str, Type]) -> Node:
    kind = type_of(row.key, names)
    if kind is None:
        raise _NotYet("Choose what is asked about." if not row.key else _unknown(row))
    if row.test not in asked_of(kind):
        raise _NotYet("Choose how it is compared.")
    subject = subject_of(row.key, kind)
    return _TOGETHER.get(row.test, _compared)(row, subject, names)


def _unknown(row: Row) -> str:
    return f"“{row.key}” is not in the plan."


def type_of(key: str, names: Mapping[str, Type]) -> Type | None:
    """The type of what a row asks about; ages are whole numbers."""
    if key in AGES:
        return INTEGER if {"birth_date", "visit_date"} <= names.keys() else None
    return names.get(key)


def subject_of(key: str, kind: Type) -> Node:
    """The tree of what a row asks about."""
    if key not in AGES:
        return Name(kind, _HERE, key)
    dates = (Name(DATE, _HERE, "birth_date"), Name(DATE, _HERE, "visit_date"))
    return Call(INTEGER, _HERE, AGES[key], dates)


# --- the tests ------------------------------------------------------------------


def _asked(op: str, *, negated: bool = False) -> _Build:
    def build(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
        node = Call(BOOLEAN, _HERE, op, (subject,)) if op else subject
        return _not(node) if negated else node

    return build


def _between(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
    low, high = _values(row, subject.type, 2)
    return Call(BOOLEAN, _HERE, "between", (subject, low, high))


def _from_below(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
    low, high = _values(row, subject.type, 2)
    return Call(
        BOOLEAN,
        _HERE,
        "in",
        (subject, Range(interval_of(low.type), _HERE, low, high, True, False)),
    )


def _one_of(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
    values = _values(row, subject.type, -1)
    equal = [Call(BOOLEAN, _HERE, "=", (subject, value)) for value in values]
    return _chained("or", [*equal])


def _in(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
    listed = Call(STRING, _HERE, "list", tuple(_values(row, subject.type, -1)))
    node = Call(BOOLEAN, _HERE, "in", (subject, listed))
    return _not(node) if row.test == "not-in" else node


def _compared(row: Row, subject: Node, names: Mapping[str, Type]) -> Node:
    op = row.test.removesuffix(" item")
    if op == row.test:
        other: Node = _values(row, subject.type, 1)[0]
    else:
        key = row.values[0] if row.values else ""
        if key not in names:
            raise _NotYet("Choose the other item.")
        other = Name(names[key], _HERE, key)
    return Call(BOOLEAN, _HERE, op, (subject, other))


_TOGETHER: dict[str, _Build] = {
    "yes": _asked(""),
    "no": _asked("", negated=True),
    "known": _asked("is null", negated=True),
    "unknown": _asked("is null"),
    "true": _asked("is true"),
    "false": _asked("is false"),
    "not-true": _asked("is true", negated=True),
    "between": _between,
    "from-below": _from_below,
    "one-of": _one_of,
    "in": _in,
    "not-in": _in,
}


# --- the values -----------------------------------------------------------------


def _values(row: Row, kind: Type, count: int) -> list[Node]:
    """The literals of a row, or what is missing."""
    given = [value for value in row.values if value != ""]
    if count < 0 and not given:
        raise _NotYet("Choose one or more.")
    if count >= 0 and len(given) < count:
        raise _NotYet(_missing(kind, count))
    return [
        _literal(value, row, kind) for value in (given[:count] if count > 0 else given)
    ]


def _missing(kind: Type, count: int) -> str:
    if kind.options:
        return "Choose one."
    what = {"String": "the words", "Date": "a date"}.get(kind.name, "a number")
    return f"Enter {what}." if count == 1 else f"Enter both: from {what}, to {what}."


def _literal(value: str, row: Row, kind: Type) -> Literal:
    match kind.name:
        case "String":
            if kind.options and value not in kind.options:
                raise _NotYet(f"“{value}” is none of its choices.")
            return Literal(STRING, _HERE, value)
        case "Date":
            return Literal(DATE, _HERE, _day(value))
    return _number(value.strip(), row.unit, kind)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _NotYet("Enter a date as 2026-01-31.") from None


def _number(value: str, unit: str, kind: Type) -> Literal:
    value = value.replace("\N{MINUS SIGN}", "-")
    digits = value.removeprefix("-")
    if "," in value:
        raise _NotYet(f"Write “{value}” with a point, and without commas.")
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        raise _NotYet(f"“{value}” is not a number.")
    if digits.startswith(".") or digits.endswith("."):
        raise _NotYet(f"“{value}” lacks a digit beside the point.")
    if unit and unit not in CALENDAR_WORDS and not known(unit):
        raise _NotYet(f"“{unit}” is not a unit.")
    if kind.unit and not unit:
        raise _NotYet("Choose the unit.")
    try:
        number = read_number(value, whole=not unit)
    except OutOfRange as error:
        raise _NotYet(f"“{value}” has too many digits: {error.expected}.") from None
    if unit:
        return Literal(quantity(unit), _HERE, number)
    return Literal(INTEGER if isinstance(number, int) else DECIMAL, _HERE, number)
