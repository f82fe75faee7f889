"""Submissions: a submit sent twice is carried out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from carepaths.actions.refusals import PayloadDiffers, Refusal
from carepaths.models import Submission

KEPT_FOR = timedelta(days=30)


def once(
    *,
    user: User,
    purpose: str,
    key: UUID | str,
    payload: Any,
    act: Callable[[], Any],
    at: datetime | None = None,
) -> Any:
    """Carry out *act* and return its JSON result, or the result it had before.

    The key holds for 30 days for this user and purpose; the same key at the same time
    waits. If *act* raises, nothing is kept and the key is free, except what a refusal
    wants kept.

    Raises: PayloadDiffers: the key came with another payload (409); what *act* raises.
    """
    at = at or timezone.now()
    refusal: Refusal | None = None
    with transaction.atomic():
        _wait_for(user, purpose, key)
        earlier = _earlier(user, purpose, key, at)
        if earlier is not None:
            return _same(earlier, payload)
        try:
            result = act()
        except Refusal as raised:
            if not raised.keeps_writes:
                raise
            refusal = raised
        else:
            _keep(user, purpose, key, payload, result, at)
    if refusal is not None:
        raise refusal
    return result


def purge(*, at: datetime) -> int:
    """Delete submissions kept longer than 30 days; return how many."""
    return Submission.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def digest_of(payload: Any) -> str:
    """Return the SHA-256 of *payload*'s canonical JSON."""
    text = json.dumps(payload, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _wait_for(user: User, purpose: str, key: UUID | str) -> None:
    name = f"submission:{user.pk}:{purpose}:{UUID(str(key))}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _earlier(
    user: User, purpose: str, key: UUID | str, at: datetime
) -> Submission | None:
    found = Submission.objects.filter(user=user, purpose=purpose, key=key).first()
    if found is not None and found.at < at - KEPT_FOR:
        found.delete()
        return None
    return found


def _same(earlier: Submission, payload: Any) -> Any:
    if earlier.payload_digest != digest_of(payload):
        raise PayloadDiffers(earlier)
    return earlier.result


def _keep(
    user: User, purpose: str, key: UUID | str, payload: Any, result: Any, at: datetime
) -> None:
    Submission.objects.create(
        user=user,
        purpose=purpose,
        key=key,
        payload_digest=digest_of(payload),
        result=result,
        at=at,
    )
