"""The questions of a plan on paper, numbered in the order in which the form asks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from carepaths.core.said import MISSING
from carepaths.core.sheet import assess_nodes
from scamps.core.definition import words
from scamps.core.language import Expression
from scamps.core.language.tree import Call, Name, names_in
from scamps.core.say import say
from scamps.core.say.units import unit_words
from scamps.core.walk import labels
from scamps.core.wording import range_words, top_terms

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan, Score
    from scamps.core.definition.document import Section

YES_NO = ("Yes", "No")
UNKNOWN = tuple(MISSING.values())
JOINED = {
    "+": "Add up (a yes counts 1, a no 0):",
    "or": "Yes if any of these is yes:",
    "and": "Yes if all of these are yes:",
}


@dataclass(frozen=True)
class Item:
    """A question: boxes to tick, or room to write in, and what is expected there."""

    number: int
    key: str
    label: str
    help: str
    only_if: str
    boxes: tuple[str, ...]
    unit: str
    ranges: str
    room: str  # "", "number", "date", or "words"


@dataclass(frozen=True)
class Group:
    """A section of a form."""

    title: str
    only_if: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class VisitForm:
    """What one kind of visit asks; without a key, what none does."""

    key: str
    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Worksheet:
    """A score to be worked out by hand: its terms, and the most it can come to."""

    key: str
    label: str
    how: str
    terms: tuple[str, ...]
    of: str


def visit_forms(plan: Plan) -> tuple[VisitForm, ...]:
    """Return the form of each kind of visit; what no visit asks stands at the end."""
    forms = [
        VisitForm(v.key, _text(plan, v.title), tuple(_groups(plan, v.key)))
        for v in plan.visits
    ]
    asked = {i.key for form in forms for group in form.groups for i in group.items}
    rest = [one for one in plan.elements if one.key not in asked]
    if rest:
        items = tuple(_item(plan, one, "", n) for n, one in enumerate(rest, 1))
        forms.append(VisitForm("", "Asked at no visit", (Group("", "", items),)))
    return tuple(forms)


def _groups(plan: Plan, visit: str) -> Iterator[Group]:
    """The sections as `sheet` lays them out: an element is asked where it comes first."""
    seen: set[str] = set()
    for node in assess_nodes(plan, visit):
        for section in plan.form[node.form].sections:
            if items := tuple(_items(plan, section, seen)):
                condition = criterion_words(plan, section.show_when)
                yield Group(_text(plan, section.title), condition, items)


def _items(plan: Plan, section: Section, seen: set[str]) -> Iterator[Item]:
    for asked in section.items:
        if asked.element not in seen:
            seen.add(asked.element)
            condition = criterion_words(plan, asked.show_when)
            yield _item(plan, plan.element[asked.element], condition, len(seen))


def _item(plan: Plan, element: Element, only_if: str, number: int) -> Item:
    return Item(
        number=number,
        key=element.key,
        label=_text(plan, element.label),
        help=_text(plan, element.help),
        only_if=only_if,
        boxes=_boxes(plan, element),
        unit=unit_words(element.unit),
        ranges=_ranges(element),
        room=_room(element),
    )


def _boxes(plan: Plan, element: Element) -> tuple[str, ...]:
    if element.type == "boolean":
        return YES_NO
    return tuple(_text(plan, option.label) for option in element.options)


def _room(element: Element) -> str:
    match element.type:
        case "integer" | "decimal":
            return "number"
        case "date":
            return "date"
        case "text":
            return "words"
    return ""


def _ranges(element: Element) -> str:
    usual = range_words(element.plausible, element.unit)
    possible = range_words(element.possible, element.unit)
    said = [
        f"usual: {usual}" if usual else "",
        f"possible: {possible}" if possible else "",
    ]
    return "; ".join(filter(None, said))


def worksheets(plan: Plan) -> tuple[Worksheet, ...]:
    """Return the scores in the order of the plan, each with its terms."""
    return tuple(_worksheet(plan, score) for score in plan.scores)


def _worksheet(plan: Plan, score: Score) -> Worksheet:
    expression = _expressions(plan)[score.expression]
    root, named = expression.root, _labels(plan)
    terms = tuple(
        say(Expression("", term, term.type, names_in(term)), {}, named)
        for term in top_terms(root)
    )
    how = JOINED.get(root.op, "") if isinstance(root, Call) else ""
    of = range_words(score.range, score.unit)
    return Worksheet(score.key, _text(plan, score.label), how, terms, of)


def criterion_words(plan: Plan, source: str | None) -> str:
    """Return a criterion of *plan* in plain English; empty for none."""
    if not source:
        return ""
    expression, named = _expressions(plan)[source], _labels(plan)
    match expression.root:
        case Name(key=key):
            return f"“{named.get(key, key)}” is yes"
        case Call(op="not", args=(Name(key=key),)):
            return f"“{named.get(key, key)}” is no"
    return say(expression, {}, named)


@lru_cache(maxsize=64)
def _expressions(plan: Plan) -> Mapping[str, Expression]:
    return {one.source: one for one in plan.criteria.parsed.values()}


@lru_cache(maxsize=64)
def _labels(plan: Plan) -> Mapping[str, str]:
    return labels(plan, "en")


def _text(plan: Plan, text: object) -> str:
    return words(text, "en", plan.language) if text else ""  # type: ignore[arg-type]
