"""What was done without being advised, as a draft keeps it until it is signed.

It is no decision about an opportunity: at signing it becomes a performance, and the
report counts it apart. A draft holds it among the intentions under a key that no action
can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scamps.core.definition import Plan, words
from scamps.core.walk import Walk

EXTRA = "+/"  # no node has such a key


@dataclass(frozen=True)
class Extra:
    """A resource of the plan that the walk does not advise to use."""

    key: str
    title: str
    done: bool


def extra_key(resource: str) -> str:
    return EXTRA + resource


def is_done(intentions: Mapping[str, Any], resource: str) -> bool:
    """Whether the draft says that *resource* was used although not advised."""
    return extra_key(resource) in intentions


def extras(plan: Plan, walk: Walk, intentions: Mapping[str, Any]) -> tuple[Extra, ...]:
    """Return the resources that are not advised, or advised against."""
    advised = {
        action.resource for _, action in walk.actions if action.direction == "do"
    }
    return tuple(
        Extra(
            one.key,
            words(one.title, "en", plan.language),
            is_done(intentions, one.key),
        )
        for one in plan.resources
        if one.key not in advised
    )
