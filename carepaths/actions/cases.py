"""Cases: what the ordinary actions would have recorded about whole patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import User
from carepaths.core.opportunities import Intention
from carepaths.core.seal import Seal


@dataclass(frozen=True)
class Amendment:
    """Answers corrected after signing."""

    answers: Mapping[str, Any]
    sealed: Seal
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class Voiding:
    """Entered in error."""

    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class DecisionCase:
    """A decision about the opportunity `key` (node/action)."""

    key: str
    intention: Intention
    by: User
    at: datetime
    void: Voiding | None = None


@dataclass(frozen=True)
class OutcomeCase:
    """An outcome; `row` are the columns that differ from the case's own."""

    row: Mapping[str, Any]
    void: Voiding | None = None


@dataclass(frozen=True)
class VisitCase:
    """One encounter; without `sealed` it is an open draft.

    `decisions` stand in order of time; `intentions` are what the draft holds;
    `performances` and `context` are as the actions take them; `previous` is the
    position in the episode of the visit that the context was read from; `owner` gets
    the tasks of a sandbox visit.
    """

    visit: str
    visit_time: datetime | None
    answers: Mapping[str, Any]
    by: User
    at: datetime
    context: Mapping[str, Any] = field(default_factory=dict)
    sealed: Seal | None = None
    previous: int | None = None
    intentions: Mapping[str, Any] = field(default_factory=dict)
    decisions: Sequence[DecisionCase] = ()
    performances: Sequence[Mapping[str, Any]] = ()
    amendments: Sequence[Amendment] = ()
    void: Voiding | None = None
    owner: User | None = None


@dataclass(frozen=True)
class EpisodeCase:
    """One enrolment: its changes (to, reason, at), its visits and outcomes."""

    opened_at: datetime | None
    changes: Sequence[tuple[str, str, datetime | None]]
    visits: Sequence[VisitCase] = ()
    outcomes: Sequence[OutcomeCase] = ()


@dataclass(frozen=True)
class PatientCase:
    """One patient with the episodes in one Scamp."""

    record_number: str
    episodes: Sequence[EpisodeCase]
    name: str = ""
    birth_date: date | None = None
    birth_date_precision: str = "unknown"
    sex: str = ""
    digest: str = ""
