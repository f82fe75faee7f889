"""Encounters: a working draft, then signed revisions that never change."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Site, User
from carepaths.models.patients import Enrolment, Patient
from scamps.models import Version


class Origin(models.TextChoices):
    """How an encounter came about. Origins are never pooled."""

    PROSPECTIVE = "prospective", "With the plan"
    RETROSPECTIVE = "retrospective", "Before the plan"
    SANDBOX = "sandbox", "Sandbox"


class EncounterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(enrolment__patient__in=Patient.objects.visible_to(user))

    def drafts(self) -> Self:
        return self.filter(signed_at=None).unvoided()

    def signed(self) -> Self:
        return self.filter(signed_at__isnull=False)

    def unvoided(self) -> Self:
        """Encounters that were not entered in error."""
        from carepaths.models.ledger import Void

        return self.exclude(Exists(Void.objects.filter(encounter=OuterRef("pk"))))

    def counted(self) -> Self:
        """What reports count: signed and not voided."""
        return self.signed().unvoided()


class Encounter(models.Model):
    """One visit on a plan, pinned to the version it was opened under.

    `answers` and `intentions` are the draft's working row, saved in place by
    compare-and-set on `edit`; signing freezes the row.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="encounters")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    visit = models.CharField(max_length=64, help_text="Key of the kind of visit")
    origin = models.CharField(max_length=13, choices=Origin)
    visit_time = models.DateTimeField(
        null=True, blank=True, help_text="When it happened; empty if undated"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    edit = models.PositiveIntegerField(default=0, help_text="Counts saves: the ETag")
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    answers = models.JSONField(default=dict)
    intentions = models.JSONField(
        default=dict, help_text="Decisions of the draft, by node/action"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signature_has_time_and_signer",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="origin_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "site", "origin", "visit_time"],
                name="encounter_by_bucket",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}, {self.visit}"

    def get_absolute_url(self) -> str:
        return reverse("carepaths:encounter", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.signed_at is None


class Cause(models.TextChoices):
    """Why a revision was cut."""

    SIGNED = "signed", "Signed"
    AMENDED = "amended", "Amended"
    HANDOVER = "handover", "Change of author"
    MOVED = "moved", "Before a move to another version"
    CONFLICT = "conflict", "Lost a conflict"


class Revision(models.Model):
    """Answers, context and walk of an encounter at one moment. Never changed."""

    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=8, choices=Cause)
    reason = models.TextField(blank=True)
    answers = models.JSONField()
    context = models.JSONField()
    walk = models.JSONField(null=True, help_text="As `Walk.to_json` writes it")
    path = ArrayField(models.CharField(max_length=64), default=list)
    end_node = models.CharField(max_length=64, blank=True)
    stopped = models.BooleanField(default=False)
    waiting_for = ArrayField(models.CharField(max_length=64), default=list)
    flagged = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="Elements used although outside their plausible range",
    )
    differs_without_flagged = models.BooleanField(
        default=False, help_text="The walk would differ were the flagged values null"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["encounter", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "number"], name="revision_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["encounter"],
                condition=Q(cause="signed"),
                name="encounter_is_signed_once",
            ),
            models.CheckConstraint(
                condition=~Q(cause="amended") | ~Q(reason=""),
                name="amendment_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.encounter}, revision {self.number}"
