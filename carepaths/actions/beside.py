"""What else was signed for the person of an encounter: asked once, mostly nothing.

The long questions of a page (earlier values, what changed since, what other plans
advise) are then asked only where there is something to find. What was voided since is
among it: it is the long questions that leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from carepaths.models import Encounter, Origin


@dataclass(frozen=True)
class Beside:
    """One other encounter of the same person that was signed."""

    enrolment: int
    patient: int
    scamp: int
    visit_time: datetime | None
    origin: str


def look_beside(encounter: Encounter) -> None:
    """Ask, in one short query, what is beside *encounter*; this object remembers."""
    rows = Encounter.objects.signed_beside(encounter).values_list(
        "enrolment_id",
        "enrolment__patient_id",
        "enrolment__scamp_id",
        "visit_time",
        "origin",
    )
    encounter._beside = tuple(Beside(*row) for row in rows)


def beside(encounter: Encounter) -> tuple[Beside, ...] | None:
    """The signed encounters beside *encounter*; None if that was not asked."""
    return getattr(encounter, "_beside", None)


def may_have_earlier(encounter: Encounter) -> bool:
    """Whether an earlier visit of the same patient may be signed, on whatever plan."""
    mine, now = encounter.enrolment.patient_id, encounter.visit_time
    return (found := beside(encounter)) is None or any(
        one.patient == mine and now and one.visit_time and one.visit_time < now
        for one in found
    )


def may_have_other_visits(encounter: Encounter) -> bool:
    """Whether any other visit of the same patient may be signed."""
    mine = encounter.enrolment.patient_id
    found = beside(encounter)
    return found is None or any(one.patient == mine for one in found)


def may_have_other_plans(encounter: Encounter) -> bool:
    """Whether the person may have had a visit on another plan, made with it."""
    mine = encounter.enrolment.scamp_id
    return (found := beside(encounter)) is None or any(
        one.scamp != mine and one.origin != Origin.RETROSPECTIVE for one in found
    )
