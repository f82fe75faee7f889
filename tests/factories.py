"""Factories of the smallest valid objects; other states are reached through actions."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import factory
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Membership, Site, User
from feedback.actions.runs import carry_on, start_replay
from scamps.actions.library import load_plan
from scamps.core.cases import Case, load_cases
from scamps.core.definition import Plan, canonical, digest, load_yaml
from scamps.models import Content, Evidence, Scamp, Seat, Version

PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)
SMALL_PLAN = """
schema: 1
key: small-plan
title: Small plan
summary: The smallest plan that decides something.
demonstration: true
elements:
  - {key: fever, label: Fever, type: boolean}
forms:
  - key: first
    title: First look
    sections: [{key: all, title: All, items: [{element: fever}]}]
visits: [{key: first, title: First visit, start: look}]
nodes:
  - {kind: assess, key: look, title: Look, form: first, next: hot}
  - kind: decide
    key: hot
    title: Fever?
    branches: [{when: fever, to: cool}]
    otherwise: home
    if_unknown: Take the temperature.
  - kind: recommend
    key: cool
    title: Cool
    actions: [{key: cool, words: Cool the child., direction: do, resource: ice}]
  - {kind: finish, key: home, title: Go home}
resources: [{key: ice, title: Ice, kind: treatment}]
"""

SMALL_CASES = """
cases:
  - {name: hot, visit: first, answers: {fever: true},
     walk: {path: [look, hot, cool], actions: [cool]}}
  - {name: well, visit: first, answers: {fever: false},
     walk: {path: [look, hot, home]}}
  - {name: not measured, visit: first,
     walk: {path: [look, hot], stopped: true, waiting_for: [fever]}}
"""


class UserFactory(DjangoModelFactory):
    """Somebody who can sign in with PASSWORD and, so far, sees nothing."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("user-{}".format)
    name = factory.Sequence("User {}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@hospital.invalid")
    password = factory.django.Password(PASSWORD)


class RoleFactory(DjangoModelFactory):
    """A role's group, as `sync_roles` makes it."""

    class Meta:
        model = Group
        django_get_or_create = ("name",)

    name = "clinician"


class SiteFactory(DjangoModelFactory):
    """A real place of care; `SiteFactory(is_sandbox=True)` is a made-up one."""

    class Meta:
        model = Site

    key = factory.Sequence("site-{}".format)
    name = factory.Sequence("Site {}".format)
    time_zone = "Europe/Berlin"
    is_sandbox = False


class MembershipFactory(DjangoModelFactory):
    """A clinician of a real site; `MembershipFactory(role__name="auditor")`."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory)
    site = factory.SubFactory(SiteFactory)
    starts_on = LONG_AGO


class ScampFactory(DjangoModelFactory):
    """A Scamp without any version."""

    class Meta:
        model = Scamp

    key = factory.Sequence("scamp-{}".format)
    title = factory.Sequence("Scamp {}".format)


class SeatFactory(DjangoModelFactory):
    """A committee member of a Scamp; `SeatFactory(role__name="publisher")`."""

    class Meta:
        model = Seat

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory, name="committee member")
    scamp = factory.SubFactory(ScampFactory)
    starts_on = LONG_AGO


@cache
def small_plan(**changes: str) -> Plan:
    """SMALL_PLAN, with *changes* of its top-level words, such as another summary."""
    plan = load_yaml(SMALL_PLAN)
    return plan.model_copy(update=changes)


@cache
def library_plan(key: str = "suspected-appendicitis") -> Plan:
    """A plan of the library; read once, for its YAML is long."""
    file = settings.BASE_DIR / "library" / key / "plan.yaml"
    return load_yaml(file.read_text(encoding="utf-8"), file.name)


@cache
def library_cases(key: str = "suspected-appendicitis") -> tuple[Case, ...]:
    """The cases that ship with a plan of the library."""
    file = settings.BASE_DIR / "library" / key / "cases.yaml"
    return load_cases(file.read_text(encoding="utf-8"), file.name, library_plan(key))


def library_version(key: str = "suspected-appendicitis") -> Version:
    """The active version of a plan of the library, loaded as `load_library` does."""
    given = {"plan": library_plan(key), "cases": library_cases(key)}
    return load_plan(**given, by=None, at=timezone.now()).version


def active_version(plan: Plan | None = None) -> Version:
    """The active version of *plan* (a small one if none is given), with its cases."""
    plan = plan or small_plan()
    given = {"plan": plan, "cases": known_cases(plan)}
    return load_plan(**given, by=None, at=timezone.now()).version


@cache
def known_cases(plan: Plan) -> tuple[Case, ...]:
    """The cases of a library plan, or of one that is small_plan but for its words."""
    if (settings.BASE_DIR / "library" / plan.key).is_dir():
        return library_cases(plan.key)
    is_small = plan.nodes == small_plan().nodes
    return load_cases(SMALL_CASES, "cases.yaml", plan) if is_small else ()


def replayed(version: Version) -> Version:
    """*version*, whose content was replayed over all real sites if it never was: what a
    review waits for."""
    on_file = Evidence.objects.filter(kind="replay", content=version.content_id)
    if not on_file.filter(holds=True).exists():
        seat = SeatFactory(scamp=version.scamp)
        run = start_replay(version=version, by=seat.user, at=timezone.now())
        carry_on(run=run, at=timezone.now())
    return version


class ContentFactory(DjangoModelFactory):
    """The canonical text of a plan; `ContentFactory(plan=library_plan())`."""

    class Meta:
        model = Content
        django_get_or_create = ("digest",)
        exclude = ("plan",)

    plan = factory.LazyFunction(small_plan)
    digest = factory.LazyAttribute(lambda content: digest(content.plan))
    text = factory.LazyAttribute(lambda content: canonical(content.plan))
    document = factory.LazyAttribute(lambda content: json.loads(content.text))


class VersionFactory(DjangoModelFactory):
    """A draft; other states are reached by `active_version` and by actions."""

    class Meta:
        model = Version

    scamp = factory.SubFactory(ScampFactory)
    number = factory.Sequence(lambda n: n + 1)
    content = factory.SubFactory(ContentFactory)
