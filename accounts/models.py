"""Who: users, sites, memberships and the trail of what they saw and did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import uuid4
from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser, Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone


class User(AbstractUser):
    """A person who signs in. Never deleted: signed rows name them."""

    first_name = None
    last_name = None
    name = models.CharField(max_length=150, help_text="As shown beside signatures")

    def __str__(self) -> str:
        return self.name or self.username


def validate_time_zone(value: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(f"“{value}” is not a time zone, such as Europe/Berlin.")


class SiteQuerySet(models.QuerySet):
    def real(self) -> Self:
        return self.filter(is_sandbox=False)

    def sandbox(self) -> Self:
        return self.filter(is_sandbox=True)

    def open_to(self, user: User, *roles: str) -> Self:
        """Sites where *user* has a current membership, in one of *roles* if named."""
        memberships = Membership.objects.current().filter(user=user)
        if roles:
            memberships = memberships.filter(role__name__in=roles)
        return self.filter(pk__in=memberships.values("site"))


class Site(models.Model):
    """One place of care. All of a site is real, or all of it is made up (sandbox)."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    is_sandbox = models.BooleanField(help_text="Holds made-up patients only")

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def current(self, on: date | None = None) -> Self:
        """Memberships in force on the day *on* (today if not said)."""
        on = on or timezone.now().date()
        return self.filter(starts_on__lte=on).filter(
            Q(ends_on=None) | Q(ends_on__gte=on)
        )


class Membership(models.Model):
    """A user has a role at a site, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Group, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "site", "starts_on"],
                name="membership_is_stated_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.site}"


class AccessEvent(models.Model):
    """One line of the access trail: who saw or did what, when. Never changed."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=40, help_text="saw, signed, imported, ...")
    subject = models.CharField(max_length=60, help_text="Kind of the object")
    subject_id = models.CharField(max_length=64)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="trail_by_subject"),
            models.Index(fields=["user", "at"], name="trail_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.verb} {self.subject} {self.subject_id}"


class ParkedFormQuerySet(models.QuerySet):
    def waiting_for(self, user: User, at: datetime) -> Self:
        """What is kept for *user* and no other, newest first."""
        return self.filter(user=user, expires_at__gt=at).order_by("-arrived_at")


class ParkedForm(models.Model):
    """A form that arrived when its author was signed out. Sealed, and soon deleted."""

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField(help_text="Path and fields, encrypted")
    arrived_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = ParkedFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], name="form_is_parked_once"
            )
        ]

    def __str__(self) -> str:
        return f"Kept for {self.user} until {self.expires_at}"

    def get_absolute_url(self) -> str:
        return reverse("kept_form", args=[self.key])
