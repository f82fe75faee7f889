"""Factories of the smallest valid objects; other states are reached through actions."""

from __future__ import annotations

from datetime import date

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import Membership, Site, User
from scamps.models import Scamp, Seat

PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)


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
