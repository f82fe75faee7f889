"""Reading the text of a plan document: values, and the line each one stands on.

YAML 1.2 core schema, read from the events of ruamel.yaml, so that `no` is a word, a
number is a Decimal exactly as typed, and a key that is written twice is refused.
Aliases, tags and keys that are not words are refused: a plan is said in full.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from scamps.core.definition.finding import (
    Finding,
    Path,
    PlanError,
    spell,
    spell_by_key,
)

MOST_CHARACTERS = 4_000_000
MOST_DEPTH = 40

NULL = re.compile(r"(?:null|Null|NULL|~|)")
TRUE = re.compile(r"(?:true|True|TRUE)")
FALSE = re.compile(r"(?:false|False|FALSE)")
INTEGER = re.compile(r"[-+]?[0-9]{1,100}")
OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?")
NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Mark:
    """Where a value stands: its line and column, and those its text begins at."""

    line: int
    column: int
    text_line: int
    text_column: int


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


class _Refused(Exception):
    def __init__(self, message: str, event: Any, path: Path) -> None:
        super().__init__(message)
        self.message, self.event, self.path = message, event, path


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
        return _Reader(text, name).read()
    except _Refused as refused:
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


class _Reader:
    """One pass over the events of a document."""

    def __init__(self, text: str, name: str) -> None:
        self.lines = text.splitlines()
        self.name = name
        self.marks: dict[Path, Mark] = {}
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))

    def read(self) -> Source:
        event = next(self.events)
        if isinstance(event, StreamStartEvent):
            event = next(self.events)
        if not isinstance(event, DocumentStartEvent):
            raise _Refused("the document is empty", event, ())
        data = self._value(next(self.events), ())
        end = next(self.events)
        after = next(self.events)
        if isinstance(end, DocumentEndEvent) and isinstance(after, DocumentStartEvent):
            raise _Refused("a second document", after, ())
        return Source(self.name, data, self.marks)

    def _value(self, event: Any, path: Path) -> Any:
        if len(path) > MOST_DEPTH:
            raise _Refused("nested too deeply", event, path)
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise _Refused("anchors and aliases are not used in a plan", event, path)
        if event.tag not in (None, "!"):
            raise _Refused(f"the tag {event.tag} is not used in a plan", event, path)
        self.marks[path] = self._mark(event)
        match event:
            case MappingStartEvent():
                return self._mapping(path)
            case SequenceStartEvent():
                return self._sequence(path)
        return self._scalar(event, path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise _Refused("expected a word as key", event, path)
            key = self._scalar(event, path)
            if not isinstance(key, str):
                raise _Refused(f"the key {event.value} is not a word", event, path)
            if key in found:
                raise _Refused(f"the key {key!r} is written twice", event, (*path, key))
            value = next(self.events)
            found[key] = self._value(value, (*path, key))
        return found

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if UNSTORABLE.search(text):
            raise _Refused("a character that cannot be stored", event, path)
        if event.style is not None or event.tag == "!":
            return text
        if OTHER_BASE.fullmatch(text) or NOT_A_NUMBER.fullmatch(text):
            raise _Refused(f"{text}: write a decimal number", event, path)
        return resolve(text)

    def _mark(self, event: Any) -> Mark:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        match getattr(event, "style", None):
            case "|" | ">":
                first = self.lines[line] if line < len(self.lines) else ""
                indent = len(first) - len(first.lstrip(" "))
                return Mark(line, column, line + 1, indent + 1)
            case "'" | '"':
                return Mark(line, column, line, column + 1)
        return Mark(line, column, line, column)


def resolve(text: str) -> Any:
    """The value of a plain scalar by the YAML 1.2 core schema.

    >>> [resolve(text) for text in ("no", "3", "3.0", "true", "~", "2026-01-31")]
    ['no', 3, Decimal('3.0'), True, None, '2026-01-31']
    """
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text) or FALSE.fullmatch(text):
        return text.lower() == "true"
    if INTEGER.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
