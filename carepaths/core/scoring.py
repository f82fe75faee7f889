"""Scores with their parts: the top-level terms of a score's own expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from scamps.core.definition import Plan, Score, words
from scamps.core.evaluate import compile_expression
from scamps.core.language import Expression, Quantity, to_cql
from scamps.core.language.tree import Call, Name, Node, names_in
from scamps.core.say import say
from scamps.core.say.units import unit_words
from scamps.core.walk import Step, labels

CHAINS = ("+", "or", "and")


@dataclass(frozen=True)
class ScorePart:
    """One term: what it asks, and what it adds."""

    words: str
    said: str


@dataclass(frozen=True)
class ScoreLine:
    """A score in words, with its parts in the order of its expression."""

    key: str
    label: str
    said: str
    known: bool
    parts: tuple[ScorePart, ...]


def score_lines(
    plan: Plan, facts: Mapping[str, Any], steps: Iterable[Step]
) -> tuple[ScoreLine, ...]:
    """Return the scores that the criteria tried in *steps* have read.

    Args: facts: as `CompiledPlan.facts` gives them: scores computed, hidden null.
    """
    read = {name for step in steps for name in names_read(plan, step)}
    return tuple(
        _line(plan, index, score, facts)
        for index, score in enumerate(plan.scores)
        if score.key in read
    )


def names_read(plan: Plan, step: Step) -> Iterator[str]:
    """The names in the criteria tried at one step."""
    order = [node.key for node in plan.nodes]
    for index, tried in enumerate(step.tried):
        if tried.criterion:
            path = ("nodes", order.index(step.node), "branches", index, "when")
            yield from plan.criteria.parsed[path].names


def _line(plan: Plan, index: int, score: Score, facts: Mapping[str, Any]) -> ScoreLine:
    value = facts.get(score.key)
    expression = plan.criteria.parsed["scores", index, "expression"]
    named = labels(plan, plan.language)
    parts = tuple(_part(term, facts, named) for term in _terms(expression.root))
    return ScoreLine(
        key=score.key,
        label=words(score.label, "en", plan.language),
        said=score_words(score, value),
        known=value is not None,
        parts=parts if len(parts) > 1 else (),
    )


def score_words(score: Score, value: Any) -> str:
    """The value of a score as people read it: "7 of 10"."""
    if value is None:
        return "not known yet"
    said = f"{value_text(value)} {unit_words(score.unit)}".strip()
    if score.range and score.range.low == 0 and score.range.high is not None:
        return f"{said} of {value_text(score.range.high)}"
    return said


def _terms(root: Node) -> Iterator[Node]:
    """The terms of a sum, or of a chain of the same logical operator."""
    if isinstance(root, Call) and root.op in CHAINS:
        for operand in root.args:
            is_same = isinstance(operand, Call) and operand.op == root.op
            yield from _terms(operand) if is_same else (operand,)
    else:
        yield root


def _part(term: Node, facts: Mapping[str, Any], named: Mapping[str, str]) -> ScorePart:
    value = _compiled(to_cql(_expression(term)), term)(facts)
    asked = _asked(term)
    if isinstance(asked, Name):
        said = named.get(asked.key, asked.key)
    else:
        said = say(_expression(asked), facts, named)
    return ScorePart(said, "not known" if value is None else value_text(value))


def _asked(term: Node) -> Node:
    """What a term turns on: the inside of its weights and conversions."""
    while isinstance(term, Call) and term.op in ("*", "ToInteger", "ToDecimal"):
        inside = [arg for arg in term.args if names_in(arg)]
        if len(inside) != 1:
            break
        term = inside[0]
    return term


def _expression(root: Node) -> Expression:
    return Expression("", root, root.type, names_in(root))


@lru_cache(maxsize=512)
def _compiled(source: str, term: Node) -> Any:
    return compile_expression(Expression(source, term, term.type, names_in(term)))


def value_text(value: Any) -> str:
    """Return a value of the language as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Quantity):
        return f"{value_text(value.value)} {unit_words(value.unit)}".strip()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
