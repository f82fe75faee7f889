"""A made-up patient tried on a plan: its context, and what a form would have posted.

Nothing here is stored. The answers of the visit before are asked by items of their own
key (`previous-KEY`), so that the form of an encounter can hold them too.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import Stored, decode
from carepaths.core.context import PREVIOUS, Context
from carepaths.core.lifetime import months_between, years_between
from carepaths.core.said import input_text
from carepaths.core.sheet import Filling, Group, Item, Part, item_of
from scamps.core.definition import words

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

BEFORE = "previous-"
UNITS = ("years", "months", "weeks", "days")
OLDEST = 130  # years


@dataclass(frozen=True)
class Age:
    """An age at the visit, as people say it: so many years, months, weeks or days."""

    number: int
    unit: str

    def born(self, on: date) -> date:
        """The day of birth of somebody who has exactly this age *on* a day.

        >>> Age(11, "years").born(date(2028, 2, 29)), Age(10, "days").born(date(2026, 1, 5))
        (datetime.date(2017, 2, 28), datetime.date(2025, 12, 26))
        """
        match self.unit:
            case "years":
                return _months_before(on, 12 * self.number)
            case "months":
                return _months_before(on, self.number)
            case "weeks":
                return on - timedelta(weeks=self.number)
        return on - timedelta(days=self.number)

    @classmethod
    def of(cls, born: date, on: date) -> Age:
        """The age in the largest unit that says it to the day.

        >>> Age.of(date(2014, 6, 15), date(2028, 6, 15))
        Age(number=14, unit='years')
        >>> Age.of(date(2028, 6, 1), date(2028, 6, 15))
        Age(number=2, unit='weeks')
        """
        counted = {
            "years": years_between(born, on),
            "months": months_between(born, on),
            "weeks": (on - born).days // 7,
        }
        for unit, number in counted.items():
            age = cls(number, unit)
            if number and age.born(on) == born:
                return age
        return cls((on - born).days, "days")


def _months_before(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Situation:
    """Who comes, when, to which visit; of each, None for not known."""

    visit: str
    visit_date: date
    age: Age | None = None
    sex: str = ""
    weeks: int | None = None

    def context(self, plan: Plan, before: Mapping[str, Stored]) -> Context:
        """What the walk knows besides the answers; *before* as `earlier_elements`."""
        told = {
            PREVIOUS + key.removeprefix(BEFORE): decode(element, stored["value"])
            for element in earlier_elements(plan)
            if (stored := before.get(key := element.key))
            and stored.get("value") is not None
        }
        born = self.age.born(self.visit_date) if self.age else None
        return {
            "birth_date": born,
            "visit_date": self.visit_date,
            "weeks_since_previous": self.weeks,
            **told,
        }


def earlier_elements(plan: Plan) -> tuple[Element, ...]:
    """The elements that *plan* reads of the visit before, under a key of their own."""
    read: set[str] = set()
    read = read.union(*(one.names for one in plan.criteria.parsed.values()))
    return tuple(
        element.model_copy(update={"key": BEFORE + element.key})
        for element in plan.elements
        if PREVIOUS + element.key in read
    )


def earlier_part(elements: Iterable[Element], filling: Filling) -> Part | None:
    """What was answered at the visit before, as a part of the form; None without."""
    items: tuple[Item, ...] = tuple(item_of(one, filling) for one in elements)
    if not items:
        return None
    group = Group("answers", "At the visit before", items)
    return Part("visit-before", "The visit before", True, (group,))


@dataclass(frozen=True)
class MadeUp:
    """A patient to begin with: the situation, and what the form would have posted."""

    situation: Situation
    posted: Mapping[str, str]


def made_up(plan: Plan, patient: Mapping[str, Any], today: date) -> MadeUp:
    """The patient of a proof, or of a case, as the form of the preview holds it.

    Args: patient: visit, answers and context, as `prove.Patient.to_json` writes them.
    Raises: KeyError, ValueError: it does not fit the plan.
    """
    context = patient.get("context", {})
    on = date.fromisoformat(context.get("visit_date") or today.isoformat())
    born, weeks = context.get("birth_date"), context.get("weeks_since_previous")
    situation = Situation(
        visit=plan.visit[patient["visit"]].key,
        visit_date=on,
        age=Age.of(date.fromisoformat(born), on) if born else None,
        weeks=None if weeks is None else int(weeks),
    )
    before = {
        BEFORE + key.removeprefix(PREVIOUS): value
        for key, value in context.items()
        if key.startswith(PREVIOUS)
    }
    known = {**plan.element, **{one.key: one for one in earlier_elements(plan)}}
    answers = {**patient.get("answers", {}), **before}
    posted = {f"a.{k}": input_text(known[k], v) for k, v in answers.items()}
    return MadeUp(situation, posted)


def visits_of(plan: Plan) -> list[tuple[str, str]]:
    """The kinds of visit, as key and title."""
    return [(one.key, words(one.title, "en")) for one in plan.visits]
