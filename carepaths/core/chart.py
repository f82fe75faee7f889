"""The chart of an episode: each answer over the visits, as numbers, marks or words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import decode
from carepaths.core.said import answer_words
from carepaths.core.sparkline import Point, Sparkline, sparkline
from scamps.core.definition import words
from scamps.core.say.units import unit_words

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

NOT_ASKED, NOT_USED, OTHER_UNIT = "Not asked", "Not used", "in another form then"
NUMBERS = ("integer", "decimal")
YES, NO, GAP = "yes", "no", "gap"


@dataclass(frozen=True)
class Visit:
    """One signed visit: when, under which plan, and what was answered."""

    when: datetime | None
    day: str
    plan: Plan
    answers: Mapping[str, Mapping[str, Any]]
    hidden: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """One answer at one visit. `mark` is yes, no, gap, or the beginning of a choice."""

    day: str
    said: str
    known: bool
    mark: str
    unusual: bool


@dataclass(frozen=True)
class Series:
    """One element over the visits. `line` only where numbers can be compared."""

    key: str
    label: str
    unit: str
    last: str
    readings: tuple[Reading, ...]
    line: Sparkline | None


@dataclass(frozen=True)
class Group:
    """The series of one section of a form."""

    title: str
    series: tuple[Series, ...]


def chart(visits: Sequence[Visit]) -> tuple[Group, ...]:
    """Lay out all that was ever answered, by the sections of the latest plan.

    Args: visits: the earliest first.
    """
    if not visits:
        return ()
    answered = {
        key for v in visits for key, kept in v.answers.items() if _is_told(kept)
    }
    groups = []
    for title, keys in _sections(visits[::-1]):
        told = tuple(_series(key, visits) for key in keys if key in answered)
        if told:
            groups.append(Group(title, told))
    return tuple(groups)


def _is_told(answer: Mapping[str, Any]) -> bool:
    return answer.get("value") is not None or bool(answer.get("missing"))


def _sections(visits: Sequence[Visit]) -> Iterator[tuple[str, list[str]]]:
    """Sections and their elements, each once: the latest plan says where it stands."""
    seen: set[str] = set()
    for plan in dict.fromkeys(visit.plan for visit in visits):
        for form in plan.forms:
            for section in form.sections:
                keys = [i.element for i in section.items if i.element not in seen]
                seen.update(keys)
                yield words(section.title, "en", plan.language), keys
        rest = [one.key for one in plan.elements if one.key not in seen]
        seen.update(rest)
        yield "Other", rest


def _series(key: str, visits: Sequence[Visit]) -> Series:
    element = next(v.plan.element[key] for v in visits[::-1] if key in v.plan.element)
    readings = tuple(_reading(key, element, visit) for visit in visits)
    known = [reading for reading in readings if reading.known]
    return Series(
        key=key,
        label=words(element.label, "en"),
        unit=unit_words(element.unit),
        last=known[-1].said if known else "",
        readings=readings,
        line=_line(key, element, visits, readings),
    )


def _reading(key: str, latest: Element, visit: Visit) -> Reading:
    element = visit.plan.element.get(key)
    answer = visit.answers.get(key, {})
    if element is None or not _is_told(answer):
        return Reading(visit.day, NOT_ASKED, False, GAP, False)
    said = answer_words(element, answer)
    if key in visit.hidden:
        return Reading(visit.day, f"{NOT_USED}: {said}", False, GAP, False)
    known = answer.get("value") is not None
    if not _is_alike(element, latest):
        said = f"{said} ({OTHER_UNIT})"
    unusual = "implausible" in (answer.get("flags") or ())
    return Reading(
        visit.day, said, known, _mark(answer, said) if known else GAP, unusual
    )


def _is_alike(one: Element, other: Element) -> bool:
    return (one.type, one.unit) == (other.type, other.unit)


def _mark(answer: Mapping[str, Any], said: str) -> str:
    value = answer["value"]
    if isinstance(value, bool):
        return YES if value else NO
    return said[:3]


def _line(
    key: str, element: Element, visits: Sequence[Visit], readings: Sequence[Reading]
) -> Sparkline | None:
    if element.type not in NUMBERS:
        return None
    points = [
        Point(
            at, _number(key, element, visit, reading), f"{reading.day}: {reading.said}"
        )
        for at, visit, reading in zip(_places(visits), visits, readings, strict=True)
    ]
    usual = element.plausible
    return sparkline(
        points, usual.low if usual else None, usual.high if usual else None
    )


def _number(
    key: str, element: Element, visit: Visit, reading: Reading
) -> Decimal | None:
    then = visit.plan.element.get(key)
    if not reading.known or then is None or not _is_alike(then, element):
        return None
    value = decode(then, visit.answers[key]["value"])
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _places(visits: Sequence[Visit]) -> list[float]:
    """Where each visit stands from 0 to 1: by its time, or evenly if one is undated."""
    times = [visit.when.timestamp() for visit in visits if visit.when]
    span = max(times, default=0.0) - min(times, default=0.0)
    if len(times) == len(visits) and span:
        return [(moment - min(times)) / span for moment in times]
    if len(visits) == 1:
        return [0.5]
    return [index / (len(visits) - 1) for index in range(len(visits))]
