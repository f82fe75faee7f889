"""From the typed tree to rows; what has no row shape stays typed, word for word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from scamps.core.language import DECIMAL, INTEGER, LanguageError, Type, parse
from scamps.core.language.export import to_cql as text_of
from scamps.core.language.tree import Call, Literal, Name, Node, Range
from scamps.core.language.types import BOOLEAN
from scamps.core.rows.asked import COMPARED, asked_of
from scamps.core.rows.normal import chain, mirrored, normal
from scamps.core.rows.shape import AGES, EMPTY, Group, Item, Kind, Row, Typed
from scamps.core.rows.writing import write

_STRING = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`"
_COMMENT = re.compile(rf"{_STRING}|(//|/\*)", re.DOTALL)
_JOINED: dict[str, Kind] = {"and": "all", "or": "any"}
_NONE: dict[str, Kind] = {"and": "not-all", "or": "none"}


@dataclass(frozen=True)
class Reading:
    """A text as rows; without rows, why it is typed only."""

    item: Item | None
    why: str = ""


def read(text: str, names: Mapping[str, Type]) -> Reading:
    """Read a text as rows. They are given only if they mean the same, and keep all."""
    if not text.strip():
        return Reading(EMPTY)
    try:
        expression = parse(text, names)
    except LanguageError:
        return Reading(None, "Rows can be shown once the text is right.")
    if expression.type not in (BOOLEAN, INTEGER):
        return Reading(None, _OTHER)
    if any(match[1] for match in _COMMENT.finditer(text)):
        return Reading(None, "It has a comment, which rows could not keep.")
    counts = expression.type == INTEGER
    item = points_of(expression.root) if counts else rows_of(expression.root)
    if item is None:
        return Reading(None, _OTHER)
    if isinstance(item, Typed):
        return Reading(None, "It is none of what rows can say, so it is typed only.")
    written = write(item, names)
    if written.problems or _differs(written.text, expression.root, names):
        return Reading(None, "Rows could not keep it as it is, so it is typed only.")
    return Reading(item if isinstance(item, Group) else Group("all", (item,)))


_OTHER = "Rows ask for yes or no, or count points; this is another value."


def points_of(node: Node) -> Group | None:
    """The rows of a score that adds up points; None if it is another sum."""
    found: list[Group] = []
    while isinstance(node, Call) and node.op == "+":
        node, term = node.args
        found.append(_point(term) or Group("sum"))
    found.append(_point(node) or Group("sum"))
    if any(group.kind == "sum" for group in found):
        return None
    return Group("sum", tuple(reversed(found)))


def _point(term: Node) -> Group | None:
    """One term: how many points there are for what."""
    match term:
        case Call(op="*", args=(Literal(value=int(points)), counted)):
            return _counted(counted, str(points))
    return _counted(term, "1")


def _counted(node: Node, points: str) -> Group | None:
    match node:
        case Call(op="ToInteger", args=(asked,)) if asked.type == BOOLEAN:
            item = rows_of(asked)
            if isinstance(item, Group):
                return replace(item, points=points)
            return Group("all", (item,), points)
    return None


def _differs(text: str, root: Node, names: Mapping[str, Type]) -> bool:
    return bool(normal(parse(text, names).root) != normal(root))


def rows_of(node: Node) -> Item:
    """The rows of a Boolean tree; parts of it may be typed."""
    if isinstance(node, Call):
        if node.op in _JOINED:
            return _group(_JOINED[node.op], node)
        if node.op == "not":
            return _negated(node)
        return _possible(mirrored(node)) or Typed(text_of(node))
    if isinstance(node, Name):
        return Row(node.key, "yes")
    return Typed(text_of(node))


def _group(kind: Kind, node: Call) -> Item:
    """All of, any of; a run of equalities with one choice is one row."""
    items: list[Item] = []
    for key, run in groupby(chain(node), _choice):
        found = [rows_of(part) for part in run]
        if key and len(found) > 1 and node.op == "or":
            values = (one.values[0] for one in found if isinstance(one, Row))
            items.append(Row(key, "one-of", tuple(values)))
        else:
            items += found
    return items[0] if len(items) == 1 else Group(kind, tuple(items))


def _choice(node: Node) -> str:
    """The choice that a node asks to equal one of its options, or nothing."""
    match node:
        case Call(op="=", args=(Name(key=key, type=kind), Literal(value=str()))):
            return key if kind.options else ""
    return ""


def _negated(node: Call) -> Item:
    argument = node.args[0]
    match argument:
        case Name(key=key):
            return Row(key, "no")
        case Call(op="is null", args=(Name(key=key),)):
            return Row(key, "known")
        case Call(op="is true", args=(Name(key=key),)):
            return Row(key, "not-true")
        case Call(op="and" | "or"):
            items = tuple(rows_of(part) for part in chain(argument))
            return Group(_NONE[argument.op], items)
    inner = rows_of(argument)
    if isinstance(inner, Row) and inner.test == "in":
        return Row(inner.key, "not-in", inner.values)
    return Typed(text_of(node)) if isinstance(inner, Typed) else Group("none", (inner,))


# --- one test -----------------------------------------------------------------


def _possible(node: Call) -> Row | None:
    """A test of one name that can be asked of its type."""
    row = _test(node)
    return row if row and row.test in asked_of(node.args[0].type) else None


def _test(node: Call) -> Row | None:
    """A test of one name, if it has the shape of a row."""
    if not node.args or not (key := _subject(node.args[0])):
        return None
    match node:
        case Call(op="is null" | "is true" | "is false", args=(_,)):
            test = {"is null": "unknown", "is true": "true", "is false": "false"}
            return Row(key, test[node.op])
        case Call(op="between", args=(_, Literal() as low, Literal() as high)):
            return _ranged(key, "between", low, high)
        case Call(op="in", args=(_, Range() as group)):
            return _within(key, group)
        case Call(op="in", args=(Name(type=kind), Call(op="list", args=parts))):
            return _listed(key, kind, parts)
        case Call(op=op, args=(_, other)) if op in COMPARED or op in ("~", "!~"):
            return _compared(key, op, node.args[0].type, other)
    return None


def _subject(node: Node) -> str:
    """The key of what a row asks about: a name, or an age at the visit."""
    match node:
        case Name(key=key):
            return key
        case Call(op=op, args=(Name(key="birth_date"), Name(key="visit_date"))):
            return next((key for key, name in AGES.items() if name == op), "")
    return ""


def _compared(key: str, op: str, kind: Type, other: Node) -> Row | None:
    if isinstance(other, Name) and op in COMPARED:
        return Row(key, f"{op} item", (other.key,))
    if not isinstance(other, Literal) or other.type.name == "Boolean":
        return None
    if (kind.name == "String") != (isinstance(other.value, str)):
        return None
    return _valued(key, op, other)


def _valued(key: str, test: str, *literals: Literal) -> Row | None:
    if any(one.value is None or one.value is True for one in literals):
        return None
    units = {one.type.unit or "" for one in literals}
    if len(units) > 1:
        return None
    return Row(key, test, tuple(map(_value, literals)), units.pop())


def _value(literal: Literal) -> str:
    match literal.value:
        case date() as day:
            return day.isoformat()
        case Decimal() as number:
            text = f"{number:f}"
            bare = literal.type == DECIMAL and "." not in text
            return f"{text}.0" if bare else text
    return str(literal.value)


def _ranged(key: str, test: str, low: Literal, high: Literal) -> Row | None:
    if isinstance(low.value, str):
        return None
    return _valued(key, test, low, high)


def _within(key: str, group: Range) -> Row | None:
    """From, to below: the way ages and bands are given."""
    if not (isinstance(group.low, Literal) and isinstance(group.high, Literal)):
        return None
    if (group.low_closed, group.high_closed) != (True, False):
        return None
    return _ranged(key, "from-below", group.low, group.high)


def _listed(key: str, kind: Type, parts: tuple[Node, ...]) -> Row | None:
    values = [part.value for part in parts if isinstance(part, Literal)]
    if not kind.options or not parts or len(values) < len(parts):
        return None
    if any(value not in kind.options for value in values):
        return None
    return Row(key, "in", tuple(map(str, values)))
