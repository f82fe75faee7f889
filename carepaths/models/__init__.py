"""Patients on plans, and the marks that tell feedback what changed."""

from carepaths.models.decisions import (
    MISSING,
    Choice,
    Decision,
    Kind,
    Opportunity,
    Outcome,
    Performance,
)
from carepaths.models.encounters import Cause, Encounter, Medium, Origin, Revision
from carepaths.models.identities import Identity, IdentityChange
from carepaths.models.ledger import Mark, Submission, Void
from carepaths.models.merging import Merge, MergeState, MergeStep, SamePerson
from carepaths.models.patients import (
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Patient,
)
from carepaths.models.recalls import (
    REVIEWERS,
    Finding,
    Reached,
    RecallEvent,
    RecallStep,
)
from carepaths.models.remarks import Remark, RemarkKind, RemarkReply
from carepaths.models.tasks import Contact, Event, Task, TaskEvent, TaskKind

__all__ = [
    "MISSING",
    "REVIEWERS",
    "Cause",
    "Choice",
    "Contact",
    "Decision",
    "Encounter",
    "Enrolment",
    "EnrolmentChange",
    "EnrolmentState",
    "Event",
    "Finding",
    "Identity",
    "IdentityChange",
    "Kind",
    "Mark",
    "Medium",
    "Merge",
    "MergeState",
    "MergeStep",
    "Opportunity",
    "Origin",
    "Outcome",
    "Patient",
    "Performance",
    "Reached",
    "RecallEvent",
    "RecallStep",
    "Remark",
    "RemarkKind",
    "RemarkReply",
    "Revision",
    "SamePerson",
    "Submission",
    "Task",
    "TaskEvent",
    "TaskKind",
    "Void",
]
