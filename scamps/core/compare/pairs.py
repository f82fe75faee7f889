"""Which entry of one list is which entry of the other: by key, else by what it says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from scamps.core.definition import Action, Branch
from scamps.core.definition.document import AgeBounds, Eligibility, EntryUnit, Item
from scamps.core.definition.parts import Part

Same = Callable[[Part], Hashable]


@dataclass(frozen=True)
class Pairing:
    """Indices into the lists: what stayed, what came, what went, what moved."""

    stayed: tuple[tuple[int, int], ...]
    came: tuple[int, ...]
    went: tuple[int, ...]

    @property
    def moved(self) -> tuple[tuple[int, int], ...]:
        """The fewest of `stayed` that must have moved, as ranks among those that
        stayed, counted from 1."""
        old_rank = {old: rank for rank, (old, _) in enumerate(sorted(self.stayed), 1)}
        in_new_order = sorted(self.stayed, key=lambda pair: pair[1])
        ranks = [old_rank[old] for old, _ in in_new_order]
        kept = _longest_rising(ranks)
        return tuple(
            (rank, now) for now, rank in enumerate(ranks, 1) if rank not in kept
        )


def pair(before: Sequence[Part], after: Sequence[Part]) -> Pairing:
    """Pair the entries of two versions of one list.

    Entries with a key are the same if their keys are; branches and lines of the
    population are matched by the most that they share. An action of another key about
    the same resource is the same action changed.
    """
    left, right = dict(enumerate(before)), dict(enumerate(after))
    stayed: list[tuple[int, int]] = []
    for same in _ways(before, after):
        for old, new in _matches(left, right, same):
            stayed.append((old, new))
            del left[old], right[new]
    return Pairing(tuple(sorted(stayed)), tuple(right), tuple(left))


def _ways(before: Sequence[Part], after: Sequence[Part]) -> tuple[Same, ...]:
    """What makes two entries the same, the surest first."""
    match (*before, *after)[0]:
        case Branch():
            return (lambda b: b, _of("when", "to"), _of("to"), _of("when"))
        case Eligibility():
            return (lambda line: line, _of("when"), lambda line: str(line.words))
        case Item():
            return (_of("element"),)
        case Action():
            return (_of("key"), _of("resource"))
        case EntryUnit():
            return (_of("unit"),)
        case AgeBounds():
            return (_of("from_months", "until_months"), lambda row: row.from_months)
    return (_of("key"),)


def _of(*fields: str) -> Same:
    return lambda part: tuple(getattr(part, field) for field in fields)


def _matches(
    left: dict[int, Part], right: dict[int, Part], same: Same
) -> Iterator[tuple[int, int]]:
    taken: set[int] = set()
    for old, entry in list(left.items()):
        mark = same(entry)
        if mark == (None,):
            continue
        for new, other in right.items():
            if new not in taken and same(other) == mark:
                taken.add(new)
                yield old, new
                break


def _longest_rising(ranks: Sequence[int]) -> set[int]:
    """One longest rising subsequence.

    >>> sorted(_longest_rising([2, 3, 1, 4]))
    [2, 3, 4]
    """
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for rank in ranks:
        at = bisect_left(tails, rank)
        before[rank] = tails[at - 1] if at else None
        tails[at:] = [rank, *tails[at + 1 :]] if at < len(tails) else [rank]
    found: set[int] = set()
    last: int | None = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
