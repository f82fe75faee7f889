"""What came of a plan's cases, for any page of a draft."""

from __future__ import annotations

from typing import Any

from django import template

from scamps.actions.cases import run_cases
from scamps.core.cases import Ran, telling
from scamps.core.definition import Plan
from scamps.models import Version

register = template.Library()


@register.filter
def brief(ran: Ran, plan: Plan) -> str:
    """What stands against a case, in one short sentence."""
    return telling.brief(plan, ran)


@register.filter
def end(ran: Ran, plan: Plan) -> str:
    """Where the walk of a case ends, or waits."""
    return telling.end_of(plan, ran)


@register.inclusion_tag("scamps/_case_results.html")
def case_results(version: Version) -> dict[str, Any]:
    """Run the cases of *version*, and say which fail: two queries and milliseconds."""
    results = run_cases(version)
    return {"results": results, "version": version, "plan": version.plan}
