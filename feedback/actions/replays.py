"""What a plan would have advised to the patients of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import Site
from feedback.actions.reports import snapshot
from feedback.core.impact import Impact, replay_both, summarise
from feedback.models.histories import histories
from scamps.core.definition import Plan
from scamps.models import Scamp


def replay_past(
    *,
    scamp: Scamp,
    after: Plan,
    sites: Iterable[Site],
    origin: str,
    progress: Callable[[int], None] = lambda encounters: None,
) -> Impact:
    """Walk *after* over all counted encounters of *scamp*, beside their own versions.

    Args:
        origin: encounters of which origin; origins are never pooled.
        progress: told how many encounters were walked, after each group of them.
    """
    groups = []
    with snapshot():
        for history in histories(scamp, after, sites, origin):
            groups.append(replay_both(history, after))
            progress(len(history.frame))
    return summarise(groups, after)
