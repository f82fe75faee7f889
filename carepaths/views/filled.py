"""One visit of a plan filled with answers: its walk, its form, its advice.

An encounter's page and the preview of a version show the same, worked out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from carepaths.core.advice import Advice, advise
from carepaths.core.advised import Setting
from carepaths.core.calculated import Calculated, calculated, growth_rows
from carepaths.core.draft import Draft, walk_draft
from carepaths.core.folding import Unused, unused
from carepaths.core.growth import months_at
from carepaths.core.previous import Former
from carepaths.core.sheet import Filling, Sheet, assess_nodes, sheet
from carepaths.forms.sheet import Reading
from scamps.core.definition import Element, Plan, at_age, words
from scamps.models import Version


class Filled:
    """What is the same for an encounter and for a made-up patient.

    Who inherits says which version and visit it is, who decides when, and the sex.
    """

    version: Version
    visit: str
    sex: str
    setting: Setting
    reading: Reading
    context: Mapping[str, Any]
    formers: Mapping[str, Former]

    @property
    def plan(self) -> Plan:
        return self.version.plan

    @property
    def visit_title(self) -> str:
        return words(self.plan.visit[self.visit].title, "en")

    @cached_property
    def draft(self) -> Draft:
        return walk_draft(
            self.version.content.compiled,
            self.reading.answers,
            visit=self.visit,
            context=self.context,
        )

    @cached_property
    def advice(self) -> Advice:
        return advise(self.draft, self.setting)

    @cached_property
    def calculated(self) -> tuple[Calculated, ...]:
        return calculated(self.plan, self.draft.facts, self.context, self.sex)

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
        return sheet(self.plan, self.visit, filling)

    @cached_property
    def unused(self) -> tuple[Unused, ...]:
        """Answers that are kept and not used: what they answer is not asked now."""
        return unused(self.draft, self.sheet.items)

    def _hidden(self) -> frozenset[str]:
        """Elements that some form of the visit asks, and none shows now."""
        asked, shown = set(), set()
        for node in assess_nodes(self.plan, self.visit):
            for section in self.plan.form[node.form].sections:
                asked |= {item.element for item in section.items}
            for _, elements in self.draft.shown(node.form):
                shown |= set(elements)
        return frozenset(asked - shown)

    def page(self) -> dict[str, Any]:
        """What every page about it shows."""
        return {
            "version": self.version,
            "visit_title": self.visit_title,
            "sheet": self.sheet,
            "unused": self.unused,
            "advice": self.advice,
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


def elements_at(
    elements: Iterable[Element], context: Mapping[str, Any]
) -> tuple[Element, ...]:
    """*elements* with the bounds of the age that *context* says."""
    months = months_at(context)
    return tuple(at_age(element, months) for element in elements)
