"""What a walk gives: the steps taken, where it ended, what it advises or waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from scamps.core.definition import Action
from scamps.core.language import Quantity, decimal_text

Why = Literal["", "unknown", "overlap", "nothing-true"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One criterion tried: its source, its value (None: unknown), where true leads.

    The `otherwise` of a node has an empty criterion and the value True.
    """

    criterion: str
    value: bool | None
    to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One node passed, with the criteria tried there; *to* is None at the last."""

    node: str
    tried: tuple[Tried, ...] = ()
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The part of a walk that it shares with every other that took the same turns.

    *why* says why it stopped: a criterion is `unknown`, two branches of a node that
    allows one are true (`overlap`), or no branch is (`nothing-true`). Empty: it ended
    where the plan ends.
    """

    steps: tuple[Step, ...]
    end: str
    why: Why
    actions: tuple[tuple[str, Action], ...]


class Walk(NamedTuple):
    """The nodes an encounter passes, and what comes of it.

    *waiting_for* are the names, sorted, whose values would answer the criterion it
    stopped at; *hidden* the elements that have a value which was not used, because
    their item is not shown; *scores* the plan's scores.
    """

    course: Course
    waiting_for: tuple[str, ...]
    hidden: tuple[str, ...]
    scores: Mapping[str, Any]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The nodes passed, in order."""
        return self.course.steps

    @property
    def end(self) -> str:
        """The node it ended or stopped at."""
        return self.course.end

    @property
    def stopped(self) -> bool:
        """Whether it could not go on."""
        return self.course.why != ""

    @property
    def why(self) -> Why:
        """Why it could not go on; empty if it ended."""
        return self.course.why

    @property
    def actions(self) -> tuple[tuple[str, Action], ...]:
        """What is advised: the key of the recommend node, and the action."""
        return self.course.actions

    @property
    def nodes(self) -> tuple[str, ...]:
        """The keys of the nodes passed, in order."""
        return tuple(step.node for step in self.course.steps)

    def to_json(self) -> dict[str, Any]:
        """The walk as JSON types; decimals and dates as strings."""
        return {
            "steps": [_step(step) for step in self.steps],
            "end": self.end,
            "stopped": self.stopped,
            "why": self.why,
            "waiting_for": list(self.waiting_for),
            "hidden": list(self.hidden),
            "actions": [
                {"node": node, "action": action.key, "direction": action.direction}
                for node, action in self.actions
            ],
            "scores": {key: json_value(value) for key, value in self.scores.items()},
        }


def _step(step: Step) -> dict[str, Any]:
    tried = [
        {"criterion": one.criterion, "value": one.value, "to": one.to}
        for one in step.tried
    ]
    return {"node": step.node, "tried": tried, "to": step.to}


def json_value(value: Any) -> Any:
    """A value of the criteria language as JSON types.

    >>> json_value(Decimal("1.50")), json_value(True), json_value(None)
    ('1.5', True, None)
    """
    match value:
        case Decimal():
            return decimal_text(value)
        case date():
            return value.isoformat()
        case Quantity():
            return {"value": decimal_text(value.value), "unit": value.unit}
    return value
