"""The order of a list that two authors changed, entries named by what they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import combinations

Name = Hashable
START = object()


class OrderClash(Exception):
    """The two orders cannot both be kept."""


def merge_orders(
    base: Sequence[Name],
    mine: Sequence[Name],
    theirs: Sequence[Name],
    kept: Collection[Name],
    *,
    tie: Callable[[Name], str],
    is_strict: bool = False,
) -> list[Name]:
    """The entries of *kept* in an order that keeps what either side moved.

    Of two entries that both sides have, the side that turned them round against *base*
    decides. What one side added stands behind what it stood behind there; where both
    added at one place, *tie* says which comes first.

    Args: is_strict: the place decides who goes where, so additions of both at one
        place, or additions of one beside moves of the other, are a clash.
    Raises: OrderClash.
    """
    ours, others = _only(mine, kept), _only(theirs, kept)
    if ours == others:
        return ours
    if is_strict and (_disturbs(base, ours, others) or _disturbs(base, others, ours)):
        raise OrderClash
    frame = _frame(list(base), ours, others)
    return _filled(frame, ours, others, tie, is_strict)


def order_as(
    first: Sequence[Name], second: Sequence[Name], kept: Collection[Name]
) -> list[Name]:
    """The entries of *kept* as *first* has them; others behind what they stood behind."""
    ours, others = _only(first, kept), _only(second, kept)
    runs = _runs(others, set(ours))
    found = runs.get(START, [])
    for name in ours:
        found = [*found, name, *runs.get(name, ())]
    return found


def _only(names: Sequence[Name], kept: Collection[Name]) -> list[Name]:
    return [name for name in names if name in kept]


def _disturbs(base: Sequence[Name], one: list[Name], other: list[Name]) -> bool:
    """Whether *one* moved entries of *base* while *other* added or moved."""
    old = [name for name in base if name in one]
    moved = [name for name in one if name in old] != old
    was = [name for name in base if name in other]
    return moved and other != was


def _frame(base: list[Name], mine: list[Name], theirs: list[Name]) -> list[Name]:
    """What both sides have, in the order that keeps what either turned round."""
    ours = [name for name in mine if name in set(theirs)]
    others = [name for name in theirs if name in set(mine)]
    if ours == others:
        return ours
    at, of, was = _places(ours), _places(others), _places(base)
    wins = dict.fromkeys(ours, 0)
    for one, other in combinations(ours, 2):  # as mine has them: one before other
        is_kept = of[one] < of[other] or _turned(one, other, was)
        wins[one if is_kept else other] += 1
    if sorted(wins.values()) != list(range(len(ours))):
        raise OrderClash  # round in a circle
    return sorted(ours, key=lambda name: (-wins[name], at[name]))


def _turned(one: Name, other: Name, was: dict[Name, int]) -> bool:
    """Whether *base* has them the other way, so that it was mine who turned them.

    Raises: OrderClash: base has not both, and so it cannot be said who did.
    """
    if one not in was or other not in was:
        raise OrderClash
    return was[other] < was[one]


def _filled(
    frame: list[Name],
    mine: list[Name],
    theirs: list[Name],
    tie: Callable[[Name], str],
    is_strict: bool,
) -> list[Name]:
    """The *frame* with what one side alone has, each run behind its anchor."""
    inside = set(frame)
    ours, others = _runs(mine, inside), _runs(theirs, inside)
    found: list[Name] = []
    for anchor in (START, *frame):
        if anchor is not START:
            found.append(anchor)
        runs = [run for run in (ours.get(anchor), others.get(anchor)) if run]
        if is_strict and len(runs) > 1:
            raise OrderClash
        for run in sorted(runs, key=lambda run: tie(run[0])):
            found += run
    return found


def _runs(names: list[Name], inside: set[Name]) -> dict[Name, list[Name]]:
    """The names outside, by the nearest name inside that stands before them."""
    found: dict[Name, list[Name]] = {}
    anchor: Name = START
    for name in names:
        if name in inside:
            anchor = name
        else:
            found.setdefault(anchor, []).append(name)
    return found


def _places(names: Sequence[Name]) -> dict[Name, int]:
    return {name: place for place, name in enumerate(names)}
