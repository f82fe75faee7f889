"""The rows of a form moved, added, doubled, taken out and put back, before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from scamps.core.edit.changes import Data, free_key, key_from
from scamps.core.edit.posted import FRESH, GONE, NOTES, WAS
from scamps.core.edit.sections import Path, own_key
from scamps.core.edit.shapes import Field, Group, Rows

NAMES_IT = ("label", "title", "words", "citation", "message")


def rearranged(data: Data, order: str) -> Data:
    """The values of a form after an *order* such as `up:branches.2` or `add:branches`.

    An order that fits no row changes nothing.
    """
    verb, _, name = order.partition(":")
    changed = deepcopy(data)
    *steps, last = name.split(".")
    try:
        if verb == "add":
            rows = _follow(changed, [*steps, last], make=True)
            rows.append({WAS: "", FRESH: True})
        else:
            _change(_follow(changed, steps), int(last), verb)
    except (KeyError, IndexError, ValueError, TypeError):
        return data
    return changed


def _follow(data: Any, steps: Sequence[str], *, make: bool = False) -> Any:
    for number, step in enumerate(steps):
        if isinstance(data, dict) and make and number == len(steps) - 1:
            data = data.setdefault(step, [])
        else:
            data = data[int(step)] if isinstance(data, list) else data[step]
    return data


def _change(rows: list[Data], index: int, verb: str) -> None:
    row = rows[index]
    match verb:
        case "up" if index > 0:
            rows.insert(index - 1, rows.pop(index))
        case "down":
            rows.insert(index + 1, rows.pop(index))
        case "copy":
            double = deepcopy(row) | {WAS: "", FRESH: True}
            if "key" in row:
                taken = [one["key"] for one in rows if "key" in one]
                double["key"] = free_key(row["key"], taken)
            rows.insert(index + 1, double)
        case "remove" if row[WAS] == "":
            del rows[index]
        case "remove":
            row[GONE] = True
        case "restore":
            row.pop(GONE, None)


@dataclass
class Cleaned:
    """The values of a form as a part of a document.

    `places`: for the path of each row in the part, that in the form.
    """

    data: Data
    places: dict[Path, Path] = field(default_factory=dict)

    def place(self, path: Path) -> Path:
        """Where in the form stands what is at *path* of the part."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return (*self.places[path[:length]], *path[length:])
        return path


def cleaned(fields: Sequence[Field], values: Data) -> Cleaned:
    """*values* without what was taken out or left blank, and with keys for new rows."""
    found = Cleaned({})
    found.data = _clean(fields, values, (), (), found.places)
    return found


def _clean(
    fields: Sequence[Field],
    values: Data,
    path: Path,
    shown: Path,
    places: dict[Path, Path],
) -> Data:
    data: Data = {}
    for one in fields:
        here, there = (*path, one.name), (*shown, one.name)
        value = values.get(one.name)
        match one:
            case Rows():
                entries = _clean_rows(one, value or [], here, there, places)
                if entries or one.required or one.needs_one:
                    data[one.name] = entries
            case Group() if value is not None:
                data[one.name] = _clean(one.fields, value, here, there, places)
            case _ if value is not None:
                data[one.name] = value
    return data


def _clean_rows(
    one: Rows, rows: list[Data], here: Path, there: Path, places: dict[Path, Path]
) -> list[Any]:
    found: list[Any] = []
    for index, row in enumerate(rows):
        at, shown = (*here, len(found)), (*there, index)
        if row.get(GONE) or _is_blank(row):
            continue
        places[at] = shown
        if isinstance(one.of, Group):
            found.append(_clean(one.of.fields, row, at, shown, places))
        else:
            found.append(row[""])
    if isinstance(one.of, Group):
        _name(one.of, found)
    return found


def _is_blank(row: Data) -> bool:
    """Whether a row that is new says nothing, or a plain value is empty."""
    said = {name: value for name, value in row.items() if name not in NOTES}
    if "" in said:
        return said[""] is None
    return row[WAS] == "" and not any(_says(value) for value in said.values())


def _says(value: Any) -> bool:
    match value:
        case list():
            return any(not _is_blank(row) for row in value)
        case dict():
            return any(_says(entry) for entry in value.values())
    return value is not None


def _name(group: Group, rows: list[Data]) -> None:
    """Give each row that has no key yet one that is made from its words."""
    own = own_key(group.fields)
    if own is None:
        return
    taken = {row["key"] for row in rows if "key" in row}
    for row in rows:
        if "key" not in row:
            row["key"] = named(row, own.kind, taken)
            taken.add(row["key"])


def named(part: Data, kind: str, taken: set[str]) -> str:
    """A key for *part*, made from what it is called."""
    said = next((part[name] for name in NAMES_IT if name in part), "")
    words = said if isinstance(said, str) else next(iter(said.values()), "")
    return key_from(words, kind, taken)
