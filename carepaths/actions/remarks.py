"""Telling a committee about a point of its plan, and its answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.refusals import Refusal
from carepaths.models import Encounter, Remark, RemarkKind, RemarkReply

LONGEST = 1000


class UnknownNode(Refusal):
    words = "This version of the plan has no such step."


class RemarkNeedsWords(Refusal):
    words = "Please say it in a few words."


class NotTheAuthor(Refusal):
    words = "Somebody else told this."


@transaction.atomic
def tell(
    *, encounter: Encounter, node: str, kind: str, words: str, by: User, at: datetime
) -> Remark:
    """Tell the committee about *node* of the version that *encounter* is pinned to.

    Raises: UnknownNode, RemarkNeedsWords.
    """
    words = words.replace("\0", "").strip()[:LONGEST]
    if node not in encounter.version.plan.node:
        raise UnknownNode(node)
    if kind not in RemarkKind.values or (kind == RemarkKind.OTHER and not words):
        raise RemarkNeedsWords(encounter)
    return Remark.objects.create(
        version=encounter.version,
        node=node,
        kind=kind,
        words=words,
        site=encounter.site,
        encounter=encounter,
        by=by,
        at=at,
    )


@transaction.atomic
def add_words(*, remark: Remark, words: str, by: User, at: datetime) -> RemarkReply:
    """Add to one's own remark.

    Raises: NotTheAuthor, RemarkNeedsWords.
    """
    if remark.by_id != by.pk:
        raise NotTheAuthor(remark)
    return _reply(remark, RemarkReply.Kind.ADDED, words, by, at)


@transaction.atomic
def take_back(*, remark: Remark, by: User, at: datetime) -> RemarkReply:
    """Take back one's own remark: it stays stored, and is shown to nobody.

    Raises: NotTheAuthor.
    """
    if remark.by_id != by.pk:
        raise NotTheAuthor(remark)
    return RemarkReply.objects.create(
        remark=remark, kind=RemarkReply.Kind.TAKEN_BACK, by=by, at=at
    )


@transaction.atomic
def answer(*, remark: Remark, words: str, by: User, at: datetime) -> RemarkReply:
    """Answer in the name of the committee; the author sees it.

    Raises: RemarkNeedsWords.
    """
    return _reply(remark, RemarkReply.Kind.ANSWER, words, by, at)


def _reply(
    remark: Remark, kind: str, words: str, by: User, at: datetime
) -> RemarkReply:
    words = words.replace("\0", "").strip()[:LONGEST]
    if not words:
        raise RemarkNeedsWords(remark)
    return RemarkReply.objects.create(
        remark=remark, kind=kind, words=words, by=by, at=at
    )
