"""Decisions as the controls of an action post them, read into intentions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from carepaths.core.advised import INTERVAL, AdvisedAction
from carepaths.core.elsewhere import CHOICES, CONFLICT
from carepaths.core.extras import EXTRA, extra_key
from carepaths.core.opportunities import DecisionRefused
from carepaths.core.opportunities import read_intention as check_intention
from carepaths.core.reasons import UnknownReason
from carepaths.models.decisions import Choice, Kind
from scamps.core.definition import Plan

PARTS = ("choice", "kind", "reason", "words", "due_on", "interval_on")
ASKED = "x.asked"


def read_intentions(
    posted: Mapping[str, str], stored: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Read the decisions in *posted* over the *stored* ones, by "node/action".

    An action that was not on the page keeps its decision, should the walk return to it.
    """
    intentions = dict(stored)
    for name in posted:
        if name.startswith("d.") and name.endswith(".asked"):
            key = name.removeprefix("d.").removesuffix(".asked")
            intention = read_intention(posted, f"d.{key}.")
            if posted[name] == "all":
                intention = _with_all(intention, posted.get("then", ""))
            if intention["choice"]:
                intentions[key] = intention
            else:
                intentions.pop(key, None)
    return _with_extras(posted, _with_conflicts(posted, intentions))


def _with_conflicts(
    posted: Mapping[str, str], intentions: dict[str, Any]
) -> dict[str, Any]:
    """Read what was decided where plans conflict; an empty choice takes it back."""
    for name, choice in posted.items():
        if name.startswith(f"k.{CONFLICT}"):
            key = name.removeprefix("k.")
            intentions.pop(key, None)
            if choice in CHOICES:
                intentions[key] = {"choice": choice}
    return intentions


def _with_all(intention: dict[str, Any], then: str) -> dict[str, Any]:
    """The decision about one of the actions that "follow all" is about."""
    match then, intention["choice"]:
        case ("follow-all", ""):
            return intention | {"choice": Choice.FOLLOWED.value}
        case ("follow-none", Choice.FOLLOWED):
            return intention | {"choice": ""}
    return intention


def _with_extras(
    posted: Mapping[str, str], intentions: dict[str, Any]
) -> dict[str, Any]:
    """Read what was done without being advised, if it was asked."""
    if ASKED not in posted:
        return intentions
    kept = {key: one for key, one in intentions.items() if not key.startswith(EXTRA)}
    done = (n.removeprefix("x.") for n in posted if n.startswith("x.") and n != ASKED)
    return kept | {extra_key(resource): {"choice": "done"} for resource in done}


def read_intention(posted: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Read one decision whose fields begin with *prefix*.

    What belongs to another choice than the one made is left out.
    """
    said = {
        part: posted.get(prefix + part, "").replace("\0", "").strip() for part in PARTS
    }
    if said["choice"].startswith(INTERVAL):
        return _interval(said)
    choice = said["choice"] if said["choice"] in Choice.values else ""
    departs = choice in (Choice.DEVIATED, Choice.MODIFIED)
    return {
        "choice": choice,
        "kind": _kind(said["kind"]) if choice == Choice.DEVIATED else "",
        "reason": said["reason"] if choice == Choice.DEVIATED else "",
        "words": said["words"] if departs or choice == Choice.NOT_APPLICABLE else "",
        "due_on": _due_on(_day_said(choice, said)),
    }


def _interval(said: Mapping[str, str]) -> dict[str, Any]:
    """Another day than advised: the one tapped, or the one typed."""
    day = said["choice"].removeprefix(INTERVAL)
    return {
        "choice": Choice.DEVIATED.value,
        "kind": Kind.INTERVAL.value,
        "reason": said["reason"],
        "words": said["words"],
        "due_on": _due_on(day) or _due_on(said["interval_on"]),
    }


def _day_said(choice: str, said: Mapping[str, str]) -> str:
    if choice == Choice.DEVIATED and said["kind"] == Kind.INTERVAL:
        return said["interval_on"]
    return said["due_on"] if choice == Choice.DEFERRED else ""


def _kind(kind: str) -> str:
    return kind if kind in Kind.values else ""


def _due_on(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def open_questions(plan: Plan, advised: AdvisedAction) -> str:
    """Say what a decision still lacks before it can be signed; empty if nothing."""
    intention = advised.intention
    if not intention.get("choice"):
        return ""
    if intention["choice"] == Choice.DEFERRED and not intention.get("due_on"):
        return "Say by which day you will decide."
    if intention.get("reason") == "other" and not intention.get("words"):
        return "“Other” needs a few words."
    try:
        check_intention(plan, advised.action, advised.direction, intention)
    except (DecisionRefused, UnknownReason):
        return "Decide again: this decision does not fit the plan."
    return ""
