"""What a field of a plan document says, in words, and what its parts are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from scamps.core.definition import Action, Branch, Plan, words
from scamps.core.definition.ages import age_range
from scamps.core.definition.document import (
    AgeBounds,
    Bounds,
    Eligibility,
    EntryUnit,
    Item,
    Window,
)
from scamps.core.definition.learning import Cost, Prediction
from scamps.core.definition.parts import Part, is_duration
from scamps.core.language import LanguageError, parse
from scamps.core.language.export import to_cql
from scamps.core.say import say
from scamps.core.say.units import unit_words
from scamps.core.walk.words import labels
from scamps.core.wording import amount, duration_words, range_words

CRITERIA = ("when", "show_when", "expression")
TARGETS = ("to", "next", "otherwise", "unknown", "start", "node")
NAMES = ("title", "label", "words")


@dataclass(frozen=True)
class Speaker:
    """Puts the values of one plan in words."""

    plan: Plan
    _labels: dict[str, str] = field(default_factory=dict)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return labels(self.plan, self.plan.language)

    def text(self, value: Any) -> str:
        return words(value, self.plan.language)

    def criterion(self, source: str) -> str:
        """A criterion in words; as written, where the language refuses it."""
        try:
            return say(parse(source, self.plan.names()), {}, self.labels)
        except LanguageError:
            return source

    def meaning(self, source: str) -> str:
        """What two spellings of one criterion have in common."""
        try:
            return to_cql(parse(source, self.plan.names()).root)
        except LanguageError:
            return source

    def target(self, key: str) -> str:
        node = self.plan.node.get(key)
        return f"“{self.text(node.title)}”" if node else key

    def value(self, name: str, value: Any, unit: str | None = None) -> str:
        """The value of the field *name*, in *unit*; empty for none."""
        if value is None or value == ():
            return ""
        if name in CRITERIA:
            return self.criterion(value)
        if name in TARGETS:
            return self.target(value)
        if isinstance(value, Bounds):
            return range_words(value, unit)
        return self.plain(value)

    def plain(self, value: Any) -> str:
        match value:
            case bool():
                return "yes" if value else "no"
            case str():
                return duration_words(value) if is_duration(value) else f"“{value}”"
            case Mapping():
                return f"“{self.text(value)}”"
            case Decimal():
                return amount(value)
            case date():
                return value.isoformat()
            case tuple():
                return ", ".join(self.plain(entry) for entry in value)
            case Part():
                return self.part(value)
        return str(value)

    def part(self, value: Part) -> str:
        """A small part as a whole."""
        match value:
            case Window():
                days = f"{value.earliest_days} to {value.latest_days}"
                return f"{days} days after “{value.after}”"
            case Prediction():
                return f"{value.comparison} {amount(value.percent)} %"
            case Cost():
                return f"{amount(value.amount)} {value.currency}"
        return ", ".join(
            f"{name} {self.plain(getattr(value, name))}"
            for name in type(value).model_fields
            if getattr(value, name) not in (None, ())
        )

    def called(self, part: Part) -> str:
        """What people call *part*: its words and its key."""
        match part:
            case Plan():
                return "The plan"
            case Branch():
                return f"branch to {self.target(part.to)}"
            case Eligibility():
                return f"line “{self.text(part.words)}”"
            case Item():
                element = self.plan.element.get(part.element)
                label = self.text(element.label) if element else part.element
                return f"question “{label}” ({part.element})"
            case EntryUnit():
                return f"unit {unit_words(part.unit)}"
            case AgeBounds():
                return f"bounds {age_range(part)}"
        kind = "action " if isinstance(part, Action) else ""
        named = next((getattr(part, n) for n in NAMES if getattr(part, n, None)), None)
        key = getattr(part, "key", "")
        return f"{kind}“{self.text(named)}” ({key})" if named is not None else key

    def summary(self, part: Part) -> str:
        """What a part that came or went says, beside its name."""
        match part:
            case Branch() | Eligibility():
                return self.criterion(part.when) if part.when else ""
            case Action():
                done = "do" if part.direction == "do" else "do not"
                return f"{done}: {self.text(part.words)}"
        return ""
