"""Answers of earlier visits that are taken over, one by one.

`f.KEY` names the revision an answer was taken from; it counts only if the value still is
the one of that visit. Without a script the button `take` names the element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from carepaths.core.previous import Former, Moment, taken
from carepaths.forms.sheet import Reading
from scamps.core.definition import Element

Formers = Callable[[], Mapping[str, Former]]


def take_over(
    elements: Iterable[Element],
    posted: Mapping[str, str],
    reading: Reading,
    formers: Formers,
    now: Moment,
) -> None:
    """Mark in *reading* what was taken from earlier visits.

    Args: formers: looked up only if something is taken anew.
    """
    for element in elements:
        key = element.key
        asked = posted.get("take") == key
        named = posted.get(f"f.{key}", "")
        if not asked and (not named or _is_told(reading, key, named)):
            continue
        former = formers().get(key)
        if former and (asked or _is_that(former, element, named, posted)):
            reading.answers[key] = taken(
                element, former, now, confirmed=bool(posted.get(f"c.{key}"))
            )
            reading.errors.pop(key, None)


def _is_told(reading: Reading, key: str, named: str) -> bool:
    """Whether the answer says by itself that it was taken from that revision."""
    source = reading.answers.get(key, {}).get("from") or {}
    return str(source.get("revision")) == named


def _is_that(
    former: Former, element: Element, named: str, posted: Mapping[str, str]
) -> bool:
    in_own_unit = posted.get(f"u.{element.key}", element.unit) == element.unit
    same = posted.get(f"a.{element.key}", "").strip() == former.typed
    return in_own_unit and same and str(former.revision) == named
