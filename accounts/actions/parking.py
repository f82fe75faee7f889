"""Forms that arrive after their author was signed out: kept, and offered to them again.

A form names its author by a signed token, not by who happens to be signed in. What
arrives too late waits, sealed, for that author alone, and only for some hours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing

from accounts.core.sealing import Unreadable, seal, unseal
from accounts.models import ParkedForm, User

AUTHOR = "written_by"
LEFT_OUT = {"csrfmiddlewaretoken", AUTHOR, "kept"}
MOST = 50
"""Forms kept for one user; more is no clinician's work."""


@dataclass(frozen=True)
class Kept:
    """A parked form, unsealed: where it was sent, and its fields in order."""

    parked: ParkedForm
    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool


def written_by(user: User) -> str:
    """The token that says for whom a form was rendered."""
    return signing.TimestampSigner(salt=AUTHOR).sign(user.pk)


def author_of(token: str) -> int | None:
    """The id in a token of `written_by`, or None: none, not ours, or too old."""
    longest = timedelta(hours=settings.SESSION_LONGEST_HOURS + settings.KEPT_HOURS)
    try:
        signed = signing.TimestampSigner(salt=AUTHOR).unsign(token, max_age=longest)
    except signing.BadSignature:
        return None
    return int(signed)


def park(
    *,
    author: int,
    path: str,
    fields: Iterable[tuple[str, str]],
    files: bool = False,
    at: datetime,
) -> ParkedForm | None:
    """Keep a form for its *author*; the same form again is kept once. None: too many."""
    purge(at=at)
    kept = [[name, value] for name, value in fields if name not in LEFT_OUT]
    text = json.dumps({"path": path, "fields": kept, "files": files})
    digest = hashlib.sha256(f"{settings.SECRET_KEY}{text}".encode()).hexdigest()
    waiting = ParkedForm.objects.filter(user=author)
    found = waiting.filter(digest=digest).first()
    if found or waiting.count() >= MOST:
        return found
    return ParkedForm.objects.create(
        user_id=author,
        digest=digest,
        sealed=seal(_secrets(), text),
        arrived_at=at,
        expires_at=at + timedelta(hours=settings.KEPT_HOURS),
    )


def opened(parked: ParkedForm) -> Kept | None:
    """Unseal *parked*; None if the secret it was sealed with is gone."""
    try:
        held: Mapping[str, Any] = json.loads(unseal(_secrets(), bytes(parked.sealed)))
    except Unreadable:
        return None
    fields = tuple((name, value) for name, value in held["fields"])
    return Kept(parked, held["path"], fields, held["files"])


def discard(*, key: UUID | str, by: User) -> bool:
    """Delete a parked form of *by*; whether there was one."""
    return bool(ParkedForm.objects.filter(key=key, user=by).delete()[0])


def purge(*, at: datetime) -> int:
    """Delete what was kept long enough; return how many."""
    return ParkedForm.objects.filter(expires_at__lte=at).delete()[0]


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
