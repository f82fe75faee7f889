"""A key that a plan calls otherwise now, followed into its cases.

A part that is the same but for its key was renamed: its meaning is what it was, and so
is the walk of every case. All else that vanished is for a person to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scamps.core.definition import Plan

SECTIONS = ("elements", "scores", "nodes", "visits")


@dataclass(frozen=True)
class Rename:
    """`sort` is a section, or `actions`, or `options` of `element`."""

    sort: str
    key: str
    to: str
    element: str = ""

    def __str__(self) -> str:
        return f"“{self.key}” is called “{self.to}” now"


def renames(before: Plan, after: Plan) -> tuple[Rename, ...]:
    """The keys that *after* calls otherwise than *before*."""
    found: list[Rename] = []
    for section in SECTIONS:
        pairs = _pairs(getattr(before, section), getattr(after, section))
        found += [Rename(section, key, to) for key, to in pairs]
    for key, one in before.element.items():
        if (other := after.element.get(key)) is not None:
            pairs = _pairs(one.options, other.options)
            found += [Rename("options", was, to, key) for was, to in pairs]
    for key, node in before.node.items():
        new = after.node.get(key)
        if node.kind == "recommend" and new is not None and new.kind == "recommend":
            pairs = _pairs(node.actions, new.actions)
            found += [Rename("actions", was, to) for was, to in pairs]
    return tuple(found)


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """The old and new key of each part that stands where it stood, else unchanged."""
    if len(old) != len(new):
        return
    had, has = {one.key for one in old}, {one.key for one in new}
    for one, other in zip(old, new, strict=True):
        is_gone = one.key not in has and other.key not in had
        if is_gone and one.model_copy(update={"key": other.key}) == other:
            yield one.key, other.key


def followed(data: Mapping[str, Any], rename: Rename) -> dict[str, Any]:
    """A stored case that says the same under the new key."""
    one, to = rename.key, rename.to
    case = dict(data)
    match rename.sort:
        case "elements":
            names = {one: to, f"previous.{one}": f"previous.{to}"}
            return _walk(_keys(case, names), ("waiting_for", "hidden"), names)
        case "scores":
            names = {f"previous.{one}": f"previous.{to}"}
            case = _walk(_keys(case, names), ("waiting_for",), names)
            return _scores(case, {one: to})
        case "nodes":
            return _walk(case, ("path",), {one: to})
        case "actions":
            return _walk(case, ("actions",), {one: to})
        case "visits":
            return case | ({"visit": to} if case["visit"] == one else {})
        case "options":
            return _options(case, rename)
    return case


def _keys(case: dict[str, Any], new: Mapping[str, str]) -> dict[str, Any]:
    sides = {
        side: {new.get(key, key): value for key, value in case[side].items()}
        for side in ("answers", "context")
    }
    return case | sides


def _options(case: dict[str, Any], rename: Rename) -> dict[str, Any]:
    asked = (rename.element, f"previous.{rename.element}")
    sides = {
        side: {
            key: rename.to if key in asked and value == rename.key else value
            for key, value in case[side].items()
        }
        for side in ("answers", "context")
    }
    return case | sides


def _walk(
    case: dict[str, Any], fields: tuple[str, ...], new: Mapping[str, str]
) -> dict[str, Any]:
    if case["walk"] is None:
        return case
    told = {key: [new.get(one, one) for one in case["walk"][key]] for key in fields}
    ordered = {
        key: found if key in ("path", "actions") else sorted(found)
        for key, found in told.items()
    }
    return case | {"walk": {**case["walk"], **ordered}}


def _scores(case: dict[str, Any], new: Mapping[str, str]) -> dict[str, Any]:
    if case["walk"] is None:
        return case
    scores = {new.get(k, k): value for k, value in case["walk"]["scores"].items()}
    return case | {"walk": {**case["walk"], "scores": scores}}
