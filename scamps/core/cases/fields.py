"""The questions of a case as fields of a form, and what was posted of them.

An answer is posted as `a.KEY`, what the walk knows besides as `x.NAME`. Empty is unknown.
A value is typed in the element's own unit; one that is not possible is refused, for no
walk of a real visit could ever read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from scamps.core.definition import Element, Form, Plan, words
from scamps.core.definition.criteria import CONTEXT, PREVIOUS
from scamps.core.definition.usage import forms_of, names_behind
from scamps.core.language import Type
from scamps.core.say.units import unit_words
from scamps.core.walk import labels
from scamps.core.wording import range_words

YES_NO = (("true", "Yes"), ("false", "No"))
LONGEST = 4000
MOST, DIGITS = 2**31 - 1, 20


@dataclass(frozen=True)
class Field:
    """One question: how it is named in the form, what may be answered, what stands."""

    name: str
    label: str
    kind: str
    typed: str
    unit: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    remark: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def is_number(self) -> bool:
        return self.kind in ("integer", "decimal")


@dataclass(frozen=True)
class Group:
    """Questions under one heading."""

    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass
class Posted:
    """What was posted: values of the criteria language, by key; what could not be read
    (`errors`, by the field's name); and all of it as it was typed."""

    answers: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def typed_of(answers: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, str]:
    """The values of a case as its fields hold them.

    >>> typed_of({"cough": True, "weight": Decimal("31.50"), "age": None}, {})
    {'a.cough': 'true', 'a.weight': '31.50', 'a.age': ''}
    """
    mine = {f"a.{key}": _typed(value) for key, value in answers.items()}
    return mine | {f"x.{key}": _typed(value) for key, value in context.items()}


def groups(
    plan: Plan,
    visit: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    remarks: Mapping[str, str] | None = None,
) -> tuple[Group, ...]:
    """The questions of *visit*: those of its forms as they stand there, then what else
    its criteria read, then what the walk knows besides the answers."""
    seen: set[str] = set()
    filled = _Filling(plan, typed, errors, remarks or {})
    found = [
        Group(f"{form.key}-{section.key}", _words(plan, section.title), questions)
        for form in plan.forms
        if form.key in forms_of(plan, visit)
        for section in form.sections
        if (questions := tuple(filled.asked(form, section.key, seen)))
    ]
    rest = [key for key in _read(plan) if key in plan.element and key not in seen]
    if others := tuple(filled.answer(plan.element[key]) for key in rest):
        found.append(Group("others", "Not asked at this visit", others))
    if known := tuple(filled.context(key) for key in context_names(plan)):
        found.append(Group("besides", "What is known besides", known))
    return tuple(found)


def context_names(plan: Plan) -> tuple[str, ...]:
    """The names besides answers that some criterion of *plan* reads, sorted."""
    before = (key for key in _read(plan) if key.startswith(f"{PREVIOUS}."))
    besides = (key for key in CONTEXT if key in _read(plan))
    return (*besides, *sorted(before))


def read_posted(plan: Plan, posted: Mapping[str, str]) -> Posted:
    """Read the posted fields of a case; what is empty is left out."""
    found = Posted()
    for name, raw in posted.items():
        side, _, key = name.partition(".")
        if side not in ("a", "x") or not key:
            continue
        found.typed[name] = said = raw.replace("\0", "").strip()[:LONGEST]
        if not said:
            continue
        try:
            value = _answer(plan, key, said) if side == "a" else _known(plan, key, said)
        except ValueError as problem:
            found.errors[name] = str(problem)
            continue
        (found.answers if side == "a" else found.context)[key] = value
    return found


@dataclass(frozen=True)
class _Filling:
    plan: Plan
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    remarks: Mapping[str, str]

    def asked(self, form: Form, section: str, seen: set[str]) -> Iterator[Field]:
        part = next(one for one in form.sections if one.key == section)
        for item in part.items:
            if item.element not in seen and item.element in self.plan.element:
                seen.add(item.element)
                yield self.answer(self.plan.element[item.element])

    def answer(self, element: Element) -> Field:
        label = _words(self.plan, element.label)
        return self._field(f"a.{element.key}", label, element)

    def context(self, key: str) -> Field:
        label = labels(self.plan, self.plan.language).get(key, key)
        element = self.plan.element.get(key.removeprefix(f"{PREVIOUS}."))
        if element is not None:
            return self._field(f"x.{key}", label, element)
        kind = _kind(self.plan.names()[key])
        return self._plain(f"x.{key}", label, kind)

    def _field(self, name: str, label: str, element: Element) -> Field:
        possible = range_words(element.possible, element.unit)
        options = ((one.key, _words(self.plan, one.label)) for one in element.options)
        return Field(
            name,
            label,
            element.type,
            self.typed.get(name, ""),
            unit=unit_words(element.unit),
            hint=f"Possible {possible}" if possible else "",
            choices=YES_NO if element.type == "boolean" else tuple(options),
            error=self.errors.get(name, ""),
            remark=self.remarks.get(name, ""),
        )

    def _plain(self, name: str, label: str, kind: str) -> Field:
        typed, error = self.typed.get(name, ""), self.errors.get(name, "")
        choices = YES_NO if kind == "boolean" else ()
        remark = self.remarks.get(name, "")
        return Field(
            name, label, kind, typed, choices=choices, error=error, remark=remark
        )


def _read(plan: Plan) -> tuple[str, ...]:
    """The names that the criteria of *plan* read, scores replaced by theirs, sorted."""
    found = {key for path in plan.criteria.parsed for key in names_behind(plan, path)}
    return tuple(sorted(found))


def _answer(plan: Plan, key: str, typed: str) -> Any:
    if key not in plan.element:
        raise ValueError("The plan has no such question.")
    return _of_element(plan.element[key], typed)


def _known(plan: Plan, key: str, typed: str) -> Any:
    """A value of the context."""
    element = plan.element.get(key.removeprefix(f"{PREVIOUS}."))
    if element is not None:
        return _of_element(element, typed)
    if key not in plan.names():
        raise ValueError("The plan reads nothing of this name.")
    return _of_kind(_kind(plan.names()[key]), typed)


def _of_element(element: Element, typed: str) -> Any:
    value = _of_kind(element.type, typed)
    if element.type == "choice" and typed not in {one.key for one in element.options}:
        raise ValueError("Choose one of the answers.")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        _refuse_beyond(element, value)
    return value


def _refuse_beyond(element: Element, value: int | Decimal) -> None:
    digits = element.precision or 0
    if round(Decimal(value), digits) != value:
        raise ValueError(f"At most {digits} digits after the point.")
    bounds = element.possible
    low, high = (bounds.low, bounds.high) if bounds else (None, None)
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"Possible is {range_words(bounds, element.unit)}.")


def _of_kind(kind: str, typed: str) -> Any:
    match kind:
        case "boolean":
            return _truth(typed)
        case "integer":
            return _whole(typed)
        case "decimal":
            return _decimal(typed)
        case "date":
            return _day(typed)
    return typed


def _truth(typed: str) -> bool:
    if typed not in ("true", "false"):
        raise ValueError("Choose yes or no.")
    return typed == "true"


def _whole(typed: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", typed) or abs(int(typed)) > MOST:
        raise ValueError("Enter a whole number.")
    return int(typed)


def _decimal(typed: str) -> Decimal:
    try:
        value = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        raise ValueError("Enter a number, as 38.5.") from None
    if not value.is_finite() or value.adjusted() >= DIGITS:
        raise ValueError("Enter a number, as 38.5.")
    return value


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ValueError("Enter a date, as 2026-01-31.") from None


def _kind(of: Type) -> str:
    kinds = {"Boolean": "boolean", "Integer": "integer", "Date": "date"}
    return kinds.get(
        of.name, "decimal" if of.name in ("Decimal", "Quantity") else "text"
    )


def _typed(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return str(value)


def _words(plan: Plan, text: Any) -> str:
    return words(text, plan.language)
