"""Cases: answers, and the walk a plan must give for them.

A plan's folder holds them as cases.yaml. `like` takes the answers and the context of an
earlier case, so that a case says only what is different.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from scamps.core.definition import Element, Finding, Plan, PlanError, edges
from scamps.core.definition.criteria import CONTEXT, PREVIOUS
from scamps.core.definition.parts import Key, Part, Words
from scamps.core.definition.source import Source, read_yaml
from scamps.core.language import DATE
from scamps.core.walk import CompiledPlan, Walk, json_value


class Expected(Part):
    """The walk that a case must give; what is left out is not compared."""

    path: tuple[Key, ...]
    stopped: bool = False
    waiting_for: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    actions: tuple[Key, ...] = ()
    scores: dict[str, Any] = {}


class Written(Part):
    name: Words
    visit: Key
    like: Words | None = None
    answers: dict[str, Any] = {}
    context: dict[str, Any] = {}
    walk: Expected


class Cases(Part):
    cases: tuple[Written, ...]


@dataclass(frozen=True)
class Case:
    """One case; answers and context are values of the criteria language."""

    name: str
    visit: str
    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    expected: Expected

    def walk(self, compiled: CompiledPlan) -> Walk:
        """The walk that the plan really gives."""
        return compiled.walk(self.answers, visit=self.visit, context=self.context)

    def differences(self, compiled: CompiledPlan) -> list[str]:
        """What differs between the walk expected and the walk given; nothing, if all
        is well."""
        walk, want = self.walk(compiled), self.expected
        pairs = {
            "path": (want.path, walk.nodes),
            "stopped": (want.stopped, walk.stopped),
            "waiting_for": (tuple(sorted(want.waiting_for)), walk.waiting_for),
            "hidden": (set(want.hidden), set(walk.hidden)),
            "actions": (want.actions, tuple(one.key for _, one in walk.actions)),
        }
        for key, score in want.scores.items():
            pairs[key] = (json_value(score), json_value(walk.scores.get(key)))
        return [
            f"{what}: expected {expected}, not {given}"
            for what, (expected, given) in pairs.items()
            if expected != given
        ]


def load_cases(text: str, name: str, plan: Plan) -> tuple[Case, ...]:
    """Read the cases of *plan* from YAML *text*.

    Raises: PlanError: a case has not the shape of one, or an answer is no answer.
    """
    source = read_yaml(text, name)
    try:
        written = Cases.model_validate(source.data).cases
    except ValidationError as error:
        raise PlanError(
            [
                source.finding("case", detail["loc"], detail["msg"])
                for detail in error.errors(include_url=False)
            ]
        ) from None
    found: dict[str, Case] = {}
    for index, one in enumerate(written):
        if one.name in found:
            where = ("cases", index, "name")
            raise PlanError([source.finding("case", where, "this name is used twice")])
        found[one.name] = _case(plan, source, index, one, found)
    return tuple(found.values())


def untouched(compiled: CompiledPlan, walks: Iterable[Walk]) -> list[str]:
    """The nodes and branches of a plan that none of *walks* passes, and the decide
    nodes at which none of them meets an unknown."""
    passed: set[str] = set()
    for walk in walks:
        for step in walk.steps:
            passed.add(step.node)
            passed |= {f"{step.node} → {one.to}" for one in step.tried if one.value}
            if any(one.value is None for one in step.tried):
                passed.add(f"{step.node} → unknown")
    return [place for place in _places(compiled.plan) if place not in passed]


def _places(plan: Plan) -> list[str]:
    places = [node.key for node in plan.nodes]
    for node in plan.nodes:
        if node.kind == "decide":
            ways = [edge for edge in edges(node) if edge.kind != "unknown"]
            places += [f"{node.key} → {edge.target}" for edge in ways]
            places.append(f"{node.key} → unknown")
    return places


def _case(
    plan: Plan, source: Source, index: int, written: Written, found: Mapping[str, Case]
) -> Case:
    answers: dict[str, Any] = {}
    context: dict[str, Any] = {}
    if written.like is not None:
        if written.like not in found:
            where = ("cases", index, "like")
            message = f"there is no case {written.like!r} before this one"
            raise PlanError([source.finding("case", where, message)])
        answers |= found[written.like].answers
        context |= found[written.like].context
    answers |= _values(plan, source, ("cases", index, "answers"), written.answers)
    context |= _values(plan, source, ("cases", index, "context"), written.context)
    return Case(written.name, written.visit, answers, context, written.walk)


def _values(
    plan: Plan, source: Source, path: tuple[str | int, ...], raw: Mapping[str, Any]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    wrong: list[Finding] = []
    for key, value in raw.items():
        try:
            values[key] = _value(plan, key, value, answers=path[-1] == "answers")
        except ValueError as error:
            wrong.append(source.finding("case", (*path, key), str(error)))
    if wrong:
        raise PlanError(wrong)
    return values


def _value(plan: Plan, key: str, raw: Any, *, answers: bool) -> Any:
    prefix = "" if answers else f"{PREVIOUS}."
    element = plan.element.get(key.removeprefix(prefix))
    if element is not None and key.startswith(prefix):
        return None if raw is None else answer(element, raw)
    before = key.startswith(f"{PREVIOUS}.") and key in plan.names()
    if answers or not (before or key in CONTEXT):
        raise ValueError(f"the plan has no {key!r}")
    if CONTEXT.get(key) == DATE and raw is not None:
        return date.fromisoformat(raw)
    return raw


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
