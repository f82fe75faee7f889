"""Ages: as an element counts them, and as a paediatrician says them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scamps.core.definition import Element

OLDEST = 120  # years: beyond this a birth date is a slip of the pen


def years_between(birth: date, on: date) -> int:
    """Return the completed years; who was born on 29 Feb has a birthday on 1 Mar.

    >>> years_between(date(2012, 2, 29), date(2013, 2, 28))
    0
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def months_between(birth: date, on: date) -> int:
    """Return the completed months.

    >>> months_between(date(2026, 1, 31), date(2026, 3, 30))
    1
    """
    months = (on.year - birth.year) * 12 + on.month - birth.month
    return months - (on.day < birth.day)


def age_in(element: Element, birth: date | None, on: date) -> int | Decimal | None:
    """Return the age on the day *on* in the unit of *element*, never rounded up.

    None if it is not known, or the element's unit is none of time.
    """
    if birth is None or birth > on:
        return None
    days = (on - birth).days
    whole = {
        "a": years_between(birth, on),
        "mo": months_between(birth, on),
        "wk": days // 7,
        "d": days,
    }.get(element.unit or "")
    if whole is None or element.type not in ("integer", "decimal"):
        return None
    if element.type == "integer":
        return whole
    places = Decimal(1).scaleb(-(element.precision or 0))
    exact = whole + _part(element.unit or "", birth, on, whole)
    return exact.quantize(places, rounding=ROUND_DOWN)


def _part(unit: str, birth: date, on: date, whole: int) -> Decimal:
    """What has passed of the year, month or week that is running."""
    if unit == "wk":
        return Decimal((on - birth).days % 7) / 7
    if unit != "a":
        return Decimal(0)
    last, following = _birthday(birth, whole), _birthday(birth, whole + 1)
    return Decimal((on - last).days) / (following - last).days


def _birthday(birth: date, years: int) -> date:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:  # born on 29 Feb
        return date(birth.year + years, 3, 1)


def age_words(birth: date, on: date) -> str:
    """Say how old somebody born on *birth* is, in the unit of a paediatrician.

    Days in the first month, weeks to three months, months to two years, years and
    months to six, then years.

    >>> age_words(date(2026, 1, 1), date(2026, 1, 20))
    '19 days'
    >>> age_words(date(2026, 1, 1), date(2026, 3, 1))
    '8 weeks'
    >>> age_words(date(2025, 6, 20), date(2026, 10, 3))
    '15 months'
    >>> age_words(date(2022, 6, 20), date(2026, 10, 3))
    '4 years 3 months'
    >>> age_words(date(2015, 3, 14), date(2026, 10, 3))
    '11 years'
    """
    days, months = (on - birth).days, months_between(birth, on)
    if days < 0:
        return "not yet born"
    if months < 1:
        return _counted(days, "day")
    if months < 3:
        return _counted(days // 7, "week")
    if months < 24:
        return _counted(months, "month")
    years, rest = divmod(months, 12)
    if years >= 6 or not rest:
        return _counted(years, "year")
    return f"{_counted(years, 'year')} {_counted(rest, 'month')}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
