"""What people decided about the limits of control charts, and why."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from carepaths.models import Origin
from scamps.models import Scamp


class LimitMarkQuerySet(models.QuerySet):
    def of_chart(self, scamp: Scamp, measure: str, origin: str, sandbox: bool) -> Self:
        """The marks of one chart, the oldest month first."""
        return self.filter(
            scamp=scamp, measure=measure, origin=origin, sandbox=sandbox
        ).order_by("month", "pk")

    def standing(self) -> Self:
        """Those that hold: neither taken back nor a taking back."""
        return self.filter(takes_back=None, taken_back_by=None)


class LimitMark(models.Model):
    """One decision about the limits of one chart of a Scamp. Rows are never changed.

    rebase: new limits begin with `month`. freeze: the limits that hold in `month` are
    those of the months up to and with it, whatever comes later. One may be taken back
    by a row that names it.
    """

    class Kind(models.TextChoices):
        REBASE = "rebase", "New limits begin with this month"
        FREEZE = "freeze", "The limits are those of the months up to this one"

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="+")
    measure = models.CharField(max_length=160, help_text="What the chart is of")
    origin = models.CharField(max_length=13, choices=Origin)
    sandbox = models.BooleanField(help_text="The chart is of made-up patients")
    kind = models.CharField(max_length=6, choices=Kind)
    month = models.DateField(help_text="Its first day")
    reason = models.TextField()
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LimitMarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="limits_change_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="limits_change_with_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.measure} in {self.scamp}, {self.month:%b %Y}"
