"""Ages: on the calendar, in words, and corrected for birth before term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MONTH_DAYS = 30.4375  # of a month in growth tables: 365.25 / 12
TERM_DAYS = 280  # 40 weeks, from which a corrected age counts
PRETERM_DAYS = 259  # before 37 completed weeks a birth is preterm
CORRECTED_UNTIL_MONTHS = 24


@dataclass(frozen=True)
class Age:
    """Completed years, months and days on the calendar, and the days in all."""

    years: int
    months: int
    days: int
    in_days: int

    @property
    def in_months(self) -> int:
        """Completed months."""
        return self.years * 12 + self.months

    @property
    def exactly(self) -> str:
        """All parts that are not nought: 2 years 3 months 4 days."""
        parts = [(self.years, "year"), (self.months, "month"), (self.days, "day")]
        said = [counted(number, name) for number, name in parts if number]
        return " ".join(said) or "0 days"

    @property
    def words(self) -> str:
        """As a paediatrician says it: days, then weeks, then months, then years."""
        if self.in_days < 28:
            return counted(self.in_days, "day")
        if self.in_months < 3:
            return counted(self.in_days // 7, "week")
        if self.in_months < 24:
            return counted(self.in_months, "month")
        return counted(self.years, "year")


def age_between(birth: date, on: date) -> Age | None:
    """Return the age on the day *on* of somebody born on *birth*; None before birth.

    A month is completed on the day of the birth's number; where a month has no such
    day, on the first of the next.

    >>> age_between(date(2024, 2, 29), date(2026, 5, 3)).exactly
    '2 years 2 months 4 days'
    >>> [age_between(date(2026, 1, 31), date(2026, m, 1)).exactly for m in (2, 3)]
    ['1 day', '1 month 1 day']
    """
    if on < birth:
        return None
    months = (on.year - birth.year) * 12 + on.month - birth.month
    months -= on.day < birth.day
    left = (on - _after(birth, months)).days
    return Age(*divmod(months, 12), max(left, 0), (on - birth).days)


def months_at(context: Mapping[str, Any]) -> int | None:
    """Return the completed months of age at the visit of *context*, if known.

    >>> months_at({"birth_date": date(2024, 2, 29), "visit_date": date(2026, 5, 3)})
    26
    """
    birth, visit = context.get("birth_date"), context.get("visit_date")
    if birth is None or visit is None:
        return None
    age = age_between(birth, visit)
    return None if age is None else age.in_months


def _after(birth: date, months: int) -> date:
    """The day *months* after *birth*: its number, or the last day of a short month."""
    years, month = divmod(birth.month - 1 + months, 12)
    for day in range(birth.day, birth.day - 4, -1):
        try:
            return date(birth.year + years, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("a month has at least 28 days")


def corrected_days(in_days: float, gestation_days: float) -> float | None:
    """Return the age from the expected date of birth; None if there is no correction.

    It is the age less the days born before 40 weeks, for births before 37 completed
    weeks. Growth tables are read at it until 24 months. It may be below nought.

    Source: Engle WA, Committee on Fetus and Newborn. Age terminology during the
    perinatal period. Pediatrics 2004;114:1362-4. Its example: a child of 24 months
    born at 28 weeks has a corrected age of 21 months.
    >>> round(corrected_days(730, 28 * 7) / MONTH_DAYS)
    21
    >>> corrected_days(60, 38 * 7) is None
    True
    """
    if gestation_days >= PRETERM_DAYS:
        return None
    if in_days > CORRECTED_UNTIL_MONTHS * MONTH_DAYS:
        return None
    return in_days - (TERM_DAYS - gestation_days)


def counted(number: int, name: str) -> str:
    """
    >>> counted(1, "day"), counted(0, "month")
    ('1 day', '0 months')
    """
    return f"{number} {name}{'' if number == 1 else 's'}"
