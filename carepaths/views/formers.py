"""Earlier answers of the patient: read for the form, and marked where they are taken."""

from __future__ import annotations

from django.http import HttpRequest

from carepaths.actions.beside import may_have_earlier
from carepaths.core.previous import Former, Moment, Remembered, formers
from carepaths.forms.sheet import Reading
from carepaths.forms.taking import take_over
from carepaths.models import Encounter, Revision
from scamps.core.definition import Element, words

VISITS = 8  # how many earlier visits are looked through


def moment_of(encounter: Encounter) -> Moment:
    return Moment(encounter.visit_time, encounter.site.time_zone)


def formers_of(
    encounter: Encounter, elements: tuple[Element, ...] | None = None
) -> dict[str, Former]:
    """Return the earlier answers that may be taken over, by element; one query.

    None if no earlier visit was signed at all.
    """
    if not may_have_earlier(encounter):
        return {}
    rows = Revision.objects.remembered_at(encounter).select_related(
        "encounter__version__content", "encounter__enrolment"
    )
    unread = ("context", "intentions", "encounter__answers", "encounter__intentions")
    visits = [_remembered(row, encounter) for row in rows.defer(*unread)[:VISITS]]
    asked = encounter.version.plan.elements if elements is None else elements
    return formers(asked, visits, moment_of(encounter))


def _remembered(row: Revision, now: Encounter) -> Remembered:
    then = row.encounter
    plan = then.version.plan
    return Remembered(
        revision=row.pk,
        at=then.visit_time,
        plan=plan,
        answers=row.answers,
        hidden=frozenset((row.walk or {}).get("hidden", ())),
        same_scamp=then.enrolment.scamp_id == now.enrolment.scamp_id,
        title=words(plan.title, "en"),
    )


def mark_taken(
    request: HttpRequest,
    encounter: Encounter,
    elements: tuple[Element, ...],
    reading: Reading,
) -> None:
    """Mark in *reading* what the form says was taken from an earlier visit."""
    now = moment_of(encounter)
    take_over(
        elements, request.POST, reading, lambda: formers_of(encounter, elements), now
    )
