"""The parts of a plan document in words, for templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from scamps.core.definition import Edge, Node, Plan, Score, edges, words
from scamps.core.definition.ages import age_range
from scamps.core.definition.document import AgeBounds, Bounds
from scamps.core.language import Expression
from scamps.core.language.tree import Call, names_in
from scamps.core.review import ReviewDue, review_due
from scamps.core.say import say
from scamps.core.walk.words import labels
from scamps.core.wording import (
    amount,
    duration_words,
    range_words,
    top_terms,
    unit_words,
)
from scamps.models import State, Thread, Version
from scamps.permissions import may_write

register = template.Library()
register.filter("unit", unit_words)
register.filter("duration", duration_words)

KINDS = {
    "assess": "Ask",
    "decide": "Decide",
    "recommend": "Recommend",
    "finish": "End",
    "do": "Do",
    "do-not": "Do not",
    "boolean": "yes or no",
    "integer": "whole number",
    "decimal": "number",
    "choice": "one of a list",
    "date": "date",
    "text": "words",
    "warn": "Warns",
    "block": "Refuses",
    "block-signing": "Refuses to sign",
    "patient-reported": "reported by the patient",
}
JOINED = {"+": "The sum of", "or": "Any of", "and": "All of"}


@dataclass(frozen=True)
class Way:
    """One way out of a node: when it is taken, in words, and the node it leads to."""

    label: str
    when: str
    to: Node


@register.filter
def review(plan: Plan) -> ReviewDue | None:
    """When *plan* is to be reviewed: if that is soon, or over."""
    return review_due(plan, timezone.now().date())


@register.filter
def at_node(alerts: Iterable[Any], node: str) -> list[Any]:
    """Those of *alerts* that touch the step *node*."""
    return [one for one in alerts or () if node in one.nodes]


@register.filter
def said(text: str | dict[str, str] | None, plan: Plan) -> str:
    """A text of *plan* in the reader's language, else in the plan's."""
    return words(text, _language(plan), plan.language) if text else ""


@register.filter
def node_title(plan: Plan, key: str) -> str:
    """What people call the node *key*; the key itself where there is none."""
    return said(plan.node[key].title, plan) if key in plan.node else key


@register.filter
def visit_title(plan: Plan, key: str) -> str:
    """What people call the kind of visit *key*."""
    return said(plan.visit[key].title, plan) if key in plan.visit else key


@register.filter
def kind(key: str) -> str:
    """A fixed word of the document ("do-not", "decide") as people say it."""
    return KINDS.get(key, key)


@register.filter
def bounds(value: Bounds | None, unit: str | None = None) -> str:
    """An inclusive range with its unit; empty for none."""
    return range_words(value, unit)


@register.filter
def ages(row: AgeBounds) -> str:
    """The ages that bounds are for."""
    return age_range(row)


@register.filter
def number(value: Decimal, unit: str | None = None) -> str:
    """A number without superfluous zeros, with its unit."""
    return amount(value, unit)


@register.filter
def named(key: str, plan: Plan) -> str:
    """What an element or a score is called."""
    part = plan.element.get(key) or plan.score.get(key)
    return said(part.label, plan) if part else key


@register.filter
def find(parts: tuple, key: str) -> object | None:
    """The part with *key*: a resource, an outcome, a source, a node, a form."""
    return next((part for part in parts if part.key == key), None)


@register.filter
def entry(mapping: Mapping[str, object] | None, key: str) -> object | None:
    """What *mapping* has under *key*, if anything."""
    return mapping.get(key) if mapping else None


@register.filter
def any_with(parts: tuple, field: str) -> bool:
    """Some part says something in *field*; a column without any is left out."""
    return any(getattr(part, field) for part in parts)


@register.filter
def criterion(source: str | None, plan: Plan) -> str:
    """A criterion of *plan* in words; empty for none."""
    if source is None:
        return ""
    return say(_expressions(plan)[source], {}, _labels(plan, _language(plan)))


@register.filter
def ways(node: Node, plan: Plan) -> list[Way]:
    """The ways out of *node*, in the order they are tried."""
    return [_way(edge, plan) for edge in edges(node) if edge.target in plan.node]


def _way(edge: Edge, plan: Plan) -> Way:
    target = plan.node[edge.target]
    match edge.kind:
        case "branch" if edge.branch:
            label = said(edge.branch.label, plan)
            return Way(label, criterion(edge.branch.when, plan), target)
        case "otherwise":
            return Way("Otherwise", "", target)
        case "unknown":
            return Way("If that is not known", "", target)
    return Way("Then", "", target)


@register.filter
def starts(node: Node, plan: Plan) -> list[str]:
    """The titles of the kinds of visit that begin at *node*."""
    return [said(v.title, plan) for v in plan.visits if v.start == node.key]


@register.filter
def terms(score: Score, plan: Plan) -> list[str]:
    """What a score is made of, in words: the terms it adds up, or any of which holds."""
    named = _labels(plan, _language(plan))
    return [
        say(Expression("", term, term.type, names_in(term)), {}, named)
        for term in top_terms(_expressions(plan)[score.expression].root)
    ]


@register.filter
def joined_by(score: Score, plan: Plan) -> str:
    """How a score is made of its terms."""
    root = _expressions(plan)[score.expression].root
    return JOINED.get(root.op, "") if isinstance(root, Call) else ""


def _language(plan: Plan) -> str:
    return get_language() or plan.language


@lru_cache(maxsize=64)
def _expressions(plan: Plan) -> dict[str, Expression]:
    """The expressions of *plan* by what is written in the document."""
    return {one.source: one for one in plan.criteria.parsed.values()}


@lru_cache(maxsize=64)
def _labels(plan: Plan, language: str) -> dict[str, str]:
    """What each name of *plan* is called."""
    return labels(plan, language)


@register.inclusion_tag("scamps/_workshop.html", takes_context=True)
def workshop(context: template.Context, version: Version) -> dict:
    """The bar of the workshop's pages of *version*, for whoever sits on its Scamp."""
    request = context["request"]
    place = [version.scamp.key, version.number]
    if not may_write(request.user, version.scamp):
        return {"entries": []}
    is_draft = (getattr(version, "state", None) or version.current_state) == State.DRAFT
    entries = [
        (_counted(label, version), url, request.path.startswith(url))
        for label, name, drafts_only in settings.WORKSHOP
        if is_draft or not drafts_only
        for url in [reverse(name, args=place)]
    ]
    return {"version": version, "entries": entries}


def _counted(label: str, version: Version) -> str:
    """The word of the bar; of the comments with how many are open."""
    if label != "Comments":
        return label
    number = Thread.objects.standing_on(version).open().count()
    return f"{label}: {number} open" if number else label
