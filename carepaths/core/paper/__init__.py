"""The paper form of a version, for when the system is down; entered late afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from carepaths.core.advised import text_of
from carepaths.core.paper.items import (
    UNKNOWN,
    VisitForm,
    Worksheet,
    criterion_words,
    visit_forms,
    worksheets,
)
from carepaths.core.paper.steps import CHOICES, ReasonCode, Step, reason_codes, steps

if TYPE_CHECKING:
    from scamps.core.definition import Plan

LEVELS = {
    "warn": "Think twice",
    "block": "Not acceptable",
    "block-signing": "Put right before signing",
}


@dataclass(frozen=True)
class Check:
    """A rule of the plan: what to look out for, in words."""

    when: str
    level: str
    message: str


@dataclass(frozen=True)
class Paper:
    """A version as a form to fill in by hand."""

    title: str
    summary: str
    version: str
    demonstration: bool
    population: tuple[str, ...]
    visits: tuple[VisitForm, ...]
    unknown: tuple[str, ...]
    scores: tuple[Worksheet, ...]
    checks: tuple[Check, ...]
    steps: tuple[Step, ...]
    choices: tuple[str, ...]
    reasons: tuple[ReasonCode, ...]
    resources: tuple[str, ...]


def paper(plan: Plan, number: int, digest: str) -> Paper:
    """Lay out version *number* of *plan*, whose content has this *digest*."""
    title = text_of(plan, plan.title)
    return Paper(
        title=title,
        summary=text_of(plan, plan.summary),
        version=f"{title}, version {number}, SHA-256 {digest[:12]}",
        demonstration=plan.demonstration,
        population=tuple(_population(plan)),
        visits=visit_forms(plan),
        unknown=UNKNOWN,
        scores=worksheets(plan),
        checks=tuple(
            Check(
                criterion_words(plan, check.when),
                LEVELS[check.level],
                text_of(plan, check.message),
            )
            for check in plan.checks
        ),
        steps=steps(plan),
        choices=CHOICES,
        reasons=reason_codes(plan),
        resources=tuple(text_of(plan, one.title) for one in plan.resources),
    )


def _population(plan: Plan) -> list[str]:
    include = [text_of(plan, one.words) for one in plan.population.inclusion]
    exclude = [text_of(plan, one.words) for one in plan.population.exclusion]
    return [f"For: {words}" for words in include] + [f"Not: {w}" for w in exclude]
