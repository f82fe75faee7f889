"""Eligibility: whether a plan is for a patient, line by line, from what is known.

A line is a criterion of the plan's population. Words without a criterion are for a
person to judge, and so is what hangs on something that nobody knows yet.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

from carepaths.core.answers import Value
from carepaths.core.durations import after
from carepaths.core.lifetime import age_in
from scamps.core.definition import words
from scamps.core.evaluate import evaluate
from scamps.core.language import Quantity
from scamps.core.say import say
from scamps.core.walk.words import labels

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan
    from scamps.core.definition.finding import Path

State = Literal["eligible", "not eligible", "undecided"]
Standing = Literal["fits", "does not fit", "not known", "yours to judge"]
AGE_CODES = {"30525-0", "29553-5", "21612-7"}
SEX_CODES = {"46098-0", "76689-9"}


@dataclass(frozen=True)
class Known:
    """A signed answer: the element as it was asked then, its value, and the day."""

    element: Element
    value: Value
    day: date | None = None


@dataclass(frozen=True)
class Person:
    """What is known of a patient on the day *visit_date*; answers by element key."""

    visit_date: date
    birth_date: date | None = None
    birth_precision: str = "unknown"
    sex: str = ""
    answers: Mapping[str, Known] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line of the population: the plan's words, and what was found."""

    words: str
    excludes: bool
    standing: Standing
    said: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What the population says of a person. `missing` names what would decide it."""

    state: State
    missing: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def asks_a_person(self) -> bool:
        """Nothing speaks against it, and somebody must judge what only words say."""
        return any(line.standing == "yours to judge" for line in self.lines)

    @property
    def against(self) -> tuple[Line, ...]:
        """The lines for which the person does not fit."""
        return tuple(line for line in self.lines if line.standing == "does not fit")


def judge(plan: Plan, person: Person) -> Judgement:
    """Judge whether *plan* is for *person*; a plan that says nothing stays undecided."""
    worlds = [_facts(plan, person, birth) for birth in births(person)]
    population = plan.population
    lines = tuple(
        _line(plan, side, index, rule, worlds)
        for side, rules in (
            ("inclusion", population.inclusion),
            ("exclusion", population.exclusion),
        )
        for index, rule in enumerate(rules)
    )
    missing = dict.fromkeys(word for line in lines for word in line.missing)
    return Judgement(_state(lines), tuple(missing), lines)


def decides_alone(plan: Plan) -> bool:
    """Whether every line of the population has a criterion, and there is a line."""
    rules = (*plan.population.inclusion, *plan.population.exclusion)
    return bool(rules) and all(rule.when is not None for rule in rules)


def _state(lines: tuple[Line, ...]) -> State:
    standings = {line.standing for line in lines}
    if "does not fit" in standings:
        return "not eligible"
    return "eligible" if standings == {"fits"} else "undecided"


def births(person: Person) -> list[date | None]:
    """Return every day on which *person* may have been born, as far as it is known.

    >>> len(births(Person(date(2026, 1, 1), date(2015, 2, 1), "month")))
    28
    """
    born = person.birth_date
    match born, person.birth_precision:
        case date(), "day":
            return [born]
        case date(), "month":
            days = range(1, monthrange(born.year, born.month)[1] + 1)
            return [born.replace(day=day) for day in days]
        case date(), "year":
            first = born.replace(month=1, day=1).toordinal()
            last = born.replace(month=12, day=31).toordinal()
            return [date.fromordinal(day) for day in range(first, last + 1)]
    return [None]


def _line(
    plan: Plan, side: str, index: int, rule: Any, worlds: list[dict[str, Any]]
) -> Line:
    said = words(rule.words, "en", plan.language)
    excludes = side == "exclusion"
    if rule.when is None:
        return Line(said, excludes, "yours to judge")
    path: Path = ("population", side, index, "when")
    criterion = plan.criteria.parsed[path]
    found = {evaluate(criterion, facts) for facts in worlds}
    facts = _certain(worlds)
    reason = say(criterion, facts, labels(plan, "en"))
    if len(found) > 1 or None in found:
        return Line(said, excludes, "not known", reason, _missing(plan, path, facts))
    fits = found.pop() is not excludes
    return Line(said, excludes, "fits" if fits else "does not fit", reason)


def _certain(worlds: list[dict[str, Any]]) -> dict[str, Any]:
    """The facts that hold whatever the birth date is."""
    first = worlds[0]
    return {
        key: value
        for key, value in first.items()
        if all(facts.get(key) == value for facts in worlds)
    }


def _missing(plan: Plan, path: Path, facts: Mapping[str, Any]) -> tuple[str, ...]:
    named = labels(plan, "en")
    return tuple(
        "Date of birth, to the day" if key == "birth_date" else named.get(key, key)
        for key in sorted(_needed(plan, path))
        if facts.get(key) is None
    )


def _needed(plan: Plan, path: Path) -> set[str]:
    """The elements and dates that feed the criterion at *path*, through scores."""
    parsed = plan.criteria.parsed
    places = {score.key: index for index, score in enumerate(plan.scores)}
    ahead: set[str] = set(parsed[path].names)
    found: set[str] = set()
    while ahead:
        key = ahead.pop()
        if key in places:
            ahead |= parsed["scores", places[key], "expression"].names - found
        found.add(key)
    return found - places.keys()


def _facts(plan: Plan, person: Person, birth: date | None) -> dict[str, Any]:
    """What the criteria read, were *person* born on *birth*; scores computed."""
    facts: dict[str, Any] = {"birth_date": birth, "visit_date": person.visit_date}
    for element in plan.elements:
        value = _value(element, person, birth)
        if value is not None:
            facts[element.key] = value
    for path, expression in plan.criteria.parsed.items():
        if path[0] == "scores":  # each stands after those it reads
            found = evaluate(expression, facts)
            score = plan.scores[int(path[1])]
            facts[score.key] = found.value if isinstance(found, Quantity) else found
    return facts


def _value(element: Element, person: Person, birth: date | None) -> Value | None:
    if _is(element, "age", AGE_CODES):
        return age_in(element, birth, person.visit_date)
    options = {option.key for option in element.options}
    if _is(element, "sex", SEX_CODES) and person.sex in options:
        return person.sex
    known = person.answers.get(element.key)
    return known.value if known and _still_holds(known, element, person) else None


def _is(element: Element, key: str, codes: Iterable[str]) -> bool:
    return element.key == key or bool(element.code and element.code.code in codes)


def _still_holds(known: Known, element: Element, person: Person) -> bool:
    """The answer is of the same type, one of the options, and not past its time."""
    then = known.element
    if (then.type, then.unit) != (element.type, element.unit):
        return False
    options = {option.key for option in element.options}
    if element.type == "choice" and known.value not in options:
        return False
    if element.valid_for is None:
        return True
    if known.day is None:
        return False
    noon = datetime.combine(known.day, time(12), tzinfo=UTC)
    return after(noon, element.valid_for, "UTC").date() >= person.visit_date
