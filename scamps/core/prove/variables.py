"""The names of a plan as variables of the solver, and a patient read back from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import z3

from scamps.core.definition import Element, Plan
from scamps.core.language.tree import Literal, nodes
from scamps.core.language.values import INTEGER_MAX, INTEGER_MIN
from scamps.core.prove.terms import (
    GREATEST,
    STEPS,
    Formula,
    Number,
    Symbol,
    Term,
    truth,
)

PREVIOUS = "previous."
WEEKS = "weeks_since_previous"
MOST_WEEKS = 5_200
FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2100, 12, 31).toordinal()


@dataclass(frozen=True)
class Variable:
    """One name: its term, what limits it, what it is likely to be, how it is read."""

    key: str
    kind: str
    term: Term
    limits: tuple[Formula, ...]
    likely: tuple[Formula, ...]
    digits: int = 0
    words: tuple[str, ...] = ()

    def read(self, model: Any) -> Any:
        """Its value in *model*; None for null."""
        if z3.is_true(model.eval(self.term.null, model_completion=True)):
            return None
        match self.term:
            case Number(over=over):
                return self._number(_whole(model, over))
            case Symbol(at=at):
                place = _whole(model, at)
                if self.kind == "date":
                    return date.fromordinal(place)
                return self.words[place] if place >= 0 else f"other words {-place}"
        return z3.is_true(model.eval(self.term.yes, model_completion=True))

    def _number(self, over: int) -> int | Decimal:
        if self.kind == "integer":
            return over
        return Decimal(over).scaleb(-self.digits)


def _whole(model: Any, formula: Formula) -> int:
    return int(model.eval(formula, model_completion=True).as_long())


def texts_of(plan: Plan) -> dict[str, int]:
    """Every text that *plan* names, numbered in the order of texts."""
    named = {option.key for element in plan.elements for option in element.options}
    for expression in plan.criteria.parsed.values():
        for node in nodes(expression.root):
            if isinstance(node, Literal) and isinstance(node.value, str):
                named.add(node.value)
    return {text: place for place, text in enumerate(sorted(named))}


def variables_of(plan: Plan, names: Iterable[str], mark: str = "") -> list[Variable]:
    """A variable for each of *names* that is an element or of the context."""
    texts = texts_of(plan)
    names = sorted(names)
    written = [n for n in names if _element(plan, n) and _kind(plan, n) == "text"]
    return [
        found
        for name in names
        for found in _variable(plan, name, texts, len(written), mark)
    ]


def _element(plan: Plan, name: str) -> Element | None:
    return plan.element.get(name.removeprefix(PREVIOUS))


def _kind(plan: Plan, name: str) -> str:
    element = _element(plan, name)
    return element.type if element else ""


def _variable(
    plan: Plan, name: str, texts: Mapping[str, int], others: int, mark: str
) -> Iterator[Variable]:
    element = _element(plan, name)
    symbol, null = f"{name}{mark}", z3.Bool(f"{name}{mark} null")
    if element is None:
        yield from _of_context(plan, name, symbol, null)
        return
    known = z3.Not(null)
    words = tuple(texts)
    match element.type:
        case "boolean":
            term: Term = truth(null, z3.Bool(symbol))
            yield Variable(name, "boolean", term, (), (known,))
        case "integer" | "decimal":
            yield _number(element, name, symbol, null)
        case "choice":
            at = z3.Int(symbol)
            places = [at == texts[option.key] for option in element.options]
            options = (z3.Or(places),)
            yield Variable(
                name, "choice", Symbol(null, at), options, (known,), 0, words
            )
        case "text":
            at = z3.Int(symbol)
            limits = (at >= -max(others, 1), at < len(texts))
            yield Variable(name, "text", Symbol(null, at), limits, (known,), 0, words)
        case "date":
            yield _day(name, symbol, null)


def _number(element: Element, name: str, symbol: str, null: Formula) -> Variable:
    whole = element.type == "integer"
    digits = 0 if whole else element.precision or 0
    widest = (INTEGER_MIN, INTEGER_MAX) if whole else _widest(digits)
    low, high = _ends(element.possible, digits, widest)
    over = z3.Int(symbol)
    usual = _ends(element.plausible, digits, (low, high))
    likely = (z3.Not(null), over >= usual[0], over <= usual[1])
    term = Number(null, over, 10**digits, low, high)
    limits = (over >= low, over <= high)
    kind = "integer" if whole else "decimal"
    return Variable(name, kind, term, limits, likely, digits)


def _widest(digits: int) -> tuple[int, int]:
    most = GREATEST * 10**digits // STEPS
    return -most, most


def _ends(bounds: Any, digits: int, widest: tuple[int, int]) -> tuple[int, int]:
    low, high = widest
    if bounds is not None and bounds.low is not None:
        low = max(low, int(bounds.low.scaleb(digits)))
    if bounds is not None and bounds.high is not None:
        high = min(high, int(bounds.high.scaleb(digits)))
    return low, high


def _day(name: str, symbol: str, null: Formula) -> Variable:
    at = z3.Int(symbol)
    limits = (at >= FIRST_DAY, at <= LAST_DAY)
    return Variable(name, "date", Symbol(null, at), limits, (z3.Not(null),))


def _of_context(
    plan: Plan, name: str, symbol: str, null: Formula
) -> Iterator[Variable]:
    if name in ("birth_date", "visit_date"):
        yield _day(name, symbol, null)
    elif name == WEEKS:
        over = z3.Int(symbol)
        term = Number(null, over, 1, 0, MOST_WEEKS)
        limits = (over >= 0, over <= MOST_WEEKS)
        yield Variable(name, "integer", term, limits, (z3.Not(null),))
