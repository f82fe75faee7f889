"""The advice of a draft as a page shows it: what is advised, why, what is still needed.

Everything is in words; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from carepaths.core.draft import Draft
from carepaths.core.reasons import Menu, menu
from carepaths.core.scoring import ScoreLine, score_lines
from carepaths.core.sheet import day_words
from scamps.core.definition import Action, Node, Plan, Recommend, edges, words
from scamps.core.walk import Explained, Step, explain, labels
from scamps.core.wording import duration_words

RETROSPECTIVE = "retrospective"
CHOICES = (
    ("followed", "Follow"),
    ("deviated", "Deviate…"),
    ("deferred", "Later"),
    ("modified", "Modify…"),
    ("not-applicable", "Not applicable"),
)
LOOKING_BACK = (
    ("followed", "Concordant"),
    ("deviated", "Discordant"),
    ("not-applicable", "Not applicable"),
)
KINDS = {
    "omitted": "Left out",
    "added": "Done all the same",
    "substituted": "Something else instead",
    "interval": "Another interval",
    "timing": "Earlier or later",
    "other": "Otherwise",
}
KINDS_OF = {
    "do": ("omitted", "substituted", "interval", "timing", "other"),
    "do-not": ("added", "substituted", "other"),
}
NEGATIONS = ("no ", "not ", "do not ", "never ", "avoid ")
DECIDED = {
    "followed": "Followed",
    "modified": "Modified",
    "deviated": "Deviated",
    "deferred": "Later",
    "not-applicable": "Not applicable",
}
DECIDED_LOOKING_BACK = DECIDED | {"followed": "Concordant", "deviated": "Discordant"}


@dataclass(frozen=True)
class AdvisedAction:
    """One advised action with the decision about it, if one is made."""

    key: str
    words: str
    direction: str
    window: str
    rationale: str
    strength: str
    sources: tuple[str, ...]
    serious: bool
    retrospective: bool
    menu: Menu
    intention: Mapping[str, Any]
    today: date

    @property
    def is_said_as_against(self) -> bool:
        """Whether the words of a do-not action leave its direction to be said."""
        said = self.words.lower().startswith(NEGATIONS)
        return self.direction == "do-not" and not said

    @property
    def action(self) -> str:
        return self.key.partition("/")[2]

    @property
    def id(self) -> str:
        """The key as an id of the page may hold it."""
        return self.key.replace("/", "--")

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return LOOKING_BACK if self.retrospective else CHOICES

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        return tuple((key, KINDS[key]) for key in KINDS_OF[self.direction])

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """At most seven, "other" last; one chosen from the rest is shown too."""
        first = [(reason.key, reason.words) for reason in self.menu.first]
        chosen = self.intention.get("reason")
        rest = [(r.key, r.words) for r in self.menu.more if r.key == chosen]
        return (*first[:-1], *rest, *first[-1:])

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """Days by which to decide, with the one already chosen."""
        named = {0: "Today", 1: "Tomorrow", 3: "In 3 days", 7: "In a week"}
        days = {
            (self.today + timedelta(n)).isoformat(): said for n, said in named.items()
        }
        if due := self.intention.get("due_on"):
            days.setdefault(due, day_words(date.fromisoformat(due)))
        return tuple(days.items())

    @property
    def said(self) -> str:
        """The decision in words; empty if there is none."""
        return decision_words(self.intention, self.menu, self.retrospective)


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


@dataclass(frozen=True)
class Setting:
    """What the page knows beside the draft: decisions so far, origin, and the day."""

    intentions: Mapping[str, Mapping[str, Any]]
    origin: str
    today: date


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
        checks=tuple(Said(_text(plan, c.message), c.level) for c in draft.checks),
        path=tuple(_passed(plan, step) for step in walk.steps),
    )


def advised_action(
    plan: Plan,
    node: str,
    action: Action,
    setting: Setting,
) -> AdvisedAction:
    """Put one action of *plan* in words, with the decision about it."""
    key = f"{node}/{action.key}"
    cited = {source.key: source.citation for source in plan.provenance.sources}
    return AdvisedAction(
        key=key,
        words=_text(plan, action.words),
        direction=action.direction,
        window=f"within {duration_words(action.window)}" if action.window else "",
        rationale=_text(plan, action.rationale),
        strength=_text(plan, action.strength),
        sources=tuple(cited.get(source, source) for source in action.evidence),
        serious=action.serious,
        retrospective=setting.origin == RETROSPECTIVE,
        menu=menu(plan, action.key, plan.language),
        intention=setting.intentions.get(key, {}),
        today=setting.today,
    )


def decision_words(
    intention: Mapping[str, Any], reasons: Menu, retrospective: bool
) -> str:
    """Return a decision in words: "Deviated: left out. Family prefers otherwise"."""
    choice = intention.get("choice")
    if not choice:
        return ""
    said = (DECIDED_LOOKING_BACK if retrospective else DECIDED)[choice]
    if choice == "deferred" and intention.get("due_on"):
        return f"{said}, by {day_words(date.fromisoformat(str(intention['due_on'])))}"
    if choice == "deviated" and not retrospective:
        kind = KINDS.get(intention.get("kind") or "", "")
        said += f": {kind.lower()}" if kind else ""
        said += f". {_reason_words(intention, reasons)}"
    elif intention.get("words"):
        said += f": {intention['words']}"
    return said


def _reason_words(intention: Mapping[str, Any], reasons: Menu) -> str:
    key = intention.get("reason")
    if not key:
        return "The reason is still to be given"
    if key == "other":
        return str(intention.get("words", ""))
    named = {reason.key: reason.words for reason in (*reasons.first, *reasons.more)}
    return named.get(key, str(key))


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
    return Stage(node.key, _text(plan, node.title), _text(plan, summary), actions)


def _reasoning(plan: Plan, said: Explained, step: Step) -> tuple[Reasoning, ...]:
    lines = []
    for sentence, tried in zip(said.reasons, step.tried, strict=False):
        taken = tried.value is True and tried.to == step.to
        to = _text(plan, plan.node[tried.to].title) if taken else ""
        lines.append(Reasoning(sentence, tried.value, taken, to))
    extra = said.reasons[len(step.tried) :]
    return (*lines, *(Reasoning(sentence, None, False, "") for sentence in extra))


def _passed(plan: Plan, step: Step) -> Passed:
    targets = dict.fromkeys(edge.target for edge in edges(plan.node[step.node]))
    others = [key for key in targets if key != step.to]
    return Passed(
        node=step.node,
        title=_text(plan, plan.node[step.node].title),
        others=tuple(_text(plan, plan.node[key].title) for key in others),
        is_last=step.to is None,
    )


def _closing(plan: Plan, end: str) -> str:
    node = plan.node[end]
    if node.kind != "finish":
        return ""
    return _text(plan, node.words) or _text(plan, node.title)


def _text(plan: Plan, text: Any) -> str:
    return words(text, "en", plan.language) if text else ""
