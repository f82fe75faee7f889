"""What came of a plan's cases, for any page of a draft."""

from __future__ import annotations

from typing import Any

from django import template

from scamps.actions.cases import run_cases
from scamps.models import Version

register = template.Library()


@register.inclusion_tag("scamps/_case_results.html")
def case_results(version: Version) -> dict[str, Any]:
    """Run the cases of *version*, and say which fail: two queries and milliseconds."""
    return {"results": run_cases(version), "version": version}
