"""Pilots: an approved version tried at chosen sites before it is active everywhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Site
from scamps.models.scamps import Version


class PilotSite(models.Model):
    """A site at which a version is tried. Never changed: a pilot ends as a whole."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="pilot_sites")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version", "site__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "site"], name="pilot_names_a_site_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} at {self.site}"
