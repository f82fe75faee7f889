"""Counter-example patients: made by the solver, believed once they have been walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from scamps.core.definition.finding import Path
from scamps.core.language import Quantity
from scamps.core.walk import CompiledPlan, Walk


@dataclass(frozen=True)
class Patient:
    """Answers of one visit, and its context; what is absent is unknown."""

    visit: str
    answers: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As cases.yaml writes a patient."""
        return {
            "visit": self.visit,
            "answers": {key: plain(one) for key, one in self.answers.items()},
            "context": {key: plain(one) for key, one in self.context.items()},
        }

    def __str__(self) -> str:
        known = {**self.answers, **self.context}
        said = ", ".join(f"{key}: {plain(one)}" for key, one in known.items())
        return f"{self.visit} visit, {said or 'nothing answered'}"


def plain(value: Any) -> Any:
    """
    >>> plain(Decimal("38.50")), plain(date(2026, 1, 31)), plain(True)
    ('38.50', '2026-01-31', True)
    """
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return value


@dataclass(frozen=True)
class Replay:
    """A patient walked by the plan itself: what really comes of the answers."""

    patient: Patient
    walk: Walk
    facts: Mapping[str, Any]
    compiled: CompiledPlan

    def value(self, path: Path) -> bool | None:
        """What the criterion at *path* is."""
        found: bool | None = self.compiled.tests[path](self.facts)
        return found

    def score(self, key: str) -> Any:
        found = self.facts.get(key)
        return found.value if isinstance(found, Quantity) else found

    def turn(self, node: str) -> str | None:
        """Where the walk went on from *node*; None if it did not."""
        found = (step.to for step in self.walk.steps if step.node == node)
        return next(found, None)


def replay(compiled: CompiledPlan, patient: Patient) -> Replay:
    """Walk *patient*."""
    visit, context = patient.visit, patient.context
    walk = compiled.walk(patient.answers, visit=visit, context=context)
    facts = compiled.facts(patient.answers, visit=visit, context=context)
    return Replay(patient, walk, facts, compiled)
