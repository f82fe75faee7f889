"""The smallest valid patients on plans; other states are reached through actions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Site, User
from carepaths.actions.encounters import open_encounter, save_draft
from carepaths.actions.enrolments import enrol
from carepaths.actions.signing import sign
from carepaths.models import Encounter, Enrolment, Identity, Patient
from scamps.core.definition import Plan, canonical, digest_of, load_yaml
from scamps.models import Content, Scamp, State, Transition, Version
from tests.carepaths.plan import FEVER
from tests.factories import SiteFactory, UserFactory

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # midday in Berlin
DAY = timedelta(days=1)


class PatientFactory(DjangoModelFactory):
    """A patient of a real site, whose identity has a record number alone."""

    class Meta:
        model = Patient
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)

    @factory.post_generation
    def identity(patient: Patient, create: bool, given: Any, **kwargs: Any) -> None:  # noqa: N805
        kwargs.setdefault("record_number", f"R-{patient.pk}")
        Identity.objects.create(patient=patient, site=patient.site, **kwargs)


def publish(
    text: str = FEVER,
    *,
    state: str = State.ACTIVE,
    scamp: Scamp | None = None,
    replacing: tuple[str, str] = ("", ""),
) -> Version:
    """Store the plan *text* as the next version of its Scamp, in *state*."""
    plan, document = _read(text.replace(*replacing) if replacing[0] else text)
    scamp = (
        scamp
        or Scamp.objects.get_or_create(
            key=plan.key, defaults={"title": str(plan.title)}
        )[0]
    )
    content, _ = Content.objects.get_or_create(
        digest=digest_of(document),
        defaults={"text": document, "document": json.loads(document)},
    )
    number = scamp.versions.count() + 1
    version = Version.objects.create(scamp=scamp, number=number, content=content)
    move(version, state)
    return version


@cache
def _read(text: str) -> tuple[Plan, str]:
    """The plan of *text*, and its canonical text; read once, for YAML is slow."""
    plan = load_yaml(text)
    return plan, canonical(plan)


def move(version: Version, state: str) -> None:
    """Add the transition of *version* to *state*."""
    Transition.objects.create(version=version, to=state, reason="For a test")


def episode(
    *, scamp: Scamp, by: User | None = None, at: datetime = NOON, **patient: Any
) -> Enrolment:
    """Enrol a new patient, or `patient=`, in *scamp*."""
    person = patient.pop("patient", None) or PatientFactory(**patient)
    return enrol(patient=person, scamp=scamp, by=by or UserFactory(), at=at)


def opened(enrolment: Enrolment, *, by: User | None = None, **fields: Any) -> Encounter:
    """Open a first visit at noon, unless *fields* say otherwise."""
    given = {"visit": "first", "visit_time": NOON, "at": NOON} | fields
    return open_encounter(enrolment=enrolment, by=by or UserFactory(), **given)


def answers(**values: Any) -> dict[str, dict[str, Any]]:
    """Return stored answers of these canonical values."""
    return {key: {"value": v, "missing": None} for key, v in values.items()}


def saved(
    encounter: Encounter,
    *,
    by: User | None = None,
    at: datetime = NOON,
    intentions: dict[str, Any] | None = None,
    **values: Any,
) -> Encounter:
    """Save *values* as the draft's answers."""
    return save_draft(
        encounter=encounter,
        answers=answers(**values),
        intentions=intentions or {},
        edit=encounter.edit,
        by=by or encounter.opened_by,
        at=at,
    )


def signed(
    enrolment: Enrolment,
    *,
    by: User | None = None,
    performances: Any = (),
    intentions: dict[str, Any] | None = None,
    visit: str = "first",
    visit_time: datetime | None = NOON,
    at: datetime | None = None,
    origin: str = "",
    **values: Any,
) -> Encounter:
    """Open, save and sign an encounter with these answers."""
    by, at = by or UserFactory(), at or visit_time or NOON
    encounter = opened(
        enrolment, by=by, visit=visit, visit_time=visit_time, origin=origin, at=at
    )
    saved(encounter, by=by, at=at, intentions=intentions, **values)
    return sign(
        encounter=encounter,
        edit=encounter.edit,
        performances=performances,
        by=by,
        at=at,
    )


HOME = {"guarding": False, "temperature": "37.0"}  # walks to `home`
SCAN = {"guarding": False, "temperature": "38.5"}  # walks to `scan`, then waits
OPERATE = {"guarding": True}  # walks to `operate`


__all__ = [
    "DAY",
    "HOME",
    "NOON",
    "OPERATE",
    "SCAN",
    "PatientFactory",
    "Site",
    "SiteFactory",
    "UserFactory",
    "answers",
    "episode",
    "move",
    "opened",
    "publish",
    "saved",
    "signed",
]
