"""Open advice of the patient's other plans, and where it conflicts with this one's.

Two pieces of advice conflict when one says do and the other do not about the same
resource, or when both ask for the same test while the other's window is still open. A
conflict asks for a decision, which the draft keeps among the intentions and the
signature freezes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from carepaths.core.sheet import day_words
from scamps.core.definition import words

if TYPE_CHECKING:
    from carepaths.core.opportunities import Advised
    from scamps.core.definition import Plan

CONFLICT = "!/"  # no node has such a key
CHOICES = {
    "this": "Go by this plan",
    "other": "Go by the other plan",
    "both": "Both, knowing it",
}


@dataclass(frozen=True)
class Standing:
    """Advice of another plan that still stands, with what was decided about it."""

    opportunity: int
    scamp: str
    words: str
    direction: str
    resource: str
    code: tuple[str, str] | None
    advised_on: date | None
    open_until: date | None
    decided: str
    done: bool

    @property
    def said(self) -> str:
        """When it was advised, until when it is open, and what was decided, in words."""
        parts = [f"advised {day_words(self.advised_on)}" if self.advised_on else ""]
        parts.append(
            f"open until {day_words(self.open_until)}" if self.open_until else ""
        )
        parts.append("done" if self.done else self.decided)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Conflict:
    """One advised action of this plan against advice of another."""

    key: str
    mine: str
    direction: str
    title: str
    other: Standing
    why: Literal["against", "twice"]
    choice: str

    @property
    def id(self) -> str:
        return self.key.removeprefix(CONFLICT).replace("/", "--")

    @property
    def said(self) -> str:
        """What stands against what, in one sentence."""
        if self.why == "twice":
            return f"{self.title}: asked twice. {self.other.scamp} asks for it too."
        here, there = ("do", "do not") if self.direction == "do" else ("do not", "do")
        return f"{self.title}: this plan says {here}, {self.other.scamp} says {there}."

    @property
    def decided(self) -> str:
        """The decision in words; empty if there is none."""
        return CHOICES.get(self.choice, "")


def conflicts(
    plan: Plan,
    advised: Iterable[Advised],
    standing: Iterable[Standing],
    intentions: Mapping[str, Any],
) -> tuple[Conflict, ...]:
    """Return where what *plan* advises conflicts with what other plans advise."""
    others = list(standing)
    found = []
    for one in advised:
        for other in others:
            if why := _conflict(plan, one, other):
                key = f"{CONFLICT}{one.key}/{other.opportunity}"
                found.append(_told(plan, one, other, why, key, intentions))
    return tuple(found)


def _conflict(
    plan: Plan, mine: Advised, other: Standing
) -> Literal["against", "twice", ""]:
    resource = next(r for r in plan.resources if r.key == mine.action.resource)
    if not _same(resource, other):
        return ""
    if mine.action.direction != other.direction:
        return "against"
    is_test = mine.action.direction == "do" and resource.kind == "test"
    return "twice" if is_test and other.open_until is not None else ""


def _same(resource: Any, other: Standing) -> bool:
    """Whether both name the same resource: by code where both have one, else by key."""
    mine = code_of(resource)
    if mine and other.code:
        return mine == other.code
    return bool(resource.key == other.resource)


def code_of(resource: Any) -> tuple[str, str] | None:
    """The code of a resource as (system, code); None if it has none."""
    code = getattr(resource, "code", None)
    return (code.system, code.code) if code else None


def _told(
    plan: Plan,
    mine: Advised,
    other: Standing,
    why: Literal["against", "twice"],
    key: str,
    intentions: Mapping[str, Any],
) -> Conflict:
    resource = next(r for r in plan.resources if r.key == mine.action.resource)
    return Conflict(
        key=key,
        mine=words(mine.action.words, "en", plan.language),
        direction=mine.action.direction,
        title=words(resource.title, "en", plan.language),
        other=other,
        why=why,
        choice=str((intentions.get(key) or {}).get("choice", "")),
    )
