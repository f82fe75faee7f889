"""Who may do what to patients on plans. Seeing is `visible_to`; doing is here."""

from __future__ import annotations

from accounts.models import Site, User
from accounts.permissions import (
    CLINICIAN,
    COMMITTEE_MEMBER,
    DATA_MANAGER,
    has_any_role,
    has_role,
    is_clinical,
    is_clinician_at,
)
from carepaths.models import (
    REVIEWERS,
    Decision,
    Encounter,
    Enrolment,
    Opportunity,
    Outcome,
    Patient,
    Task,
)
from scamps.models import Scamp, Version
from scamps.permissions import has_seat

RECORDERS = (CLINICIAN, DATA_MANAGER)
"""Roles that enter and complete data."""


def may_register(user: User, site: Site) -> bool:
    """Clinicians and data managers register patients of their sites."""
    return has_any_role(user, RECORDERS, site)


def may_correct(user: User, patient: Patient) -> bool:
    """Clinicians and data managers of the site correct who a patient is."""
    return may_register(user, patient.site)


def may_merge(user: User, patient: Patient) -> bool:
    """Clinicians and data managers of the site propose, decide and undo merges.

    One of them alone never merges: who proposes does not confirm.
    """
    return may_register(user, patient.site)


def may_enrol(user: User, patient: Patient) -> bool:
    """Clinicians and data managers of the site enrol, decline, and let leave."""
    return has_any_role(user, RECORDERS, patient.site_id)


def may_preview(user: User, version: Version) -> bool:
    """Whoever sits on the Scamp tries its versions; at the bedside it would tempt."""
    return has_seat(user, version.scamp)


def may_open(user: User, enrolment: Enrolment) -> bool:
    """Any clinician of the site may open an encounter."""
    return is_clinician_at(user, enrolment.patient.site_id)


def may_edit(user: User, encounter: Encounter) -> bool:
    """Any clinician of the site may go on with a draft; revisions record who did."""
    return encounter.is_open and is_clinician_at(user, encounter.site_id)


def may_sign(user: User, encounter: Encounter) -> bool:
    """Whoever may edit a draft may sign it, in their own name."""
    return may_edit(user, encounter)


def may_amend(user: User, encounter: Encounter) -> bool:
    """Clinicians and data managers of the site amend what is signed, with a reason."""
    signed = not encounter.is_open
    return signed and has_any_role(user, RECORDERS, encounter.site_id)


def may_void(user: User, encounter: Encounter) -> bool:
    """A second clinician or data manager of the site; a draft, also its author."""
    if encounter.signed_by_id == user.pk:
        return False
    return has_any_role(user, RECORDERS, encounter.site_id)


def may_decide(user: User, opportunity: Opportunity) -> bool:
    """Any clinician of the site may decide, or complete a reason, after signing."""
    return is_clinician_at(user, opportunity.encounter.site_id)


def may_record_performance(user: User, encounter: Encounter) -> bool:
    """Clinicians and data managers of the site tell what was done."""
    return has_any_role(user, RECORDERS, encounter.site_id)


def may_record_outcome(user: User, enrolment: Enrolment) -> bool:
    """Clinicians and data managers of the site tell what became of the patient."""
    return has_any_role(user, RECORDERS, enrolment.patient.site_id)


def may_void_outcome(user: User, outcome: Outcome) -> bool:
    """Whoever may record an outcome may void one that another person recorded."""
    return outcome.by_id != user.pk and may_record_outcome(user, outcome.enrolment)


def may_void_decision(user: User, decision: Decision) -> bool:
    """A clinician or data manager of the site other than the one who decided."""
    site = decision.opportunity.encounter.site_id
    return decision.by_id != user.pk and has_any_role(user, RECORDERS, site)


def may_work_on(user: User, task: Task) -> bool:
    """Clinicians and data managers of the site see to its tasks, whoever owns them."""
    return has_any_role(user, RECORDERS, task.enrolment.patient.site_id)


def may_review_recall(user: User, patient: Patient) -> bool:
    """Clinicians, data managers and safety officers of the site look at its patients."""
    return has_any_role(user, REVIEWERS, patient.site_id)


def may_read_recall(user: User, version: Version) -> bool:
    """Clinical roles see their patients; whoever sits on the Scamp, how far it is."""
    return is_clinical(user) or has_seat(user, version.scamp)


def may_import(user: User, site: Site) -> bool:
    """Data managers import cohorts into their sites."""
    return has_role(user, DATA_MANAGER, site)


def may_tell_committee(user: User, encounter: Encounter) -> bool:
    """Clinicians and data managers of the site tell the committee about a step."""
    return has_any_role(user, RECORDERS, encounter.site_id)


def may_read_remarks(user: User, scamp: Scamp) -> bool:
    """Whoever has a seat for the Scamp reads what was told about it."""
    return has_seat(user, scamp)


def may_answer_remarks(user: User, scamp: Scamp) -> bool:
    """Committee members of the Scamp answer."""
    return has_seat(user, scamp, COMMITTEE_MEMBER)
