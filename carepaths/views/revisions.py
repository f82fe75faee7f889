"""The revisions of a signed encounter: each readable, each with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest

from carepaths.core.context import from_json
from carepaths.core.differences import Difference, differences
from carepaths.forms.sheet import Reading
from carepaths.models import Encounter, Revision
from carepaths.views.desk import Desk


@dataclass(frozen=True)
class Told:
    """One revision as the history lists it: what it changed, and whether it is shown."""

    revision: Revision
    changes: tuple[Difference, ...]
    is_shown: bool


def asked_for(request: HttpRequest, revisions: Sequence[Revision]) -> Revision:
    """Return the revision that `?revision=` names, else the last that is sealed."""
    number = request.GET.get("revision", "")
    if not number:
        return [row for row in revisions if row.is_sealed][-1]
    found = [row for row in revisions if str(row.number) == number]
    if not found:
        raise Http404
    return found[0]


def history(
    encounter: Encounter, revisions: Sequence[Revision], shown: Revision
) -> list[Told]:
    """Return the revisions in order; an amendment with what it changed."""
    told, before = [], None
    for row in revisions:
        changes: tuple[Difference, ...] = ()
        if row.is_sealed:
            if before is not None:
                plan = encounter.version.plan
                changes = differences(plan, before.answers, row.answers)
            before = row
        told.append(Told(row, changes, row == shown))
    return told


def desk_shown(encounter: Encounter, shown: Revision, signed: Revision) -> Desk:
    """The desk of any revision; what a draft left behind has the context of *signed*."""
    stored = shown.context if shown.is_sealed else signed.context
    context = from_json(encounter.version.plan, stored)
    return Desk(encounter, Reading(shown.answers), shown.intentions, context)
