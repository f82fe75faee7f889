"""What a proof comes to: findings with their counter-examples, and what stayed open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scamps.core.prove.patients import Patient

BEYOND_SOLVER = "it goes beyond linear arithmetic, and no patient was found to show it"


@dataclass(frozen=True)
class Found:
    """One thing that is wrong (`error`) or doubtful (`warning`).

    `where` names the place by keys and is what a warning is accepted by, with the code.
    `patient` shows it, where one can: a counter-example that the plan itself has walked.
    `other` is the same patient once an unknown is known.
    """

    code: str
    level: Literal["error", "warning"]
    node: str
    where: str
    message: str
    patient: Patient | None = None
    other: Patient | None = None

    @property
    def name(self) -> str:
        return f"{self.code} {self.where}"

    def to_json(self) -> dict[str, Any]:
        people = {"patient": self.patient, "other": self.other}
        said = {key: one.to_json() for key, one in people.items() if one is not None}
        return {
            "code": self.code,
            "level": self.level,
            "node": self.node,
            "where": self.where,
            "message": self.message,
        } | said

    def __str__(self) -> str:
        said = f"{self.level}: {self.where} - {self.message} ({self.code})"
        if self.patient is not None:
            said += f"\n  for example: {self.patient}"
        if self.other is not None:
            said += f"\n  but: {self.other}"
        return said


@dataclass(frozen=True)
class Undecided:
    """A question that was not answered, and why."""

    code: str
    where: str
    why: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "where": self.where, "why": self.why}

    def __str__(self) -> str:
        return f"not decided: {self.where} - {self.code}: {self.why}"


@dataclass(frozen=True)
class Proof:
    """All findings, errors first; *asked* counts the questions.

    A plan is proven where there is no error and nothing is undecided.
    """

    found: tuple[Found, ...]
    undecided: tuple[Undecided, ...]
    asked: int

    @property
    def errors(self) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.level == "error")

    @property
    def warnings(self) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.level == "warning")

    @property
    def is_complete(self) -> bool:
        """Whether every question was answered."""
        return not self.undecided

    @property
    def holds(self) -> bool:
        """Whether nothing in it stands against publishing: no error, and no question
        left for want of time or memory. What goes beyond the solver may be left."""
        beyond = all(one.why == BEYOND_SOLVER for one in self.undecided)
        return beyond and not self.errors

    def to_json(self) -> dict[str, Any]:
        return {
            "found": [one.to_json() for one in self.found],
            "undecided": [one.to_json() for one in self.undecided],
            "asked": self.asked,
        }


def read_patient(data: Mapping[str, Any] | None) -> Patient | None:
    """A patient as `Patient.to_json` wrote it; values stay as they were written."""
    if data is None:
        return None
    return Patient(data["visit"], data["answers"], data["context"])
