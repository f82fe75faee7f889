"""What a form sends, as values: not judged yet, and with the rows as they stand.

The names of fields are paths: `branches.0.when`. After `@` stands a language, after `#`
a part of a value, after `~` what is said of a row: which of the saved ones it `was`,
whether it is `gone`; after `+` what is to be added. A row is a dictionary with those
notes in it; that of a list of plain values has its value under the empty name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from scamps.core.edit.changes import Data, key_from
from scamps.core.edit.shapes import Field, Group, Rows, Value

WAS, GONE, FRESH = "~was", "~gone", "~fresh"
NOTES = (WAS, GONE, FRESH)
MAY_BE_NEW = ("nodes", "forms")
SPANS = {"hours": "PT{}H", "days": "P{}D", "weeks": "P{}W", "months": "P{}M"}
SPANS["years"] = "P{}Y"
Posted = Mapping[str, Sequence[str]]


@dataclass
class Sent:
    """One form as it was sent. `new`: the parts it names that are to be begun."""

    post: Posted
    language: str
    new: list[tuple[str, str, str]] = field(default_factory=list)

    def read(self, fields: Sequence[Field], before: Data, at: str = "") -> Data:
        """The values of *fields*; *before* are those that the form was shown with."""
        found: Data = {}
        for one in fields:
            name = f"{at}{one.name}"
            match one:
                case Value():
                    value = self._value(one, name, before.get(one.name))
                case Group():
                    value = self._group(one, name, before.get(one.name))
                case Rows():
                    value = self._rows(one, name, before.get(one.name) or [])
            if value is not None:
                found[one.name] = value
        return found

    def get(self, name: str) -> str | None:
        """What was sent under *name*, with the line ends of a document."""
        values = self.post.get(name)
        return values[-1].replace("\r\n", "\n") if values else None

    def _group(self, one: Group, name: str, before: Any) -> Data | None:
        found = self.read(one.fields, before or {}, f"{name}.")
        if found or one.required:
            return found
        return before if before == {} else None

    def _rows(self, one: Rows, name: str, before: Sequence[Any]) -> list[Data]:
        rows = [
            self._row(one, f"{name}.{index}", before) for index in self._indices(name)
        ]
        picked = [key for key in self.post.get(f"{name}+", ()) if key]
        return rows + [_picked(one, key) for key in picked]

    def _indices(self, name: str) -> list[int]:
        pattern = re.compile(rf"{re.escape(name)}\.([0-9]+)\.{WAS}")
        return sorted(int(m[1]) for key in self.post if (m := pattern.fullmatch(key)))

    def _row(self, one: Rows, name: str, before: Sequence[Any]) -> Data:
        was = self.get(f"{name}.{WAS}") or ""
        old = before[int(was)] if was.isdigit() and int(was) < len(before) else None
        if isinstance(one.of, Group):
            row = self.read(one.of.fields, old or {}, f"{name}.")
        else:
            row = {"": self._value(one.of, name, old)}
        row[WAS] = was
        if self.get(f"{name}.{GONE}"):
            row[GONE] = True
        return row

    def _value(self, one: Value, name: str, before: Any) -> Any:
        match one.kind:
            case "constant":
                return one.choices[0] if one.required else None
            case "text":
                return self._text(name, before)
            case "flag":
                return self._flag(one, name)
            case "duration":
                return self._duration(name)
            case "key" if one.refers in MAY_BE_NEW:
                return self._reference(one, name)
        text = self.get(name)
        if text is None or not text.strip():
            return None
        if text != before and one.kind != "criterion":
            text = text.strip()
        return _number(one.kind, text)

    def _text(self, name: str, before: Any) -> Any:
        said = {self.language: self.get(name) or ""}
        for key in self.post:
            if key.startswith(f"{name}@"):
                said[key.removeprefix(f"{name}@")] = self.get(key) or ""
        old = before if isinstance(before, Mapping) else {self.language: before}
        kept = {
            language: words if words == old.get(language) else words.strip()
            for language, words in said.items()
            if words.strip()
        }
        if kept.keys() <= {self.language} and not isinstance(before, Mapping):
            return kept.get(self.language)
        return kept or None

    def _flag(self, one: Value, name: str) -> bool | None:
        if not one.required:
            is_set = bool(self.get(name))
            return None if is_set is one.default else is_set
        return {"yes": True, "no": False}.get(self.get(name) or "")

    def _duration(self, name: str) -> str | None:
        number, span = self.get(f"{name}#n"), self.get(f"{name}#u")
        if number and number.strip():
            return SPANS.get(span or "", "{}").format(number.strip())
        return (self.get(name) or "").strip() or None

    def _reference(self, one: Value, name: str) -> str | None:
        title = (self.get(f"{name}+") or "").strip()
        if not title:
            return self.get(name) or None
        key = key_from(title, "key")
        self.new.append((one.refers, key, title))
        return key


def _picked(one: Rows, key: str) -> Data:
    """A new row for a key that was ticked."""
    if isinstance(one.of, Value):
        return {"": key, WAS: "", FRESH: True}
    refers = next(f for f in one.of.fields if isinstance(f, Value) and f.refers)
    return {refers.name: key, WAS: "", FRESH: True}


def _number(kind: str, text: str) -> Any:
    try:
        if kind == "whole":
            return int(text)
        if kind == "number":
            return Decimal(text)
    except (ValueError, InvalidOperation):
        return text
    return text


def noted(fields: Sequence[Field], data: Data) -> Data:
    """Saved *data* as a form's values: each row says which of the saved ones it is."""
    found = dict(data)
    for one in fields:
        value = data.get(one.name)
        match one:
            case Group() if value is not None:
                found[one.name] = noted(one.fields, value)
            case Rows() if value is not None:
                found[one.name] = [
                    _noted_row(one, row, index) for index, row in enumerate(value)
                ]
    return found


def _noted_row(one: Rows, row: Any, index: int) -> Data:
    values = noted(one.of.fields, row) if isinstance(one.of, Group) else {"": row}
    return values | {WAS: str(index)}
