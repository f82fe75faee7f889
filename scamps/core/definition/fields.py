"""Elements and their like: fields that agree with each other."""

from collections.abc import Iterator
from decimal import Decimal

from scamps.core.definition.document import Bounds, Element, Plan
from scamps.core.definition.entry_units import entry_unit_problems
from scamps.core.definition.finding import Path
from scamps.core.definition.problem import Problem

NUMBERS = ("integer", "decimal")


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
    yield from _ordered(element.possible, (*here, "possible"))
    yield from _ordered(element.plausible, (*here, "plausible"))
    yield from _inside(element, (*here, "plausible"))


def _only_numbers(element: Element, here: Path) -> Iterator[Problem]:
    for field in ("unit", "precision", "possible", "plausible"):
        if getattr(element, field) is not None:
            message = f"only a number has {field}, not a {element.type}"
            yield Problem("not-a-number", (*here, field), message)


def _precision(element: Element, here: Path) -> Iterator[Problem]:
    if element.type == "decimal" and element.precision is None:
        message = "a decimal needs its precision: the digits after the point"
        yield Problem("precision", here, message)
    if element.type == "integer" and element.precision not in (None, 0):
        message = "an integer has no digits after the point"
        yield Problem("precision", (*here, "precision"), message)
    digits = element.precision or 0
    for field, bounds in (
        ("possible", element.possible),
        ("plausible", element.plausible),
    ):
        for side, value in _ends(bounds):
            if value != round(value, digits):
                message = f"{value} has more digits than the element: {digits}"
                yield Problem("precision", (*here, field, side), message)


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


def _inside(element: Element, path: Path) -> Iterator[Problem]:
    possible = dict(_ends(element.possible))
    for side, value in _ends(element.plausible):
        low, high = possible.get("low", value), possible.get("high", value)
        if not low <= value <= high:
            message = f"plausible {side} {value} lies outside possible"
            yield Problem("bounds", (*path, side), message)
