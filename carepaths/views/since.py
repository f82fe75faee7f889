"""What changed since a draft was last saved, for whoever goes on with it."""

from __future__ import annotations

from dataclasses import dataclass

from carepaths.actions.beside import may_have_other_visits
from carepaths.models import Cause, Encounter, Revision
from scamps.models import State, Version


@dataclass(frozen=True)
class Since:
    """Visits of the patient signed or amended since, and a newer version of the plan."""

    revisions: tuple[Revision, ...]
    newer: Version | None

    def __bool__(self) -> bool:
        return bool(self.revisions or self.newer)


def since_of(encounter: Encounter) -> Since:
    """What changed since *encounter* was saved last; nothing for a fresh draft."""
    if not encounter.edit or not encounter.is_open:
        return Since((), None)
    rows = _signed_since(encounter) if may_have_other_visits(encounter) else ()
    last, newer = encounter.version.last_transition, None
    if last is not None and last.to != State.ACTIVE:
        there = encounter.version.scamp.version_at(encounter.site_id)
        newer = there if there and there.pk != encounter.version_id else None
    return Since(rows, newer)


def _signed_since(encounter: Encounter) -> tuple[Revision, ...]:
    found = Revision.objects.filter(
        encounter__enrolment__patient=encounter.enrolment.patient_id,
        cause__in=[Cause.SIGNED, Cause.AMENDED],
        recorded_at__gt=encounter.edited_at,
    ).exclude(encounter=encounter.pk)
    related = ("encounter__version__scamp", "encounter__site", "by")
    return tuple(found.select_related(*related).order_by("recorded_at"))
