"""Random typed expressions over the names of `facts`, as their authors might write."""

from collections.abc import Callable
from random import Random

from tests.scamps.core.facts import DATES, DECIMALS, INTEGERS, NAMES, OPTIONS

Write = Callable[[Random, int], str]


def names_of(*kinds: str) -> list[str]:
    """The names of a type, as "Integer" or "kg"."""
    return [n for n, k in NAMES.items() if str(k) in kinds or k.unit in kinds]


def boolean(rng: Random, depth: int) -> str:
    """A Boolean expression."""
    if depth <= 0:
        return rng.choice([*names_of("Boolean"), "true", "false", "null"])
    kind = rng.choice(
        ["logic"] * 4
        + ["compare"] * 5
        + ["not", "is", "if", "case", "coalesce"]
        + ["in"] * 4
    )
    match kind:
        case "logic":
            op = rng.choice(["and", "or", "xor", "implies", "=", "!=", "~", "!~"])
            return f"({boolean(rng, depth - 1)} {op} {boolean(rng, depth - 1)})"
        case "not":
            return f"(not {boolean(rng, depth - 1)})"
        case "is":
            return _is(rng, depth)
        case "in":
            return _member(rng, depth)
        case "compare":
            return _compare(rng, depth)
    return _choose(rng, depth, boolean, kind)


def _is(rng: Random, depth: int) -> str:
    test = rng.choice(["is null", "is not null", "is true", "is false", "is not true"])
    if test.endswith("null"):
        return f"({anything(rng)(rng, depth - 1)} {test})"
    function = rng.choice(["IsNull", "IsTrue", "IsFalse"])
    inner = boolean(rng, depth - 1)
    return rng.choice([f"({inner} {test})", f"{function}({inner})"])


def anything(rng: Random) -> Write:
    """A writer of some type."""
    return rng.choice(
        [boolean, integer, decimal, kilograms, celsius, mixed, text, day, dimensionless]
    )


def _compare(rng: Random, depth: int) -> str:
    pair = rng.choice(
        [
            *[(integer, integer)] * 2,
            *[(decimal, decimal), (integer, decimal), (decimal, integer)],
            *[(kilograms, kilograms), (kilograms, mixed), (celsius, celsius)],
            *[(text, text), (day, day), (dimensionless, decimal), (mixed, mixed)],
        ]
    )
    one, other = (write(rng, depth - 1) for write in pair)
    if rng.random() < 0.2:
        return f"({one} between {other} and {pair[1](rng, depth - 1)})"
    op = rng.choice(["<", "<=", ">", ">=", "=", "!=", "~", "!~"])
    if rng.random() < 0.06:
        return f"({_interval_text(rng, depth)} {rng.choice(['=', '~'])} {rng.choice(['vi', 'vi', 'null'])})"
    if rng.random() < 0.06:
        return f"({_list_text(rng, depth, integer)} {rng.choice(['=', '!=', '~'])} li)"
    return f"({one} {op} {other})"


def _member(rng: Random, depth: int) -> str:
    write, lists, intervals = rng.choice(
        [
            (integer, ["li", "ld"], ["vi", "vd"]),
            (decimal, ["ld", "li"], ["vd", "vi"]),
            (kilograms, ["lq"], ["vq"]),
            (text, ["ls"], []),
            (day, [], ["vx"]),
        ]
    )
    group = rng.choice([*lists, *intervals, "null"])
    if rng.random() < 0.75:
        ranged = intervals and rng.random() < 0.5
        group = (_range if ranged else _list_text)(rng, depth, write)
    point = write(rng, depth - 1)
    return rng.choice([f"({point} in {group})", f"({group} contains {point})"])


def _list_text(rng: Random, depth: int, write: Write) -> str:
    parts = [write(rng, min(depth - 1, 1)) for _ in range(rng.randint(0, 8))]
    return "{" + ", ".join(parts) + "}"


def _range(rng: Random, depth: int, write: Write) -> str:
    def bound() -> str:
        return "null" if rng.random() < 0.2 else write(rng, rng.randint(0, 1))

    left, right = rng.choice("[("), rng.choice("])")
    return f"Interval{left}{bound()}, {bound()}{right}"


def _interval_text(rng: Random, depth: int) -> str:
    return _range(rng, depth, integer)


def _choose(rng: Random, depth: int, write: Write, kind: str) -> str:
    """if, case or Coalesce around some type."""
    one, other = write(rng, depth - 1), write(rng, depth - 1)
    match kind:
        case "if":
            return f"(if {boolean(rng, depth - 1)} then {one} else {other})"
        case "case":
            first, second = boolean(rng, depth - 1), boolean(rng, depth - 1)
            last = write(rng, depth - 1)
            return f"case when {first} then {one} when {second} then {other} else {last} end"
        case "select":
            key = rng.choice([text, integer])
            items = f"when {key(rng, 0)} then {one} when {key(rng, 0)} then {other}"
            return f"case {key(rng, depth - 1)} {items} else {write(rng, 0)} end"
    listed = rng.random() < 0.3
    return f"Coalesce({{{one}, {other}}})" if listed else f"Coalesce({one}, {other})"


def integer(rng: Random, depth: int) -> str:
    """An Integer expression."""
    if depth <= 0:
        literals = [str(rng.choice(INTEGERS)), str(rng.randint(-9, 9)), "null"]
        return rng.choice([*names_of("Integer") * 2, *literals])
    kind = rng.choice([*_OPS[:5], "negate", "Abs", *_CHOICES, *_INTEGER])
    if kind in _OPS:
        return f"({integer(rng, depth - 1)} {kind} {integer(rng, depth - 1)})"
    if kind in ("negate", "Abs"):
        return _SIGNED[kind].format(integer(rng, depth - 1))
    if kind in _INTEGER:
        return _INTEGER[kind](rng, depth)
    return _choose(rng, depth, integer, kind)


_CHOICES = ["if", "case", "select", "coalesce"]
_OPS = ["+", "-", "*", "div", "mod", "/"]
_SIGNED = {"negate": "(-({}))", "Abs": "Abs({})"}


def _whole(rng: Random, depth: int) -> str:
    name = rng.choice(["Ceiling", "Floor", "Truncate"])
    return f"{name}({decimal(rng, depth - 1)})"


def _age(rng: Random, depth: int) -> str:
    unit = rng.choice(["Years", "Months", "Weeks", "Days"])
    return f"CalculateAgeIn{unit}At({day(rng, 0)}, {day(rng, 0)})"


def _converted(function: str) -> Write:
    return lambda rng, depth: (
        f"{function}({rng.choice([boolean, text])(rng, depth - 1)})"
    )


def _integer_power(rng: Random, depth: int) -> str:
    exponent = rng.choice(["2", "3", "i2", "0", "31"])
    return f"({integer(rng, depth - 1)}^{exponent})"


_INTEGER: dict[str, Write] = {
    "^": _integer_power,
    "whole": _whole,
    "age": _age,
    "to": _converted("ToInteger"),
    "aggregate": lambda rng, depth: _aggregate(rng, depth, integer, "li"),
}


def _aggregate(rng: Random, depth: int, write: Write, name: str) -> str:
    function = rng.choice(["Min", "Max", "Sum"])
    if write is integer and rng.random() < 0.25:
        return f"Count({_list_text(rng, depth, anything(rng))})"
    if rng.random() < 0.3:
        return f"{function}({name})"
    parts = [write(rng, depth - 1) for _ in range(rng.randint(1, 4))]
    return f"{function}({{{', '.join(parts)}}})"


def decimal(rng: Random, depth: int) -> str:
    """A Decimal expression."""
    if depth <= 0:
        text_of = rng.choice(DECIMALS)
        literal = text_of if "." in text_of else f"{text_of}.0"
        return rng.choice([*names_of("Decimal") * 2, literal, "w1.value", "null"])
    kind = rng.choice([*_OPS, "negate", "Abs", *_CHOICES, *_DECIMAL])
    if kind in _OPS:
        one = rng.choice([decimal, integer])(rng, depth - 1)
        return f"({one} {kind} {decimal(rng, depth - 1)})"
    if kind in ("negate", "Abs"):
        return _SIGNED[kind].format(decimal(rng, depth - 1))
    if kind in _DECIMAL:
        return _DECIMAL[kind](rng, depth)
    return _choose(rng, depth, decimal, kind)


def _round(rng: Random, depth: int) -> str:
    places = rng.choice(["", ", 1", ", 2", ", 8", ", -2", ", null", ", i1"])
    return f"Round({decimal(rng, depth - 1)}{places})"


def _decimal_power(rng: Random, depth: int) -> str:
    exponent = rng.choice(["2", "-1", "0.5", "3.0", "d2", "-2.5"])
    return f"({decimal(rng, depth - 1)}^({exponent}))"


def _slow(rng: Random, depth: int) -> str:
    function = rng.choice(["Ln({})", "Exp({})", "Log({}, 2)", "Log(10, {})"])
    return function.format(decimal(rng, depth - 1))


_DECIMAL: dict[str, Write] = {
    "^": _decimal_power,
    "Round": _round,
    "slow": _slow,
    "to": _converted("ToDecimal"),
    "aggregate": lambda rng, depth: _aggregate(rng, depth, decimal, "ld"),
}


def _quantity(rng: Random, depth: int, unit: str, others: dict[str, str]) -> str:
    def again(generator: Random, below: int) -> str:
        return _quantity(generator, below, unit, others)

    if depth <= 0:
        used = rng.choice([unit, *others])
        literal = f"{rng.choice(DECIMALS)} '{used}'"
        return rng.choice([*names_of(unit) * 2, literal, "null"])
    kind = rng.choice(
        ["+", "-", "scale", "negate", "Abs", "if", "coalesce", "mod", "Sum"]
    )
    match kind:
        case "+" | "-" | "mod":
            return f"({again(rng, depth - 1)} {kind} {again(rng, depth - 1)})"
        case "scale":
            op = rng.choice(["*", "/", "div"])
            return f"({again(rng, depth - 1)} {op} {decimal(rng, depth - 1)})"
        case "negate" | "Abs":
            inner = again(rng, depth - 1)
            return f"Abs({inner})" if kind == "Abs" else f"(-({inner}))"
        case "Sum":
            function = rng.choice(["Sum", "Min", "Max"])
            return f"{function}({{{again(rng, depth - 1)}, {again(rng, 0)}}})"
    return _choose(rng, depth, again, kind)


def kilograms(rng: Random, depth: int) -> str:
    """A mass, in changing units."""
    return _quantity(rng, depth, "kg", {"g": "", "[lb_av]": ""})


def celsius(rng: Random, depth: int) -> str:
    """A temperature."""
    if depth > 1:
        return _choose(rng, depth, celsius, rng.choice(["if", "case", "coalesce"]))
    used = rng.choice(["Cel", "[degF]", "K"])
    return rng.choice(["t1", "f1", "t1", f"{rng.choice(DECIMALS)} '{used}'", "null"])


def mixed(rng: Random, depth: int) -> str:
    """A mass whose unit depends on the row."""
    if depth <= 0:
        return rng.choice(["m1", "g1", "w1", "5 'g'", "Max(lq)"])
    condition = boolean(rng, depth - 1)
    return f"(if {condition} then {kilograms(rng, depth - 1)} else g1)"


def dimensionless(rng: Random, depth: int) -> str:
    """A quotient of quantities."""
    if depth <= 0:
        return rng.choice(["r1", "(w1 / w2)", "2 '1'"])
    return f"(({kilograms(rng, 0)}) / w1)" if rng.random() < 0.5 else "(h1 / h1)"


def text(rng: Random, depth: int) -> str:
    """A String or choice."""
    if depth > 0 and rng.random() < 0.5:
        return _choose(rng, depth, text, rng.choice(["if", "case", "coalesce"]))
    literal = "'" + rng.choice(OPTIONS) + "'"
    return rng.choice(["c1", "c2", "s1", literal, "null"])


def day(rng: Random, depth: int) -> str:
    """A Date."""
    if depth > 0 and rng.random() < 0.5:
        return _choose(rng, depth, day, rng.choice(["if", "coalesce"]))
    return rng.choice(["x1", "x2", f"@{rng.choice(DATES)}", "null"])


def whole_list(rng: Random, depth: int) -> str:
    """A list as the result."""
    return _list_text(rng, depth, rng.choice([integer, decimal, text, day, kilograms]))


def whole_range(rng: Random, depth: int) -> str:
    """An interval as the result."""
    return _range(rng, depth, rng.choice([integer, decimal, day, kilograms]))


def expression(rng: Random, depth: int = 3) -> str:
    """An expression of any type; mostly Boolean, as criteria are."""
    if rng.random() < 0.5:
        return boolean(rng, depth)
    write = rng.choice(
        [
            integer,
            decimal,
            kilograms,
            celsius,
            mixed,
            text,
            day,
            whole_list,
            whole_range,
        ]
    )
    return write(rng, depth)
