"""A real visit becomes a case of its plan: de-identified, shown, confirmed, audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts import trail
from accounts.models import User
from accounts.permissions import DEMO_ADDRESS
from carepaths.core.answers import facts
from carepaths.core.context import from_json
from carepaths.models import Encounter, Revision
from feedback.core.deidentifying import Deidentified, deidentify
from feedback.core.rarity import Rarity, rarities
from scamps.actions.cases import home_of, keep_case
from scamps.core.cases import Case
from scamps.models import CaseRevision, CaseSource, Seat, Version

LOOKED_AT = 10_000  # latest visits among which rare values are sought


class NotAVisitToKeep(Exception):
    """The visit cannot become a case now; the message says why."""


def home_for(encounter: Encounter) -> Version:
    """The version whose cases a case of this visit joins.

    Raises: NotAVisitToKeep.
    """
    if encounter.is_open:
        raise NotAVisitToKeep("It is not signed yet.")
    if encounter.voids.exists():
        raise NotAVisitToKeep("It was entered in error.")
    scamp = encounter.version.scamp
    demo = Seat.objects.current().filter(
        scamp=scamp, user__email__endswith=DEMO_ADDRESS
    )
    if not encounter.site.is_sandbox and demo.exists():
        raise NotAVisitToKeep(
            "Demo users, whose password is public, sit on this plan: nothing of a real "
            "patient may come there."
        )
    version = home_of(scamp)
    if version is None:
        raise NotAVisitToKeep(
            "The plan's cases cannot be changed now: a version is in review, or none "
            "stands."
        )
    if encounter.visit not in version.plan.visit:
        raise NotAVisitToKeep(
            f"Version {version.number} has no such visit: {encounter.visit}."
        )
    return version


def deidentified(
    encounter: Encounter, version: Version, *, whole: bool = False
) -> Deidentified:
    """What may be kept of the visit as it holds, for the plan as *version* has it.

    Raises: PlanError: the plan has errors.
    """
    last = encounter.revisions.sealed().order_by("-number").first()
    then = encounter.version.plan
    known, context = facts(then, last.answers), from_json(then, last.context)
    visit = Case("", encounter.visit, known, context, None)
    return deidentify(version.content.compiled, visit, whole=whole)


def rarity_of(encounter: Encounter, kept: Mapping[str, Any]) -> dict[str, Rarity]:
    """How rare the *kept* answers are among the patients of the plan, all sites."""
    counted = Encounter.objects.counted().filter(
        enrolment__scamp=encounter.enrolment.scamp_id,
        site__is_sandbox=encounter.site.is_sandbox,
    )
    values = {
        f"value_{index}": KeyTextTransform("value", KeyTransform(key, "answers"))
        for index, key in enumerate(kept)
    }
    rows = Revision.objects.latest_sealed().filter(encounter__in=counted)
    asked = rows.order_by("-pk").values_list(
        "encounter__enrolment__patient", *values.values()
    )
    others = (
        (patient, dict(zip(kept, said, strict=True)))
        for patient, *said in asked[:LOOKED_AT]
    )
    return rarities(kept, others)


@transaction.atomic
def keep_visit(
    *, encounter: Encounter, version: Version, case: Case, by: User, at: datetime
) -> CaseRevision:
    """Keep *case*, which a person has looked through; nothing in it leads back.

    The access trail says that a case was made of the visit, not which; the case says on
    which day, not when.

    Raises: NotAVisitToKeep; CasesFrozen, NameTaken.
    """
    if home_for(encounter) != version:
        raise NotAVisitToKeep("Another version is written now: look again.")
    made = {"scamp": version.scamp.key, "version": version.number}
    trail.record(by, "made a case of", encounter, encounter.site, at=at, **made)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    bare = replace(case, like="")
    source = CaseSource.ENCOUNTER
    return keep_case(version=version, case=bare, source=source, by=by, at=day)
