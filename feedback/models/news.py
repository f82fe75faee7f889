"""Up to when a clinician has read what became of own decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class OutcomesRead(models.Model):
    """When a user last opened the page of outcomes after own decisions."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}, {self.at}"
