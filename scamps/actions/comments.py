"""Comments on the parts of a version: begun, answered, resolved, opened again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from scamps.core.named import part_words
from scamps.models import Comment, Thread, Turn, Version


class NoSuchPart(Exception):
    """The version has no part of that section and key."""


class AlreadyResolved(Exception):
    """Somebody resolved the thread meanwhile: it is opened again before it goes on."""


class StillOpen(Exception):
    """The thread is open: there is nothing to open again."""


class AnotherScamp(Exception):
    """What is said in a thread is said on a version of its Scamp, not before it."""


@transaction.atomic
def begin_thread(
    *, version: Version, section: str, key: str, words: str, by: User, at: datetime
) -> Thread:
    """Raise a matter about a part of *version*; about the whole for empty names.

    Raises: NoSuchPart; ValueError: without words.
    """
    if section and part_words(version.plan, section, key) is None:
        raise NoSuchPart(f"{section}/{key}")
    thread = Thread.objects.create(
        version=version, section=section, key=key if section else "", by=by, at=at
    )
    _say(thread, version, Turn.SAID, words, by, at)
    return thread


@transaction.atomic
def answer(
    *,
    thread: Thread,
    version: Version,
    turn: str = Turn.SAID,
    words: str = "",
    by: User,
    at: datetime,
) -> Comment:
    """Say something in a thread, resolve it, or open it again; on *version*.

    Raises: AlreadyResolved, StillOpen, AnotherScamp; ValueError: nothing is said.
    """
    held = Thread.objects.select_for_update().get(pk=thread.pk)
    begun = held.version
    if (version.scamp_id, max(version.number, begun.number)) != (
        begun.scamp_id,
        version.number,
    ):
        raise AnotherScamp(version)
    is_open = Thread.objects.with_state().get(pk=held.pk).is_open
    if turn == Turn.REOPENED and is_open:
        raise StillOpen(held)
    if turn != Turn.REOPENED and not is_open:
        raise AlreadyResolved(held)
    return _say(held, version, turn, words, by, at)


def _say(
    thread: Thread, version: Version, turn: str, words: str, by: User, at: datetime
) -> Comment:
    words = words.strip()
    if turn == Turn.SAID and not words:
        raise ValueError("Say something.")
    return Comment.objects.create(
        thread=thread, version=version, turn=turn, words=words, by=by, at=at
    )
