"""Cells: the finitely many values of an element that a plan can tell apart.

The thresholds that an element is compared with cut its values into cells; within a cell
every criterion comes out the same, so one value stands for all of them. A number that
is reckoned with, not just compared, is tried at each of its values if they are few; if
they are many, nothing is said about it. Values lie on the grid of the declared
precision, within the possible range: nothing else can be entered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import ceil, floor
from typing import Any

from carepaths.core.answers import LEAST, MOST, Value, within
from scamps.core.definition import Element, Plan, reachable
from scamps.core.definition.finding import Path
from scamps.core.definition.showing import appearances
from scamps.core.definition.usage import forms_of
from scamps.core.evaluate.coerce import outside
from scamps.core.evaluate.emit import compile_node
from scamps.core.language import Quantity
from scamps.core.language.tree import Call, Name, Node, Range, children, names_in
from scamps.core.language.units import convert_exactly

MOST_VALUES = 200
COMPARED = ("=", "!=", "<", "<=", ">", ">=", "between", "in", "contains")
THROUGH = ("value", "ToDecimal", "as")
NULLNESS = ("is null",)
EPOCH = date(2000, 1, 1)


@dataclass(frozen=True)
class Cell:
    """Neighbouring values that no criterion tells apart, both ends included."""

    low: Value
    high: Value


@dataclass
class Spot:
    """How the criteria of a visit read one element.

    `tests` are the comparisons of the element itself, `limits` what it is compared
    with; `opaque` if it is reckoned with in any other way.
    """

    tests: list[Node] = field(default_factory=list)
    limits: list[Node] = field(default_factory=list)
    opaque: bool = False


@lru_cache(maxsize=128)
def spots(plan: Plan, visit: str) -> Mapping[str, Spot]:
    """Return how the walk of *visit* reads each element that can turn it."""
    found: dict[str, Spot] = {}
    for path in _paths(plan, visit):
        _look(plan.criteria.parsed[path].root, found)
    return {key: spot for key, spot in found.items() if key in plan.element}


def _paths(plan: Plan, visit: str) -> list[Path]:
    """The expressions that the walk of *visit* can read, through scores."""
    parsed = plan.criteria.parsed
    nodes = set(reachable(plan, plan.visit[visit].start))
    forms = forms_of(plan, visit)
    scores = {score.key: index for index, score in enumerate(plan.scores)}
    paths: list[Path] = [
        path
        for path in parsed
        if path[0] == "nodes" and plan.nodes[int(path[1])].key in nodes
    ]
    paths += [p for one in appearances(plan) if one.form in forms for p in one.shows]
    for path in paths:  # grows while it is read
        for name in sorted(parsed[path].names & scores.keys()):
            inner: Path = ("scores", scores[name], "expression")
            if inner not in paths:
                paths.append(inner)
    return list(dict.fromkeys(paths))


def _look(node: Node, found: dict[str, Spot]) -> None:
    match node:
        case Name(key=key):
            found.setdefault(key, Spot()).opaque = True
        case Call(op=op, args=(inner,)) if op in NULLNESS and _bare(inner):
            found.setdefault(_bare(inner), Spot())
        case Call(op=op) if op in COMPARED:
            _compare(node, found)
        case _:
            for child in children(node):
                _look(child, found)


def _compare(node: Call, found: dict[str, Spot]) -> None:
    """Note what each side of a comparison that is an element is compared with."""
    sides = list(_sides(node))
    for index, side in enumerate(sides):
        if not (key := _bare(side)):
            _look(side, found)
            continue
        spot = found.setdefault(key, Spot())
        spot.tests.append(node)
        spot.limits += [other for at, other in enumerate(sides) if at != index]


def _sides(node: Call) -> Iterator[Node]:
    for arg in node.args:
        group = isinstance(arg, Range) or (isinstance(arg, Call) and arg.op == "list")
        yield from children(arg) if group else (arg,)


def _bare(node: Node) -> str:
    """The name that a side of a comparison is, its conversions aside; else empty."""
    while isinstance(node, Call) and node.op in THROUGH:
        node = node.args[0]
    return node.key if isinstance(node, Name) else ""


def cells(
    plan: Plan,
    visit: str,
    key: str,
    facts: Mapping[str, Any],
    varied: Collection[str] = (),
) -> tuple[Cell, ...] | None:
    """Return the cells of the element *key*, lowest first; None if they are too many.

    Args:
        facts: answers, hidden ones too, and context: what limits are read from.
        varied: the elements that vary together with this one.
    """
    element = plan.element[key]
    if element.type == "boolean":
        return Cell(True, True), Cell(False, False)
    if element.type == "choice":
        return tuple(Cell(option.key, option.key) for option in element.options)
    spot = spots(plan, visit).get(key, Spot())
    others = {*varied, *plan.score, key}
    apart = [node for node in spot.limits if not names_in(node) & others]
    if element.type == "text" or spot.opaque or len(apart) < len(spot.limits):
        return _each(element)
    grid = sorted({at for node in apart for at in _near(element, node, facts)})
    values = [value for at in grid if _possible(element, value := _at(element, at))]
    if not values:
        return _anywhere(element)
    signed = groupby(values, lambda value: _signature(spot, {**facts, key: value}))
    groups = [list(group) for _, group in signed]
    return tuple(Cell(group[0], group[-1]) for group in groups)


def _signature(spot: Spot, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(_valued(test, facts) for test in spot.tests)


def _valued(node: Node, facts: Mapping[str, Any]) -> Any:
    return _compiled(node)({name: facts.get(name) for name in names_in(node)})


@lru_cache(maxsize=2048)
def _compiled(node: Node) -> Any:
    return compile_node(node, outside(node.type))


def _near(element: Element, limit: Node, facts: Mapping[str, Any]) -> tuple[int, ...]:
    """The places on the grid at a limit and beside it; none if it is not known."""
    value = _valued(limit, facts)
    if value is None or isinstance(value, str | bool):
        return ()
    at = _fraction(element, value) / _step(element)
    return floor(at) - 1, floor(at), ceil(at), ceil(at) + 1


def _fraction(element: Element, value: Any) -> Fraction:
    if isinstance(value, date):
        return Fraction((value - EPOCH).days)
    if isinstance(value, Quantity):
        return convert_exactly(value.value, value.unit, element.unit or "1")
    return Fraction(value)


def _step(element: Element) -> Fraction:
    if element.type != "decimal":
        return Fraction(1)
    places = 8 if element.precision is None else element.precision
    return Fraction(1, 10**places)


def _at(element: Element, place: int) -> Value:
    """The value at a *place* of the element's grid."""
    if element.type == "date":
        return EPOCH + timedelta(days=place)
    if element.type == "integer":
        return place
    places = 8 if element.precision is None else element.precision
    return Decimal(place).scaleb(-places)


def _possible(element: Element, value: Value) -> bool:
    if isinstance(value, date | str):
        return True
    if element.type == "integer" and not LEAST <= value <= MOST:
        return False
    return within(element.possible, value)


def _each(element: Element) -> tuple[Cell, ...] | None:
    """Every value that can be entered, if they are few."""
    bounds = element.possible
    if bounds is None or bounds.low is None or bounds.high is None:
        return None
    step = _step(element)
    low, high = ceil(Fraction(bounds.low) / step), floor(Fraction(bounds.high) / step)
    if high - low >= MOST_VALUES:
        return None
    values = [_at(element, place) for place in range(low, high + 1)]
    return tuple(Cell(value, value) for value in values)


def _anywhere(element: Element) -> tuple[Cell, ...]:
    """One cell, for an element of which nothing but its being known is asked."""
    bounds = element.possible
    ends = [] if bounds is None else [bounds.low, bounds.high]
    known = next((end for end in ends if end is not None), Decimal(0))
    step = _step(element)
    value = _at(element, 0 if element.type == "date" else ceil(Fraction(known) / step))
    return (Cell(value, value),)
