"""Alerts: evidence that came up and touches steps of a plan; and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from scamps.models.scamps import Scamp, Version


class AlertKind(models.TextChoices):
    """What came up."""

    TRIAL = "trial", "A trial or study"
    RETRACTION = "retraction", "A retraction"
    PRODUCT = "product", "A recall of a product"
    GUIDELINE = "guideline", "A guideline or warning"
    OTHER = "other", "Something else"


class AlertStepKind(models.TextChoices):
    """What was done about an alert."""

    EXPEDITED = "expedited", "Expedited review begun"
    ADDRESSED = "addressed", "Addressed by a version"
    DISMISSED = "dismissed", "Changes nothing"
    REOPENED = "reopened", "Opened again"


ENDS = (AlertStepKind.ADDRESSED, AlertStepKind.DISMISSED, AlertStepKind.REOPENED)


@dataclass(frozen=True)
class Standing:
    """An alert as a page of the version shows it."""

    pk: int
    title: str
    words: str
    nodes: tuple[str, ...]


class AlertQuerySet(models.QuerySet):
    def with_state(self) -> Self:
        """Each with `last_kind` (None: nothing closed it) and `last_number`: of the
        version that addressed it."""
        ends = AlertStep.objects.filter(alert=OuterRef("pk"), kind__in=ENDS)
        last = ends.order_by("-pk")
        return self.annotate(
            last_kind=Subquery(last.values("kind")[:1]),
            last_number=Subquery(last.values("version__number")[:1]),
        )

    def open(self) -> Self:
        """Those that nothing closed, or that were opened again."""
        return self.with_state().filter(_is_open())

    def standing_on(self, number: int | OuterRef) -> Self:
        """Those that stand on version *number*: open, or addressed by a later one."""
        later = Q(last_kind=AlertStepKind.ADDRESSED, last_number__gt=number)
        return self.with_state().filter(_is_open() | later)

    def expediting(self, version: Version) -> Self:
        """The open ones for which *version* is in expedited review."""
        begun = AlertStep.objects.filter(version=version, kind=AlertStepKind.EXPEDITED)
        return self.open().filter(pk__in=begun.values("alert"))


def _is_open() -> Q:
    return Q(last_kind=None) | Q(last_kind=AlertStepKind.REOPENED)


class Alert(models.Model):
    """Evidence that touches named nodes of a plan. Never changed: its steps tell more.

    `version` is the one its nodes were named on.
    """

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="alerts")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AlertKind)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=500, help_text="Citation or address")
    words = models.TextField(help_text="What it means at these steps")
    nodes = ArrayField(models.CharField(max_length=64))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AlertKind.values), name="alert_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(nodes__len__gt=0), name="alert_names_nodes"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(words="") & ~Q(source=""),
                name="alert_says_what_and_whence",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("scamps:alert", args=[self.scamp.key, self.pk])


class AlertStep(models.Model):
    """One thing done about an alert: who, when, why. Never changed."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=AlertStepKind)
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, related_name="alert_steps"
    )
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["alert", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AlertStepKind.values), name="alert_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["expedited", "addressed"], version__isnull=False)
                | Q(kind__in=["dismissed", "reopened"], version=None),
                name="alert_step_names_its_version",
            ),
            models.CheckConstraint(
                condition=Q(kind="expedited") | ~Q(words=""),
                name="alert_step_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert}: {self.get_kind_display().lower()}"


class ExpeditedRule(models.Model):
    """How a committee judges expedited versions, from now on. Rows are never changed.

    The last row of a Scamp holds; without one there is no expedited way.
    """

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="expedited_rules")
    quorum = models.PositiveSmallIntegerField(help_text="Members who must approve")
    days = models.PositiveSmallIntegerField(
        help_text="To decide within, from the alert"
    )
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["scamp", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum__gte=1, days__gte=1), name="expedited_rule_is_whole"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="expedited_rule_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scamp}: {self.quorum} within {self.days} days"

    def due_on(self, alert: Alert) -> date:
        return (alert.at + timedelta(days=self.days)).date()


def alerts_beside(scamp: str, number: str) -> ArraySubquery:
    """The alerts standing on the version that an outer query knows, as JSON objects.

    Args: the names of the Scamp and of the version's number in that query.
    """
    standing = Alert.objects.filter(scamp=OuterRef(scamp)).order_by("-pk")
    shown = standing.standing_on(OuterRef(number)).values(
        data=JSONObject(pk="pk", title="title", words="words", nodes="nodes")
    )
    return ArraySubquery(shown)


def read_standing(rows: list[dict[str, Any]] | None) -> tuple[Standing, ...]:
    """What `alerts_beside` brought."""
    return tuple(
        Standing(row["pk"], row["title"], row["words"], tuple(row["nodes"]))
        for row in rows or ()
    )
