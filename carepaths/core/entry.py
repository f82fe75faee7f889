"""Entry: what somebody typed, or a cell of a file, becomes a stored answer.

Nothing typed is lost: what cannot be used is kept as `typed` and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor, log10
from typing import Any

from carepaths.core.answers import (
    IMPLAUSIBLE,
    MISSING,
    NOT_ASKED,
    REFUSED,
    ROUNDED,
    UNCONFIRMED,
    UNSTORABLE,
    Value,
    decode,
    encode,
    within,
)
from scamps.core.definition import Element
from scamps.core.definition.document import Bounds
from scamps.core.definition.entry_units import entry_line, in_own_unit
from scamps.core.say.units import unit_words
from scamps.core.wording import range_words

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:[.,][0-9]{1,20})?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_UNIT_WORDS = {"°C": "Cel", "°F": "[degF]"}
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Entry:
    """A stored answer, and what a person should know about it (words, or empty)."""

    stored: dict[str, Any]
    problem: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(self.stored.get("flags", ()))


class Unreadable(ValueError):
    """What was typed is no value of the element; the message says what would be."""


def missing(code: str = NOT_ASKED) -> Entry:
    """Return an answer without a value, and why.

    Raises: ValueError: *code* is none of MISSING.
    """
    if code not in MISSING:
        raise ValueError(f"{code!r} is none of {', '.join(MISSING)}")
    return Entry({"value": None, "missing": code})


def read_entry(
    element: Element,
    typed: str,
    *,
    unit: str | None = None,
    decimal_mark: str | None = None,
    confirmed: bool = True,
) -> Entry:
    """Return the answer that *typed* gives *element*.

    Args:
        unit: UCUM unit of the typed number, if not the element's; it is converted.
        decimal_mark: "." or ","; either is understood if not said.
        confirmed: whether a value outside the plausible range is used, and flagged;
            if not, it is kept as typed and waits to be confirmed.
    """
    typed = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", typed).strip()
    if not typed:
        return missing()
    as_typed = _as_typed(element, typed, unit)
    try:
        value = _read(element, typed, as_typed.get("unit"), decimal_mark)
    except Unreadable as problem:
        return _refused(as_typed, str(problem))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return Entry({"value": encode(value), "missing": None})
    return _number_entry(element, as_typed, value, confirmed)


def _as_typed(element: Element, typed: str, unit: str | None) -> dict[str, Any]:
    """What was typed in words, and its unit (UCUM) if that is not the element's."""
    unit = _UNIT_WORDS.get(unit or "", unit)
    if not unit or unit == element.unit:
        return {"typed": typed}
    return {"typed": f"{typed} {unit_words(unit)}", "unit": unit}


def _number_entry(
    element: Element, as_typed: dict[str, Any], exact: int | Decimal, confirmed: bool
) -> Entry:
    value = _rounded(element, exact)
    try:
        decode(element, encode(value))
    except ValueError as problem:
        return _refused(as_typed, str(problem))
    if not within(element.possible, exact):
        return _refused(as_typed, _not_possible(element, as_typed, exact))
    if not within(element.plausible, value) and not confirmed:
        words = f"unusual ({_expected(element, element.plausible)}): please confirm"
        return Entry(_unused(as_typed, UNCONFIRMED), words)
    stored: dict[str, Any] = {"value": encode(value), "missing": None}
    flags, words = [], ""
    if not within(element.plausible, value):
        flags = [IMPLAUSIBLE]
        words = f"unusual: {_expected(element, element.plausible)}"
    if value != exact and "unit" not in as_typed:
        flags.append(ROUNDED)
        words = words or f"rounded to {encode(value)}"
    if flags:
        stored["flags"] = flags
    if encode(value) != as_typed["typed"]:
        stored |= as_typed
    return Entry(stored, words)


def _unused(as_typed: dict[str, Any], flag: str) -> dict[str, Any]:
    return {"value": None, "missing": None, **as_typed, "flags": [flag]}


def _refused(as_typed: dict[str, Any], problem: str) -> Entry:
    return Entry(_unused(as_typed, REFUSED), problem)


def _not_possible(
    element: Element, as_typed: dict[str, Any], exact: int | Decimal
) -> str:
    """Say what is expected, and whether another unit of the element would fit."""
    said = f"not possible: {_expected(element, element.possible)}"
    if "unit" in as_typed:
        read = f"{_rounded(element, exact)} {unit_words(element.unit)}"
        return f"{said}, and {as_typed['typed']} is {read}"
    for other in element.entry_units:
        meant = _rounded(element, in_own_unit(element, Decimal(exact), other.unit))
        if within(element.possible, meant):
            unit = unit_words(element.unit)
            return f"{said}; if it is in {unit_words(other.unit)}, it is {meant} {unit}"
    return said


def number_typed(stored: Mapping[str, Any]) -> str:
    """The number of a stored answer as it was typed, without its unit; or empty.

    >>> number_typed({"typed": "100.4 °F", "unit": "[degF]"})
    '100.4'
    """
    unit = unit_words(stored.get("unit"))
    return str(stored.get("typed") or "").removesuffix(f" {unit}" if unit else "")


def _read(element: Element, typed: str, unit: str | None, mark: str | None) -> Value:
    match element.type:
        case "boolean":
            return _truth(typed)
        case "choice":
            return _option(typed, (option.key for option in element.options))
        case "date":
            return _decoded(element, typed)
        case "text":
            return typed
    number = read_number(typed, mark, digits=_digits(element, unit))
    exact = _converted(element, number, unit)
    if element.type == "decimal":
        return exact
    if exact != exact.to_integral_value():
        raise Unreadable("a whole number is expected")
    return _decoded(element, int(exact))


def _decoded(element: Element, value: int | str) -> Value:
    try:
        return decode(element, value)
    except ValueError as problem:
        raise Unreadable(str(problem)) from None


def _truth(typed: str) -> bool:
    if typed.casefold() not in _TRUTHS:
        raise Unreadable("yes or no is expected")
    return _TRUTHS[typed.casefold()]


def _option(typed: str, keys: Iterable[str]) -> str:
    known = tuple(keys)
    if typed not in known:
        raise Unreadable(f"one of {', '.join(known)} is expected")
    return typed


def read_number(typed: str, mark: str | None = None, *, digits: int = 0) -> Decimal:
    """Read one number with a decimal point or comma; thousands marks are not guessed.

    Args:
        mark: the only decimal mark understood; either if not said.
        digits: how many the number is expected to have after the mark.

    Raises: Unreadable.

    >>> read_number("38,5"), read_number("-0.50")
    (Decimal('38.5'), Decimal('-0.50'))
    >>> read_number("1,250")
    Traceback (most recent call last):
    carepaths.core.entry.Unreadable: unclear: write 1250 without a mark, or 1.25
    """
    text = typed.replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(text) or (mark and _other(mark) in text):
        raise Unreadable("a number is expected, without thousands marks")
    plain = Decimal(text.replace(",", "."))
    if not mark and digits < 3 and _GROUPED.fullmatch(text):
        whole = re.sub("[.,]", "", text)
        short = plain.normalize()
        raise Unreadable(f"unclear: write {whole} without a mark, or {short:f}")
    return plain


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _digits(element: Element, unit: str | None) -> int:
    """How many digits after the mark to expect of a number typed in *unit*.

    A weight stored in whole grams has three of them in kilograms; one stored in
    kilograms to three digits has none in grams, so "3,250" is not guessed there.
    """
    digits = element.precision or 0
    if unit is None or element.unit is None:
        return digits
    try:
        factor, _ = entry_line(element, unit)
    except ValueError:
        return digits
    return max(0, digits + floor(log10(abs(factor))))


def _converted(element: Element, number: Decimal, unit: str | None) -> Decimal:
    if unit is None:
        return number
    if element.unit is None:
        raise Unreadable("this number has no unit")
    try:
        exact = in_own_unit(element, number, unit)
    except ValueError as problem:
        raise Unreadable(str(problem)) from None
    if element.type == "integer":
        return _round(exact, 0)
    digits = min(_places(number), element.precision or 0)
    return exact if _places(exact) >= digits else _round(exact, digits)


def _places(number: Decimal) -> int:
    """How many digits *number* has after the point."""
    return max(0, -int(number.as_tuple().exponent))


def _rounded(element: Element, value: int | Decimal) -> int | Decimal:
    if isinstance(value, int) or element.precision is None:
        return value
    if _places(value) <= element.precision:
        return value
    return _round(value, element.precision)


def _round(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _expected(element: Element, bounds: Bounds | None) -> str:
    return f"{range_words(bounds, element.unit)} is expected"
