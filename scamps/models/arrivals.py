"""What arrives at a draft on an older base, and who is at a draft just now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from scamps.core.definition import Plan
from scamps.models.scamps import Content, Version

PRESENT = timedelta(seconds=75)  # three beats, of which two may be lost


class ArrivalQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Those that nobody has settled, the oldest first."""
        return self.filter(settled_at=None).select_related("by").order_by("pk")


class Arrival(models.Model):
    """A document to be merged into a draft, whose *base* the draft has left behind.

    What an author wrote while others saved, or the next state of a plan upstream. Once
    it is settled, it says beside which content it came, and what became of both.
    """

    class Kind(models.TextChoices):
        AUTHOR = "author", "Written meanwhile"
        UPSTREAM = "upstream", "From upstream"

    version = models.ForeignKey(Version, models.PROTECT, related_name="arrivals")
    kind = models.CharField(max_length=8, choices=Kind)
    base = models.ForeignKey(Content, models.PROTECT, related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    beside = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    result = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["author", "upstream"]),
                name="arrival_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, beside=None, result=None)
                | Q(
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    beside__isnull=False,
                    result__isnull=False,
                ),
                name="arrival_is_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.content} for {self.version}"

    def get_absolute_url(self) -> str:
        place = [self.version.scamp.key, self.version.number, self.pk]
        return reverse("scamps:arrival", args=place)

    def sides(self, draft: Plan) -> tuple[Plan, Plan]:
        """Mine and theirs: an author's own is mine, and so is a site's own."""
        if self.kind == self.Kind.AUTHOR:
            return self.content.plan, draft
        return draft, self.content.plan


class PresenceQuerySet(models.QuerySet):
    def beside(self, user: User, version: Version, at: datetime) -> Self:
        """The others who are at *version* now, who came last first."""
        here = self.filter(version=version, at__gt=at - PRESENT)
        return here.exclude(user=user).select_related("user").order_by("-at")


class Presence(models.Model):
    """At which part of a draft a user was last seen. Forgotten when they are gone."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    part = models.CharField(max_length=100, blank=True, help_text="nodes/low")
    at = models.DateTimeField(db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "user"], name="user_is_at_one_part_of_a_draft"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.part or 'the whole'} of {self.version}"
