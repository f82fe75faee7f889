"""Merges: two patients of a site found to be one person, and that taken back.

Clinical rows stay under the patient they were entered for. A merge says who stands for
whom; everything that counts people, or shows a person's episodes, asks it.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from carepaths.models.patients import Patient


class MergeState(models.TextChoices):
    PROPOSED = "proposed", "To be confirmed"
    CONFIRMED = "confirmed", "Merged"
    REJECTED = "rejected", "Two persons"
    UNDONE = "undone", "Taken back"


class MergeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(kept__in=Patient.objects.visible_to(user))

    def with_state(self) -> Self:
        """Each merge with `state`, that of its last step."""
        last = MergeStep.objects.filter(merge=OuterRef("pk")).order_by("-pk")
        state = Subquery(last.values("to")[:1])
        return self.annotate(state=Coalesce(state, Value(MergeState.PROPOSED)))

    def in_state(self, *states: str) -> Self:
        return self.with_state().filter(state__in=states)

    def about(self, patient: Patient) -> Self:
        """Those that *patient*, or somebody merged with them, has a part in."""
        group = Patient.objects.same_as(patient)
        return self.filter(Q(kept__in=group) | Q(merged__in=group))

    def with_people(self) -> Self:
        """With both identities, and who proposed it."""
        return self.select_related(
            "kept__identity",
            "kept__site",
            "merged__identity",
            "merged__site",
            "proposed_by",
        )


class Merge(models.Model):
    """Somebody proposes that *merged* is the same person as *kept*. Never changed."""

    kept = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.TextField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=F("merged")), name="merge_is_of_two_patients"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.merged} is {self.kept}"

    def get_absolute_url(self) -> str:
        return reverse("carepaths:merge", args=[self.pk])


class MergeStep(models.Model):
    """What became of a proposal: confirmed, rejected, undone. Never changed."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="steps")
    to = models.CharField(max_length=9, choices=MergeState)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merge", "to"], name="merge_takes_each_step_once"
            ),
            models.CheckConstraint(
                condition=~Q(to="undone") | ~Q(reason=""), name="unmerging_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merge}: {self.to}"


class SamePerson(models.Model):
    """From here on *patient* is counted as *kept*, or as nobody else. Never changed.

    The last row of a patient holds; a report reads the last one before its cut-off.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    kept = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    step = models.ForeignKey(MergeStep, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["patient", "id"], name="same_person_in_order")]

    def __str__(self) -> str:
        return f"{self.patient} is {self.kept or 'nobody else'}"
