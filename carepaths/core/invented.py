"""What a simulation invents: patients, their visits, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from carepaths.core.deciding import Decided
from carepaths.core.seal import Seal
from carepaths.core.simulation import Simulation

if TYPE_CHECKING:
    from scamps.core.walk import CompiledPlan


@dataclass(frozen=True)
class Correction:
    """Answers amended some time after signing."""

    answers: dict[str, Any]
    sealed: Seal
    at: datetime


@dataclass(frozen=True)
class InventedVisit:
    """One encounter; a draft has no decisions and was not signed."""

    kind: str
    time: datetime
    signed_at: datetime
    answers: dict[str, Any]
    context: dict[str, Any]
    sealed: Seal
    previous: int | None
    decided: Sequence[Decided] = ()
    status_of: Mapping[str, str] = field(default_factory=dict)
    correction: Correction | None = None
    voided_at: datetime | None = None
    is_draft: bool = False


@dataclass(frozen=True)
class InventedOutcome:
    key: str
    value: bool | int | str
    known_how: str
    happened_at: datetime
    at: datetime
    voided_at: datetime | None = None


@dataclass(frozen=True)
class InventedEpisode:
    """One enrolment; *declined* says why there is nothing more."""

    opened_at: datetime
    declined: str = ""
    left_at: datetime | None = None
    visits: Sequence[InventedVisit] = ()
    outcomes: Sequence[InventedOutcome] = ()


@dataclass(frozen=True)
class InventedPatient:
    born: date
    sex: str
    episodes: Sequence[InventedEpisode]


@dataclass(frozen=True)
class World:
    """What every patient of a simulation shares; nothing happens from *until* on."""

    simulation: Simulation
    compiled: CompiledPlan
    until: datetime
    zone: str

    def known(self, moment: datetime) -> datetime | None:
        """Return *moment*, or None if it lies at or after the end."""
        return moment if moment < self.until else None
