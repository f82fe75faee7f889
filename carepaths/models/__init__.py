"""Patients on plans, and the marks that tell feedback what changed."""

from carepaths.models.decisions import Decision, Opportunity, Outcome, Performance
from carepaths.models.encounters import Encounter, Origin, Revision
from carepaths.models.ledger import Mark, Submission, Void
from carepaths.models.patients import (
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Identity,
    Patient,
)

__all__ = [
    "Decision",
    "Encounter",
    "Enrolment",
    "EnrolmentChange",
    "EnrolmentState",
    "Identity",
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
