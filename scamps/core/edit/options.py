"""What a field may be: the fixed words of the document, or the keys of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scamps.core.definition import REASONS, Plan, words
from scamps.core.edit.fixed import choice_words
from scamps.core.edit.sections import SECTIONS, parts_of
from scamps.core.edit.shapes import Value

NAMES = ("label", "title", "words", "citation", "message")


@dataclass(frozen=True)
class Choice:
    """One that may be chosen. `missing`: it stands in the plan but leads nowhere."""

    value: str
    label: str
    missing: bool = False


def choices_of(plan: Plan, field: Value, value: Any) -> list[Choice]:
    """What *field* may be; a *value* that leads nowhere stands among them."""
    if field.choices:
        return [
            Choice(str(one), choice_words(field.owner, field.name, one))
            for one in field.choices
        ]
    found = list(_referred(plan, field.refers))
    if value and value not in {one.value for one in found}:
        found.append(Choice(str(value), f"{value}: there is none", missing=True))
    return found


def _referred(plan: Plan, refers: str) -> Iterator[Choice]:
    match refers:
        case "standard":
            yield from (Choice(one.code, one.display) for one in REASONS.values())
        case "values":
            yield from _referred(plan, "elements")
            yield from _referred(plan, "scores")
        case "actions":
            yield from _actions(plan)
        case _:
            for part in parts_of(plan, SECTIONS[refers]):
                yield Choice(part.key, title_of(part, plan))


def _actions(plan: Plan) -> Iterator[Choice]:
    """Each action once, though several steps may advise it."""
    seen: set[str] = set()
    for node in plan.nodes:
        for action in getattr(node, "actions", ()):
            if action.key not in seen:
                seen.add(action.key)
                yield Choice(action.key, title_of(action, plan))


def title_of(part: Any, plan: Plan) -> str:
    """What a part is called, in the plan's language."""
    for name in NAMES:
        if text := getattr(part, name, None):
            return words(text, plan.language)
    return str(part.key)
