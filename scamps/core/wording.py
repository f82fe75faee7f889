"""Units, durations, ranges and sums as clinicians write them."""

from __future__ import annotations

import re
from decimal import Decimal

from scamps.core.definition.document import Bounds
from scamps.core.language.tree import Call, Node
from scamps.core.say.units import unit_words

CALENDAR = dict(zip("YMWD", ("year", "month", "week", "day"), strict=True))
CLOCK = dict(zip("HMS", ("hour", "minute", "second"), strict=True))


def duration_words(duration: str | None) -> str:
    """An ISO 8601 duration in words.

    >>> duration_words("P3W"), duration_words("PT6H"), duration_words("P1DT12H")
    ('3 weeks', '6 hours', '1 day 12 hours')
    """
    days, _, clock = (duration or "").removeprefix("P").partition("T")
    counted = [(n, CALENDAR[unit]) for n, unit in re.findall(r"(\d+)([YMWD])", days)]
    counted += [(n, CLOCK[unit]) for n, unit in re.findall(r"(\d+)([HMS])", clock)]
    return " ".join(f"{n} {name}{'' if n == '1' else 's'}" for n, name in counted)


def amount(value: Decimal, unit: str | None = None) -> str:
    """A number without superfluous zeros, and its unit.

    >>> amount(Decimal("38.00"), "Cel"), amount(Decimal("5"), "%"), amount(Decimal("1E+2"))
    ('38 °C', '5 %', '100')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {unit_words(unit)}".strip()


def range_words(bounds: Bounds | None, unit: str | None = None) -> str:
    """An inclusive range.

    >>> range_words(Bounds(low=Decimal(34), high=Decimal(42)), "Cel")
    '34 to 42 °C'
    >>> range_words(Bounds(low=Decimal(4))), range_words(None)
    ('at least 4', '')
    """
    match bounds:
        case Bounds(low=Decimal() as low, high=Decimal() as high):
            return f"{amount(low)} to {amount(high, unit)}"
        case Bounds(low=Decimal() as low):
            return f"at least {amount(low, unit)}"
        case Bounds(high=Decimal() as high):
            return f"at most {amount(high, unit)}"
    return ""


def top_terms(root: Node) -> tuple[Node, ...]:
    """The terms that an expression adds, or joins by one connective, at its top.

    >>> from scamps.core.language import INTEGER, parse
    >>> sum = parse("a + 2 * b + c", dict.fromkeys("abc", INTEGER))
    >>> len(top_terms(sum.root))
    3
    """
    if not isinstance(root, Call) or root.op not in ("+", "or", "and"):
        return (root,)
    return tuple(
        term
        for part in root.args
        for term in (
            top_terms(part)
            if isinstance(part, Call) and part.op == root.op
            else (part,)
        )
    )
