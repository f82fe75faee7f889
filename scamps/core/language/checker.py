"""From the untyped tree to the typed one; every refusal says where and what instead."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from scamps.core.language import rules, syntax
from scamps.core.language.errors import LanguageError
from scamps.core.language.functions import ALIASES, FUNCTIONS, INSTEAD, REFUSED
from scamps.core.language.grammar import DEEPEST
from scamps.core.language.lexer import Token, unescape
from scamps.core.language.rules import Site
from scamps.core.language.suggest import closest
from scamps.core.language.tree import Call, Case, Literal, Name, Node, Place, Range
from scamps.core.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Type,
    interval_of,
    list_of,
    quantity,
    words,
)
from scamps.core.language.units import (
    CALENDAR_WORDS,
    commensurable,
    convert_exactly,
    known,
)
from scamps.core.language.values import (
    DECIMAL_MAX,
    INTEGER_MAX,
    INTEGER_MIN,
    OutOfRange,
    read_number,
)

_TYPES = {str(t): t for t in (BOOLEAN, INTEGER, DECIMAL, STRING, DATE, ANY)}
_TYPES["Quantity"] = quantity(None)


def type_named(name: str) -> Type | None:
    """The type of a name such as Integer or List<Decimal>, or None."""
    found = re.fullmatch(r"(List|Interval)<(.+)>", name)
    if not found:
        return _TYPES.get(name)
    inner = type_named(found[2])
    return inner and (list_of if found[1] == "List" else interval_of)(inner)


class Checker:
    """Types one expression over the given names."""

    def __init__(self, names: Mapping[str, Type], *, lenient: bool = False) -> None:
        self.names = names
        self.lenient = lenient
        self.depth = 0

    def check(self, tree: syntax.Syntax) -> Node:
        """Type a tree and everything below it."""
        self.depth += 1
        if self.depth > DEEPEST:
            expected = "smaller parts, or a list: Sum({a, b, …})"
            _fail(tree.token, f"more than {DEEPEST} operators deep", expected)
        node = self.node(tree)
        self.depth -= 1
        return node

    def node(self, tree: syntax.Syntax) -> Node:
        """Type one tree."""
        match tree:
            case syntax.Constant():
                return literal(tree)
            case syntax.Path():
                return self.path(tree)
            case syntax.Member():
                return self.property(tree.token, self.check(tree.of), tree.name)
            case syntax.Apply():
                return self.apply(tree)
            case syntax.Cases():
                return self.case(tree)
            case syntax.Range():
                return self.interval(tree)
            case syntax.Cast():
                return self.cast(tree)

    def site(self, op: str, token: Token) -> Site:
        """Where a rule is applied."""
        return Site(op, _place(token), self.lenient)

    def path(self, tree: syntax.Path) -> Node:
        """A name, or a property of one."""
        whole = ".".join(tree.parts)
        if whole in self.names:
            return Name(self.names[whole], _place(tree.token), whole)
        owner = ".".join(tree.parts[:-1])
        if owner in self.names:
            name = Name(self.names[owner], _place(tree.token), owner)
            return self.property(tree.token, name, tree.parts[-1])
        message = f"'{whole}' is not known here{closest(whole, self.names)}"
        known_names = (
            "one of " + ", ".join(sorted(self.names)) if self.names else "no name"
        )
        raise LanguageError(
            message,
            line=tree.token.line,
            column=tree.token.column,
            expected=known_names,
        )

    def property(self, token: Token, owner: Node, name: str) -> Node:
        """.value of a quantity."""
        if name != "value" or owner.type.name not in ("Quantity", "Any"):
            _fail(token, f"{words(owner.type)} has no '{name}'", "value of a Quantity")
        return Call(DECIMAL, _place(token), "value", (owner,))

    def apply(self, tree: syntax.Apply) -> Node:
        """An operator or function."""
        if tree.is_function:
            return self.function(tree)
        args = tuple(self.check(operand) for operand in tree.operands)
        if tree.name == "plus":
            rules.signed(self.site("+", tree.token), args)
            return args[0]
        kind = rules.OPERATORS[tree.name](self.site(tree.name, tree.token), args)
        return Call(kind, _place(tree.token), tree.name, args)

    def function(self, tree: syntax.Apply) -> Node:
        """A function call."""
        if tree.name in REFUSED:
            _fail(tree.token, REFUSED[tree.name], INSTEAD)
        if tree.name not in FUNCTIONS:
            message = (
                f"there is no function '{tree.name}'{closest(tree.name, FUNCTIONS)}"
            )
            _fail(tree.token, message, "one of " + ", ".join(sorted(FUNCTIONS)))
        rule, fewest, most = FUNCTIONS[tree.name]
        args = tuple(self.check(operand) for operand in tree.operands)
        if not fewest <= len(args) <= most:
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            message = f"{tree.name} has {len(args)} arguments"
            _fail(tree.token, message, f"{count} (more stand in a list)")
        kind = rule(self.site(tree.name, tree.token), args)
        op = ALIASES.get(tree.name, tree.name)
        return Call(kind, _place(tree.token), op, args)

    def case(self, tree: syntax.Cases) -> Node:
        """case, with or without a subject."""
        site = self.site("case", tree.token)
        subject = self.check(tree.subject) if tree.subject else None
        items = tuple((self.check(w), self.check(t)) for w, t in tree.items)
        for condition, _ in items:
            if subject:
                rules.meet(site, (subject, condition))
            else:
                rules.need(site, condition, "Boolean")
        otherwise = self.check(tree.otherwise)
        kind = rules.together(site, (*(then for _, then in items), otherwise))
        return Case(kind, site.place, subject, items, otherwise)

    def interval(self, tree: syntax.Range) -> Node:
        """An interval written out."""
        site = self.site("Interval", tree.token)
        low, high = self.check(tree.low), self.check(tree.high)
        for bound in (low, high):
            rules.need(site, bound, "Integer", "Decimal", "Quantity", "Date")
        point = rules.meet(site, (low, high))
        if _is_empty(low, high, both_closed=tree.low_closed and tree.high_closed):
            site.fail("the interval holds no point", expected="low, then high")
        closed = (tree.low_closed, tree.high_closed)
        return Range(interval_of(point), site.place, low, high, *closed)

    def cast(self, tree: syntax.Cast) -> Node:
        """operand as TYPE: names the type of a null or an empty list."""
        target = type_named(tree.type_name)
        if target is None:
            _fail(tree.token, f"there is no type '{tree.type_name}'", ", ".join(_TYPES))
        if tree.operand is None:
            return _extreme(tree.token, target)
        operand = self.check(tree.operand)
        if operand.type.name not in (target.name, "Any") or (
            target.inner and operand.type.inner not in (target.inner, ANY, None)
        ):
            message = f"{words(operand.type)} is never {words(target)}"
            _fail(tree.token, message, words(operand.type))
        kind = operand.type if operand.type.name == "Quantity" else target
        return Call(kind, _place(tree.token), "as", (operand,))


def _place(token: Token) -> Place:
    return token.line, token.column


def _fail(token: Token, message: str, expected: str = "") -> NoReturn:
    raise LanguageError(
        message, line=token.line, column=token.column, expected=expected
    )


def _extreme(token: Token, kind: Type) -> Literal:
    """minimum Integer, maximum Decimal and the like."""
    if kind not in EXTREMES:
        expected = " or ".join(str(known_kind) for known_kind in EXTREMES)
        _fail(token, f"{words(kind)} has no {token.text}", expected)
    return Literal(kind, _place(token), EXTREMES[kind][token.text == "maximum"])


EXTREMES: dict[Type, tuple[Any, Any]] = {
    INTEGER: (INTEGER_MIN, INTEGER_MAX),
    DECIMAL: (-DECIMAL_MAX, DECIMAL_MAX),
    DATE: (date.min, date.max),
}


def _is_empty(low: Node, high: Node, *, both_closed: bool) -> bool:
    """Whether constant bounds leave no point between them."""
    if not (isinstance(low, Literal) and isinstance(high, Literal)):
        return False
    if low.value is None or high.value is None:
        return False
    begin, end = low.value, high.value
    if low.type.unit and high.type.unit:
        if not commensurable(low.type.unit, high.type.unit):
            return False
        end = convert_exactly(end, high.type.unit, low.type.unit)
    return bool(begin > end or (begin == end and not both_closed))


def literal(tree: syntax.Constant) -> Literal:
    """A constant of the right type within its limits."""
    token, place = tree.token, _place(tree.token)
    match token.kind:
        case "STRING":
            return Literal(STRING, place, unescape(token))
        case "DATE":
            return Literal(DATE, place, _date(token))
        case "NUMBER":
            return _number(tree, place)
    if token.text == "null":
        return Literal(ANY, place, None)
    return Literal(BOOLEAN, place, token.text == "true")


def _date(token: Token) -> date:
    try:
        return date.fromisoformat(token.text[1:])
    except ValueError:
        _fail(token, f"'{token.text}' is no full date", "a date such as @2026-01-31")


def _number(tree: syntax.Constant, place: Place) -> Literal:
    token, sign = tree.token, "-" if tree.negative else ""
    if token.text.endswith("L"):
        _fail(token, "Long numbers are not part of the language", "an Integer")
    try:
        number = read_number(sign + token.text, whole=tree.unit is None)
    except OutOfRange as error:
        _fail(token, str(error), error.expected)
    if tree.unit is None:
        return Literal(INTEGER if isinstance(number, int) else DECIMAL, place, number)
    if tree.unit not in CALENDAR_WORDS and not known(tree.unit):
        expected = "a unit such as 'mg/dL' or 'Cel'"
        _fail(token, f"'{tree.unit}' is no UCUM unit", expected)
    return Literal(quantity(tree.unit), place, number)
