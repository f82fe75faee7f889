"""Documents beside a plan, in YAML: typed, strict, and refused with their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from scamps.core.definition.finding import Path, PlanError
from scamps.core.definition.source import Source, read_yaml

Problem = tuple[Path, str]
Kind = TypeVar("Kind", bound="Part")


class Part(BaseModel):
    """A piece of a document: frozen, and a field it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def read_document(
    kind: type[Kind],
    text: str,
    source_name: str,
    problems: Callable[[Kind], Iterable[Problem]],
) -> Kind:
    """Read *text* as *kind*, and refuse it for the *problems* it has.

    Raises: PlanError: each finding with its file and line.
    """
    source = read_yaml(text, source_name)
    try:
        document = kind.model_validate(source.data)
    except ValidationError as error:
        found = [
            source.finding("shape", _path(source, detail["loc"]), detail["msg"])
            for detail in error.errors()
        ]
        raise PlanError(found) from None
    wrong = [source.finding("content", *problem) for problem in problems(document)]
    if wrong:
        raise PlanError(wrong)
    return document


def _path(source: Source, location: tuple[int | str, ...]) -> Path:
    """Drop the validator's own steps at the end of *location*."""
    path = location
    while path and path not in source.marks:
        path = path[:-1]
    missing = location[: len(path) + 1]
    return missing if isinstance(missing[-1], str) else path
