"""From what a form sent to the plan with it; or to what stands against it, by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scamps.core.definition import Finding, Plan, edges
from scamps.core.definition.reading import MESSAGES, PATTERNS
from scamps.core.edit.changes import Data, added, data_of, held, place_after, replaced
from scamps.core.edit.places import part_of
from scamps.core.edit.posted import Sent, noted
from scamps.core.edit.rows import Cleaned, cleaned, named
from scamps.core.edit.sections import SECTIONS, Path, Sheet, keys_of, own_key
from scamps.core.edit.sections import sheet as find_sheet
from scamps.core.edit.uses import Sort, Use, action_keys, carried, uses
from scamps.core.edit.wording import wording

BLANK = ("missing", "string_type", "bool_type", "tuple_type", "literal_error")
NEW: Mapping[str, Data] = {"nodes": {"kind": "finish"}, "forms": {"sections": []}}


@dataclass(frozen=True)
class Renamed:
    """A key within the part that is another now."""

    sort: Sort
    key: str
    to: str


@dataclass
class Outcome:
    """What becomes of a form: a plan, or errors by the name of the field.

    `renamed` tells what was carried along; `lost` the uses of keys that are gone.
    """

    plan: Plan | None = None
    key: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    renamed: tuple[Renamed, ...] = ()
    lost: tuple[Use, ...] = ()


def taken_in(
    plan: Plan, sheet: Sheet, sent: Sent, values: Data, after: str | None = None
) -> Outcome:
    """*plan* with the *values* of the form of *sheet*, which may be of a new part.

    Args: after: the key that a new part follows; "" to be the first, None the last.
    """
    done = cleaned(sheet.fields, values)
    own = own_key(sheet.fields)
    if own is not None:
        taken = set(keys_of(plan, sheet.section))
        if sheet.key:
            done.data["key"] = sheet.key
        elif done.data.setdefault("key", named(done.data, own.kind, taken)) in taken:
            return Outcome(errors={"key": ["Another part has this key."]})
    try:
        made = _with(plan, sheet, done.data, after)
    except ValidationError as error:
        return Outcome(errors=_errors(error, sheet, done))
    key = str(done.data.get("key", sheet.key))
    made = _with_new(made, sheet, key, sent)
    return _followed(plan, made, sheet, values, key)


def _with(plan: Plan, sheet: Sheet, data: Data, after: str | None) -> Plan:
    if sheet.key:
        return replaced(plan, sheet, data)
    at = None if after is None else place_after(plan, sheet.section, after)
    return added(plan, sheet.section, data, at)


def _with_new(plan: Plan, sheet: Sheet, key: str, sent: Sent) -> Plan:
    """The parts that the form named as still to come, begun."""
    after = key if sheet.section.name == "nodes" else None
    for section_name, made, title in sent.new:
        section = SECTIONS[section_name]
        if made in keys_of(plan, section):
            continue
        part = {"key": made, "title": title, **NEW[section_name]}
        at = place_after(plan, section, after) if after and after != made else None
        plan = added(plan, section, part, at if section_name == "nodes" else None)
        after = made if section_name == "nodes" else after
    return plan


def _followed(
    before: Plan, after: Plan, sheet: Sheet, values: Data, key: str
) -> Outcome:
    """The keys within the part: those renamed carry their uses, those gone are told."""
    if not sheet.key:
        return Outcome(after, key)
    was = find_sheet(before, sheet.section.name, sheet.key)
    old = noted(was.fields, held(data_of(before), was))
    renames = tuple(_renames(sheet, old, values))
    for one in renames:
        after = carried(before, after, one.sort, one.key, one.to)
    lost = tuple(
        use
        for sort, gone in _gone(sheet, old, values)
        if not (sort.name == "actions" and gone in action_keys(after))
        for use in uses(after, sort, gone)
    )
    return Outcome(after, key, renamed=renames, lost=lost)


def _keyed_rows(sheet: Sheet) -> tuple[str, Sort] | None:
    """The rows of the part whose keys are used elsewhere."""
    match sheet.model.__name__:
        case "Recommend":
            return "actions", Sort("actions")
        case "Element":
            return "options", Sort("options", sheet.key)
    return None


def _renames(sheet: Sheet, old: Data, new: Data) -> Iterator[Renamed]:
    if (found := _keyed_rows(sheet)) is None:
        return
    name, sort = found
    before = {row["~was"]: row["key"] for row in old.get(name, ())}
    for row in new.get(name, ()):
        was, key = before.get(row["~was"]), row.get("key")
        if was and key and was != key and not row.get("~gone"):
            yield Renamed(sort, was, key)


def _gone(sheet: Sheet, old: Data, new: Data) -> Iterator[tuple[Sort, str]]:
    for name, sort in (
        ("actions", Sort("actions")),
        ("options", Sort("options", sheet.key)),
    ):
        rows = new.get(name, ())
        kept = {row["~was"] for row in rows if not row.get("~gone")}
        there = {row.get("key") for row in rows if not row.get("~gone")}
        for row in old.get(name, ()):
            if row["~was"] not in kept and row["key"] not in there:
                yield sort, row["key"]


def _errors(
    error: ValidationError, sheet: Sheet, done: Cleaned
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = sheet.section
    steps = len(section.path) + 1 if section.is_keyed else len(sheet.path)
    for detail in error.errors(include_url=False):
        path = _within(done.data, detail["loc"][steps:])
        name = ".".join(map(str, done.place(path)))
        messages = found.setdefault(name, [])
        if (message := _message(detail)) not in messages:
            messages.append(message)
    return found


def _within(data: Any, location: tuple[int | str, ...]) -> Path:
    """*location* without the steps that are the validator's own."""
    path: list[int | str] = []
    for index, step in enumerate(location):
        inside = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if inside or (isinstance(data, dict) and step in data):
            data = data[step]
            path.append(step)
        elif isinstance(data, dict) and index == len(location) - 1:
            path.append(step)
    return tuple(path)


def _message(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind in BLANK and (kind == "missing" or value in ("", None)):
        return "Fill this in."
    if kind == "too_short":
        return "Add at least one."
    message = MESSAGES.get(kind) or detail["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        message = PATTERNS.get(detail["ctx"]["pattern"], message)
    return f"{message[:1].upper()}{message[1:]}."


def findings_in(
    findings: Sequence[Finding], sheet: Sheet
) -> Mapping[str, list[Finding]]:
    """The findings on the part of *sheet*, by the name of the field they are about."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        if part_of(one.where) == (sheet.section.name, sheet.key):
            steps = one.path.replace("]", "").replace("[", ".").split(".")
            name = ".".join(steps[len(sheet.path) :])
            found.setdefault(name, []).append(one)
    return found


def dropped_as(plan: Plan, sheet: Sheet) -> list[str]:
    """What a step says now that one of the kind of *sheet* cannot, by its labels."""
    was = find_sheet(plan, sheet.section.name, sheet.key)
    data, kept = held(data_of(plan), was), {one.name for one in sheet.fields}
    return [
        wording(one.owner, one.name).label
        for one in was.fields
        if one.name in data and one.name not in kept
    ]


def as_kind(plan: Plan, sheet: Sheet) -> Data:
    """What a step holds, as far as the kind of *sheet*, maybe another one, can hold it.

    Where one way led on, the first of the other kind's does.
    """
    node = plan.node[sheet.key]
    data = held(data_of(plan), sheet)
    if getattr(node, "kind", "") == sheet.kind:
        return data
    data |= {"kind": sheet.kind}
    target = next((edge.target for edge in edges(node)), None)
    for name in ("next", "otherwise"):
        if target and name in {one.name for one in sheet.fields}:
            data.setdefault(name, target)
    return data
