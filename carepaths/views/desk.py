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
from carepaths.core.advised import Setting
from carepaths.core.context import from_json
from carepaths.core.elsewhere import CHOICES, Conflict, Standing, conflicts
from carepaths.core.months import day_of
from carepaths.core.previous import Former
from carepaths.forms.sheet import Reading
from carepaths.models import Encounter, Revision
from carepaths.views.elsewhere import standing_elsewhere
from carepaths.views.filled import Filled, elements_at
from scamps.core.definition import Element
from scamps.models import Version


@dataclass
class Desk(Filled):
    """One encounter with the answers to show: stored, posted, or of a revision."""

    encounter: Encounter
    reading: Reading
    intentions: Mapping[str, Any]
    context: Mapping[str, Any]
    formers: Mapping[str, Former] = field(default_factory=dict)

    @property
    def version(self) -> Version:
        return self.encounter.version

    @property
    def visit(self) -> str:
        return self.encounter.visit

    @property
    def sex(self) -> str:
        return self.encounter.enrolment.patient.identity.sex

    @property
    def setting(self) -> Setting:
        today, day = today_at(self.encounter), visit_day(self.encounter)
        return Setting(self.intentions, self.encounter.origin, today, day)

    @cached_property
    def elsewhere(self) -> tuple[Standing, ...]:
        """What other plans of the patient advise and still stands; of a draft."""
        return standing_elsewhere(self.encounter) if self.encounter.is_open else ()

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Where that conflicts with what is advised here."""
        mine = self.draft.advised
        return conflicts(self.plan, mine, self.elsewhere, self.intentions)

    def page(self) -> dict[str, Any]:
        """What every page about this encounter shows."""
        return super().page() | {
            "encounter": self.encounter,
            "patient": self.encounter.enrolment.patient,
            "elsewhere": self.elsewhere,
            "conflicts": self.conflicts,
            "conflict_choices": CHOICES.items(),
        }


def elements_of(
    encounter: Encounter, context: Mapping[str, Any] | None = None
) -> tuple[Element, ...]:
    """The elements of the encounter's plan, with the bounds of the patient's age."""
    elements: tuple[Element, ...] = encounter.version.plan.elements
    if not any(element.by_age for element in elements):
        return elements
    return elements_at(elements, context_of(encounter) if context is None else context)


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
