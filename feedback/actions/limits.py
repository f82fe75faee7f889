"""Deciding about the limits of a control chart: always a person, always a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.trail import record
from feedback.models import LimitMark
from scamps.models import Scamp


class NoReason(ValueError):
    """Limits change for a reason."""


class AlreadySet(ValueError):
    """The same is already decided for that month."""


class AlreadyTakenBack(ValueError):
    """Somebody took it back before."""


@transaction.atomic
def set_limits(
    *,
    scamp: Scamp,
    measure: str,
    origin: str,
    sandbox: bool,
    kind: str,
    month: date,
    reason: str,
    by: User,
    at: datetime,
) -> LimitMark:
    """Rebase or freeze the limits of one chart of *scamp* with *month*.

    Raises: NoReason, AlreadySet.
    """
    if not reason.strip():
        raise NoReason
    first = month.replace(day=1)
    Scamp.objects.select_for_update().get(pk=scamp.pk)  # one decision at a time
    chart = LimitMark.objects.of_chart(scamp, measure, origin, sandbox)
    if chart.standing().filter(kind=kind, month=first).exists():
        raise AlreadySet
    mark = LimitMark.objects.create(
        scamp=scamp,
        measure=measure,
        origin=origin,
        sandbox=sandbox,
        kind=kind,
        month=first,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    record(by, "set limits", mark, at=at, kind=kind, month=f"{first:%Y-%m}")
    return mark


@transaction.atomic
def take_back(*, mark: LimitMark, reason: str, by: User, at: datetime) -> LimitMark:
    """Take a decision about limits back; its row stays and is read as taken back.

    Raises: NoReason, AlreadyTakenBack.
    """
    if not reason.strip():
        raise NoReason
    try:
        with transaction.atomic():
            row = LimitMark.objects.create(
                scamp=mark.scamp,
                measure=mark.measure,
                origin=mark.origin,
                sandbox=mark.sandbox,
                kind=mark.kind,
                month=mark.month,
                reason=reason.strip(),
                takes_back=mark,
                by=by,
                at=at,
            )
    except IntegrityError as clash:
        raise AlreadyTakenBack from clash
    record(by, "took limits back", row, at=at)
    return row
