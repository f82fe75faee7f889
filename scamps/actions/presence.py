"""Who is at a draft: written with each look and each beat, forgotten soon after."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from scamps.models import Presence, Version

FORGOTTEN = timedelta(hours=1)


@transaction.atomic
def be_here(*, version: Version, part: str, by: User, at: datetime) -> Presence:
    """Note that *by* is at *part* (`nodes/low`; empty: the whole) of the draft."""
    Presence.objects.filter(at__lt=at - FORGOTTEN).delete()
    (here,) = Presence.objects.bulk_create(
        [Presence(version=version, user=by, part=part[:100], at=at)],
        update_conflicts=True,
        unique_fields=["version", "user"],
        update_fields=["part", "at"],
    )
    return here
