"""What the patient's other plans still advise, read for the page of an encounter."""

from __future__ import annotations

from django.utils import timezone

from carepaths.actions.beside import may_have_other_plans
from carepaths.core.advised import DECIDED
from carepaths.core.elsewhere import Standing, code_of
from carepaths.core.months import day_of
from carepaths.models import Encounter, Opportunity
from scamps.core.definition import words

SHOWN = 50


def standing_elsewhere(encounter: Encounter) -> tuple[Standing, ...]:
    """The advice of other plans that stands for the patient now; one query.

    It is long, and asked only of somebody who was seen on another plan.
    """
    if not may_have_other_plans(encounter):
        return ()
    rows = Opportunity.objects.standing_elsewhere(encounter, timezone.now())
    return tuple(_standing(row) for row in rows[:SHOWN])


def _standing(row: Opportunity) -> Standing:
    encounter = row.encounter
    plan, zone = encounter.version.plan, encounter.site.time_zone
    action = next(a for a in plan.node[row.node].actions if a.key == row.action)
    resource = next(one for one in plan.resources if one.key == row.resource)
    visit, closes = encounter.visit_time, row.window_closes_at
    return Standing(
        opportunity=row.pk,
        scamp=str(encounter.version.scamp),
        words=words(action.words, "en", plan.language),
        direction=row.direction,
        resource=row.resource,
        code=code_of(resource),
        advised_on=day_of(visit, zone) if visit else None,
        open_until=day_of(closes, zone) if closes else None,
        decided=DECIDED.get(row.state, "not decided").lower(),
        done=row.is_done,
    )
