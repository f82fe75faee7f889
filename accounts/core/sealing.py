"""Sealing what waits for its author: readable with the key of this installation alone."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(ValueError):
    """It was not sealed with any of these secrets."""


def seal(secrets: Sequence[str], text: str) -> bytes:
    """Encrypt *text* with the first of *secrets*; the others only unseal.

    >>> unseal(["new", "old"], seal(["old"], "38.4"))
    '38.4'
    """
    return _box(secrets).encrypt(text.encode())


def unseal(secrets: Sequence[str], sealed: bytes) -> str:
    """Decrypt what `seal` made.

    Raises: Unreadable.
    """
    try:
        return _box(secrets).decrypt(sealed).decode()
    except InvalidToken:
        raise Unreadable from None


def device_key(secret: str, user: int, day: str) -> str:
    """Return the key (base64, 256 bits) of what *user* leaves on a device on *day*.

    The device never keeps it, so that what it holds is dead once the key of that day is
    handed out no more.
    """
    return base64.b64encode(_derived(secret, f"device:{user}:{day}")).decode()


def _box(secrets: Sequence[str]) -> MultiFernet:
    keys = [base64.urlsafe_b64encode(_derived(each, "parked")) for each in secrets]
    return MultiFernet([Fernet(key) for key in keys])


def _derived(secret: str, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return kdf.derive(secret.encode())
