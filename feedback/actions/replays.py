"""What a plan would have advised to the patients of the past."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from typing import Any

from accounts.models import Site
from carepaths.models import Origin
from feedback.core.impact import Group, Impact, replay_both, summarise
from feedback.models.histories import Part, past_of
from feedback.models.snapshots import read_each
from scamps.core.definition import Plan
from scamps.models import Scamp


def replay_past(
    *,
    scamp: Scamp,
    after: Plan,
    sites: Iterable[Site],
    origins: Collection[str] = tuple(Origin.values),
    progress: Callable[[int, int], None] = lambda walked, total: None,
) -> dict[str, Impact]:
    """Walk *after* over all counted encounters of *scamp*, beside their own versions.

    Args:
        origins: which to walk; each is told apart, for they are never pooled.
        progress: told how many encounters were walked, of how many, after each part of
            them. What it raises ends the replay.
    Returns: by origin, those without encounters left out.
    """
    past = past_of(scamp, after, sites, origins)
    groups: dict[str, list[Group]] = {}
    walked = 0

    def walk(cursor: Any, part: Part) -> tuple[str, Group]:
        return part.origin, replay_both(part.read(cursor), after)

    with closing(read_each(walk, past.parts)) as found:
        for origin, group in found:
            groups.setdefault(origin, []).append(group)
            walked += len(group.rows)
            progress(walked, past.encounters)
    return {origin: summarise(groups[origin], after) for origin in sorted(groups)}
