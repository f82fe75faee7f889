"""One advised action as a page shows it, and the decision about it in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from carepaths.core.durations import day_after
from carepaths.core.reasons import Menu, menu
from carepaths.core.said import day_words
from scamps.core.definition import Action, Plan, words
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
INTERVAL = "interval:"  # what a control posts that departs in time, before the day
INTERVALS = (
    ("P1W", "1 week"),
    ("P2W", "2 weeks"),
    ("P1M", "1 month"),
    ("P3M", "3 months"),
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
class Setting:
    """What the page knows beside the draft: decisions so far, origin, and the day."""

    intentions: Mapping[str, Mapping[str, Any]]
    origin: str
    today: date
    visit_day: date | None = None


@dataclass(frozen=True)
class Interval:
    """Another day than the plan's to do it: what is posted, its words, if chosen."""

    value: str
    words: str
    side: str
    chosen: bool


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
    intention: Mapping[str, Any] = field(hash=False)
    today: date
    visit_day: date | None = None
    duration: str = ""

    @property
    def ends_on(self) -> date | None:
        """The last day of the window, if it is counted in days."""
        if not self.duration or self.visit_day is None:
            return None
        last = day_after(self.visit_day, self.duration)
        return last if last > self.visit_day else None

    @property
    def by_when(self) -> str:
        """The last day of the window in words; empty if there is none."""
        return day_words(self.ends_on) if self.ends_on else ""

    @property
    def has_intervals(self) -> bool:
        """Whether another time is offered in one tap."""
        due = self.direction == "do" and not self.retrospective
        return due and self.ends_on is not None

    @property
    def departs_in_interval(self) -> bool:
        intention = self.intention
        return (intention.get("choice"), intention.get("kind")) == (
            "deviated",
            "interval",
        )

    @property
    def chosen(self) -> str:
        """The choice made, as its control posts it."""
        if self.departs_in_interval and self.has_intervals:
            return INTERVAL
        return str(self.intention.get("choice") or "")

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Other days than the window's end, each sooner or later than it."""
        if not self.has_intervals or self.visit_day is None or self.ends_on is None:
            return ()
        due = str(self.intention.get("due_on") or "")
        held = due if self.departs_in_interval else None
        offered = [(day_after(self.visit_day, d), said) for d, said in INTERVALS]
        return tuple(
            Interval(
                INTERVAL + day.isoformat(),
                said,
                "sooner" if day < self.ends_on else "later",
                held == day.isoformat(),
            )
            for day, said in offered
            if day != self.ends_on
        )

    @property
    def has_other_day(self) -> bool:
        """Whether another day was chosen than those offered."""
        chosen = any(interval.chosen for interval in self.intervals)
        return self.departs_in_interval and not chosen

    @property
    def may_be_followed_with_others(self) -> bool:
        """Whether "follow all" includes it: not what is serious, nor a "do not"."""
        return self.direction == "do" and not (self.serious or self.retrospective)

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
        words=text_of(plan, action.words),
        direction=action.direction,
        window=f"within {duration_words(action.window)}" if action.window else "",
        rationale=text_of(plan, action.rationale),
        strength=text_of(plan, action.strength),
        sources=tuple(cited.get(source, source) for source in action.evidence),
        serious=action.serious,
        retrospective=setting.origin == RETROSPECTIVE,
        menu=menu(plan, action.key, plan.language),
        intention=setting.intentions.get(key, {}),
        today=setting.today,
        visit_day=setting.visit_day,
        duration=action.window or "",
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
        if intention.get("kind") == "interval" and intention.get("due_on"):
            said += f", {day_words(date.fromisoformat(str(intention['due_on'])))}"
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


def text_of(plan: Plan, text: Any) -> str:
    """A text of *plan* in English, or in its own language; empty for none."""
    return words(text, "en", plan.language) if text else ""
