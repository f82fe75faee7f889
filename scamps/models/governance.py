"""How a version came to be right: its edits, the evidence on it, who signed it off."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone

from scamps.models.scamps import Content, Version


class Edit(models.Model):
    """One saved change of a draft: from which content to which. Never changed."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="edits")
    before = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(Content, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version", "pk"]

    def __str__(self) -> str:
        return f"{self.version}: {self.note or 'changed'}"


class Evidence(models.Model):
    """What was found out about one content, frozen under its hash. Never changed.

    `base` is the content it was compared with, for a difference or a replay.
    """

    class Kind(models.TextChoices):
        CHECKS = "checks", "Checks"
        PROOF = "proof", "Proof"
        DIFFERENCE = "difference", "Difference"
        REPLAY = "replay", "Replay"
        CASES = "cases", "Run of cases"

    kind = models.CharField(max_length=10, choices=Kind)
    content = models.ForeignKey(Content, models.PROTECT, related_name="evidence")
    base = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    holds = models.BooleanField(help_text="Nothing in it stands against publishing")
    result = models.JSONField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["checks", "proof", "difference", "replay", "cases"]
                ),
                name="evidence_is_of_a_known_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.content}"


class Verdict(models.TextChoices):
    """What a committee member says of a version in review."""

    APPROVE = "approve", "Approves"
    OBJECT = "object", "Objects"


class SignOffQuerySet(models.QuerySet):
    def held(self) -> Self:
        """The last word of each member on each content."""
        newer = SignOff.objects.filter(
            version=OuterRef("version"),
            content=OuterRef("content"),
            by=OuterRef("by"),
            pk__gt=OuterRef("pk"),
        )
        return self.exclude(models.Exists(newer))

    def on(self, version: Version) -> Self:
        """What was said of the content that *version* has now: a change voids it."""
        return self.filter(version=version, content=version.content_id)


class SignOff(models.Model):
    """A committee member's word on one content of a version. Never changed.

    `interests` declares conflicts of interest: in words, or that there are none.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="sign_offs")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=7, choices=Verdict)
    interests = models.TextField()
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="verdict_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(interests=""), name="interests_are_declared"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="object") | ~Q(words=""),
                name="objection_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} {self.get_verdict_display().lower()} {self.version}"
