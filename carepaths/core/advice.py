"""The advice of a draft as a page shows it: what is advised, why, what is still needed.

Everything is in words; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from carepaths.core.advised import AdvisedAction, Setting, advised_action, text_of
from carepaths.core.basis import Marked, Reasoning, Station, marked, stations
from carepaths.core.checking import Broken, broken
from carepaths.core.draft import Draft
from carepaths.core.extras import Extra, extras
from carepaths.core.scoring import ScoreLine, score_lines
from carepaths.core.supposing import Supposing, foregone_words, supposing
from scamps.core.definition import Node, Plan, Recommend
from scamps.core.walk import labels


@dataclass(frozen=True)
class Stage:
    """A recommend node that the walk has passed, or ended at."""

    node: str
    title: str
    summary: str
    actions: tuple[AdvisedAction, ...]

    @property
    def is_decided(self) -> bool:
        """Whether the clinician has decided about any of its actions."""
        return any(action.intention.get("choice") for action in self.actions)


@dataclass(frozen=True)
class Advice:
    """All of it. `stages` has the latest first; `waiting` pairs of key and label."""

    stages: tuple[Stage, ...]
    stopped: bool
    stopped_at: str
    waiting: tuple[tuple[str, str], ...]
    if_unknown: str
    closing: str
    scores: tuple[ScoreLine, ...]
    checks: tuple[Broken, ...]
    path: tuple[Station, ...]
    map: Marked
    extras: tuple[Extra, ...]
    draft: Draft = field(compare=False, repr=False)

    @cached_property
    def foregone(self) -> str:
        """Where every completion of what is missing leads, if it is one place."""
        return foregone_words(self.draft)

    @cached_property
    def supposing(self) -> Supposing:
        """Which single answer would lead elsewhere."""
        return supposing(self.draft)

    @property
    def actions(self) -> tuple[AdvisedAction, ...]:
        return tuple(action for stage in self.stages for action in stage.actions)

    @property
    def withheld(self) -> tuple[Broken, ...]:
        """The checks that withhold the advice until they are put right."""
        return tuple(one for one in self.checks if one.withholds)

    @property
    def stopped_node(self) -> str:
        """The key of the node where the walk ended."""
        return self.path[-1].node

    @property
    def together(self) -> tuple[AdvisedAction, ...]:
        """What "follow all" is about and is not decided yet."""
        ready = [one for one in self.actions if one.may_be_followed_with_others]
        return tuple(one for one in ready if not one.chosen)

    @property
    def together_followed(self) -> bool:
        """Whether at least two of what "follow all" is about are followed."""
        ready = [one for one in self.actions if one.may_be_followed_with_others]
        return sum(one.chosen == "followed" for one in ready) > 1

    @property
    def may_suppose(self) -> bool:
        """There is a result, so that it can be asked what would change it."""
        return bool(self.stages or not self.stopped)

    @property
    def apart(self) -> tuple[AdvisedAction, ...]:
        """What "follow all" leaves out: each is decided by itself."""
        return tuple(a for a in self.actions if not a.may_be_followed_with_others)

    @property
    def why(self) -> tuple[Reasoning, ...]:
        """Every criterion that was tried, in order."""
        return tuple(line for station in self.path for line in station.tried)

    @property
    def waiting_words(self) -> str:
        if len(self.waiting) > 3:
            return f"{len(self.waiting)} answers"
        return ", ".join(label for _, label in self.waiting)

    @property
    def headline(self) -> str:
        """The advice in one line."""
        if self.withheld:
            return f"No advice yet: {self.withheld[0].message}"
        advised = [action.words.rstrip(".") for action in self.actions]
        if self.stopped:
            needed = (
                f"Still needed: {self.waiting_words}" if self.waiting else "Stopped"
            )
            return "; ".join([*advised, needed])
        return "; ".join(advised) or self.closing or "The plan ends here"


def advise(draft: Draft, setting: Setting) -> Advice:
    """Put what the walk of *draft* comes to in words."""
    plan, walk = draft.compiled.plan, draft.walk
    last = plan.node[walk.end]
    named = labels(plan, plan.language)
    checks = broken(draft)
    return Advice(
        stages=() if any(one.withholds for one in checks) else _stages(draft, setting),
        stopped=walk.stopped,
        stopped_at=text_of(plan, last.title),
        waiting=tuple((key, named.get(key, key)) for key in walk.waiting_for),
        if_unknown=text_of(plan, getattr(last, "if_unknown", None))
        if walk.stopped
        else "",
        closing=_closing(plan, walk.end),
        scores=score_lines(plan, draft.facts, walk.steps),
        checks=checks,
        path=stations(draft),
        map=marked(draft),
        extras=extras(plan, walk, setting.intentions),
        draft=draft,
    )


def _stages(draft: Draft, setting: Setting) -> tuple[Stage, ...]:
    plan = draft.compiled.plan
    by_node: dict[str, list[AdvisedAction]] = {}
    for advised in draft.advised:
        action = advised_action(plan, advised.node, advised.action, setting)
        by_node.setdefault(advised.node, []).append(action)
    return tuple(
        _stage(plan, plan.node[key], tuple(actions))
        for key, actions in reversed(by_node.items())
    )


def _stage(plan: Plan, node: Node, actions: tuple[AdvisedAction, ...]) -> Stage:
    summary = node.summary if isinstance(node, Recommend) else None
    return Stage(node.key, text_of(plan, node.title), text_of(plan, summary), actions)


def _closing(plan: Plan, end: str) -> str:
    node = plan.node[end]
    if node.kind != "finish":
        return ""
    return text_of(plan, node.words) or text_of(plan, node.title)
