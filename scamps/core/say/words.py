"""The words of an expression, and of a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from scamps.core.evaluate.coerce import outside
from scamps.core.evaluate.emit import compile_node
from scamps.core.language import Interval, Quantity
from scamps.core.language.grammar import BINARY, NOT
from scamps.core.language.tree import Call, Case, Literal, Name, Node, Range, names_in
from scamps.core.language.types import Type
from scamps.core.say.units import unit_words

SIGNS = {
    "=": "=",
    "!=": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "~": "≈",
    "!~": "≉",
}
MIRROR = {"<": ">", "<=": "≥", ">": "<", ">=": "≤"}
_TIMES = "\N{MULTIPLICATION SIGN}"
ATOM = 20  # binds more tightly than any operator


@dataclass(frozen=True, slots=True)
class Voice:
    """One patient's facts, and what the names are called."""

    facts: Mapping[str, Any]
    labels: Mapping[str, str]

    def value(self, node: Node) -> Any:
        """The value of a part."""
        return _compiled(node)({key: self.facts.get(key) for key in names_in(node)})

    def label(self, key: str) -> str:
        """What a name is called."""
        plain = key.replace("previous.", "previous ").replace("_", " ")
        return self.labels.get(key) or plain


@lru_cache(maxsize=4096)
def _compiled(node: Node) -> Callable[[Mapping[str, Any]], Any]:
    return compile_node(node, outside(node.type))


def said_value(value: Any, kind: Type) -> str:
    """A value as it is read aloud."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case Quantity(value=number, unit=unit):
            return f"{Decimal(number):f} {unit_words(unit)}".rstrip()
        case Decimal():
            return f"{value:f} {unit_words(kind.unit)}".rstrip()
        case date():
            return value.isoformat()
        case list():
            return (
                ", ".join(said_value(element, kind.point) for element in value)
                or "nothing"
            )
        case Interval():
            return _bounds(value, kind.point)
    return str(value) or "''"


def _bounds(value: Interval, point: Type) -> str:
    low, high = said_value(value.low, point), said_value(value.high, point)
    left = "from" if value.low_closed else "above"
    right = "to" if value.high_closed else "to below"
    return f"{left} {low} {right} {high}"


# --- bare words ---------------------------------------------------------------


def words_of(node: Node, voice: Voice) -> str:
    """What an expression means, without values."""
    match node:
        case Literal(value=value, type=kind):
            return said_value(value, kind)
        case Name(key=key):
            return voice.label(key)
        case Case():
            return _case(node, voice)
        case Range():
            return group_words(node, voice)
    return _call(node, voice)


def _call(node: Call, voice: Voice) -> str:
    said = [words_of(arg, voice) for arg in node.args]
    inner = node.args[0] if node.op == "not" else None
    if isinstance(inner, Call) and inner.op == "is null":
        return f"{words_of(inner.args[0], voice)} is known"
    if template := _TEMPLATES.get(node.op):
        return template.format(*_bracketed(node, said))
    if node.op in ("in", "contains"):
        point, group = node.args if node.op == "in" else tuple(reversed(node.args))
        return f"{words_of(point, voice)} {group_words(group, voice)}"
    return _aggregate(node, said)


def _bracketed(node: Call, said: list[str]) -> list[str]:
    """Operands, in brackets where they bind less tightly than the operator."""
    level = _level(node)
    return [
        f"({words})"
        if _level(arg) < level or (place and _level(arg) == level)
        else words
        for place, (arg, words) in enumerate(zip(node.args, said, strict=True))
    ]


def _level(node: Node) -> int:
    if isinstance(node, Case) or (isinstance(node, Call) and node.op == "if"):
        return 0
    if isinstance(node, Call) and node.op in _UNSPOKEN:
        return _level(node.args[0])
    return (
        BINARY.get(node.op, ATOM if node.op in _OF else NOT)
        if isinstance(node, Call)
        else ATOM
    )


_INFIX = {
    **{op: f"{{}} {sign} {{}}" for op, sign in SIGNS.items()},
    **{op: f"{{}} {op} {{}}" for op in ("and", "or", "implies", "+", "-", "mod", "^")},
    "xor": "either {} or {}",
    "*": f"{{}} {_TIMES} {{}}",
    "/": "{} ÷ {}",
    "div": "{} ÷ {} (whole)",
}
_TEMPLATES = {
    **_INFIX,
    "not": "not {}",
    "negate": "minus {}",
    "is null": "{} is unknown",
    "is true": "{} is surely so",
    "is false": "{} is surely not so",
    "between": "{} from {} to {}",
    "if": "{1} if {0}, else {2}",
    "ToInteger": "{}",
    "ToDecimal": "{}",
    "value": "{}",
    "as": "{}",
    "Abs": "size of {}",
    "Ln": "natural logarithm of {}",
    "Exp": "e to the power of {}",
    "Log": "logarithm of {} to the base {}",
    "Ceiling": "{} rounded up",
    "Floor": "{} rounded down",
    "Truncate": "whole part of {}",
    "CalculateAgeInYearsAt": "years from {} to {}",
    "CalculateAgeInMonthsAt": "months from {} to {}",
    "CalculateAgeInWeeksAt": "weeks from {} to {}",
    "CalculateAgeInDaysAt": "days from {} to {}",
}
_OF = {
    "Sum": "sum of",
    "Count": "number known of",
    "Min": "least of",
    "Max": "greatest of",
}
_UNSPOKEN = {"ToInteger", "ToDecimal", "value", "as"}
_OF |= {"Coalesce": "first known of", "Round": "rounded"}


def _aggregate(node: Call, said: list[str]) -> str:
    listed = ", ".join(said) or "nothing"
    return (
        f"({listed})"
        if node.op == "list"
        else f"{_OF.get(node.op)} {_enclosed(listed)}"
    )


def _enclosed(words: str) -> str:
    return words if words.startswith("(") else f"({words})"


def group_words(group: Node, voice: Voice) -> str:
    """What a list or interval asks of a point."""
    if isinstance(group, Range):
        low, high = words_of(group.low, voice), words_of(group.high, voice)
        left = "≥" if group.low_closed else ">"
        right = "≤" if group.high_closed else "<"
        return f"{left} {low} and {right} {high}"
    if isinstance(group, Call) and group.op == "list":
        listed = " or ".join(words_of(arg, voice) for arg in group.args)
        return f"is {listed}" if listed else "is one of nothing"
    return f"is within {words_of(group, voice)}"


def _case(node: Case, voice: Voice) -> str:
    subject = f"{words_of(node.subject, voice)} = " if node.subject else ""
    items = [
        f"{words_of(then, voice)} if {subject}{words_of(when, voice)}"
        for when, then in node.items
    ]
    return ", ".join([*items, f"else {words_of(node.otherwise, voice)}"])
