"""A walk in words: what was asked at each node, what was found, where it led."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scamps.core.definition import Decide, Plan, words
from scamps.core.definition.finding import Path
from scamps.core.say import say
from scamps.core.walk.result import Step, Tried, Walk


@dataclass(frozen=True)
class Explained:
    """One step in words.

    *reasons* has a sentence for each criterion tried, with the values filled in;
    *next_step* is what to do, where the walk could not go on.
    """

    node: str
    kind: str
    title: str
    reasons: tuple[str, ...]
    next_step: str = ""


def explain(
    plan: Plan, walk: Walk, facts: Mapping[str, Any], language: str | None = None
) -> tuple[Explained, ...]:
    """Put every step of *walk* in words.

    Args: facts: as `CompiledPlan.facts` gives them for the same answers.
    """
    return tuple(
        _explained(plan, walk, step, facts, language or plan.language)
        for step in walk.steps
    )


def labels(plan: Plan, language: str) -> dict[str, str]:
    """What people call the names that criteria read."""
    named = [(entry.key, entry.label) for entry in plan.elements]
    named += [(score.key, score.label) for score in plan.scores]
    found = {key: words(label, language, plan.language) for key, label in named}
    before = {f"previous.{key}": f"{label} before" for key, label in found.items()}
    return {
        **found,
        **before,
        "birth_date": "Date of birth",
        "visit_date": "Date of the visit",
        "weeks_since_previous": "Weeks since the visit before",
    }


def _explained(
    plan: Plan, walk: Walk, step: Step, facts: Mapping[str, Any], language: str
) -> Explained:
    node = plan.node[step.node]
    title = words(node.title, language, plan.language)
    if not isinstance(node, Decide):
        return Explained(node.key, node.kind, title, ())
    reasons = tuple(
        _reason(plan, node, index, tried, facts, language)
        for index, tried in enumerate(step.tried)
    )
    stopped = step.to is None
    next_step = words(node.if_unknown, language, plan.language) if stopped else ""
    why = _why(walk, stopped)
    return Explained(node.key, node.kind, title, (*reasons, *why), next_step)


def _reason(
    plan: Plan,
    node: Decide,
    index: int,
    tried: Tried,
    facts: Mapping[str, Any],
    language: str,
) -> str:
    if not tried.criterion:
        return "None of these: otherwise"
    path: Path = ("nodes", plan.position[node.key], "branches", index, "when")
    return say(plan.criteria.parsed[path], facts, labels(plan, language))


def _why(walk: Walk, stopped: bool) -> tuple[str, ...]:
    if not stopped:
        return ()
    match walk.why:
        case "overlap":
            return ("More than one of these is true: the plan is ambiguous here.",)
        case "nothing-true":
            return ("None of these is true, and the plan says nothing else.",)
    return ()
