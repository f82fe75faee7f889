"""How rare a patient's answers are among all of a plan's patients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

FEW = 5
Row = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Rarity:
    """How many patients, this one included, are like this one; of how many."""

    like: int
    of: int
    is_extreme: bool = False

    @property
    def is_rare(self) -> bool:
        return self.like < FEW

    @property
    def words(self) -> str:
        """
        >>> Rarity(2, 430).words, Rarity(3, 430, is_extreme=True).words
        ('Rare: 2 of 430 patients have this', 'Rare: 3 of 430 patients are as far out')
        """
        what = "are as far out" if self.is_extreme else "have this"
        return f"Rare: {self.like} of {self.of} patients {what}"


def rarities(kept: Mapping[str, Any], others: Iterable[Row]) -> dict[str, Rarity]:
    """How rare each kept answer is among *others*: pairs of a patient and stored values.

    A number is as rare as those at least as far out on its side; all else as those who
    have the same. Under "" stands the combination of all that are not numbers.
    """
    rows = list(others)
    of = len({patient for patient, _ in rows})
    found = {}
    for key, value in kept.items():
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            found[key] = Rarity(_as_far_out(key, value, rows), of, is_extreme=True)
        elif value is not None and not isinstance(value, date):
            found[key] = Rarity(len(_alike({key: value}, rows)), of)
    named = {k: v for k, v in kept.items() if isinstance(v, bool | str)}
    return found | ({"": Rarity(len(_alike(named, rows)), of)} if named else {})


def _alike(kept: Mapping[str, Any], rows: Iterable[Row]) -> set[int]:
    """The patients who have all of *kept*; stored values are text, as JSON says them."""
    wanted = {key: _as_text(value) for key, value in kept.items()}
    return {
        patient
        for patient, values in rows
        if all(values.get(key) == value for key, value in wanted.items())
    }


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_far_out(key: str, value: int | Decimal, rows: Iterable[Row]) -> int:
    """How many patients have a value as low or lower, or as high or higher: the fewer."""
    numbers = [
        (one, Decimal(said)) for one, values in rows if (said := values.get(key))
    ]
    low = {one for one, number in numbers if number <= value}
    high = {one for one, number in numbers if number >= value}
    return min(len(low), len(high))
