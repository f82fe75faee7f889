"""One case: a visit, its answers and context, and the walk that must come of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from scamps.core.definition import Element
from scamps.core.definition.parts import Key, Part, Words
from scamps.core.walk import CompiledPlan, Walk, json_value


class Expected(Part):
    """The walk that a case must give; scores that are left out are not compared."""

    path: tuple[Key, ...]
    stopped: bool = False
    waiting_for: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    actions: tuple[Key, ...] = ()
    scores: dict[str, Any] = {}


class Written(Part):
    """A case as cases.yaml writes it: less what `like` gives it.

    Without a `walk`, nobody has said yet what must come of it.
    """

    name: Words
    note: Words | None = None
    visit: Key
    like: Words | None = None
    answers: dict[str, Any] = {}
    context: dict[str, Any] = {}
    walk: Expected | None = None


class Cases(Part):
    cases: tuple[Written, ...]


@dataclass(frozen=True)
class Difference:
    """One thing in which the walk given is not the walk expected, as JSON types."""

    what: str
    expected: Any
    given: Any

    def __str__(self) -> str:
        return f"{self.what}: expected {self.was}, not {self.now}"

    @property
    def was(self) -> str:
        return _said(self.what, self.expected)

    @property
    def now(self) -> str:
        return _said(self.what, self.given)


def _said(what: str, value: Any) -> str:
    """A value of a walk in words.

    >>> _said("path", ["look", "hot"]), _said("actions", []), _said("pas", None)
    ('look → hot', 'nothing', 'unknown')
    """
    match value:
        case list():
            return (" → " if what == "path" else ", ").join(value) or "nothing"
        case bool():
            return "yes" if value else "no"
        case None:
            return "unknown"
    return str(value)


@dataclass(frozen=True)
class Case:
    """One case; answers and context are values of the criteria language.

    `like` names the case it was written after; its answers are its own all the same.
    `expected` is None until a person has said which walk must come of it.
    """

    name: str
    visit: str
    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    expected: Expected | None
    like: str = ""
    note: str = ""

    def walk(self, compiled: CompiledPlan) -> Walk:
        """The walk that the plan really gives."""
        return compiled.walk(self.answers, visit=self.visit, context=self.context)

    def differences(self, compiled: CompiledPlan) -> tuple[Difference, ...]:
        """What differs between the walk expected and the walk given; nothing, if all
        is well, or if no walk is expected yet."""
        if self.expected is None:
            return ()
        return differences(self.expected, self.walk(compiled))


def differences(want: Expected, walk: Walk) -> tuple[Difference, ...]:
    """What differs between the walk expected and *walk*."""
    given = expected_of(walk)
    pairs: dict[str, tuple[Any, Any]] = {
        "path": (list(want.path), list(given.path)),
        "stopped": (want.stopped, given.stopped),
        "waiting_for": (sorted(want.waiting_for), list(given.waiting_for)),
        "hidden": (sorted(want.hidden), sorted(given.hidden)),
        "actions": (list(want.actions), list(given.actions)),
    }
    for key, score in want.scores.items():
        pairs[key] = (json_value(score), given.scores.get(key))
    return tuple(
        Difference(what, expected, found)
        for what, (expected, found) in pairs.items()
        if _comparable(expected) != _comparable(found)
    )


def expected_of(walk: Walk) -> Expected:
    """What a case expects whose walk *walk* is right: all of it, scores included."""
    return Expected(
        path=walk.nodes,
        stopped=walk.stopped,
        waiting_for=walk.waiting_for,
        hidden=tuple(sorted(walk.hidden)),
        actions=tuple(action.key for _, action in walk.actions),
        scores={key: json_value(value) for key, value in walk.scores.items()},
    )


def fingerprint(expected: Expected) -> str:
    """What a page carries of the walk it showed, so that nothing else is confirmed."""
    text = json.dumps(expected.model_dump(mode="json"), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _comparable(value: Any) -> Any:
    """A number as its text: 3 is what 3.0 is, however a file writes it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(json_value(Decimal(value)))
    return value


def answer(element: Element, raw: Any) -> Any:
    """The value that *raw*, as YAML or JSON has it, is for *element*.

    Raises: ValueError: it is no value of this element.
    """
    options = {option.key for option in element.options}
    match element.type, raw:
        case "boolean", bool():
            return raw
        case "integer", int() if not isinstance(raw, bool):
            return raw
        case "decimal", int() | Decimal() if not isinstance(raw, bool):
            return Decimal(raw)
        case "choice", str() if raw in options:
            return raw
        case "date", str():
            return date.fromisoformat(raw)
        case "text", str():
            return raw
    raise ValueError(f"{raw!r} is no {element.type} of {element.key!r}")
