"""Voids, marks for the roll-ups, and the keys that make submits idempotent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Site
from carepaths.models.decisions import Decision, Outcome
from carepaths.models.encounters import Encounter, Origin
from scamps.models import Scamp, Version


class Void(models.Model):
    """A row entered in error: it stays readable and leaves every count."""

    encounter = models.ForeignKey(
        Encounter, models.PROTECT, null=True, related_name="voids"
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="voids"
    )
    outcome = models.ForeignKey(
        Outcome, models.PROTECT, null=True, related_name="voids"
    )
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(encounter__isnull=False, decision=None, outcome=None)
                | Q(encounter=None, decision__isnull=False, outcome=None)
                | Q(encounter=None, decision=None, outcome__isnull=False),
                name="void_names_one_row",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="void_has_a_reason"),
            models.UniqueConstraint(fields=["encounter"], name="encounter_voided_once"),
            models.UniqueConstraint(fields=["decision"], name="decision_voided_once"),
            models.UniqueConstraint(fields=["outcome"], name="outcome_voided_once"),
        ]

    def __str__(self) -> str:
        return f"Entered in error: {self.reason}"


class Mark(models.Model):
    """A bucket whose counts may have changed. Insert-only; roll-ups delete them.

    An encounter bucket has a version and an origin; an enrolment bucket a Scamp.
    `month` is its first day in the site's time zone, empty if undated.
    """

    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    scamp = models.ForeignKey(Scamp, models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    month = models.DateField(null=True)
    origin = models.CharField(max_length=13, choices=Origin, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(version__isnull=False, scamp=None) & ~Q(origin=""))
                | Q(version=None, scamp__isnull=False, origin=""),
                name="mark_names_one_bucket",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version or self.scamp} at {self.site}, {self.month}"


class Submission(models.Model):
    """A submit that was carried out: the same key again gives the same result."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    key = models.UUIDField()
    payload_digest = models.CharField(max_length=64)
    result = models.JSONField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "key"], name="submission_key_is_used_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key}"
