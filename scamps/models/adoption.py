"""Where a site's own plan comes from: the shared plan that it took over and adapts."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Site
from scamps.models.arrivals import Arrival
from scamps.models.scamps import Content, Scamp, State, Transition, Version


class AdoptionQuerySet(models.QuerySet):
    def merged(self) -> Self:
        """Those whose upstream content really is in the plan, the newest first.

        An update that waits for choices is not in it; one merged into a version that
        was taken back is left out, for what came after may not be made of it. (A base
        that is too old costs nothing: what both sides have already stands once.)
        """
        gone = Version.objects.in_state(State.WITHDRAWN, State.RECALLED).values("pk")
        taken_back = Q(version__in=gone) & Q(arrival__isnull=False)
        waits = Q(arrival__isnull=False, arrival__settled_at=None)
        return (
            self.exclude(taken_back | waits)
            .select_related("site", "content", "upstream__scamp", "by", "version")
            .order_by("-pk")
        )


class Adoption(models.Model):
    """A site took over a version of a shared plan, or an update of it. Never changed.

    The first row of a Scamp has no *arrival*; those of updates have the one by which
    the update came, and count once it is settled.
    """

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="adoptions")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    upstream = models.ForeignKey(Version, models.PROTECT, related_name="adopted_as")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, related_name="adoptions")
    arrival = models.OneToOneField(
        Arrival, models.PROTECT, null=True, related_name="adoption"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["scamp", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scamp"],
                condition=Q(arrival=None),
                name="scamp_is_adopted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scamp}, from {self.upstream}"

    @property
    def taken_back(self) -> Transition | None:
        """The step by which upstream withdrew or recalled what this plan holds."""
        last = self.upstream.transitions.in_effect().select_related("by").first()
        is_gone = last and last.to in (State.WITHDRAWN, State.RECALLED)
        return last if is_gone else None
