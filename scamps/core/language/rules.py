"""What each operator and function accepts, and the type of its result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from scamps.core.language.errors import LanguageError
from scamps.core.language.suggest import closest
from scamps.core.language.tree import Literal, Node, Place, children, is_written_out
from scamps.core.language.types import (
    ANY,
    BOOLEAN,
    DECIMAL,
    INTEGER,
    Type,
    is_number,
    join,
    join_all,
    quantity,
    words,
)
from scamps.core.language.units import addable, combine, commensurable, finer

ORDERED = {"Integer", "Decimal", "Quantity", "String", "Date", "Any"}


@dataclass(frozen=True, slots=True)
class Site:
    """The place a rule is applied at; lenient about units as CQL is: null, no error."""

    op: str
    place: Place
    lenient: bool = False

    def fail(
        self, message: str, expected: str = "", at: Node | None = None
    ) -> NoReturn:
        """Refuse the expression, at an operand if one is given."""
        line, column = at.place if at else self.place
        raise LanguageError(message, line=line, column=column, expected=expected)


Rule = Callable[[Site, tuple[Node, ...]], Type]


def need(site: Site, node: Node, *names: str) -> None:
    """Refuse an operand of another type; an untyped null is of every type."""
    if node.type.name not in (*names, "Any"):
        site.fail(
            f"'{site.op}' cannot take {words(node.type)}",
            expected=" or ".join(names),
            at=node,
        )


def meet(site: Site, args: Iterable[Node]) -> Type:
    """The type that operands are compared in, or an error."""
    args = tuple(args)
    check_choices(site, args)
    check_units(site, args)
    common = common_type(args)
    changing = next((n for n in args if n.type == quantity(None)), None)
    bare = next((n for n in args if n.type in (INTEGER, DECIMAL)), None)
    if changing and bare and not site.lenient:
        _refuse_mixture(site, changing, bare)
    if common is None:
        odd = next(n for n in args if join(args[0].type, n.type) is None)
        _refuse_mixture(site, args[0], odd)
    return common


def common_type(args: tuple[Node, ...]) -> Type | None:
    """The type that operands are compared in, or None."""
    return join_all(_as_quantity(args))


def _as_quantity(args: tuple[Node, ...]) -> list[Type]:
    """A bare number among quantities without dimension is one in '1'."""
    kinds = [node.type for node in args]
    if any(kind.name == "Quantity" and kind.unit in ("1", None) for kind in kinds):
        return [quantity("1") if k.name in ("Integer", "Decimal") else k for k in kinds]
    return kinds


def _refuse_mixture(site: Site, left: Node, right: Node) -> NoReturn:
    for one, other in ((left, right), (right, left)):
        if one.type.name == "Quantity" and other.type.name in ("Integer", "Decimal"):
            unit = one.type.unit or "g"
            site.fail(
                f"{words(one.type)} and a bare number do not compare",
                expected=f"a number with a unit, such as 5 '{unit}', or .value",
                at=other,
            )
    site.fail(
        f"{words(left.type)} and {words(right.type)} do not go together",
        expected=words(left.type),
        at=right,
    )


def check_units(site: Site, args: tuple[Node, ...]) -> None:
    """Refuse quantities of different dimensions."""
    units = [
        (n, n.type.unit) for n in args if n.type.name == "Quantity" and n.type.unit
    ]
    for node, unit in units[1:]:
        if not site.lenient and not commensurable(units[0][1] or "", unit or ""):
            site.fail(
                f"'{unit}' cannot be converted to '{units[0][1]}'",
                expected=f"a unit like '{units[0][1]}'",
                at=node,
            )


def check_choices(site: Site, args: tuple[Node, ...]) -> None:
    """Refuse a word that is none of the options it is compared with."""
    options = [o for node in args for o in node.type.options or ()]
    for node in args:
        word = node.value if isinstance(node, Literal) else None
        if options and isinstance(word, str) and word not in options:
            site.fail(
                f"'{word}' is no choice here{closest(word, options)}",
                expected=", ".join(f"'{option}'" for option in options),
                at=node,
            )


def logical(site: Site, args: tuple[Node, ...]) -> Type:
    """Booleans in, Boolean out."""
    for node in args:
        need(site, node, "Boolean")
    return BOOLEAN


def equality(site: Site, args: tuple[Node, ...]) -> Type:
    """Two values of one type."""
    if not (site.lenient and lists_apart(args)):
        meet(site, args)
    return BOOLEAN


def lists_apart(args: tuple[Node, ...]) -> bool:
    """Whether the operands are lists of different types: to CQL, plainly unequal."""
    both = all(node.type.name == "List" for node in args)
    return both and common_type(args) is None


def order(site: Site, args: tuple[Node, ...]) -> Type:
    """Two or three values of one ordered type."""
    for node in args:
        need(site, node, "Integer", "Decimal", "Quantity", "String", "Date")
    meet(site, args)
    return BOOLEAN


def anything(site: Site, args: tuple[Node, ...]) -> Type:
    """Any value, asked about."""
    return BOOLEAN


def _numeric(site: Site, args: tuple[Node, ...]) -> None:
    for node in args:
        need(site, node, "Integer", "Decimal", "Quantity")


def additive(site: Site, args: tuple[Node, ...]) -> Type:
    """Numbers, or quantities of one dimension: the finer unit is the result's."""
    _numeric(site, args)
    common = meet(site, args)
    units = [n.type.unit for n in args if n.type.name == "Quantity"]
    if common != quantity(None) or None in units or len(units) < 2:
        return common
    one, other = units[0] or "", units[1] or ""
    if addable(one, other):
        return quantity(finer(one, other))
    if not site.lenient:
        site.fail(f"'{one}' and '{other}' do not add up", expected="one unit for both")
    return common


def remaindering(site: Site, args: tuple[Node, ...]) -> Type:
    """div and mod: as addition, but a bare number is taken in the quantity's unit."""
    kinds = {node.type.name for node in args}
    if "Quantity" in kinds and kinds & {"Integer", "Decimal"}:
        return next(node.type for node in args if node.type.name == "Quantity")
    return additive(site, args)


def multiplicative(site: Site, args: tuple[Node, ...]) -> Type:
    """Numbers, or quantities whose units multiply or divide."""
    _numeric(site, args)
    kinds = [node.type for node in args]
    if all(is_number(kind) for kind in kinds):
        return (join_all(kinds) or ANY) if site.op == "*" else DECIMAL
    if ANY in kinds:
        return quantity(None)
    units = ["1" if kind.name != "Quantity" else kind.unit for kind in kinds]
    if None in units:
        return quantity(None)
    unit = combine(units[0] or "", units[1] or "", 1 if site.op == "*" else -1)
    if unit is None and not site.lenient:
        site.fail(
            f"'{units[0]}' and '{units[1]}' cannot be multiplied or divided",
            expected="a unit on a ratio scale; .value gives the number",
        )
    return quantity(unit)


def power(site: Site, args: tuple[Node, ...]) -> Type:
    """Integer for Integers, unless the exponent is plainly negative."""
    for node in args:
        need(site, node, "Integer", "Decimal")
    base, exponent = args
    if isinstance(exponent, Literal) and exponent.type == INTEGER:
        return DECIMAL if exponent.value < 0 else base.type
    return join(base.type, exponent.type) or DECIMAL


def signed(site: Site, args: tuple[Node, ...]) -> Type:
    """A number or quantity in, the same out."""
    _numeric(site, args)
    return args[0].type


def conditional(site: Site, args: tuple[Node, ...]) -> Type:
    """A Boolean and two results that go together."""
    need(site, args[0], "Boolean")
    return together(site, args[1:])


def together(site: Site, args: tuple[Node, ...]) -> Type:
    """Results of which one is taken."""
    common = join_all(node.type for node in args)
    if common is None:
        first = next(n for n in args if n.type != ANY)
        odd = next(n for n in args if join(first.type, n.type) is None)
        site.fail(
            f"{words(first.type)} and {words(odd.type)} cannot both be the result",
            expected=words(first.type),
            at=odd,
        )
    return common


def listed(site: Site, args: tuple[Node, ...]) -> Type:
    """Elements that go together."""
    return Type("List", inner=together(site, args))


def member(site: Site, args: tuple[Node, ...]) -> Type:
    """A point in a list or an interval."""
    point, group = args if site.op == "in" else reversed(args)
    need(site, group, "List", "Interval")
    if group.type.name == "Interval":
        need(site, point, "Integer", "Decimal", "Quantity", "Date")
    if group.type != ANY:
        parts = children(group) if is_written_out(group) else ()
        stand_in = Literal(group.type.point, group.place, None)
        meet(site, (point, *(parts or (stand_in,))))
    return BOOLEAN


OPERATORS: dict[str, Rule] = {
    **dict.fromkeys(("and", "or", "xor", "implies", "not"), logical),
    **dict.fromkeys(("is true", "is false"), logical),
    "is null": anything,
    **dict.fromkeys(("=", "!=", "~", "!~"), equality),
    **dict.fromkeys(("<", "<=", ">", ">=", "between"), order),
    **dict.fromkeys(("in", "contains"), member),
    **dict.fromkeys(("+", "-"), additive),
    **dict.fromkeys(("div", "mod"), remaindering),
    **dict.fromkeys(("*", "/"), multiplicative),
    "^": power,
    **dict.fromkeys(("negate", "plus"), signed),
    "if": conditional,
    "list": listed,
}
