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
from carepaths.models.encounters import Cause, Encounter, Origin, Revision
from carepaths.models.ledger import Mark, Submission, Void
from carepaths.models.patients import (
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Identity,
    Patient,
)

__all__ = [
    "MISSING",
    "Cause",
    "Choice",
    "Decision",
    "Encounter",
    "Enrolment",
    "EnrolmentChange",
    "EnrolmentState",
    "Identity",
    "Kind",
    "Mark",
    "Opportunity",
    "Origin",
    "Outcome",
    "Patient",
    "Performance",
    "Revision",
    "Submission",
    "Void",
]
