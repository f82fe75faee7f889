"""Writing cases.yaml: reading it again gives the same cases, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scamps.core.cases.stored import number_of
from scamps.core.definition import Plan
from scamps.core.definition.canonical import yaml_text

EMPTY: dict[str, Any] = {"answers": {}, "context": {}}
NOTE = (
    "# What the plan must do, patient by patient. What a case leaves out is unknown.\n"
)


def dump_cases(plan: Plan, stored: Iterable[Mapping[str, Any]]) -> str:
    """The text of cases.yaml for these *stored* cases of *plan*.

    A case that was written after another (`like`) says only what is different, as long
    as that other stands before it.
    """
    before: dict[str, Mapping[str, Any]] = {}
    written = []
    for case in stored:
        written.append(_written(plan, case, before.get(case["like"])))
        before[case["name"]] = case
    return NOTE + yaml_text({"cases": written})


def _written(
    plan: Plan, case: Mapping[str, Any], like: Mapping[str, Any] | None
) -> dict[str, Any]:
    base = like or EMPTY
    told = {
        "name": case["name"],
        "note": case["note"],
        "visit": case["visit"],
        "like": case["like"] if like else "",
        "answers": _values(plan, _since(base["answers"], case["answers"])),
        "context": _values(plan, _since(base["context"], case["context"])),
        "walk": _walk(plan, case["walk"]),
    }
    return {key: value for key, value in told.items() if value}


def _since(base: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """What *mine* says otherwise than *base*; null takes an answer away."""
    gone = {key: None for key in base if key not in mine and base[key] is not None}
    none = object()
    changed = {k: value for k, value in mine.items() if base.get(k, none) != value}
    return gone | changed


def _walk(plan: Plan, walk: Mapping[str, Any] | None) -> dict[str, Any]:
    if walk is None:
        return {}
    told = dict(walk) | {"scores": _values(plan, walk["scores"])}
    return {key: value for key, value in told.items() if value or key == "path"}


def _values(plan: Plan, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(plan, key, raw) for key, raw in stored.items()}


def _value(plan: Plan, key: str, raw: Any) -> Any:
    """A number as a number; what the plan cannot read, as it is kept."""
    try:
        return number_of(plan, key, raw)
    except ValueError:
        return raw
