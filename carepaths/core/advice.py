"""The advice of a draft as a page shows it: what is advised, why, what is still needed.

Everything is in words; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from carepaths.core.advised import AdvisedAction, Setting, advised_action, text_of
from carepaths.core.draft import Draft
from carepaths.core.scoring import ScoreLine, score_lines
from scamps.core.definition import Node, Plan, Recommend, edges
from scamps.core.walk import Explained, Step, explain, labels


@dataclass(frozen=True)
class Stage:
    """A recommend node that the walk has passed, or ended at."""

    node: str
    title: str
    summary: str
    actions: tuple[AdvisedAction, ...]


@dataclass(frozen=True)
class Reasoning:
    """One criterion that was tried: the words, what came out, where it led if taken."""

    words: str
    value: bool | None
    taken: bool
    to: str


@dataclass(frozen=True)
class Passed:
    """A node that the walk has passed, and where else it could have led from there."""

    node: str
    title: str
    others: tuple[str, ...]
    is_last: bool


@dataclass(frozen=True)
class Said:
    """A check of the plan that holds."""

    message: str
    level: str


@dataclass(frozen=True)
class Advice:
    """All of it. `stages` has the latest first; `waiting` pairs of key and label."""

    stages: tuple[Stage, ...]
    stopped: bool
    stopped_at: str
    waiting: tuple[tuple[str, str], ...]
    if_unknown: str
    closing: str
    why: tuple[Reasoning, ...]
    scores: tuple[ScoreLine, ...]
    checks: tuple[Said, ...]
    path: tuple[Passed, ...]

    @property
    def actions(self) -> tuple[AdvisedAction, ...]:
        return tuple(action for stage in self.stages for action in stage.actions)

    @property
    def waiting_words(self) -> str:
        if len(self.waiting) > 3:
            return f"{len(self.waiting)} answers"
        return ", ".join(label for _, label in self.waiting)

    @property
    def headline(self) -> str:
        """The advice in one line."""
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
    explained = explain(plan, walk, draft.facts)
    last = explained[-1]
    named = labels(plan, plan.language)
    return Advice(
        stages=_stages(draft, setting),
        stopped=walk.stopped,
        stopped_at=last.title,
        waiting=tuple((key, named.get(key, key)) for key in walk.waiting_for),
        if_unknown=last.next_step,
        closing=_closing(plan, walk.end),
        why=tuple(
            line
            for said, step in zip(explained, walk.steps, strict=True)
            for line in _reasoning(plan, said, step)
        ),
        scores=score_lines(plan, draft.facts, walk.steps),
        checks=tuple(Said(text_of(plan, c.message), c.level) for c in draft.checks),
        path=tuple(_passed(plan, step) for step in walk.steps),
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


def _reasoning(plan: Plan, said: Explained, step: Step) -> tuple[Reasoning, ...]:
    lines = []
    for sentence, tried in zip(said.reasons, step.tried, strict=False):
        taken = tried.value is True and tried.to == step.to
        to = text_of(plan, plan.node[tried.to].title) if taken else ""
        lines.append(Reasoning(sentence, tried.value, taken, to))
    extra = said.reasons[len(step.tried) :]
    return (*lines, *(Reasoning(sentence, None, False, "") for sentence in extra))


def _passed(plan: Plan, step: Step) -> Passed:
    targets = dict.fromkeys(edge.target for edge in edges(plan.node[step.node]))
    others = [key for key in targets if key != step.to]
    return Passed(
        node=step.node,
        title=text_of(plan, plan.node[step.node].title),
        others=tuple(text_of(plan, plan.node[key].title) for key in others),
        is_last=step.to is None,
    )


def _closing(plan: Plan, end: str) -> str:
    node = plan.node[end]
    if node.kind != "finish":
        return ""
    return text_of(plan, node.words) or text_of(plan, node.title)
