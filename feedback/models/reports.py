"""Reports: frozen readings for a committee."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from scamps.models import Scamp


class Report(models.Model):
    """The numbers of one Scamp as known at a cut-off. Never changed.

    `text` is the canonical JSON of the numbers and `digest` its SHA-256: the same
    versions, cut-off and filters give the same digest again.
    """

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="reports")
    versions = models.JSONField(help_text="[{number, digest}] of the plan's versions")
    cut_off = models.DateTimeField()
    filters = models.JSONField(help_text="{origin, sandbox, sites: [keys]}")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    software = models.CharField(max_length=64, help_text="Version that computed it")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="report_has_a_sha256",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scamp}, as known on {self.cut_off:%d %b %Y}"

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """The tables, as they were frozen."""
        return json.loads(self.text)
