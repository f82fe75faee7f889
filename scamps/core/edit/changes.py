"""A plan with one thing changed: a part replaced, added, moved, doubled, taken out.

Each returns a new plan that has the schema's shape. What the change breaks is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from scamps.core.definition import Plan
from scamps.core.definition.criteria import RESERVED
from scamps.core.definition.keys import CQL_WORDS
from scamps.core.edit.sections import (
    NoSuchPart,
    Path,
    Section,
    Sheet,
    keys_of,
    own_key,
    parts_of,
)
from scamps.core.edit.shapes import fields_of

Data = dict[str, Any]
LONGEST_KEY = 40


def data_of(plan: Plan) -> Data:
    """The document as lists and dictionaries: what is set, nothing else."""
    found: Data = _unfrozen(plan.model_dump(by_alias=True, exclude_defaults=True))
    return found


def _unfrozen(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _unfrozen(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_unfrozen(entry) for entry in value]
    return value


def held(data: Data, sheet: Sheet) -> Data:
    """What the form of *sheet* holds in *data*; empty for a part still to come."""
    if not sheet.key:
        return {}
    found: Any = data
    for step in sheet.path:
        found = found[step] if isinstance(step, int) else found.get(step, {})
    names = {field.name for field in sheet.fields}
    return {name: value for name, value in found.items() if name in names}


def replaced(plan: Plan, sheet: Sheet, part: Data) -> Plan:
    """*plan* with *part* as what *sheet* holds."""
    data = data_of(plan)
    target: Any = data
    for step in sheet.path:
        target = target[step] if isinstance(step, int) else target.setdefault(step, {})
    for name in list(target):
        if sheet.section.is_keyed or name in {field.name for field in sheet.fields}:
            del target[name]
    target.update(deepcopy(part))
    return Plan.model_validate(data)


def added(plan: Plan, section: Section, part: Data, at: int | None = None) -> Plan:
    """*plan* with a new *part*, at the place *at*, or as the last of its section."""
    data = data_of(plan)
    entries = _entries(data, section)
    entries.insert(len(entries) if at is None else at, deepcopy(part))
    return Plan.model_validate(data)


def place_after(plan: Plan, section: Section, key: str) -> int | None:
    """The place after the part *key*; 0 for none, None if there is no such part."""
    keys = keys_of(plan, section)
    if not key:
        return 0
    return keys.index(key) + 1 if key in keys else None


def moved(plan: Plan, section: Section, key: str, by: int) -> Plan:
    """*plan* with a part moved up (*by* -1) or down (1), as far as there is room."""
    data = data_of(plan)
    entries = _entries(data, section)
    index = _index(plan, section, key)
    entry = entries.pop(index)
    entries.insert(max(0, index + by), entry)
    return Plan.model_validate(data)


def duplicated(plan: Plan, section: Section, key: str) -> tuple[Plan, str]:
    """*plan* with a part doubled, and the key of the double, which follows it."""
    data = data_of(plan)
    entries = _entries(data, section)
    index = _index(plan, section, key)
    double = deepcopy(entries[index])
    double["key"] = free_key(key, keys_of(plan, section), _kind_of_key(section))
    entries.insert(index + 1, double)
    return Plan.model_validate(data), double["key"]


def without(plan: Plan, section: Section, key: str) -> Plan:
    """*plan* without a part. What referred to it refers to nothing."""
    data = data_of(plan)
    del _entries(data, section)[_index(plan, section, key)]
    return Plan.model_validate(data)


def empty_plan(*, key: str, title: str, language: str = "en") -> Plan:
    """A plan that says nothing yet: the schema asks for a summary, so its title is."""
    data = {"schema": 1, "key": key, "title": title, "summary": title}
    return Plan.model_validate(data | {"language": language})


def free_key(wanted: str, taken: Collection[str], kind: str = "key") -> str:
    """*wanted*, numbered if it is taken.

    >>> free_key("operate-2", ["operate", "operate-2"]), free_key("wbc", [], "name")
    ('operate-3', 'wbc')
    """
    if wanted not in taken:
        return wanted
    sign = "_" if kind == "name" else "-"
    return _free(re.sub(r"[-_][0-9]+$", "", wanted), sign, {*taken, wanted})


def key_from(words: str, kind: str, taken: Collection[str] = ()) -> str:
    """A key made from *words*: kebab-case, or with underscores for a *kind* "name".

    >>> key_from("Red flag in the ECG?", "key"), key_from("Date", "name")
    ('red-flag-in-the-ecg', 'date_1')
    """
    sign = "_" if kind == "name" else "-"
    made = re.sub(r"[^a-z0-9]+", sign, words.lower()).strip(sign)
    made = re.sub(r"^[^a-z]+", "", made) or "part"
    if len(made) > LONGEST_KEY:
        made = made[:LONGEST_KEY].rsplit(sign, 1)[0]
    if kind == "name" and made in RESERVED | CQL_WORDS:
        made += "_1"
    return _free(made, sign, taken)


def _free(made: str, sign: str, taken: Collection[str]) -> str:
    number, found = 2, made
    while found in taken:
        found, number = f"{made}{sign}{number}", number + 1
    return found


def _entries(data: Data, section: Section) -> list[Data]:
    target: Any = data
    for step in section.path[:-1]:
        target = target.setdefault(step, {})
    entries: list[Data] = target.setdefault(section.path[-1], [])
    return entries


def _index(plan: Plan, section: Section, key: str) -> int:
    for index, part in enumerate(parts_of(plan, section)):
        if part.key == key:
            return index
    raise NoSuchPart(key)


def _kind_of_key(section: Section) -> str:
    found = own_key(fields_of(section.model()))
    return found.kind if found else "key"


def dig(data: Any, path: Path) -> Any:
    """What stands at *path* of *data*."""
    for step in path:
        data = data[step]
    return data
