"""The form of an encounter as a page shows it: parts, sections, items, each in a state.

A part is the form of one assess node that the visit can reach. It is *reached* when the
walk so far has entered that node; an item is *folded* when its `show_when` is false.
Whatever is folded keeps its answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from carepaths.core.checking import Broken
from carepaths.core.previous import Former, awaits_confirming
from carepaths.core.said import (
    MISSING,
    answer_words,
    day_words,
    outcome_words,
    refusal,
    taken_on,
    typed_text,
)
from scamps.core.definition import Element, Plan, at_age, words
from scamps.core.definition.document import Section
from scamps.core.say.units import unit_words
from scamps.core.wording import duration_words, range_words

__all__ = [
    "MISSING",
    "Filling",
    "Group",
    "Item",
    "Part",
    "Sheet",
    "answer_words",
    "assess_nodes",
    "day_words",
    "item_of",
    "outcome_words",
    "sheet",
]
YES_NO = (("true", "Yes"), ("false", "No"))


@dataclass(frozen=True)
class Item:
    """One question, its answer as typed, and what is to be said about it."""

    element: Element
    label: str
    help: str
    typed: str
    unit_typed: str
    missing: str
    due_on: str
    error: str
    warning: str
    folded: bool
    kept: str
    said: str
    echo: str
    former: Former | None
    to_confirm: bool
    taken_on: str
    checks: tuple[Broken, ...]

    @property
    def key(self) -> str:
        return self.element.key

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What can be tapped, as value and label; empty if it is typed."""
        if self.element.type == "boolean":
            return YES_NO
        return tuple((o.key, words(o.label, "en")) for o in self.element.options)

    @property
    def is_number(self) -> bool:
        return self.element.type in ("integer", "decimal")

    @property
    def unit(self) -> str:
        return unit_words(self.element.unit)

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """The units it may be typed in, its own first: UCUM code and words."""
        further = self.element.entry_units
        if not further:
            return ()
        codes = (self.element.unit or "", *(one.unit for one in further))
        return tuple((code, unit_words(code)) for code in codes)

    @property
    def hint(self) -> str:
        """The range that needs no second look, in words; empty if none is declared."""
        usual = range_words(self.element.plausible, self.element.unit)
        return f"Usually {usual}" if usual else ""

    @property
    def valid_for(self) -> str:
        return duration_words(self.element.valid_for)

    @property
    def missing_words(self) -> str:
        return MISSING.get(self.missing, "")

    @property
    def missings(self) -> tuple[tuple[str, str], ...]:
        return tuple(MISSING.items())

    @property
    def is_answered(self) -> bool:
        return bool(self.typed or self.missing) and not self.to_confirm


@dataclass(frozen=True)
class Group:
    """A section of a form with its items."""

    key: str
    title: str
    items: tuple[Item, ...]

    @property
    def asked(self) -> int:
        return sum(not item.folded for item in self.items)

    @property
    def answered(self) -> int:
        return sum(item.is_answered and not item.folded for item in self.items)


@dataclass(frozen=True)
class Part:
    """The form of one assess node."""

    node: str
    title: str
    reached: bool
    groups: tuple[Group, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)

    @property
    def shown(self) -> bool:
        """Whether the part is open: reached, or answered before it was left again."""
        return self.reached or any(item.is_answered for item in self.items)


@dataclass(frozen=True)
class Sheet:
    """All the parts a visit can reach, in the order in which it can reach them."""

    parts: tuple[Part, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for part in self.parts for item in part.items)

    @property
    def errors(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.error)

    @property
    def flagged(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.warning and not item.folded)


@dataclass(frozen=True)
class Filling:
    """What stands in a sheet: answers, and by key what is wrong with them.

    `formers` are the answers of earlier visits that may be taken over.

    `hidden` are the elements whose `show_when` is false; `reached` the nodes the walk
    has entered. An answer that could not be read says why by itself. `age_months`
    is the age at the visit, for bounds that depend on it.
    """

    answers: Mapping[str, Mapping[str, Any]]
    hidden: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    errors: Mapping[str, str] | None = None
    formers: Mapping[str, Former] = field(default_factory=dict)
    checks: tuple[Broken, ...] = ()
    age_months: int | None = None


def sheet(plan: Plan, visit: str, filling: Filling) -> Sheet:
    """Lay out the forms that *visit* can reach, filled as *filling* says.

    An element asked by several forms is shown once, where it is first asked.
    """
    seen: set[str] = set()
    parts = []
    for node in assess_nodes(plan, visit):
        form = plan.form[node.form]
        groups = tuple(_group(plan, part, filling, seen) for part in form.sections)
        groups = tuple(group for group in groups if group.items)
        if groups:
            reached = node.key in filling.reached
            parts.append(Part(node.key, words(form.title, "en"), reached, groups))
    return Sheet(tuple(parts))


def assess_nodes(plan: Plan, visit: str) -> Iterator[Any]:
    """Yield the assess nodes that *visit* can reach, nearest first, each once."""
    queue, seen = [plan.visit[visit].start], set()
    while queue:
        key = queue.pop(0)
        if key in seen:
            continue
        seen.add(key)
        node = plan.node[key]
        if node.kind == "assess":
            yield node
        queue.extend(_targets(node))


def _targets(node: Any) -> list[str]:
    match node.kind:
        case "decide":
            to = [branch.to for branch in node.branches]
            return to + [key for key in (node.otherwise, node.unknown) if key]
        case "finish":
            return []
        case _:
            return [node.next] if node.next else []


def _group(plan: Plan, section: Section, filling: Filling, seen: set[str]) -> Group:
    items = []
    for asked in section.items:
        if asked.element not in seen:
            seen.add(asked.element)
            items.append(
                item_of(
                    at_age(plan.element[asked.element], filling.age_months), filling
                )
            )
    return Group(section.key, words(section.title, "en"), tuple(items))


def item_of(element: Element, filling: Filling) -> Item:
    """One question, as *filling* answers it."""
    answer = filling.answers.get(element.key, {})
    folded = element.key in filling.hidden
    posted = (filling.errors or {}).get(element.key, "")
    return Item(
        element=element,
        label=words(element.label, "en"),
        help=words(element.help, "en") if element.help else "",
        typed=typed_text(element, answer),
        unit_typed=answer.get("unit") or element.unit or "",
        missing=answer.get("missing") or "",
        due_on=answer.get("due_on") or "",
        error="" if folded else posted or refusal(element, answer),
        warning=_warning(element, answer),
        folded=folded,
        kept=answer_words(element, answer) if folded else "",
        said=answer_words(element, answer),
        echo=_echo(element, answer),
        former=filling.formers.get(element.key),
        to_confirm=awaits_confirming(answer),
        taken_on=taken_on(answer),
        checks=tuple(one for one in filling.checks if one.at == element.key),
    )


def _warning(element: Element, answer: Mapping[str, Any]) -> str:
    if "implausible" not in (answer.get("flags") or ()):
        return ""
    usual = range_words(element.plausible, element.unit)
    return f"Unusual (usually {usual}). It is used, and flagged."


def _echo(element: Element, answer: Mapping[str, Any]) -> str:
    """Say how a number was read, where that is not what was typed."""
    typed = answer.get("typed")
    if not typed or answer.get("value") is None:
        return ""
    return f"Typed {typed}, read as {answer_words(element, answer)}."
