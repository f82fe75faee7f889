"""The fields of a part, read off the models of the plan document.

Whatever the schema holds is a field here: a value, a group of fields, or rows of either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import MinLen
from pydantic.fields import FieldInfo

from scamps.core.definition import parts
from scamps.core.definition.parts import Part

# The kinds of value, by the type that the document gives them.
KINDS: Mapping[str, Any] = {
    "text": parts.Text,
    "criterion": parts.Criterion,
    "name": parts.Name,
    "key": parts.Key,
    "words": parts.Words,
    "unit": parts.Unit,
    "language": parts.Language,
    "duration": parts.Duration,
    "flag": parts.Flag,
    "whole": parts.Whole,
    "number": parts.Number,
    "day": parts.Day,
}
# What a key stands for where it is not that of the part itself.
REFERS: Mapping[tuple[str, str], str] = {
    ("Assess", "form"): "forms",
    ("Assess", "next"): "nodes",
    ("Branch", "to"): "nodes",
    ("Decide", "otherwise"): "nodes",
    ("Decide", "unknown"): "nodes",
    ("Recommend", "next"): "nodes",
    ("Action", "resource"): "resources",
    ("Action", "evidence"): "sources",
    ("Item", "element"): "elements",
    ("Visit", "start"): "nodes",
    ("Visit", "advised_by"): "actions",
    ("Window", "after"): "visits",
    ("Reason", "standard"): "standard",
    ("Reason", "actions"): "actions",
    ("Outcome", "derived_from"): "values",
    ("Statement", "node"): "nodes",
    ("Statement", "outcome"): "outcomes",
    ("Statement", "omission_of"): "resources",
}


@dataclass(frozen=True)
class Value:
    """One value: its kind, and what it may be or refer to.

    `choices` are the fixed words of a choice; `refers` names whose keys it takes.
    """

    owner: str
    name: str
    kind: str
    required: bool = True
    choices: tuple[Any, ...] = ()
    refers: str = ""
    default: Any = None


@dataclass(frozen=True)
class Group:
    """Fields that belong together, such as the two ends of a range."""

    owner: str
    name: str
    model: type[Part]
    required: bool = True

    @property
    def fields(self) -> tuple[Field, ...]:
        """What stands in it, in the order of the schema."""
        return fields_of(self.model)


@dataclass(frozen=True)
class Rows:
    """A list; `needs_one` if it cannot be empty, `required` if it cannot be absent."""

    owner: str
    name: str
    of: Value | Group
    required: bool = False
    needs_one: bool = False


Field = Value | Group | Rows


@cache
def fields_of(
    model: type[Part], only: tuple[str, ...] | None = None
) -> tuple[Field, ...]:
    """The fields of *model*, or *only* those named, by their names in the schema."""
    hints = get_type_hints(model, include_extras=True)
    infos = model.model_fields
    return tuple(
        _field(model, infos[name].alias or name, hints[name], infos[name])
        for name in only or infos
    )


def _field(model: type[Part], name: str, hint: Any, info: FieldInfo) -> Field:
    owner, required = model.__name__, info.is_required()
    inner = _without_none(hint)
    if (of := _entries(inner)) is not None:
        entry = _single(owner, name, of, True, None)
        needs_one = any(isinstance(one, MinLen) for one in info.metadata)
        return Rows(owner, name, entry, required, needs_one)
    default = None if required else info.default
    return _single(owner, name, inner, required, default)


def _single(
    owner: str, name: str, hint: Any, required: bool, default: Any
) -> Value | Group:
    if isinstance(hint, type) and issubclass(hint, Part):
        return Group(owner, name, hint, required)
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        kind = "constant" if len(choices) == 1 else "choice"
        return Value(owner, name, kind, required, choices, default=default)
    refers = REFERS.get((owner, name), "")
    return Value(owner, name, _kind(hint), required, (), refers, default)


def _kind(hint: Any) -> str:
    """The kind of value; a type may add bounds of its own to one of KINDS."""
    base, *extras = get_args(hint)
    for kind, known in KINDS.items():
        of, *needs = get_args(known)
        if base == of and extras[: len(needs)] == needs:
            return kind
    raise TypeError(f"no form can be made for {hint}")


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        one, *others = (one for one in get_args(hint) if one is not NoneType)
        return hint if others else one
    return hint


def _entries(hint: Any) -> Any:
    """What a list holds; None for what is no list."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is not tuple:
        return None
    return get_args(hint)[0]
