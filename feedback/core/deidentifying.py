"""A signed visit without the patient: what of it may become a case, and what may not.

Kept is only what the walk needs, unless more is asked for. Dates are all moved by the
same number of days, so that the visit falls on one fixed day; of a date of birth only
the age stays, in years where the walk allows it; words somebody typed are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from scamps.core.cases import Case
from scamps.core.cases.fields import context_names
from scamps.core.definition import Element, Plan
from scamps.core.definition.criteria import PREVIOUS
from scamps.core.definition.finding import Path
from scamps.core.definition.usage import names_behind
from scamps.core.walk import CompiledPlan, Walk

VISIT_DAY = date(2001, 6, 15)  # every visit falls on it; the 15th is in every month
OLDEST_YEARS = 90  # an age above it is rare enough to tell who it is
BEFORE = f"{PREVIOUS}."
FREE_TEXT = "words that somebody typed"
NO_DAY = "a date, and the visit has no day to count it from"
OTHERWISE = "not asked so in this version of the plan"
NOT_NEEDED = "the walk does not need it"


@dataclass(frozen=True)
class Left:
    """Something that is left out, and why."""

    key: str
    why: str


@dataclass(frozen=True)
class Deidentified:
    """What is kept of a visit. `age` says how exact the age is, empty if there is none;
    `same_walk`: what is kept walks as the visit itself would today."""

    case: Case
    left: tuple[Left, ...]
    age: str
    same_walk: bool


def deidentify(compiled: CompiledPlan, visit: Case, *, whole: bool) -> Deidentified:
    """Take the patient out of *visit*, whose answers may be of an older plan.

    Args: whole: keep also the answers that the walk does not need.
    """
    left: list[Left] = []
    plan = compiled.plan
    visit = _fitting(plan, visit, left)
    wanted = visit.walk(compiled)
    day = visit.context.get("visit_date")
    shift = VISIT_DAY - day if day else None
    answers = dict(_kept(visit.answers, plan.element, shift, left))
    context = _context(plan, visit, shift, left)
    bare = replace(visit, answers=answers, context=context)
    aged, age = _aged(compiled, bare, visit, wanted)
    kept = aged if whole else _least(compiled, aged, left)
    return Deidentified(kept, tuple(left), age, _same(kept.walk(compiled), wanted))


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the patient's *names* and numbers stand in *text*.

    >>> names_in("A girl like Alex", ["Sample, Alex", "R-1"])
    ('Alex',)
    """
    parts = {part.strip(",.") for name in names for part in name.split()}
    said = {word.strip(",.").casefold() for word in text.split()}
    return tuple(
        sorted(one for one in parts if len(one) > 2 and one.casefold() in said)
    )


def _fitting(plan: Plan, visit: Case, left: list[Left]) -> Case:
    """The visit without what *plan* does not ask, or asks otherwise."""
    answers = {k: v for k, v in visit.answers.items() if _fits(plan.element.get(k), v)}
    context = {
        key: value
        for key, value in visit.context.items()
        if not key.startswith(BEFORE)
        or _fits(plan.element.get(key.removeprefix(BEFORE)), value)
    }
    left += [
        Left(key, OTHERWISE)
        for key, value in {**visit.answers, **visit.context}.items()
        if value is not None and key not in {**answers, **context}
    ]
    return replace(visit, answers=answers, context=context)


def _kept(
    values: Mapping[str, Any],
    elements: Mapping[str, Element],
    shift: timedelta | None,
    left: list[Left],
) -> Iterator[tuple[str, Any]]:
    """The values that may be kept, dates moved; the others are added to *left*."""
    for key, value in values.items():
        if elements[key.removeprefix(BEFORE)].type == "text":
            left.append(Left(key, FREE_TEXT))
        elif not isinstance(value, date):
            yield key, value
        elif shift is None:
            left.append(Left(key, NO_DAY))
        else:
            yield key, value + shift


def _fits(element: Element | None, value: Any) -> bool:
    """Whether *value* can be an answer to *element*, as it is asked now."""
    if element is None:
        return False
    match element.type, value:
        case ("boolean", bool()) | ("date", date()) | ("text", str()):
            return True
        case "choice", str():
            return value in {option.key for option in element.options}
        case "integer", int():
            return not isinstance(value, bool)
        case "decimal", Decimal():
            return True
    return False


def _context(
    plan: Plan, visit: Case, shift: timedelta | None, left: list[Left]
) -> dict[str, Any]:
    """What the criteria read besides answers; the date of birth comes later."""
    read = set(context_names(plan))
    mine = {key: value for key, value in visit.context.items() if key in read}
    before = {key: value for key, value in mine.items() if key.startswith(BEFORE)}
    kept = dict(_kept(before, plan.element, shift, left))
    if "weeks_since_previous" in mine:
        kept["weeks_since_previous"] = mine["weeks_since_previous"]
    if shift is not None and read & {"visit_date", "birth_date"}:
        kept["visit_date"] = VISIT_DAY
    return kept


def _aged(
    compiled: CompiledPlan, bare: Case, visit: Case, wanted: Walk
) -> tuple[Case, str]:
    """The case with an age as vague as its walk allows, and how exact that is."""
    born, day = visit.context.get("birth_date"), visit.context.get("visit_date")
    if not (born and day) or "birth_date" not in context_names(compiled.plan):
        return bare, ""
    ages = list(_ages(born, day))
    for born_then, words in ages:
        case = replace(bare, context={**bare.context, "birth_date": born_then})
        if _same(case.walk(compiled), wanted):
            return case, words
    first, words = ages[0]
    return replace(bare, context={**bare.context, "birth_date": first}), words


def _ages(born: date, day: date) -> Iterator[tuple[date, str]]:
    """Dates of birth that give the same age on VISIT_DAY, the vaguest first.

    >>> [str(one) for one, _ in _ages(date(2016, 3, 31), date(2026, 3, 10))]
    ['1992-06-15', '1991-07-15', '1991-07-07']
    """
    months = (day.year - born.year) * 12 + day.month - born.month
    months -= day.day < born.day
    years = min(months // 12, OLDEST_YEARS)
    yield _months_before(years * 12), "in whole years"
    if years < OLDEST_YEARS:
        yield _months_before(months), "in whole months, for the walk depends on them"
        exact = VISIT_DAY - (day - born)
        yield exact, "in days, for the walk depends on them"


def _months_before(months: int) -> date:
    years, month = divmod(VISIT_DAY.year * 12 + VISIT_DAY.month - 1 - months, 12)
    return date(years, month + 1, VISIT_DAY.day)


def _least(compiled: CompiledPlan, case: Case, left: list[Left]) -> Case:
    """The case with what its walk needs alone, if that walks the same."""
    walk = case.walk(compiled)
    needed = set(_read_by(compiled.plan, walk))
    answers = {key: value for key, value in case.answers.items() if key in needed}
    context = {key: value for key, value in case.context.items() if key in needed}
    if "birth_date" in context and "visit_date" in case.context:
        context["visit_date"] = case.context["visit_date"]
    least = replace(case, answers=answers, context=context)
    if not _same(least.walk(compiled), walk):
        return case
    gone = [key for key in case.answers if key not in needed]
    left += [Left(key, NOT_NEEDED) for key in gone]
    return least


def _read_by(plan: Plan, walk: Walk) -> Iterator[str]:
    """The names behind the criteria that *walk* tried, and behind what shows them."""
    read: set[str] = set()
    for step in walk.steps:
        here: Path = ("nodes", plan.position[step.node], "branches")
        for index, tried in enumerate(step.tried):
            if tried.criterion:
                read |= names_behind(plan, (*here, index, "when"))
    yield from read
    for path in plan.criteria.parsed:
        if path[0] == "forms" and _shows(plan, path) & read:
            yield from names_behind(plan, path)


def _shows(plan: Plan, path: Path) -> set[str]:
    """The elements that the `show_when` at *path* shows."""
    section = plan.forms[int(path[1])].sections[int(path[3])]
    if path[4] == "items":
        return {section.items[int(path[5])].element}
    return {item.element for item in section.items}


def _same(one: Walk, other: Walk) -> bool:
    """Whether both go the same way to the same advice, and wait for the same."""
    return (one.nodes, one.why, one.actions, one.waiting_for) == (
        other.nodes,
        other.why,
        other.actions,
        other.waiting_for,
    )
