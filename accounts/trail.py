"""The access trail: who saw or did what, when, where. Rows are never changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model
from django.utils import timezone

from accounts.models import AccessEvent, Site, User


def record(
    user: User | None,
    verb: str,
    subject: Model,
    site: Site | None = None,
    *,
    at: datetime | None = None,
    **detail: object,
) -> AccessEvent:
    """Write that *user* did *verb* ("saw", "signed") to *subject*.

    Call it in the transaction of the act, so that neither stands without the other.
    *detail* is JSON-able and holds no clinical value. *user* is None for a command.
    """
    return AccessEvent.objects.create(
        user=user,
        verb=verb,
        subject=subject._meta.model_name,
        subject_id=str(subject.pk),
        site=site,
        at=at or timezone.now(),
        detail=detail,
    )
