"""Which patient stands for which, given the merges that hold."""

from __future__ import annotations

from collections.abc import Iterable


def kept_for(merges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each merged patient the one that is kept in the end.

    Args: merges: (merged, kept) pairs that hold; nobody is merged twice.

    >>> kept_for([(1, 2), (2, 3), (4, 3)])
    {1: 3, 2: 3, 4: 3}
    """
    into = dict(merges)
    found = {}
    for merged in into:
        last = into[merged]
        while last in into and last != merged:
            last = into[last]
        found[merged] = last
    return found
