"""Which entry of three versions of one list is which: by key, else by what it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from scamps.core.compare.pairs import pair
from scamps.core.definition import Branch
from scamps.core.definition.document import Eligibility, EntryUnit, Item
from scamps.core.definition.parts import Part

Name = Hashable
Named = dict[Name, Any]


def named(
    base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]
) -> tuple[Named, Named, Named]:
    """The entries of each list under their names, in the order of the list.

    Entries with a key are named by it; branches and lines of the population, which
    have none, are matched by the most that they share; words name themselves. A name
    that stands twice in one list is counted.
    """
    if isinstance(next((*base, *mine, *theirs).__iter__(), None), Branch | Eligibility):
        return _matched(base, mine, theirs)
    return _counted(base), _counted(mine), _counted(theirs)


def text_of(entry: Any) -> str:
    """What an entry says, as one text: the same for equal entries."""
    plain = entry.model_dump(mode="json") if isinstance(entry, Part) else entry
    return json.dumps(plain, sort_keys=True, default=str)


def _counted(entries: Sequence[Any]) -> Named:
    seen: Counter[str] = Counter()
    found: Named = {}
    for entry in entries:
        own = _own_name(entry)
        found[(own, seen[own])] = entry
        seen[own] += 1
    return found


def _own_name(entry: Any) -> str:
    match entry:
        case Item():
            return entry.element
        case EntryUnit():
            return entry.unit
        case Part():
            key: str = getattr(entry, "key", "")
            return key
    return text_of(entry)


def _matched(
    base: Sequence[Part], mine: Sequence[Part], theirs: Sequence[Part]
) -> tuple[Named, Named, Named]:
    ours, others = _kept_from(base, mine), _kept_from(base, theirs)
    new = [place for place in range(len(mine)) if place not in ours]
    more = [place for place in range(len(theirs)) if place not in others]
    if new or more:
        shared = pair([mine[at] for at in new], [theirs[at] for at in more]).stayed
        mates = {more[right]: new[left] for left, right in shared}
    else:
        mates = {}
    return (
        {("base", at): entry for at, entry in enumerate(base)},
        _under(mine, lambda at: ("base", ours[at]) if at in ours else ("mine", at)),
        _under(
            theirs,
            lambda at: (
                ("base", others[at])
                if at in others
                else ("mine", mates[at])
                if at in mates
                else ("theirs", at)
            ),
        ),
    )


def _under(entries: Sequence[Part], name: Callable[[int], Name]) -> Named:
    return {name(at): entry for at, entry in enumerate(entries)}


def _kept_from(base: Sequence[Part], side: Sequence[Part]) -> Mapping[int, int]:
    """For each place in *side* that base has too, its place there."""
    if not base and not side:
        return {}
    return {new: old for old, new in pair(base, side).stayed}
