"""Elements and their like: fields that agree with each other."""

from collections.abc import Iterator
from decimal import Decimal

from scamps.core.definition.document import AgeBounds, Bounds, Element, Plan
from scamps.core.definition.entry_units import entry_unit_problems
from scamps.core.definition.finding import Path
from scamps.core.definition.problem import Problem

NUMBERS = ("integer", "decimal")
OLDEST = 1501  # months: beyond any age


def field_problems(plan: Plan) -> Iterator[Problem]:
    """Fields that contradict each other, bounds out of order, missing options."""
    for index, element in enumerate(plan.elements):
        yield from _element(element, ("elements", index))
    for index, score in enumerate(plan.scores):
        yield from _ordered(score.range, ("scores", index, "range"))
    for index, outcome in enumerate(plan.outcomes):
        if outcome.unit is not None and outcome.type == "boolean":
            path: Path = ("outcomes", index, "unit")
            yield Problem("unit", path, "a boolean has no unit")
    if not plan.visits:
        yield Problem(
            "no-visit", ("visits",), "a plan needs at least one kind of visit"
        )


def _element(element: Element, here: Path) -> Iterator[Problem]:
    if element.type not in NUMBERS:
        yield from _only_numbers(element, here)
    if element.type == "choice" and not element.options:
        yield Problem("options", here, "a choice needs options")
    if element.type != "choice" and element.options:
        yield Problem("options", (*here, "options"), "only a choice has options")
    yield from entry_unit_problems(element, (*here, "entry_units"))
    yield from _precision(element, here)
    yield from _bounds(element, element, here)
    yield from _ages(element, (*here, "by_age"))


def _bounds(element: Element, at: Element | AgeBounds, here: Path) -> Iterator[Problem]:
    """What is wrong with the bounds of *element* that stand at *here*."""
    limit = at.possible or element.possible
    for name, bounds in (("possible", at.possible), ("plausible", at.plausible)):
        path = (*here, name)
        yield from _digits(bounds, element.precision or 0, path)
        yield from _ordered(bounds, path)
    yield from _inside(limit, at.plausible, (*here, "plausible"))


def _ages(element: Element, here: Path) -> Iterator[Problem]:
    """Bounds by age: each for some age, none for one that another is for."""
    end = -1
    for index, row in enumerate(element.by_age):
        path = (*here, index)
        first, last = row.from_months or 0, row.until_months or OLDEST
        if row.possible is None and row.plausible is None:
            yield Problem("by-age", path, "neither possible nor plausible is given")
        if first >= last:
            yield Problem("by-age", path, f"from {first} is not before until {last}")
        elif first < end:
            message = (
                f"months {first} to {min(end, last)} are given twice, or not in order"
            )
            yield Problem("by-age", path, message)
        end = max(end, last)
        yield from _bounds(element, row, path)
        yield from _inside(element.possible, row.possible, (*path, "possible"))


def _only_numbers(element: Element, here: Path) -> Iterator[Problem]:
    for field in ("unit", "precision", "possible", "plausible", "by_age"):
        if getattr(element, field) not in (None, ()):
            message = f"only a number has {field}, not a {element.type}"
            yield Problem("not-a-number", (*here, field), message)


def _precision(element: Element, here: Path) -> Iterator[Problem]:
    if element.type == "decimal" and element.precision is None:
        message = "a decimal needs its precision: the digits after the point"
        yield Problem("precision", here, message)
    if element.type == "integer" and element.precision not in (None, 0):
        message = "an integer has no digits after the point"
        yield Problem("precision", (*here, "precision"), message)


def _digits(bounds: Bounds | None, digits: int, path: Path) -> Iterator[Problem]:
    for side, value in _ends(bounds):
        if value != round(value, digits):
            message = f"{value} has more digits than the element: {digits}"
            yield Problem("precision", (*path, side), message)


def _ends(bounds: Bounds | None) -> Iterator[tuple[str, Decimal]]:
    if bounds is not None and bounds.low is not None:
        yield "low", bounds.low
    if bounds is not None and bounds.high is not None:
        yield "high", bounds.high


def _ordered(bounds: Bounds | None, path: Path) -> Iterator[Problem]:
    ends = dict(_ends(bounds))
    if len(ends) == 2 and ends["low"] > ends["high"]:
        message = f"low {ends['low']} lies above high {ends['high']}"
        yield Problem("bounds", path, message)


def _inside(
    limit: Bounds | None, bounds: Bounds | None, path: Path
) -> Iterator[Problem]:
    possible = dict(_ends(limit))
    for side, value in _ends(bounds):
        low, high = possible.get("low", value), possible.get("high", value)
        if not low <= value <= high:
            message = f"{path[-1]} {side} {value} lies outside possible"
            yield Problem("bounds", (*path, side), message)
