"""Drawing single values from declared distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import encode
from carepaths.core.entry import missing, read_entry
from carepaths.core.simulation import Draw, ElementDraw

if TYPE_CHECKING:
    from scamps.core.definition import Element

Number = int | float | Decimal
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Person:
    """What the answers of all visits of a synthetic patient share."""

    born: date
    sex: str

    def age(self, on: date) -> float:
        return (on - self.born).days / YEAR_DAYS


def person(rng: Random, age_years: Sequence[Number], on: date) -> Person:
    """Draw who is between two ages on the day *on*."""
    years = rng.uniform(float(age_years[0]), float(age_years[1]))
    return Person(
        born=on - timedelta(days=round(years * YEAR_DAYS)),
        sex=rng.choice(("female", "male")),
    )


def happens(rng: Random, rate: Number) -> bool:
    return rng.random() < float(rate)


def between(rng: Random, low_high: Sequence[Number]) -> float:
    return rng.uniform(float(low_high[0]), float(low_high[1]))


def pick(rng: Random, weights: Mapping[str, Number]) -> str:
    """Draw one key by its weight."""
    keys = list(weights)
    return rng.choices(keys, [float(weight) for weight in weights.values()])[0]


def why_missing(rng: Random, rates: Mapping[str, Number]) -> str | None:
    """Draw the code that says why an answer is missing; None if it is not."""
    point = rng.random()
    for code, rate in rates.items():
        point -= float(rate)
        if point < 0:
            return code
    return None


def stored_answer(
    rng: Random,
    element: Element,
    drawn: ElementDraw,
    truth: str,
    person: Person,
    on: date,
    done: Mapping[str, bool],
) -> dict[str, Any]:
    """Draw the stored answer of *element*, on the day *on*."""
    code = why_missing(rng, drawn.missing)
    if code is not None:
        return missing(code).stored
    if drawn.mistake is not None and happens(rng, drawn.mistake.rate):
        return read_entry(element, drawn.mistake.value).stored
    draw = drawn.given.get(truth) or drawn.always
    value = None if draw is None else _value(rng, element, draw, person, on, done)
    if value is None:
        return missing("not-known").stored
    return {"value": value, "missing": None}


def _value(
    rng: Random,
    element: Element,
    draw: Draw,
    person: Person,
    on: date,
    done: Mapping[str, bool],
) -> bool | int | str | None:
    if draw.performed is not None:
        return done.get(draw.performed)
    if draw.copied == "sex":
        return person.sex
    if draw.copied == "age":
        return number_of(element.type, element.precision, person.age(on))
    if draw.normal is not None or draw.uniform is not None:
        number = _clipped(element, drawn_number(rng, draw))
        return number_of(element.type, element.precision, number)
    if draw.weights is not None:
        return pick(rng, draw.weights)
    return happens(rng, draw.chance or 0)


def drawn_number(rng: Random, draw: Draw) -> float:
    if draw.normal is not None:
        return rng.gauss(float(draw.normal[0]), float(draw.normal[1]))
    return between(rng, draw.uniform or (0, 1))


def number_of(kind: str, precision: int | None, number: float) -> int | str:
    """Return *number* as stored: whole, or a decimal of this precision.

    >>> number_of("decimal", 1, 37.25), number_of("integer", None, 3.9)
    ('37.2', 3)
    """
    if kind == "integer":
        return int(number)
    return str(encode(Decimal(f"{number:.{precision or 0}f}")))


def _clipped(element: Element, number: float) -> float:
    """Keep a drawn number plausible; mistakes are declared, not drawn by chance."""
    bounds = element.plausible or element.possible
    if bounds is None:
        return number
    low = float("-inf") if bounds.low is None else float(bounds.low)
    high = float("inf") if bounds.high is None else float(bounds.high)
    return min(max(number, low), high)
