"""A draft as a page shows it: the walk so far, its advice, what is shown and flagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import Stored, Value, facts, flagged, pending
from carepaths.core.opportunities import Advised, opportunities

if TYPE_CHECKING:
    from scamps.core.definition import Check
    from scamps.core.walk import CompiledPlan, Walk

BLOCKING = ("block", "block-signing")


@dataclass(frozen=True)
class Draft:
    """Answers walked, and everything a page reads off them, computed when asked for."""

    compiled: CompiledPlan
    answers: Mapping[str, Stored]
    visit: str
    context: Mapping[str, Any]

    @cached_property
    def values(self) -> dict[str, Value | None]:
        """The values of the answers by element."""
        return facts(self.compiled.plan, self.answers)

    @cached_property
    def walk(self) -> Walk:
        return self.compiled.walk(self.values, visit=self.visit, context=self.context)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What criteria read: hidden answers null, scores computed, context included."""
        return self.compiled.facts(self.values, visit=self.visit, context=self.context)

    @cached_property
    def advised(self) -> tuple[Advised, ...]:
        return opportunities(self.walk)

    @cached_property
    def flagged(self) -> tuple[str, ...]:
        """Elements used although outside their plausible range."""
        return flagged(self.answers)

    @cached_property
    def pending(self) -> tuple[str, ...]:
        """Elements whose results are still to come."""
        return pending(self.answers)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The plan's checks that say something is wrong."""
        return self.compiled.broken_checks(
            self.values, visit=self.visit, context=self.context
        )

    @property
    def blocking(self) -> tuple[Check, ...]:
        """Those of the checks that stand against signing."""
        return tuple(check for check in self.checks if check.level in BLOCKING)

    def shown(self, form: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The sections of *form* that are shown, each with its items that are."""
        return self.compiled.shown(
            form, self.values, visit=self.visit, context=self.context
        )


def walk_draft(
    compiled: CompiledPlan,
    answers: Mapping[str, Stored],
    *,
    visit: str,
    context: Mapping[str, Any],
) -> Draft:
    """Return the draft of stored *answers* at *visit*.

    Raises: MalformedAnswers: a value does not fit its element (when it is first read).
    """
    return Draft(compiled, answers, visit, context)
