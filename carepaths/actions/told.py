"""Tasks and events as what was recorded tells them: by whom, when, not saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from carepaths.core.duties import Duty
from carepaths.models import Encounter, Opportunity, Task, TaskEvent


@dataclass(frozen=True)
class Told:
    """Who recorded what the tasks follow from, and when."""

    by: User
    at: datetime

    def task(
        self, encounter: Encounter, duty: Duty, opportunity: Opportunity | None = None
    ) -> Task:
        """Return the task that *duty* is, not saved; the signer of the visit owns it."""
        return Task(
            enrolment_id=encounter.enrolment_id,
            encounter=encounter,
            opportunity=opportunity,
            kind=duty.kind,
            key=duty.key,
            title=duty.title[:300],
            earliest_on=duty.window.earliest_on,
            due_on=duty.window.due_on,
            owner_id=encounter.signed_by_id,
            made_at=self.at,
            by=self.by,
        )

    def event(self, task: Task, kind: str, words: str = "", **more: Any) -> TaskEvent:
        """Return an event that followed from something else, not saved."""
        told = {"by": self.by, "recorded_at": self.at, "is_automatic": True}
        return TaskEvent(task=task, kind=kind, words=words, **told, **more)
