"""The standard codes for not following a recommendation.

Source: HL7 CDS Hooks 3.0 ballot (trial use), from the AHRQ CDSiC taxonomy, publication
25-0073, 2025. Displays are the standard's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


@dataclass(frozen=True)
class StandardReason:
    """One code; *category* is empty for the six categories themselves."""

    code: str
    category: str
    display: str
    point_of_care: bool = False


REASONS: Mapping[str, StandardReason] = {
    reason.code: reason
    for reason in (
        StandardReason(
            "cds-not-applicable", "", "PC CDS does not apply to patient", True
        ),
        StandardReason(
            "patient-ineligible",
            "cds-not-applicable",
            "Patient does not meet eligibility for recommended action",
        ),
        StandardReason(
            "indication-order-exists",
            "cds-not-applicable",
            "Patient has indication/order for intended action",
        ),
        StandardReason(
            "action-completed",
            "cds-not-applicable",
            "Recommended action was already completed",
            True,
        ),
        StandardReason(
            "action-unsuccessful",
            "cds-not-applicable",
            "Recommended action was previously unsuccessful",
        ),
        StandardReason(
            "action-performed-no-adverse-effect",
            "cds-not-applicable",
            "Intended action was performed previously without adverse effect",
        ),
        StandardReason(
            "action-not-priority",
            "cds-not-applicable",
            "Recommended action is not relevant or a priority in current state of health",
        ),
        StandardReason(
            "cds-suboptimal-context", "", "PC CDS delivered in suboptimal context", True
        ),
        StandardReason(
            "limited-time",
            "cds-suboptimal-context",
            "Could not address recommended action due to limited time",
        ),
        StandardReason(
            "wrong-time-workflow",
            "cds-suboptimal-context",
            "PC CDS delivered at wrong time in workflow or patient lifecycle",
        ),
        StandardReason(
            "inappropriate-recipient",
            "cds-suboptimal-context",
            "PC CDS delivered to inappropriate recipient/role",
        ),
        StandardReason(
            "need-more-info",
            "cds-suboptimal-context",
            "Could not address recommended action due to need for more information/pending results/pending consult",
        ),
        StandardReason(
            "recipient-disagrees-evidence",
            "",
            "Recipient disagrees with recommendation because of issues with the evidence",
            True,
        ),
        StandardReason(
            "does-not-align-latest-evidence",
            "recipient-disagrees-evidence",
            "Recommended action does not align with the latest evidence",
        ),
        StandardReason(
            "expert-contradicts",
            "recipient-disagrees-evidence",
            "Advice from expert contradicts the recommended action",
        ),
        StandardReason(
            "policy-contradicts",
            "recipient-disagrees-evidence",
            "Institutional policy/guideline contradicts the recommended action",
        ),
        StandardReason(
            "recipient-does-not-trust",
            "recipient-disagrees-evidence",
            "Recipient does not agree with or trust the recommended action",
        ),
        StandardReason(
            "recipient-concerns-outcomes",
            "",
            "Recipient has concerns regarding potential health outcomes",
            True,
        ),
        StandardReason(
            "risk-benefit-ratio",
            "recipient-concerns-outcomes",
            "Recipient assessment of risk/benefit ratio",
        ),
        StandardReason(
            "mitigate-risk-negative-outcome",
            "recipient-concerns-outcomes",
            "Action taken to mitigate risk of negative outcome",
        ),
        StandardReason(
            "likely-negative-health-outcomes",
            "recipient-concerns-outcomes",
            "Recommended action likely to have negative health outcomes",
        ),
        StandardReason(
            "patient-contraindication",
            "recipient-concerns-outcomes",
            "Patient has contraindication to recommended action",
            True,
        ),
        StandardReason(
            "does-not-align-preferences",
            "",
            "Recommendation does not align with patient preferences or values",
            True,
        ),
        StandardReason(
            "patient-fears-discomfort",
            "does-not-align-preferences",
            "Patient fears discomfort from complying with recommended action",
        ),
        StandardReason(
            "patient-does-not-want-change",
            "does-not-align-preferences",
            "Patient does not want to change behavior or believes the change is unnecessary",
        ),
        StandardReason(
            "cultural-religious-reason",
            "does-not-align-preferences",
            "Patient has a cultural or religious reason for not following recommended action",
        ),
        StandardReason(
            "prefers-alternative",
            "does-not-align-preferences",
            "Patient prefers an alternative approach or treatment",
        ),
        StandardReason(
            "patient-refuses",
            "does-not-align-preferences",
            "Patient refuses/declines (no context given)",
            True,
        ),
        StandardReason(
            "not-convenient-feasible",
            "",
            "Recommendation is not convenient or feasible",
            True,
        ),
        StandardReason(
            "inadequate-support",
            "not-convenient-feasible",
            "Patient has inadequate caregiver/social support",
        ),
        StandardReason(
            "service-not-available",
            "not-convenient-feasible",
            "Treatment or service is not practically available",
            True,
        ),
        StandardReason(
            "implementation-challenges",
            "not-convenient-feasible",
            "Recommended action cannot be implemented due to technology/challenges",
        ),
        StandardReason(
            "too-costly-uncovered",
            "not-convenient-feasible",
            "Recommended action is too costly or not covered by insurance",
            True,
        ),
        StandardReason(
            "recipient-does-not-understand",
            "not-convenient-feasible",
            "Recipient does not understand the recommended action or know how to perform the recommended action",
            True,
        ),
        StandardReason(
            "comorbidity-disability",
            "not-convenient-feasible",
            "Patient has co-morbidity or disability that hinders them from completing recommended action",
        ),
    )
}
