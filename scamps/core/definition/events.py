"""From the events of ruamel.yaml to plain values, by the YAML 1.2 core schema.

`no` is a word, a number is a Decimal exactly as typed, a key that is written twice is
refused. So are aliases, tags and keys that are not words: a plan is said in full.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
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

from scamps.core.definition.finding import Path

MOST_DEPTH = 40
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
NULL = re.compile(r"(?:null|Null|NULL|~|)")
TRUE = re.compile(r"(?:true|True|TRUE)")
FALSE = re.compile(r"(?:false|False|FALSE)")
INTEGER = re.compile(r"[-+]?[0-9]{1,100}")
OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?")
NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True)
class Mark:
    """Where a value stands: its line and column, and those its text begins at."""

    line: int
    column: int
    text_line: int
    text_column: int


class Refused(Exception):
    """YAML that a plan does not use; the event stands where it is written."""

    def __init__(self, message: str, event: Any, path: Path) -> None:
        super().__init__(message)
        self.message, self.event, self.path = message, event, path


class Reader:
    """One pass over the events of a document."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.marks: dict[Path, Mark] = {}
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))

    def read(self) -> tuple[Any, dict[Path, Mark]]:
        """Read the document: its data, and where each value stands.

        Raises: Refused: YAML that a plan does not use. YAMLError: no YAML.
        """
        event = next(self.events)
        if isinstance(event, StreamStartEvent):
            event = next(self.events)
        if not isinstance(event, DocumentStartEvent):
            raise Refused("the document is empty", event, ())
        data = self._value(next(self.events), ())
        end = next(self.events)
        after = next(self.events)
        if isinstance(end, DocumentEndEvent) and isinstance(after, DocumentStartEvent):
            raise Refused("a second document", after, ())
        return data, self.marks

    def _value(self, event: Any, path: Path) -> Any:
        if len(path) > MOST_DEPTH:
            raise Refused("nested too deeply", event, path)
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise Refused("anchors and aliases are not used in a plan", event, path)
        if event.tag not in (None, "!"):
            raise Refused(f"the tag {event.tag} is not used in a plan", event, path)
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
                raise Refused("expected a word as key", event, path)
            key = self._scalar(event, path)
            if not isinstance(key, str):
                raise Refused(f"the key {event.value} is not a word", event, path)
            if key in found:
                raise Refused(f"the key {key!r} is written twice", event, (*path, key))
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
            raise Refused("a character that cannot be stored", event, path)
        if event.style is not None or event.tag == "!":
            return text
        if OTHER_BASE.fullmatch(text) or NOT_A_NUMBER.fullmatch(text):
            raise Refused(f"{text}: write a decimal number", event, path)
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
