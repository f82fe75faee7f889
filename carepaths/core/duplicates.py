"""Whether two identities may be one person: the slips that make a patient twice.

Nothing is decided here. The reasons are shown beside what was typed, to a person who
knows whom they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from carepaths.core.searching import name_words


@dataclass(frozen=True)
class Who:
    """An identity as far as it is known; `born` only if known to the day."""

    site: int
    number: str
    name: str
    born: date | None = None


def alike(one: Who, other: Who) -> tuple[str, ...]:
    """Return why the two may be one person, the strongest reason first; empty if not.

    >>> alike(Who(1, "1", "Sample, Alex"), Who(1, "2", "Alex Sample"))
    ('Same name, in another order',)
    """
    names, days = _names(one.name, other.name), _days(one.born, other.born)
    number = _numbers(one, other)
    found = [reason for reason in (names, days, number) if reason]
    strong = number.startswith("Same") or (names and days) or (number and found[1:])
    only_name = names.startswith("Same") and None in (one.born, other.born)
    return tuple(found) if strong or only_name else ()


def _numbers(one: Who, other: Who) -> str:
    mine, theirs = _plain(one.number), _plain(other.number)
    if not mine or not theirs:
        return ""
    if mine == theirs:
        elsewhere = one.site != other.site
        return (
            "Same record number, at another site" if elsewhere else "Same record number"
        )
    slipped = len(mine) > 2 and distance(mine, theirs) == 1
    return "Record number differs by one slip" if slipped else ""


def _plain(number: str) -> str:
    signs = "".join(sign for sign in number.casefold() if sign.isalnum())
    return signs.lstrip("0") or signs


def _days(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return ""
    if one == other:
        return "Same birth date"
    return "Birth date differs by one slip" if other in slips(one) else ""


def _names(one: str, other: str) -> str:
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return ""
    if mine == theirs:
        return "Same name"
    if sorted(mine) == sorted(theirs):
        return "Same name, in another order"
    few, many = sorted((mine, theirs), key=len)
    rest = list(many)
    for word in few:
        match = next((other for other in rest if _close(word, other)), None)
        if match is None:
            return ""
        rest.remove(match)
    return "Similar name"


def _close(one: str, other: str) -> bool:
    return distance(one, other) <= (0 if len(one) < 3 else 1 if len(one) < 7 else 2)


def distance(one: str, other: str) -> int:
    """Return how many letters to add, drop, replace, or swap with their neighbour.

    >>> distance("sample", "smaple"), distance("meyer", "maier")
    (1, 2)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def slips(day: date) -> frozenset[date]:
    """Return the days that one slip makes of *day*.

    Day and month swapped, two digits swapped, or one digit of the year mistaken.

    >>> date(2015, 4, 3) in slips(date(2015, 3, 4)), date(2051, 3, 4) in slips(date(2015, 3, 4))
    (True, True)
    """
    return frozenset(set(_slips(day)) - {day})


def _slips(day: date) -> Iterator[date]:
    year, month, number = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    yield from _real(year, number, month)
    for place in range(3):
        yield from _real(_swapped(year, place), month, number)
    yield from _real(year, _swapped(month, 0), number)
    yield from _real(year, month, _swapped(number, 0))
    for place in range(4):
        for digit in "0123456789":
            yield from _real(year[:place] + digit + year[place + 1 :], month, number)


def _swapped(digits: str, place: int) -> str:
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


def _real(year: str, month: str, day: str) -> Iterator[date]:
    try:
        if int(year) >= 1880:
            yield date(int(year), int(month), int(day))
    except ValueError:
        return
