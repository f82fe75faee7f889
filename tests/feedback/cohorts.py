"""Made-up rows for counting: every state there is, at random, straight into tables.

The walks are random paths through the plan's graph, so that counting is tested apart
from walking.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Site, User
from carepaths.models import (
    Decision,
    Encounter,
    Enrolment,
    EnrolmentChange,
    Opportunity,
    Outcome,
    Patient,
    Performance,
    Revision,
    Void,
)
from scamps.models import Version

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHOICES = ["followed", "followed", "modified", "deviated", "deferred", "not-applicable"]
REASONS = [("", ""), ("other-diagnosis", "cds-not-applicable"), ("patient-refuses", "")]


@dataclass
class Maker:
    """Makes the rows of a cohort, one patient after the other."""

    version: Version
    by: User
    seed: int
    origins: tuple[str, ...] = ("prospective",)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 (made-up patients)
        self.plan = self.version.plan
        self.nodes = {node.key: node for node in self.plan.nodes}

    def cohort(self, sites: list[Site], patients: int) -> None:
        for _ in range(patients):
            self.patient(self.dice.choice(sites))

    def when(self, start: datetime = START, days: int = 200) -> datetime:
        return start + timedelta(hours=self.dice.randrange(24 * days))

    def patient(self, site: Site) -> None:
        patient = Patient.objects.create(site=site)
        for episode in range(1, self.dice.choice([1, 1, 1, 2, 3]) + 1):
            self.episode(patient, episode)

    def episode(self, patient: Patient, number: int) -> None:
        opened = self.when()
        enrolment = Enrolment.objects.create(
            patient=patient,
            scamp=self.version.scamp,
            episode=number,
            opened_at=self.dice.choice([opened, opened, None]),
        )
        self.changes(enrolment, opened)
        for _ in range(self.dice.choice([0, 1, 1, 2, 3, 5])):
            self.encounter(enrolment, opened)
        for outcome in self.plan.outcomes:
            self.outcome(enrolment, outcome, opened)

    def changes(self, enrolment: Enrolment, opened: datetime) -> None:
        steps = [[], ["enrolled"], ["enrolled"], ["declined"], ["enrolled", "left"]]
        for to in ["eligible", *self.dice.choice(steps)]:
            EnrolmentChange.objects.create(
                enrolment=enrolment,
                to=to,
                reason="because",
                by=self.by,
                at=opened,
                recorded_at=self.when(opened, 3),
            )

    def encounter(self, enrolment: Enrolment, opened: datetime) -> None:
        visit = self.dice.choice([self.when(opened, 60), None])
        draft = self.dice.random() < 0.1
        signed = None if draft else self.when(opened, 90)
        encounter = Encounter.objects.create(
            enrolment=enrolment,
            version=self.version,
            site=enrolment.patient.site,
            visit=self.plan.visits[0].key,
            origin=self.dice.choice(self.origins),
            visit_time=visit,
            opened_by=self.by,
            edited_by=self.by,
            signed_at=signed,
            signed_by=None if draft else self.by,
        )
        if signed:
            self.sign(encounter, signed)

    def sign(self, encounter: Encounter, signed: datetime) -> None:
        path = self.path()
        self.revision(encounter, 1, "signed", path, signed)
        if self.dice.random() < 0.15:
            for number in (2, 3):
                later = self.when(signed, 30)
                self.revision(encounter, number, "amended", self.path(), later)
        self.opportunities(encounter, path, signed)
        self.performances(encounter, signed)
        if self.dice.random() < 0.1:
            self.void(self.when(signed, 40), encounter=encounter)

    def path(self) -> list[str]:
        """A random path from the start; it may stop at any decide node."""
        path = [self.plan.visits[0].start]
        while True:
            node = self.nodes[path[-1]]
            match node.kind:
                case "decide":
                    if self.dice.random() < 0.15:
                        return path
                    ways = [branch.to for branch in node.branches]
                    ways += [to for to in (node.otherwise, node.unknown) if to]
                    path.append(self.dice.choice(ways))
                case "finish":
                    return path
                case _ if node.next is None:
                    return path
                case _:
                    path.append(node.next)

    def revision(
        self,
        encounter: Encounter,
        number: int,
        cause: str,
        path: list[str],
        at: datetime,
    ) -> None:
        stopped = self.nodes[path[-1]].kind == "decide"
        waiting = self.dice.sample(["pas", "wbc", "crp"], self.dice.randrange(1, 3))
        flagged = self.dice.choice([[], [], ["temperature"], ["temperature", "wbc"]])
        Revision.objects.create(
            encounter=encounter,
            number=number,
            cause=cause,
            reason="corrected" if cause == "amended" else "",
            answers=self.answers(),
            context={},
            walk={"actions": self.advised(path)},
            path=path,
            end_node=path[-1],
            stopped=stopped,
            waiting_for=sorted(waiting) if stopped else [],
            flagged=flagged,
            differs_without_flagged=bool(flagged) and self.dice.random() < 0.3,
            advises_otherwise=cause == "amended" and self.dice.random() < 0.5,
            by=self.by,
            recorded_at=at,
        )

    def advised(self, path: list[str]) -> list[dict[str, str]]:
        """What a walk along *path* advises, as a stored walk names it."""
        return [
            {"node": key, "action": action.key, "direction": action.direction}
            for key in path
            if self.nodes[key].kind == "recommend"
            for action in self.nodes[key].actions
        ]

    def answers(self) -> dict[str, Any]:
        states = [
            {"value": "1", "missing": None},
            {"value": None, "missing": "refused"},
            {"value": None, "missing": "pending"},
            {"value": None, "missing": None},
        ]
        return {
            element.key: self.dice.choice(states)
            for element in self.plan.elements
            if self.dice.random() < 0.7
        }

    def opportunities(
        self, encounter: Encounter, path: list[str], signed: datetime
    ) -> None:
        advised = [
            (key, action)
            for key in path
            if self.nodes[key].kind == "recommend"
            for action in self.nodes[key].actions
        ]
        for position, (node, action) in enumerate(advised):
            opportunity = Opportunity.objects.create(
                encounter=encounter,
                node=node,
                action=action.key,
                direction=action.direction,
                resource=action.resource,
                position=position,
            )
            for _ in range(self.dice.choice([0, 1, 1, 1, 1, 2, 3])):
                self.decision(opportunity, self.when(signed, 20))

    def decision(self, opportunity: Opportunity, at: datetime) -> None:
        choice = self.dice.choice(CHOICES)
        reason, standard = self.dice.choice(REASONS)
        departs = choice != "followed"
        deferred = choice == "deferred"
        decision = Decision.objects.create(
            opportunity=opportunity,
            choice=choice,
            kind=self.dice.choice(["added", "omitted"]) if choice == "deviated" else "",
            reason=reason if departs else "",
            standard_reason=standard if departs else "",
            due_on=(at + timedelta(days=self.dice.randrange(90))).date()
            if deferred
            else None,
            by=self.by,
            at=at,
            recorded_at=at,
        )
        if self.dice.random() < 0.1:
            self.void(self.when(at, 30), decision=decision)

    def performances(self, encounter: Encounter, signed: datetime) -> None:
        for resource in self.plan.resources:
            for _ in range(self.dice.choice([0, 1, 1, 2])):
                Performance.objects.create(
                    encounter=encounter,
                    resource=resource.key,
                    status=self.dice.choice(["done", "not-done", "unknown"]),
                    known_how="the notes",
                    by=self.by,
                    recorded_at=self.when(signed, 60),
                )

    def outcome(self, enrolment: Enrolment, outcome: Any, opened: datetime) -> None:
        values = {
            "boolean": [True, False, False, None],
            "integer": [1, 2, 3, 9, None],
            "decimal": ["1.5", "2.25", None],
        }[outcome.type]
        for _ in range(self.dice.choice([0, 1, 1, 1, 2])):
            recorded = self.when(opened, 200)
            row = Outcome.objects.create(
                enrolment=enrolment,
                key=outcome.key,
                value=self.dice.choice(values),
                known_how=self.dice.choice(["histology", "a letter"]),
                is_derived=self.dice.random() < 0.2,
                by=self.by,
                recorded_at=recorded,
            )
            if self.dice.random() < 0.1:
                self.void(self.when(recorded, 60), outcome=row)

    def void(self, at: datetime, **row: Any) -> None:
        Void.objects.create(reason="wrong patient", by=self.by, recorded_at=at, **row)
