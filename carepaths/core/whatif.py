"""What if: what other answers would lead to, computed by walking, never guessed.

Two questions. Of a walk that waits: does every completion of what is missing lead to
the same place? Of any walk: which change of one answer leads elsewhere, nearest first?
Both try one value of every cell (`carepaths.core.cells`), so both are exact; where that
would take too many walks, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import Value
from carepaths.core.cells import Cell, cells, spots
from carepaths.core.draft import Draft

if TYPE_CHECKING:
    from scamps.core.definition import Element
    from scamps.core.walk import Walk

MOST_WALKS = 512
ONE_TAP = (
    0.1  # how far another option is, beside a number changed by so much of its range
)
NOT_GIVEN = 0.5  # how far a number is that was not given at all


@dataclass(frozen=True)
class Foregone:
    """Whatever the *keys* come to be, the walk ends like *walk*."""

    keys: tuple[str, ...]
    walk: Walk


@dataclass(frozen=True)
class Change:
    """One answer changed to any value from *low* to *high*, and the walk that follows.

    `lowest`, `highest`: nothing lies beyond on that side that leads elsewhere again.
    """

    key: str
    low: Value
    high: Value
    lowest: bool
    highest: bool
    distance: float
    walk: Walk


def place_of(walk: Walk) -> tuple[Any, ...]:
    """Where a walk leads: the node it ends at, why, and what is advised."""
    advised = tuple((node, action.key) for node, action in walk.actions)
    return walk.end, walk.why, advised


# --- completions -----------------------------------------------------------------


def foregone(draft: Draft, most: int = MOST_WALKS) -> Foregone | None:
    """Return where every completion of what is missing leads, if it is one place.

    What is missing grows while walks ask for more. None: it is not one place, or it
    would take more than *most* walks to know, or something missing is no answer.
    """
    if draft.walk.why != "unknown":
        return None
    missing = set(draft.walk.waiting_for)
    while missing and missing <= draft.compiled.plan.element.keys():
        ways = _ways(draft, sorted(missing))
        if ways is None or prod(map(len, ways)) > most:
            return None
        most -= prod(map(len, ways))
        more, ends = _complete(draft, sorted(missing), ways)
        if len(ends) > 1:
            return None
        if not more <= missing:
            missing |= more
        elif ends:
            return Foregone(tuple(sorted(missing)), next(iter(ends.values())))
        else:
            return None
    return None


def _ways(draft: Draft, keys: list[str]) -> list[list[Value]] | None:
    """A value of every cell, for each of *keys*; None if one cannot be told."""
    plan, facts = draft.compiled.plan, {**draft.context, **draft.values}
    ways = []
    for key in keys:
        found = cells(plan, draft.visit, key, facts, varied=keys)
        if found is None:
            return None
        ways.append([cell.low for cell in found])
    return ways


def _complete(
    draft: Draft, keys: list[str], ways: list[list[Value]]
) -> tuple[set[str], dict[Any, Walk]]:
    """What else is asked for by some completion, and the places where others end.

    It stops at the second place.
    """
    more: set[str] = set()
    ends: dict[Any, Walk] = {}
    for values in _from_both_ends(ways):
        walk = _walk(draft, dict(zip(keys, values, strict=True)))
        if walk.why == "unknown" and not set(walk.waiting_for) <= set(keys):
            more |= set(walk.waiting_for)
            continue
        ends.setdefault(place_of(walk), walk)
        if len(ends) > 1:
            break
    return more, ends


def _from_both_ends(ways: list[list[Value]]) -> Iterator[tuple[Value, ...]]:
    """All combinations; first two that have nothing in common, for they differ soonest."""
    yield tuple(way[0] for way in ways)
    yield tuple(way[-1] for way in ways)
    yield from product(*ways)


def _walk(draft: Draft, changed: dict[str, Value]) -> Walk:
    answers = {**draft.values, **changed}
    return draft.compiled.walk(answers, visit=draft.visit, context=draft.context)


# --- one answer changed ----------------------------------------------------------


def changes(draft: Draft, most: int = MOST_WALKS) -> tuple[Change, ...]:
    """Return the changes of one answer that lead elsewhere, nearest first.

    An answer that the walk waits for is no change, and neither is one that is hidden.
    What was worked out is kept for a while: deciding leaves the answers as they are.
    """
    can_turn = spots(draft.compiled.plan, draft.visit).keys()
    answers = {key: draft.answers[key] for key in can_turn & draft.answers.keys()}
    bare = Draft(draft.compiled, answers, draft.visit, draft.context)
    return _kept_changes(_Turning(_key_of(bare), bare), most)


@dataclass(frozen=True)
class _Turning:
    """A draft of only the answers that can turn the walk, told apart by its *key*."""

    key: tuple[Any, ...]
    draft: Draft = field(compare=False)


def _key_of(draft: Draft) -> tuple[Any, ...]:
    known = {**draft.context, **draft.values}
    facts = frozenset((name, type(value), value) for name, value in known.items())
    return draft.compiled, draft.visit, facts


@lru_cache(maxsize=128)
def _kept_changes(turning: _Turning, most: int) -> tuple[Change, ...]:
    draft = turning.draft
    plan = draft.compiled.plan
    left_out = {*draft.walk.waiting_for, *draft.walk.hidden}
    found: list[Change] = []
    for element in plan.elements:
        if element.key in left_out or element.key not in spots(plan, draft.visit):
            continue
        facts = {**draft.context, **draft.values}
        tried = cells(plan, draft.visit, element.key, facts, varied=())
        if tried is None or len(tried) > most:
            continue
        most -= len(tried)
        found += _of_one(draft, element, tried)
    return tuple(sorted(found, key=lambda change: change.distance))


def _of_one(
    draft: Draft, element: Element, tried: tuple[Cell, ...]
) -> Iterator[Change]:
    here = place_of(draft.walk)
    walks = [_walk(draft, {element.key: cell.low}) for cell in tried]
    places = [place_of(walk) for walk in walks]
    ordered = element.type not in ("boolean", "choice")
    first = 0
    while first < len(tried):
        last = first
        while ordered and last + 1 < len(tried) and places[last + 1] == places[first]:
            last += 1
        if places[first] != here:
            yield Change(
                key=element.key,
                low=tried[first].low,
                high=tried[last].high,
                lowest=ordered and first == 0,
                highest=ordered and last == len(tried) - 1,
                distance=_distance(draft, element, tried[first].low, tried[last].high),
                walk=walks[first],
            )
        first = last + 1


def _distance(draft: Draft, element: Element, low: Value, high: Value) -> float:
    """How far the nearer end lies, as a share of the usual range."""
    now = draft.values.get(element.key)
    if element.type in ("boolean", "choice"):
        return ONE_TAP
    if now is None:
        return NOT_GIVEN
    apart = min(abs(_number(end) - _number(now)) for end in (low, high))
    bounds = element.plausible or element.possible
    if bounds is None or bounds.low is None or bounds.high is None:
        return apart / max(abs(_number(now)), 1.0)
    return apart / max(float(bounds.high - bounds.low), 1e-9)


def _number(value: Value) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    return float(value) if isinstance(value, int | Decimal) else 0.0
