"""What was advised, what the clinician intended, what was done, what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from carepaths.models.encounters import Encounter
from carepaths.models.patients import Enrolment


class Opportunity(models.Model):
    """One action of the walk as signed: the denominator of every rate. Never changed."""

    encounter = models.ForeignKey(
        Encounter, models.PROTECT, related_name="opportunities"
    )
    node = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    direction = models.CharField(max_length=6)
    resource = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["encounter", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "node", "action"], name="action_is_advised_once"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["do", "do-not"]), name="direction_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node}/{self.action}"


class Choice(models.TextChoices):
    """What the clinician intends about an opportunity. No row means missing."""

    FOLLOWED = "followed", "Followed"
    MODIFIED = "modified", "Modified"
    DEVIATED = "deviated", "Deviated"
    DEFERRED = "deferred", "Deferred"
    NOT_APPLICABLE = "not-applicable", "Not applicable"


class Kind(models.TextChoices):
    """In which way a decision departs."""

    ADDED = "added", "Added"
    OMITTED = "omitted", "Omitted"
    SUBSTITUTED = "substituted", "Substituted"
    INTERVAL = "interval", "Interval"
    TIMING = "timing", "Timing"
    OTHER = "other", "Other"


class Decision(models.Model):
    """A decision about one opportunity; the latest not voided row holds."""

    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="decisions"
    )
    choice = models.CharField(max_length=14, choices=Choice)
    kind = models.CharField(max_length=11, choices=Kind, blank=True)
    reason = models.CharField(
        max_length=64, blank=True, help_text="Key of the reason, the plan's or standard"
    )
    standard_reason = models.CharField(
        max_length=64, blank=True, help_text="The HL7 code it stands for"
    )
    words = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__in=Choice.values), name="choice_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(choice="deviated") | ~Q(kind=""),
                name="deviation_has_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(choice="deferred") | Q(due_on__isnull=False),
                name="deferral_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(words=""),
                name="other_reason_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity}: {self.choice}"


class Performance(models.Model):
    """What was really done about a resource; the latest row holds. Never changed."""

    class Status(models.TextChoices):
        DONE = "done", "Done"
        NOT_DONE = "not-done", "Not done"
        UNKNOWN = "unknown", "Unknown"

    encounter = models.ForeignKey(
        Encounter, models.PROTECT, related_name="performances"
    )
    resource = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status)
    done_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    known_how = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["done", "not-done", "unknown"]),
                name="performance_status_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource}: {self.status}"


class Outcome(models.Model):
    """What became of an episode, one outcome of the plan; the latest row holds.

    `value` is canonical JSON (true, 3, "2.5") and null if it was sought and not found.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="outcomes")
    key = models.CharField(max_length=63)
    value = models.JSONField(null=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    known_how = models.CharField(max_length=300)
    is_derived = models.BooleanField(
        default=False, help_text="Set from other data of the file, not observed"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["enrolment", "key"], name="outcome_by_episode")]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
