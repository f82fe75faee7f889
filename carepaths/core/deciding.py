"""How simulated clinicians decide about what is advised, and what is then done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from carepaths.core.drawing import between, happens, pick
from carepaths.core.opportunities import Advised, Intention, default_kind
from carepaths.core.reasons import OTHER, resolve
from carepaths.core.simulation import MISSING, DecisionDraw, Simulation

if TYPE_CHECKING:
    from scamps.core.definition import Plan


@dataclass(frozen=True)
class Decided:
    """One opportunity: the intention at signing (None: missing), and a later one."""

    key: str
    intention: Intention | None
    later: Intention | None = None
    later_days: float = 0.0
    voided: bool = False


def decide(
    simulation: Simulation, plan: Plan, rng: Random, advised: Advised, on: date
) -> Decided:
    """Draw the decision about *advised* at a visit on the day *on*."""
    deciding = simulation.deciding
    draw = deciding.get(advised.action.key) or deciding[""]
    choice = pick(rng, draw.choices)
    voided = happens(rng, simulation.errors.decision_voided)
    if choice == MISSING:
        return Decided(advised.key, None)
    if choice == "deferred":
        due = on + timedelta(days=round(between(rng, draw.due_days)))
        later, days = None, 0.0
        if happens(rng, draw.decided_later):
            later, days = Intention("followed"), between(rng, (0.5, 4))
        return Decided(advised.key, Intention(choice, due_on=due), later, days, voided)
    if choice != "deviated":
        return Decided(advised.key, Intention(choice), voided=voided)
    return _deviation(plan, rng, draw, advised, voided)


def _deviation(
    plan: Plan, rng: Random, draw: DecisionDraw, advised: Advised, voided: bool
) -> Decided:
    usual = default_kind(advised.action.direction)
    kind = pick(rng, draw.kinds) if draw.kinds else usual
    reason = pick(rng, draw.reasons) if draw.reasons else ""
    bare = Intention("deviated", kind)
    if reason:
        told = _with_reason(plan, rng, draw, advised, kind, reason)
        return Decided(advised.key, told, voided=voided)
    reasons = {key: w for key, w in (draw.reasons or {}).items() if key}
    if not reasons or not happens(rng, draw.reason_later):
        return Decided(advised.key, bare, voided=voided)
    later = _with_reason(plan, rng, draw, advised, kind, pick(rng, reasons))
    return Decided(advised.key, bare, later, between(rng, (0.1, 6)), voided)


def _with_reason(
    plan: Plan, rng: Random, draw: DecisionDraw, advised: Advised, kind: str, key: str
) -> Intention:
    words = rng.choice(draw.words) if key == OTHER else ""
    standard = resolve(plan, advised.action.key, key).standard
    return Intention("deviated", kind, key, standard, words)


def performances(
    simulation: Simulation,
    rng: Random,
    new: Sequence[Advised],
    decided: Mapping[str, Decided],
    status_of: Mapping[str, str],
) -> dict[str, str]:
    """Return what is done about the resources, with that of the *new* opportunities."""
    done = dict(status_of)
    for advised in new:
        resource = advised.action.resource
        status = _status(rng, advised, decided[advised.key].intention)
        if happens(rng, simulation.performance_unknown):
            status = "unknown"
        done[resource] = status
        other = simulation.substitutes.get(resource)
        if other is not None and status != "unknown":
            done[other] = "not-done" if status == "done" else "done"
    return done


def not_advised(
    simulation: Simulation, rng: Random, status_of: Mapping[str, str]
) -> dict[str, str]:
    """Return *status_of* with what is used although nothing was advised about it."""
    done = dict(status_of)
    for resource, rate in simulation.not_advised.items():
        other = simulation.substitutes.get(resource)
        if resource not in done:
            done[resource] = "done" if happens(rng, rate) else "not-done"
            if other is not None:
                done[other] = "not-done" if done[resource] == "done" else "done"
    return done


def _status(rng: Random, advised: Advised, intention: Intention | None) -> str:
    """What was intended is nearly always what is then done."""
    choice = intention.choice if intention else MISSING
    if choice in (MISSING, "deferred"):
        return rng.choice(("done", "not-done", "unknown"))
    does = choice in ("followed", "modified")
    if advised.action.direction == "do-not":
        does = not does and choice == "deviated"
    if rng.random() < 0.02:
        does = not does
    return "done" if does else "not-done"
