"""The report counted anew, naively: plain Python over plain rows, one at a time.

It shares nothing with the product but the models and the plan: no SQL aggregate, no
tally, no statistics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from scipy.stats import beta

from accounts.models import Site
from carepaths.models import (
    Decision,
    Encounter,
    EnrolmentChange,
    Outcome,
    Performance,
    Revision,
    SamePerson,
    Void,
)
from scamps.models import Version


class Recount:
    """What was known at *cut_off* of a version's encounters at *sites*."""

    def __init__(
        self, version: Version, sites: Iterable[Site], origin: str, cut_off: datetime
    ) -> None:
        self.version, self.plan, self.cut_off = version, version.plan, cut_off
        self.zones = {site.pk: ZoneInfo(site.time_zone) for site in sites}
        known = SamePerson.objects.filter(recorded_at__lte=cut_off).order_by("pk")
        self.kept = {row.patient_id: row.kept_id for row in known}
        self.voids = [v for v in Void.objects.all() if v.recorded_at <= cut_off]
        mine = [
            encounter
            for encounter in Encounter.objects.select_related("enrolment__patient")
            if encounter.version_id == version.pk
            and encounter.site_id in self.zones
            and encounter.origin == origin
            and encounter.signed_at is not None
            and encounter.signed_at <= cut_off
        ]
        gone = {void.encounter_id for void in self.voids}
        self.voided = [encounter for encounter in mine if encounter.pk in gone]
        self.encounters = [e for e in mine if e.pk not in gone]
        self.encounters.sort(key=self.in_time)
        self.signed = {
            revision.encounter_id: revision
            for revision in Revision.objects.all()
            if revision.cause == "signed"
        }

    @staticmethod
    def in_time(encounter: Encounter) -> tuple:
        visit = encounter.visit_time
        return visit is None, visit or encounter.opened_at, encounter.pk

    def last(
        self, rows: Iterable[Any], key: Callable[[Any], Any], void: str = ""
    ) -> dict[Any, Any]:
        """The last row of each key that was recorded in time and is not void."""
        gone = {getattr(v, f"{void}_id") for v in self.voids} if void else set()
        found: dict[Any, Any] = {}
        for row in sorted(rows, key=lambda row: row.pk):
            if row.recorded_at <= self.cut_off and row.pk not in gone:
                found[key(row)] = row
        return found

    def path(self, encounter: Encounter) -> list[str]:
        return self.signed[encounter.pk].path

    def tables(self) -> dict[str, Any]:
        return {
            "encounters": len(self.encounters),
            "patients": len({self.person(e) for e in self.encounters}),
            "episodes": len({e.enrolment_id for e in self.encounters}),
            "nodes": self.nodes(),
            "edges": self.edges(),
            "stopped": self.stopped(),
            "opportunities": self.opportunities(),
            "not_advised": self.not_advised(),
            "statements": self.statements(),
            "voided": len(self.voided),
            "enrolments": self.enrolments(),
            "reasons": self.reasons(),
            "departures": self.departures(),
            **self.amended(),
        }

    def nodes(self) -> dict[str, int]:
        return dict(
            Counter(node for e in self.encounters for node in set(self.path(e)))
        )

    def edges(self) -> dict[tuple[str, str], int]:
        steps: Counter[tuple[str, str]] = Counter()
        for encounter in self.encounters:
            path = self.path(encounter)
            steps.update(pairwise(path))
        return dict(steps)

    def stopped(self) -> dict[tuple[str, ...], int]:
        found: Counter[tuple[str, ...]] = Counter()
        for encounter in self.encounters:
            revision = self.signed[encounter.pk]
            if revision.stopped:
                found[revision.end_node, *sorted(revision.waiting_for)] += 1
        return dict(found)

    def decided(self) -> list[tuple[Encounter, Any, Decision | None]]:
        last = self.last(
            Decision.objects.all(), lambda row: row.opportunity_id, "decision"
        )
        return [
            (encounter, opportunity, last.get(opportunity.pk))
            for encounter in self.encounters
            for opportunity in encounter.opportunities.all()
        ]

    def opportunities(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        people: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
        for encounter, opportunity, decision in self.decided():
            key = opportunity.node, opportunity.action
            choice = decision.choice if decision else "missing"
            today = self.cut_off.astimezone(self.zones[encounter.site_id]).date()
            if choice == "deferred" and decision.due_on < today:
                choice = "missing"
            found[key][choice] += 1
            found[key]["opportunities"] += 1
            if choice in {"followed", "modified", "deviated"}:
                people[key][self.person(encounter)] += 1
        return {
            key: dict(found[key])
            | {"patients": len(people[key]), "decided": sum(people[key].values())}
            for key in found
        }

    def departures(self) -> dict[str, int]:
        """At each node, the encounters that deviated there at least once."""
        found = defaultdict(set)
        for encounter, opportunity, decision in self.decided():
            if decision and decision.choice == "deviated":
                found[opportunity.node].add(encounter.pk)
        return {node: len(encounters) for node, encounters in found.items()}

    def reasons(self) -> dict[tuple[str, ...], int]:
        found: Counter[tuple[str, ...]] = Counter()
        for _, opportunity, decision in self.decided():
            if decision and decision.choice != "followed":
                key = opportunity.node, opportunity.action, decision.choice
                found[*key, decision.reason, decision.standard_reason] += 1
        return dict(found)

    def not_advised(self) -> dict[tuple[str, str], int]:
        last = self.last(
            Performance.objects.all(), lambda row: (row.encounter_id, row.resource)
        )
        found: Counter[tuple[str, str]] = Counter()
        for encounter in self.encounters:
            advised = {row.resource for row in encounter.opportunities.all()}
            for (pk, resource), row in last.items():
                is_done = pk == encounter.pk and row.status == "done"
                if is_done and resource not in advised:
                    found[resource, self.path(encounter)[-1]] += 1
        return dict(found)

    def statements(self) -> dict[str, dict[str, Any]]:
        last = self.last(
            Outcome.objects.all(), lambda row: (row.enrolment_id, row.key), "outcome"
        )
        found = {}
        for statement in self.plan.statements:
            first: dict[int, Encounter] = {}
            for encounter in self.encounters:
                if statement.node in self.path(encounter):
                    first.setdefault(encounter.enrolment_id, encounter)
            rows = [last.get((episode, statement.outcome)) for episode in first]
            values = [row.value if row else None for row in rows]
            found[statement.key] = {
                "events": values.count(True),
                "total": values.count(True) + values.count(False),
                "outcome_missing": values.count(None),
            }
        return found

    def amended(self) -> dict[str, int]:
        known = [r for r in Revision.objects.all() if r.recorded_at <= self.cut_off]
        known.sort(key=lambda revision: revision.number)
        mine = {encounter.pk for encounter in self.encounters}
        last = {
            revision.encounter_id: revision
            for revision in known
            if revision.cause == "amended" and revision.encounter_id in mine
        }
        otherwise = sum(revision.advises_otherwise for revision in last.values())
        return {"amended": len(last), "amended_would_advise_otherwise": otherwise}

    def person(self, encounter: Encounter) -> int:
        """The patient it is about, or the one who is kept since a merge."""
        patient = encounter.enrolment.patient_id
        return self.kept.get(patient) or patient

    def enrolments(self) -> dict[str, int]:
        steps: dict[int, list[str]] = defaultdict(list)
        for change in EnrolmentChange.objects.order_by("pk").select_related(
            "enrolment__patient"
        ):
            enrolment = change.enrolment
            if (
                change.recorded_at <= self.cut_off
                and enrolment.scamp_id == self.version.scamp_id
                and enrolment.patient.site_id in self.zones
            ):
                steps[enrolment.pk].append(change.to)
        now = [taken[-1] for taken in steps.values() if taken[-1] != "unfit"]
        return {
            "episodes": len(now),
            "enrolled": now.count("enrolled") + now.count("left"),
            "undecided": now.count("eligible"),
            "declined": now.count("declined"),
            "left": now.count("left"),
        }


def as_counted(report: dict[str, Any]) -> dict[str, Any]:
    """The same tables out of a report of the product."""
    kept = ("encounters", "patients", "episodes", "voided", "enrolments")
    amended = ("amended", "amended_would_advise_otherwise")
    return {key: report[key] for key in kept + amended} | {
        "nodes": {row["node"]: row["encounters"] for row in report["nodes"]},
        "edges": {
            (row["from"], row["to"]): row["encounters"] for row in report["edges"]
        },
        "stopped": {
            (row["node"], *row["waiting_for"]): row["encounters"]
            for row in report["stopped"]
        },
        "opportunities": _opportunities(report),
        "departures": {row["node"]: row["encounters"] for row in report["departures"]},
        "not_advised": {
            (row["resource"], row["node"]): row["encounters"]
            for row in report["not_advised"]
        },
        "statements": {
            row["key"]: {
                name: row[name] for name in ("events", "total", "outcome_missing")
            }
            for row in report["statements"]
        },
        "reasons": {
            tuple(
                row[name] for name in ("node", "action", "choice", "reason", "standard")
            ): row["decisions"]
            for row in report["reasons"]
        },
    }


def _opportunities(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, int]]:
    found = {}
    for row, beside in zip(report["opportunities"], report["adherence"], strict=True):
        choices = {
            "followed": row["followed"],
            "modified": row["modified"],
            "deviated": row["deviated"],
            "deferred": row["deferred"],
            "not-applicable": row["not_applicable"],
            "missing": row["missing"],
            "opportunities": row["opportunities"],
        }
        found[row["node"], row["action"]] = {
            **{name: count for name, count in choices.items() if count},
            "patients": beside["patients"],
            "decided": beside["decided"],
        }
    return found


def exact(events: int, total: int) -> tuple[float, float]:
    """Clopper-Pearson by its textbook formula, in percent."""
    low = beta.ppf(0.025, events, total - events + 1) if events else 0.0
    high = beta.ppf(0.975, events + 1, total - events) if events < total else 1.0
    return 100 * low, 100 * high
