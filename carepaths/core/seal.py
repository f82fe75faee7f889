"""The seal: what signing or amending freezes about answers, besides the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carepaths.core.answers import Stored, facts, flagged, pending
from carepaths.core.opportunities import Advised, opportunities

if TYPE_CHECKING:
    from scamps.core.walk import CompiledPlan, Walk


@dataclass(frozen=True)
class Seal:
    """A walk, what it advised, and what it owes to implausible values."""

    walk: Walk
    advised: tuple[Advised, ...]
    flagged: tuple[str, ...]
    pending: tuple[str, ...]
    differs_without_flagged: bool

    @property
    def advice(self) -> tuple[str, ...]:
        """The advised actions as node/action, in order."""
        return tuple(advised.key for advised in self.advised)

    def columns(self) -> dict[str, Any]:
        """The columns of a revision that follow from the walk."""
        return {
            "walk": self.walk.to_json(),
            "path": list(self.walk.nodes),
            "end_node": self.walk.end,
            "stopped": self.walk.stopped,
            "waiting_for": list(self.walk.waiting_for),
            "flagged": list(self.flagged),
            "pending": list(self.pending),
            "differs_without_flagged": self.differs_without_flagged,
        }


def seal(
    compiled: CompiledPlan,
    answers: Mapping[str, Stored],
    *,
    visit: str,
    context: Mapping[str, Any],
) -> Seal:
    """Walk the stored *answers* in *context*, with the flagged ones and without.

    Raises: MalformedAnswers.
    """
    known = facts(compiled.plan, answers)
    walk = compiled.walk(known, visit=visit, context=context)
    suspect = flagged(answers)
    differs = False
    if suspect:
        without = {key: v for key, v in known.items() if key not in suspect}
        other = compiled.walk(without, visit=visit, context=context)
        differs = walk.nodes != other.nodes or walk.stopped != other.stopped
    return Seal(walk, opportunities(walk), suspect, pending(answers), differs)
