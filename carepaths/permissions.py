"""Who may do what to patients on plans. Seeing is `visible_to`; doing is here."""

from __future__ import annotations

from accounts.models import Site, User
from carepaths.models import Encounter, Enrolment, Opportunity, Outcome, Patient

CLINICIAN = "clinician"
DATA_MANAGER = "data manager"


def holds(user: User, site: int | Site, *roles: str) -> bool:
    """Whether *user* has a current membership in one of *roles* at *site*."""
    pk = site.pk if isinstance(site, Site) else site
    return Site.objects.open_to(user, *roles).filter(pk=pk).exists()


def may_register(user: User, site: Site) -> bool:
    """Clinicians and data managers register patients of their sites."""
    return holds(user, site, CLINICIAN, DATA_MANAGER)


def may_enrol(user: User, patient: Patient) -> bool:
    """Clinicians and data managers of the site enrol, decline, and let leave."""
    return holds(user, patient.site_id, CLINICIAN, DATA_MANAGER)


def may_open(user: User, enrolment: Enrolment) -> bool:
    """Any clinician of the site may open an encounter."""
    return holds(user, enrolment.patient.site_id, CLINICIAN)


def may_edit(user: User, encounter: Encounter) -> bool:
    """Any clinician of the site may go on with a draft; revisions record who did."""
    return encounter.is_open and holds(user, encounter.site_id, CLINICIAN)


def may_sign(user: User, encounter: Encounter) -> bool:
    """Whoever may edit a draft may sign it, in their own name."""
    return may_edit(user, encounter)


def may_amend(user: User, encounter: Encounter) -> bool:
    """Clinicians and data managers of the site amend what is signed, with a reason."""
    signed = not encounter.is_open
    return signed and holds(user, encounter.site_id, CLINICIAN, DATA_MANAGER)


def may_void(user: User, encounter: Encounter) -> bool:
    """A second clinician or data manager of the site; a draft, also its author."""
    if encounter.signed_by_id == user.pk:
        return False
    return holds(user, encounter.site_id, CLINICIAN, DATA_MANAGER)


def may_decide(user: User, opportunity: Opportunity) -> bool:
    """Any clinician of the site may decide, or complete a reason, after signing."""
    return holds(user, opportunity.encounter.site_id, CLINICIAN)


def may_record_performance(user: User, encounter: Encounter) -> bool:
    """Clinicians and data managers of the site tell what was done."""
    return holds(user, encounter.site_id, CLINICIAN, DATA_MANAGER)


def may_record_outcome(user: User, enrolment: Enrolment) -> bool:
    """Clinicians and data managers of the site tell what became of the patient."""
    return holds(user, enrolment.patient.site_id, CLINICIAN, DATA_MANAGER)


def may_void_outcome(user: User, outcome: Outcome) -> bool:
    """Whoever may record an outcome may void one."""
    return may_record_outcome(user, outcome.enrolment)


def may_import(user: User, site: Site) -> bool:
    """Data managers import cohorts into their sites."""
    return holds(user, site, DATA_MANAGER)
