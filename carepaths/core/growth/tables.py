"""The reference tables: L, M and S by sex, measure and age.

tables/README.md says where the numbers come from and how they were checked.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from carepaths.core.growth.ages import MONTH_DAYS

Sex = Literal["female", "male"]
Measure = Literal["weight", "height", "bmi"]
LMS = tuple[float, float, float]
WHO_DAILY_UNTIL = 1856  # the last day of the standards; the reference starts at 61 mo


@dataclass(frozen=True)
class Table:
    """One reference: its name, and the edition that is recorded with each number."""

    key: Literal["who", "cdc"]
    name: str
    edition: str
    file: str


WHO = Table("who", "WHO", "WHO 2006 (0 to 5 years) and 2007 (5 to 19 years)", "who.csv")
CDC = Table("cdc", "CDC", "CDC 2000 (2 to 20 years)", "cdc.csv")


@dataclass(frozen=True)
class Curve:
    """The rows of one sex and measure in one unit of age, the youngest first."""

    ages: tuple[float, ...]
    rows: tuple[LMS, ...]

    def at(self, age: float) -> LMS | None:
        """The row at *age*, interpolated linearly; None outside the table."""
        if not self.ages[0] <= age <= self.ages[-1]:
            return None
        above = min(bisect_right(self.ages, age), len(self.ages) - 1)
        low, high = self.ages[above - 1], self.ages[above]
        share = (age - low) / (high - low)
        one, other = self.rows[above - 1], self.rows[above]
        left, middle, right = (
            a + share * (b - a) for a, b in zip(one, other, strict=True)
        )
        return left, middle, right


def lms(table: Table, sex: Sex, measure: Measure, days: float) -> LMS | None:
    """Return L, M and S at an age of *days*; None where the table has no such age.

    The WHO standards are read at the completed day, all else at the month.
    """
    curves = _curves(table)
    if table is WHO and days < WHO_DAILY_UNTIL + 1:
        return curves[sex, measure, "d"].at(int(days)) if days >= 0 else None
    return curves[sex, measure, "mo"].at(days / MONTH_DAYS)


@lru_cache
def _curves(table: Table) -> Mapping[tuple[str, str, str], Curve]:
    ages: dict[tuple[str, str, str], list[float]] = {}
    rows: dict[tuple[str, str, str], list[LMS]] = {}
    path = files("carepaths.core.growth") / "tables" / table.file
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            key = row["sex"], row["measure"], row["unit"]
            ages.setdefault(key, []).append(float(row["age"]))
            at = float(row["l"]), float(row["m"]), float(row["s"])
            rows.setdefault(key, []).append(at)
    return {key: Curve(tuple(ages[key]), tuple(rows[key])) for key in ages}
