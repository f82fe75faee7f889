"""The context of an encounter, read from the patient and from the visit before."""

from __future__ import annotations

from datetime import date
from typing import Any

from carepaths.actions.beside import beside
from carepaths.core.context import Context, previous_facts
from carepaths.core.months import day_of, weeks_between
from carepaths.models import Encounter, Identity, Revision
from carepaths.models.identities import BirthDatePrecision


def context_of(encounter: Encounter) -> Context:
    """Return what the walk of *encounter* knows besides its own answers.

    `birth_date` (known to the day, else null), `visit_date`, and of the visit before:
    `weeks_since_previous` and `previous.KEY`.
    """
    return context_and_source(encounter)[0]


def context_and_source(encounter: Encounter) -> tuple[Context, Revision | None]:
    """Return the context, and the revision of the visit before that it was read from."""
    zone = encounter.site.time_zone
    when = encounter.visit_time
    context: Context = {
        "birth_date": _birth_date(encounter),
        "visit_date": day_of(when, zone) if when else None,
        "weeks_since_previous": None,
    }
    before = previous_revision(encounter)
    if before is None or when is None:
        return context, None
    then = before.encounter
    context["weeks_since_previous"] = weeks_between(then.visit_time, when, zone)
    hidden = (before.walk or {}).get("hidden", ())
    plans = encounter.version.plan, then.version.plan
    return context | previous_facts(*plans, before.answers, hidden), before


def previous_revision(encounter: Encounter) -> Revision | None:
    """Return the last sealed revision of the latest counted visit before, if any."""
    if encounter.visit_time is None or not _has_signed_before(encounter):
        return None
    before = Encounter.objects.before(encounter).values("pk")[:1]
    sealed = Revision.objects.sealed().filter(encounter__in=before)
    related = sealed.select_related("encounter__version__content")
    return related.order_by("-number").first()


def _has_signed_before(encounter: Encounter) -> bool:
    """Whether to look for the visit before at all: a first visit has none."""
    if (known := beside(encounter)) is not None:
        return any(
            one.enrolment == encounter.enrolment_id
            and one.visit_time
            and one.visit_time < encounter.visit_time
            for one in known
        )
    signed = Encounter.objects.signed().filter(enrolment=encounter.enrolment_id)
    return signed.filter(visit_time__lt=encounter.visit_time).exists()


def _birth_date(encounter: Encounter) -> date | None:
    """The birth date, if it is known to the day; read once where the page has it."""
    if (
        identity := _at_hand(encounter, "enrolment", "patient", "identity")
    ) is not None:
        is_known = identity.birth_date_precision == BirthDatePrecision.DAY
        return identity.birth_date if is_known else None
    rows = Identity.objects.filter(
        patient__enrolments=encounter.enrolment_id,
        birth_date_precision=BirthDatePrecision.DAY,
    )
    return rows.values_list("birth_date", flat=True).first()


def _at_hand(row: Any, *names: str) -> Any:
    """What is reached from *row* by *names*, if all of it was loaded with it."""
    for name in names:
        if not row._meta.get_field(name).is_cached(row):
            return None
        row = getattr(row, name)
    return row
