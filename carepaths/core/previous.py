"""Answers of earlier visits, offered beside the field, and what becomes of one taken.

An answer that was taken says so for ever: `from` holds the revision it was taken from
and when it was measured. Past its `valid_for` it is not used until it is confirmed.
This is apart from `previous.KEY`, which a criterion reads of the visit before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from carepaths.core.answers import UNCONFIRMED, Stored, decode
from carepaths.core.durations import after
from carepaths.core.entry import read_entry
from carepaths.core.said import answer_words, day_words, input_text
from scamps.core.definition import Element, Plan
from scamps.core.wording import duration_words


@dataclass(frozen=True)
class Remembered:
    """The signed answers of an earlier visit of the same patient."""

    revision: int
    at: datetime
    plan: Plan
    answers: Mapping[str, Stored]
    hidden: frozenset[str]
    same_scamp: bool
    title: str


@dataclass(frozen=True)
class Former:
    """One earlier answer to a question: as an input holds it, and in words.

    `title` names the plan if it is another one; `past` says how long it was valid, if
    that is over.
    """

    revision: int
    at: datetime
    typed: str
    said: str
    on: str
    title: str
    past: str


@dataclass(frozen=True)
class Moment:
    """When the visit is, and the time zone of its site."""

    at: datetime | None
    zone: str

    def day(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.zone)).date().isoformat()


def formers(
    elements: Iterable[Element], remembered: Iterable[Remembered], now: Moment
) -> dict[str, Former]:
    """Return the first answer in *remembered* to each of *elements*, by key."""
    visits = tuple(remembered)
    found = {}
    for element in elements:
        former = next((one for v in visits if (one := _former(element, v, now))), None)
        if former is not None:
            found[element.key] = former
    return found


def _former(element: Element, visit: Remembered, now: Moment) -> Former | None:
    then = visit.plan.element.get(element.key)
    stored = visit.answers.get(element.key)
    if then is None or stored is None or element.key in visit.hidden:
        return None
    if stored.get("value") is None or not _same(element, then, visit.same_scamp):
        return None
    try:
        decode(element, stored["value"])
    except ValueError:  # an option that is no more
        return None
    plain = {"value": stored["value"]}
    at = measured_at(stored) or visit.at
    return Former(
        revision=visit.revision,
        at=at,
        typed=input_text(element, stored["value"]),
        said=answer_words(element, plain),
        on=day_words(at.astimezone(ZoneInfo(now.zone)).date()),
        title="" if visit.same_scamp else visit.title,
        past=past_words(element, at, now),
    )


def _same(element: Element, then: Element, same_scamp: bool) -> bool:
    """Whether both ask the same; across plans only what has the same code."""
    if (element.type, element.unit) != (then.type, then.unit):
        return False
    if same_scamp:
        return True
    codes = [(one.code.system, one.code.code) for one in (element, then) if one.code]
    return len(codes) == 2 and codes[0] == codes[1]


def measured_at(stored: Stored) -> datetime | None:
    """When a taken answer was measured; None for one that was given at the visit."""
    source = stored.get("from")
    return datetime.fromisoformat(source["at"]) if source else None


def past_words(element: Element, at: datetime, now: Moment) -> str:
    """How long the answer was valid, if that is over at the visit; else empty."""
    if element.valid_for is None or now.at is None:
        return ""
    if after(at, element.valid_for, now.zone) >= now.at:
        return ""
    return f"older than {duration_words(element.valid_for)}"


def taken(
    element: Element, former: Former, now: Moment, *, confirmed: bool = False
) -> dict[str, Any]:
    """Return the answer that takes *former* over; unused while it needs confirming."""
    source = {
        "revision": former.revision,
        "at": former.at.isoformat(),
        "on": now.day(former.at),
    }
    stored = {**read_entry(element, former.typed).stored, "from": source}
    if not former.past:
        return stored
    if confirmed:
        return stored | {"from": source | {"confirmed": True}}
    unused = {"value": None, "missing": None, "typed": former.typed}
    return unused | {"flags": [UNCONFIRMED], "from": source}


def confirmed(element: Element, stored: Stored) -> dict[str, Any]:
    """Return a taken answer that somebody said still holds."""
    source = {**stored["from"], "confirmed": True}
    return {**read_entry(element, stored["typed"]).stored, "from": source}


def awaits_confirming(stored: Stored) -> bool:
    """Whether it was taken from an earlier visit and is not used before it is confirmed."""
    return bool(stored.get("from")) and UNCONFIRMED in (stored.get("flags") or ())
