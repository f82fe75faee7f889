"""Reading the text of a plan document: values, and the line each one stands on."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from scamps.core.definition.events import (
    MOST_DEPTH,
    UNSTORABLE,
    Mark,
    Reader,
    Refused,
)
from scamps.core.definition.finding import (
    Finding,
    Path,
    PlanError,
    spell,
    spell_by_key,
)

MOST_CHARACTERS = 4_000_000


@dataclass(frozen=True)
class Source:
    """A document as read: plain *data*, and the *marks* of its values by path."""

    name: str
    data: Any
    marks: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark | None:
        """The mark of *path*, else of the nearest thing around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path)

    def finding(self, code: str, path: Path, message: str) -> Finding:
        """An error at *path*."""
        mark = self.mark(path)
        return Finding(
            code=code,
            message=message,
            path=spell(path),
            where=spell_by_key(path, self.data),
            file=self.name,
            line=mark.line if mark else None,
            column=mark.column if mark else None,
        )


def read_yaml(text: str, name: str) -> Source:
    """Read YAML *text* from the file *name*.

    Raises: PlanError: it is not YAML 1.2, or not YAML a plan may use.
    >>> read_yaml("answer: no", "plan.yaml").data
    {'answer': 'no'}
    >>> read_yaml("low: 38.0", "plan.yaml").data
    {'low': Decimal('38.0')}
    """
    _refuse_oversize(text, name)
    try:
        data, marks = Reader(text).read()
        return Source(name, data, marks)
    except Refused as refused:
        mark = refused.event.start_mark
        raise PlanError(
            [
                Finding(
                    code="yaml",
                    message=refused.message,
                    path=spell(refused.path),
                    where=spell(refused.path),
                    file=name,
                    line=mark.line + 1,
                    column=mark.column + 1,
                )
            ]
        ) from None
    except YAMLError as error:
        raise PlanError([_syntax(error, name)]) from None


def read_json(text: str, name: str) -> Source:
    """Read JSON *text* from the file *name*; numbers with a point become Decimals.

    Raises: PlanError: it is not JSON, or a key is written twice.
    """
    _refuse_oversize(text, name)
    try:
        data = json.loads(
            text,
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once,
        )
        _refuse_unstorable(data)
    except json.JSONDecodeError as error:
        found = Finding(
            "json", error.msg, file=name, line=error.lineno, column=error.colno
        )
        raise PlanError([found]) from None
    except RecursionError:
        raise PlanError([Finding("json", "nested too deeply", file=name)]) from None
    except ValueError as error:
        raise PlanError([Finding("json", str(error), file=name)]) from None
    return Source(name, data, _marks_of_json(text, name))


def _marks_of_json(text: str, name: str) -> dict[Path, Mark]:
    """JSON is YAML in flow style, nearly always; where not, there are no lines."""
    if "\n" not in text.strip():
        return {}
    try:
        return read_yaml(text, name).marks
    except PlanError:
        return {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is written twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > 100:
        raise ValueError("a number of more than 100 digits")
    return int(digits)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number a plan can use")


def _refuse_unstorable(data: Any, depth: int = 0) -> None:
    if depth > MOST_DEPTH:
        raise ValueError("nested too deeply")
    match data:
        case str() if UNSTORABLE.search(data):
            raise ValueError("a character that cannot be stored")
        case dict():
            _refuse_unstorable([*data, *data.values()], depth + 1)
        case list():
            for entry in data:
                _refuse_unstorable(entry, depth + 1)


def _refuse_oversize(text: str, name: str) -> None:
    if len(text) > MOST_CHARACTERS:
        message = f"longer than {MOST_CHARACTERS:,} characters"
        raise PlanError([Finding("size", message, file=name)])


def _syntax(error: YAMLError, name: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = error.problem if isinstance(error, MarkedYAMLError) else None
    return Finding(
        code="yaml",
        message=problem or "not readable as YAML",
        file=name,
        line=mark.line + 1 if mark else None,
        column=mark.column + 1 if mark else None,
    )
