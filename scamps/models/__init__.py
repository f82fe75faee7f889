"""Plans: a Scamp over time, its versions, how they are changed, judged, published."""

from scamps.models.adoption import Adoption
from scamps.models.alerts import (
    Alert,
    AlertKind,
    AlertStep,
    AlertStepKind,
    ExpeditedRule,
)
from scamps.models.arrivals import Arrival, Presence
from scamps.models.cases import CaseRevision, CaseSource, PlanCase
from scamps.models.comments import Comment, Thread, Turn
from scamps.models.governance import Edit, Evidence, SignOff, Verdict
from scamps.models.pilots import PilotSite
from scamps.models.scamps import (
    Content,
    Scamp,
    Seat,
    State,
    Transition,
    Version,
    stored_plan,
)

__all__ = [
    "Adoption",
    "Alert",
    "AlertKind",
    "AlertStep",
    "AlertStepKind",
    "Arrival",
    "CaseRevision",
    "CaseSource",
    "Comment",
    "Content",
    "Edit",
    "Evidence",
    "ExpeditedRule",
    "PilotSite",
    "PlanCase",
    "Presence",
    "Scamp",
    "Seat",
    "SignOff",
    "State",
    "Thread",
    "Transition",
    "Turn",
    "Verdict",
    "Version",
    "stored_plan",
]
