"""Cases that live with a plan: examples of patients, and what must come of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from scamps.models.scamps import Scamp, State, Transition, Version


class PlanCase(models.Model):
    """One example of a Scamp; what it says stands in its revisions. Never changed."""

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="cases")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Case {self.pk} of {self.scamp}"


class CaseSource(models.TextChoices):
    """Where what a case says came from."""

    WRITTEN = "written", "Written"
    LIBRARY = "library", "From the library"
    FILE = "file", "From a file"
    PROOF = "proof", "Counter-example of a proof"
    ENCOUNTER = "encounter", "A real visit, de-identified"


class CaseRevisionQuerySet(models.QuerySet):
    def holding_for(self, version: Version) -> Self:
        """What each case says for *version*, in order; those removed left out.

        It is what was last said for it or for a version before it; what was said for
        drafts that were given up is passed over.
        """
        latest = self._latest(version).filter(is_removed=False)
        return latest.order_by("position", "case")

    def last_said_for(self, version: Version) -> Self:
        """The same, with those that were removed."""
        return self._latest(version).order_by("position", "case")

    def _latest(self, version: Version) -> Self:
        said = CaseRevision.objects.filter(
            case__scamp=version.scamp_id, version__number__lte=version.number
        ).exclude(Q(version__in=_given_up(version)) & ~Q(version=version.pk))
        newer = said.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
        return said.exclude(Exists(newer))

    def newest_first(self) -> Self:
        return self.select_related("by", "version").order_by("-pk")


def _given_up(version: Version) -> models.QuerySet[Version]:
    """The versions of the Scamp that were withdrawn and never stood for it."""
    stood = Transition.objects.filter(
        version=OuterRef("pk"), to__in=[State.ACTIVE, State.PILOT]
    )
    withdrawn = Version.objects.filter(scamp=version.scamp_id).in_state(State.WITHDRAWN)
    return withdrawn.exclude(Exists(stood)).values("pk")


class CaseRevision(models.Model):
    """What a case says, for a version and those after it. Never changed.

    `answers`, `context` and `walk` are as scamps.core.cases keeps them; without a walk
    nobody has confirmed yet which one is right.
    """

    case = models.ForeignKey(PlanCase, models.PROTECT, related_name="revisions")
    version = models.ForeignKey(Version, models.PROTECT, related_name="case_revisions")
    position = models.PositiveIntegerField(help_text="Where it stands in the file")
    name = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    visit = models.CharField(max_length=64)
    like = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    walk = models.JSONField(null=True)
    source = models.CharField(
        max_length=9, choices=CaseSource, default=CaseSource.WRITTEN
    )
    is_removed = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    objects = CaseRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["case", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="case_has_a_name"),
            models.CheckConstraint(
                condition=Q(source__in=CaseSource.values),
                name="case_is_from_a_known_source",
            ),
            models.CheckConstraint(
                condition=Q(is_removed=False) | ~Q(reason=""),
                name="case_is_removed_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["version", "case"], name="case_by_version")]

    def __str__(self) -> str:
        return self.name

    @property
    def data(self) -> Mapping[str, Any]:
        """The case whole, as scamps.core.cases reads it."""
        return {
            "name": self.name,
            "note": self.note,
            "visit": self.visit,
            "like": self.like,
            "answers": self.answers,
            "context": self.context,
            "walk": self.walk,
        }
