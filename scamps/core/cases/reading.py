"""Reading cases.yaml: every case made whole, every answer a value of its element.

`like` takes the answers and the context of an earlier case, so that a case says only
what is different.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from scamps.core.cases.document import Case, Cases, Written, answer
from scamps.core.definition import Finding, Plan, PlanError
from scamps.core.definition.criteria import CONTEXT, PREVIOUS
from scamps.core.definition.source import Source, read_yaml
from scamps.core.language import DATE


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
        if one.visit not in plan.visit:
            where, message = ("cases", index, "visit"), f"no visit {one.visit!r}"
            raise PlanError([source.finding("case", where, f"the plan has {message}")])
        found[one.name] = _case(plan, source, index, one, found)
    return tuple(found.values())


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
    like, note = written.like or "", written.note or ""
    return Case(written.name, written.visit, answers, context, written.walk, like, note)


def _values(
    plan: Plan, source: Source, path: tuple[str | int, ...], raw: Mapping[str, Any]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    wrong: list[Finding] = []
    for key, value in raw.items():
        try:
            values[key] = read_value(plan, key, value, answers=path[-1] == "answers")
        except ValueError as error:
            wrong.append(source.finding("case", (*path, key), str(error)))
    if wrong:
        raise PlanError(wrong)
    return values


def read_value(plan: Plan, key: str, raw: Any, *, answers: bool) -> Any:
    """The value that *raw* is for an answer, or for a name of the context.

    Raises: ValueError: the plan has no such name, or it is no value of it.
    """
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
