"""Practice without the plan: what was done, read as if it had been advised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from carepaths.core.opportunities import Advised, Intention

if TYPE_CHECKING:
    from scamps.core.definition import Plan

DONE, NOT_DONE = "done", "not-done"


def concordance(
    plan: Plan, advised: Advised, status_of: Mapping[str, str]
) -> Intention | None:
    """Return how what was done agrees with what the plan would have advised.

    Args: status_of: done, not-done or unknown, by resource.
    Returns: None where it is unknown: the decision is missing. No reason is asked.
    """
    action = advised.action
    match action.direction, status_of.get(action.resource):
        case ("do", "done") | ("do-not", "not-done"):
            return Intention("followed")
        case "do-not", "done":
            return Intention("deviated", kind="added")
        case "do", "not-done":
            return Intention(
                "deviated", kind=_omission(plan, action.resource, status_of)
            )
    return None


def _omission(plan: Plan, resource: str, status_of: Mapping[str, str]) -> str:
    """Another treatment instead of a treatment is a substitution."""
    treatments = {one.key for one in plan.resources if one.kind == "treatment"}
    others = treatments - {resource}
    replaced = resource in treatments and any(
        status_of.get(other) == DONE for other in others
    )
    return "substituted" if replaced else "omitted"
