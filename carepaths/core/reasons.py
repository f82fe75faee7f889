"""Reasons to depart: the short words on our buttons, and the standard code of each.

The standard codes are of HL7 (`scamps.core.definition.standard`); a plan may add its
own, mapped to them. "other" stands for no code and needs words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scamps.core.definition.parts import words as in_language
from scamps.core.definition.standard import REASONS

if TYPE_CHECKING:
    from scamps.core.definition import Plan

OTHER = "other"
SHOWN_FIRST = 7  # "other" included
DEFAULTS = (
    "cds-not-applicable",
    "action-completed",
    "patient-contraindication",
    "recipient-disagrees-evidence",
    "does-not-align-preferences",
    "service-not-available",
)
WORDS = {
    "cds-not-applicable": "Does not fit this patient",
    "patient-ineligible": "Not eligible for it",
    "indication-order-exists": "Already ordered",
    "action-completed": "Already done",
    "action-unsuccessful": "Tried before without success",
    "action-performed-no-adverse-effect": "Tolerated before",
    "action-not-priority": "Other illness comes first",
    "cds-suboptimal-context": "Advice at the wrong moment",
    "limited-time": "No time now",
    "wrong-time-workflow": "Wrong point in the visit",
    "inappropriate-recipient": "Not mine to decide",
    "need-more-info": "Waiting for results or a consult",
    "recipient-disagrees-evidence": "Evidence disagrees",
    "does-not-align-latest-evidence": "Newer evidence differs",
    "expert-contradicts": "Expert advised otherwise",
    "policy-contradicts": "House policy differs",
    "recipient-does-not-trust": "I do not agree with the advice",
    "recipient-concerns-outcomes": "Worried about the outcome",
    "risk-benefit-ratio": "Risk outweighs benefit",
    "mitigate-risk-negative-outcome": "To be on the safe side",
    "likely-negative-health-outcomes": "Likely to do harm",
    "patient-contraindication": "Contraindicated",
    "does-not-align-preferences": "Family prefers otherwise",
    "patient-fears-discomfort": "Fear of discomfort",
    "patient-does-not-want-change": "Family wants no change",
    "cultural-religious-reason": "Cultural or religious reason",
    "prefers-alternative": "Prefers an alternative",
    "patient-refuses": "Family refuses",
    "not-convenient-feasible": "Not feasible here",
    "inadequate-support": "Not enough support at home",
    "service-not-available": "Not available here",
    "implementation-challenges": "Technical obstacle",
    "too-costly-uncovered": "Too costly or not covered",
    "recipient-does-not-understand": "Unclear how to do it",
    "comorbidity-disability": "Other illness stands in the way",
}


class UnknownReason(ValueError):
    """Neither the plan nor the standard has this reason for this action."""


@dataclass(frozen=True)
class Reason:
    """One button: its key, its short words, and the standard code it stands for."""

    key: str
    words: str
    standard: str
    display: str

    @property
    def needs_words(self) -> bool:
        return self.key == OTHER


@dataclass(frozen=True)
class Menu:
    """At most seven reasons shown first, "other" last of them; the rest behind it."""

    first: tuple[Reason, ...]
    more: tuple[Reason, ...]


_OTHER = Reason(OTHER, "Other…", "", "Other, in words")
_STANDARD = {
    code: Reason(code, WORDS[code], code, standard.display)
    for code, standard in REASONS.items()
}


def menu(plan: Plan, action: str, language: str = "en") -> Menu:
    """Return the reasons to offer for *action*: the plan's own first."""
    own = _own(plan, action, language)
    defaults = tuple(_STANDARD[code] for code in DEFAULTS if code not in own)
    offered = (*own.values(), *defaults)
    first = offered[: SHOWN_FIRST - 1]
    keys = {reason.key for reason in offered}
    rest = tuple(r for code, r in _STANDARD.items() if code not in keys)
    return Menu((*first, _OTHER), (*offered[SHOWN_FIRST - 1 :], *rest))


def resolve(plan: Plan, action: str, key: str, language: str = "en") -> Reason:
    """Return the reason *key* for *action*.

    Raises: UnknownReason.
    """
    if key == OTHER:
        return _OTHER
    reason = _own(plan, action, language).get(key) or _STANDARD.get(key)
    if reason is None:
        raise UnknownReason(key)
    return reason


def _own(plan: Plan, action: str, language: str) -> dict[str, Reason]:
    return {
        reason.key: Reason(
            reason.key,
            in_language(reason.words, language, plan.language),
            reason.standard,
            REASONS[reason.standard].display,
        )
        for reason in plan.reasons
        if not reason.actions or action in reason.actions
    }
