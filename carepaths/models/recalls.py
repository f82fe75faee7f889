"""Recalled versions: every patient whom one reached is looked at, until each is closed.

Whom it reached is not stored but asked: so no job, and no late entry, leaves anybody out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Membership
from carepaths.models.encounters import (
    MOVED_FROM,
    Cause,
    Encounter,
    Origin,
    Revision,
)
from carepaths.models.patients import Patient, PatientQuerySet
from carepaths.models.tasks import Task, TaskKind
from scamps.models import Version

REVIEWERS = ("clinician", "data manager", "safety officer")
"""Roles that look at patients after a recall, and so may own one."""


class RecallEventQuerySet(models.QuerySet):
    def closures(self) -> Self:
        """The closings that stand: nobody has opened the patient again since."""
        newer = RecallEvent.objects.filter(
            version=OuterRef("version"),
            patient=OuterRef("patient"),
            kind__in=ENDS,
            pk__gt=OuterRef("pk"),
        )
        return self.filter(kind=RecallStep.CLOSED).exclude(Exists(newer))


class RecallStep(models.TextChoices):
    """What happened to the review of one patient."""

    HANDED_OVER = "handed-over", "Handed over"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"


ENDS = (RecallStep.CLOSED, RecallStep.REOPENED)


class Finding(models.TextChoices):
    """What the review of a patient found."""

    UNAFFECTED = "unaffected", "Looked at: nothing needs to change"
    CHANGED = "changed", "The care was changed"
    HARMED = "harmed", "The patient came to harm"
    UNREACHED = "unreached", "Could not be reached"


class RecallEvent(models.Model):
    """One step in the review of one patient after a recall. Never changed."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="recall_events")
    kind = models.CharField(max_length=11, choices=RecallStep)
    finding = models.CharField(max_length=10, choices=Finding, blank=True)
    words = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = RecallEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["version", "patient", "id"], name="recall_event_in_order"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RecallStep.values), name="recall_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="closed", finding__in=Finding.values)
                | (~Q(kind="closed") & Q(finding="")),
                name="closing_a_recall_has_a_finding",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["closed", "reopened"]) | ~Q(words=""),
                name="closing_a_recall_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient}: {self.get_kind_display().lower()}"


class ReachedQuerySet(PatientQuerySet):
    def by(self, version: Version) -> Self:
        """Whom *version* advised, or may have: signed or not, voided, or moved off it.

        What looks back showed its advice to nobody.
        """
        here = Encounter.objects.filter(version=version)
        left = Revision.objects.filter(
            cause=Cause.MOVED, context__contains={MOVED_FROM: version.pk}
        )
        shown = here.exclude(origin=Origin.RETROSPECTIVE)
        moved = left.exclude(encounter__origin=Origin.RETROSPECTIVE)
        return self.filter(
            Q(pk__in=shown.values("enrolment__patient"))
            | Q(pk__in=moved.values("encounter__enrolment__patient"))
        )

    def reviewed(self, version: Version) -> Self:
        return self.filter(pk__in=_closed(version))

    def to_review(self, version: Version) -> Self:
        return self.by(version).exclude(pk__in=_closed(version))

    def with_review(self, version: Version, as_of: datetime) -> Self:
        """Each with `is_closed`, `holder` (id, or null), `is_owned`, and what is left:
        `has_draft`, `has_tasks`; `visited` is the last visit on *version*.

        Unless handed over, a patient is of whoever signed or saved that visit last.
        """
        mine = RecallEvent.objects.filter(version=version, patient=OuterRef("pk"))
        handed = mine.filter(kind=RecallStep.HANDED_OVER).order_by("-pk")
        visits = Encounter.objects.filter(
            version=version, enrolment__patient=OuterRef("pk")
        )
        last = visits.order_by(F("visit_time").desc(nulls_last=True), "-pk")
        who = last.values(who=Coalesce("signed_by", "edited_by"))
        tasks = tasks_left(version).filter(enrolment__patient=OuterRef("pk"))
        owner = Case(
            When(Exists(handed), then=Subquery(handed.values("owner")[:1])),
            default=Subquery(who[:1]),
            output_field=models.BigIntegerField(),
        )
        return self.annotate(
            is_closed=Exists(mine.closures()),
            holder=owner,
            is_owned=Exists(_here(as_of)),
            has_draft=Exists(visits.drafts()),
            has_tasks=Exists(tasks),
            visited=Subquery(last.values("visit_time")[:1]),
        )

    def in_order(self) -> Self:
        """Those to look at first: open ones, with a draft, with tasks, the latest."""
        return self.order_by(
            "is_closed",
            "-has_draft",
            "-has_tasks",
            F("visited").desc(nulls_last=True),
            "pk",
        )

    def by_site(self, version: Version) -> list[dict]:
        """For each site its name, whether it is made up, how many, how many closed."""
        done = Q(pk__in=_closed(version))
        sites = self.by(version).order_by("site__name")
        return list(
            sites.values("site", "site__name", "site__is_sandbox").annotate(
                total=Count("pk"), closed=Count("pk", filter=done)
            )
        )


def tasks_left(version: Version) -> models.QuerySet[Task]:
    """Open tasks that follow from *version*; to record an outcome harms nobody."""
    mine = Task.objects.open().filter(encounter__version=version)
    return mine.exclude(kind=TaskKind.OUTCOME)


def _closed(version: Version) -> models.QuerySet:
    return RecallEvent.objects.closures().filter(version=version).values("patient")


def _here(as_of: datetime) -> models.QuerySet:
    """The memberships by which the holder can see to the patient."""
    return Membership.objects.current(as_of.date()).filter(
        user=OuterRef("holder"),
        user__is_active=True,
        site=OuterRef("site"),
        role__name__in=REVIEWERS,
    )


class Reached(Patient):
    """A patient as one whom a version reached."""

    objects = ReachedQuerySet.as_manager()

    class Meta:
        proxy = True
