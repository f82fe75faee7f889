"""What an encounter's page works with: its answers walked, its form, its advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from carepaths.actions.beside import look_beside
from carepaths.actions.context import context_of
from carepaths.core.advice import Advice, advise
from carepaths.core.advised import Setting
from carepaths.core.calculated import Calculated, calculated, growth_rows
from carepaths.core.context import from_json
from carepaths.core.draft import Draft, walk_draft
from carepaths.core.elsewhere import CHOICES, Conflict, Standing, conflicts
from carepaths.core.folding import Unused, unused
from carepaths.core.growth import months_at
from carepaths.core.months import day_of
from carepaths.core.previous import Former
from carepaths.core.sheet import Filling, Sheet, assess_nodes, sheet
from carepaths.forms.sheet import Reading
from carepaths.models import Encounter, Revision
from carepaths.views.elsewhere import standing_elsewhere
from scamps.core.definition import Element, Plan, at_age, words


@dataclass
class Desk:
    """One encounter with the answers to show: stored, posted, or of a revision."""

    encounter: Encounter
    reading: Reading
    intentions: Mapping[str, Any]
    context: Mapping[str, Any]
    formers: Mapping[str, Former] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.encounter.version.plan

    @property
    def visit_title(self) -> str:
        return words(self.plan.visit[self.encounter.visit].title, "en")

    @cached_property
    def draft(self) -> Draft:
        return walk_draft(
            self.encounter.version.content.compiled,
            self.reading.answers,
            visit=self.encounter.visit,
            context=self.context,
        )

    @cached_property
    def advice(self) -> Advice:
        today = today_at(self.encounter)
        origin, day = self.encounter.origin, visit_day(self.encounter)
        setting = Setting(self.intentions, origin, today, day)
        return advise(self.draft, setting)

    @cached_property
    def calculated(self) -> tuple[Calculated, ...]:
        sex = self.encounter.enrolment.patient.identity.sex
        return calculated(self.plan, self.draft.facts, self.context, sex)

    @cached_property
    def elsewhere(self) -> tuple[Standing, ...]:
        """What other plans of the patient advise and still stands; of a draft."""
        return standing_elsewhere(self.encounter) if self.encounter.is_open else ()

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Where that conflicts with what is advised here."""
        mine = self.draft.advised
        return conflicts(self.plan, mine, self.elsewhere, self.intentions)

    @cached_property
    def sheet(self) -> Sheet:
        filling = Filling(
            answers=self.reading.answers,
            hidden=self._hidden(),
            reached=frozenset(self.draft.walk.nodes),
            errors=self.reading.errors,
            age_months=months_at(self.context),
            formers=self.formers,
            checks=self.advice.checks,
        )
        return sheet(self.plan, self.encounter.visit, filling)

    @cached_property
    def unused(self) -> tuple[Unused, ...]:
        """Answers that are kept and not used: what they answer is not asked now."""
        return unused(self.draft, self.sheet.items)

    def _hidden(self) -> frozenset[str]:
        """Elements that some form of the visit asks, and none shows now."""
        asked, shown = set(), set()
        for node in assess_nodes(self.plan, self.encounter.visit):
            for section in self.plan.form[node.form].sections:
                asked |= {item.element for item in section.items}
            for _, elements in self.draft.shown(node.form):
                shown |= set(elements)
        return frozenset(asked - shown)

    def page(self) -> dict[str, Any]:
        """What every page about this encounter shows."""
        return {
            "encounter": self.encounter,
            "patient": self.encounter.enrolment.patient,
            "visit_title": self.visit_title,
            "sheet": self.sheet,
            "unused": self.unused,
            "advice": self.advice,
            "elsewhere": self.elsewhere,
            "conflicts": self.conflicts,
            "conflict_choices": CHOICES.items(),
            "calculated": self.calculated,
            "growth": growth_rows(self.calculated),
            "problems": self.problems,
        }

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What must be put right: the id of the place on the page, and the message."""
        found = [(f"i-{i.key}", f"{i.label}: {i.error}") for i in self.sheet.errors]
        return found + [
            (f"i-{one.at}" if one.at else "main", one.message)
            for one in self.advice.withheld
        ]


def elements_of(
    encounter: Encounter, context: Mapping[str, Any] | None = None
) -> tuple[Element, ...]:
    """The elements of the encounter's plan, with the bounds of the patient's age."""
    elements: tuple[Element, ...] = encounter.version.plan.elements
    if not any(element.by_age for element in elements):
        return elements
    months = months_at(context_of(encounter) if context is None else context)
    return tuple(at_age(element, months) for element in elements)


def visit_day(encounter: Encounter) -> date | None:
    """The day of the visit on the calendar of its site."""
    when = encounter.visit_time
    return day_of(when, encounter.site.time_zone) if when else None


def today_at(encounter: Encounter) -> date:
    """The day it is now at the encounter's site."""
    return timezone.now().astimezone(ZoneInfo(encounter.site.time_zone)).date()


def desk_of(
    encounter: Encounter,
    reading: Reading | None = None,
    intentions: Mapping[str, Any] | None = None,
) -> Desk:
    """The desk of a draft: with what is stored, or what was posted over it."""
    look_beside(encounter)  # so that long questions are asked only where they matter
    return Desk(
        encounter,
        reading or Reading(encounter.answers),
        encounter.intentions if intentions is None else intentions,
        context_of(encounter),
    )


def desk_of_revision(encounter: Encounter, revision: Revision) -> Desk:
    """The desk as signed or amended, in the context that was frozen with it."""
    context = from_json(encounter.version.plan, revision.context)
    return Desk(encounter, Reading(revision.answers), revision.intentions, context)
