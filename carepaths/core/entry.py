"""Entry: what somebody typed, or a cell of a file, becomes a stored answer.

Nothing typed is lost: what cannot be used is kept as `typed` and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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
from scamps.core.language.units import convert
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
    try:
        value = _read(element, typed, unit, decimal_mark)
    except Unreadable as problem:
        return _refused(typed, str(problem))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return Entry({"value": encode(value), "missing": None})
    words = f"{typed} {unit}" if unit and unit != element.unit else typed
    return _number_entry(element, words, value, confirmed)


def _number_entry(
    element: Element, typed: str, exact: int | Decimal, confirmed: bool
) -> Entry:
    value = _rounded(element, exact)
    try:
        decode(element, encode(value))
    except ValueError as problem:
        return _refused(typed, str(problem))
    if not within(element.possible, exact):
        return _refused(typed, f"not possible: {_expected(element, element.possible)}")
    if not within(element.plausible, value) and not confirmed:
        words = f"unusual ({_expected(element, element.plausible)}): please confirm"
        kept = {"value": None, "missing": None, "typed": typed, "flags": [UNCONFIRMED]}
        return Entry(kept, words)
    stored: dict[str, Any] = {"value": encode(value), "missing": None}
    flags, words = [], ""
    if not within(element.plausible, value):
        flags = [IMPLAUSIBLE]
        words = f"unusual: {_expected(element, element.plausible)}"
    if value != exact:
        flags.append(ROUNDED)
        words = words or f"rounded to {encode(value)}"
    if flags:
        stored["flags"] = flags
    if encode(value) != typed:
        stored["typed"] = typed
    return Entry(stored, words)


def _refused(typed: str, problem: str) -> Entry:
    stored = {"value": None, "missing": None, "typed": typed, "flags": [REFUSED]}
    return Entry(stored, problem)


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
    number = read_number(typed, mark, digits=element.precision or 0)
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


def _converted(element: Element, number: Decimal, unit: str | None) -> Decimal:
    unit = _UNIT_WORDS.get(unit or "", unit)
    if not unit or unit == element.unit:
        return number
    if element.unit is None:
        raise Unreadable("this number has no unit")
    try:
        return _round(convert(number, unit, element.unit), element.precision or 0)
    except ValueError as problem:
        raise Unreadable(str(problem)) from None


def _rounded(element: Element, value: int | Decimal) -> int | Decimal:
    if isinstance(value, int) or element.precision is None:
        return value
    if -value.as_tuple().exponent <= element.precision:  # type: ignore[operator]
        return value
    return _round(value, element.precision)


def _round(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _expected(element: Element, bounds: Bounds | None) -> str:
    return f"{range_words(bounds, element.unit)} is expected"
