"""What each function accepts, and the type of its result."""

from scamps.core.language.rules import (
    Rule,
    Site,
    logical,
    need,
    power,
    signed,
    together,
)
from scamps.core.language.tree import Node
from scamps.core.language.types import BOOLEAN, DECIMAL, INTEGER, Type

# Functions that are another way to write an operator.
ALIASES = {
    "Power": "^",
    "IsNull": "is null",
    "IsTrue": "is true",
    "IsFalse": "is false",
}


def _numbers(result: Type) -> Rule:
    def rule(site: Site, args: tuple[Node, ...]) -> Type:
        for node in args:
            need(site, node, "Integer", "Decimal")
        return result

    return rule


def _round(site: Site, args: tuple[Node, ...]) -> Type:
    need(site, args[0], "Integer", "Decimal", "Quantity")
    for node in args[1:]:
        need(site, node, "Integer")
    return args[0].type if args[0].type.name == "Quantity" else DECIMAL


def _to_integer(site: Site, args: tuple[Node, ...]) -> Type:
    if args[0].type == DECIMAL:
        site.fail(
            "ToInteger does not take a Decimal",
            expected="Truncate, Floor, Ceiling or Round",
            at=args[0],
        )
    need(site, args[0], "Boolean", "String", "Integer")
    return INTEGER


def _to_decimal(site: Site, args: tuple[Node, ...]) -> Type:
    need(site, args[0], "Boolean", "String", "Integer", "Decimal")
    return DECIMAL


def _coalesce(site: Site, args: tuple[Node, ...]) -> Type:
    if len(args) == 1:
        need(site, args[0], "List")
        return args[0].type.point
    return together(site, args)


def _element(*names: str) -> Rule:
    def rule(site: Site, args: tuple[Node, ...]) -> Type:
        need(site, args[0], "List")
        inner = args[0].type.point
        if inner.name not in (*names, "Any"):
            site.fail(
                f"{site.op} cannot take a list of {inner}",
                expected="a list of " + ", ".join(names),
                at=args[0],
            )
        return inner

    return rule


def _count(site: Site, args: tuple[Node, ...]) -> Type:
    need(site, args[0], "List")
    return INTEGER


def _age(site: Site, args: tuple[Node, ...]) -> Type:
    for node in args:
        need(site, node, "Date")
    return INTEGER


def _is_null(site: Site, args: tuple[Node, ...]) -> Type:
    return BOOLEAN


_ORDERED = _element("Integer", "Decimal", "Quantity", "String", "Date")

# name: (rule, fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[Rule, int, int]] = {
    "Coalesce": (_coalesce, 1, 5),
    "Abs": (signed, 1, 1),
    "Ceiling": (_numbers(INTEGER), 1, 1),
    "Floor": (_numbers(INTEGER), 1, 1),
    "Truncate": (_numbers(INTEGER), 1, 1),
    "Round": (_round, 1, 2),
    "Ln": (_numbers(DECIMAL), 1, 1),
    "Exp": (_numbers(DECIMAL), 1, 1),
    "Log": (_numbers(DECIMAL), 2, 2),
    "Power": (power, 2, 2),
    "ToInteger": (_to_integer, 1, 1),
    "ToDecimal": (_to_decimal, 1, 1),
    "IsNull": (_is_null, 1, 1),
    "IsTrue": (logical, 1, 1),
    "IsFalse": (logical, 1, 1),
    "Min": (_ORDERED, 1, 1),
    "Max": (_ORDERED, 1, 1),
    "Sum": (_element("Integer", "Decimal", "Quantity"), 1, 1),
    "Count": (_count, 1, 1),
    **{
        f"CalculateAgeIn{unit}At": (_age, 2, 2)
        for unit in ("Years", "Months", "Weeks", "Days")
    },
}

# Functions of CQL that are left out on purpose, and what to write instead.
REFUSED = {
    name: f"{name}() would read another day at every evaluation"
    for name in ("Today", "Now", "TimeOfDay")
} | {
    f"{prefix}In{unit}{suffix}": f"{prefix}In{unit}{suffix} reads today's date or the patient by itself"
    for prefix, suffix in (("Age", ""), ("Age", "At"), ("CalculateAge", ""))
    for unit in ("Years", "Months", "Weeks", "Days")
}
INSTEAD = (
    "a date of the plan, such as the visit date: CalculateAgeInYearsAt(birth, visit)"
)
