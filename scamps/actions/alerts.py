"""Evidence alerts: raised on named nodes, reviewed in haste if need be, and closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import trail
from accounts.models import User
from scamps.actions.drafts import start_draft, under_way_of
from scamps.actions.states import locked
from scamps.models import (
    Alert,
    AlertKind,
    AlertStep,
    AlertStepKind,
    Scamp,
    State,
    Version,
)

IN_USE = (State.ACTIVE, State.PILOT)


class UnknownNode(ValueError):
    """The version has no such node, or none was named."""


class AlertClosed(Exception):
    """Somebody closed the alert already."""


class AlertOpen(Exception):
    """The alert is open."""


class AuthorAlone(Exception):
    """Who raised an alert does not close it alone."""


class NotAddressed(Exception):
    """The version is not in use, or is no later one than the alert was raised on."""


class InReview(Exception):
    """A version is in review or approved: an expedited review begins with a draft."""

    def __init__(self, version: Version) -> None:
        self.version = version
        super().__init__(str(version))


@transaction.atomic
def raise_alert(
    *,
    version: Version,
    kind: str,
    title: str,
    source: str,
    words: str,
    nodes: Collection[str],
    by: User,
    at: datetime,
) -> Alert:
    """Say that evidence touches *nodes* of *version*; it stands on every version that
    has one of them, until it is closed.

    Raises: UnknownNode; ValueError: something is not said.
    """
    if not nodes or any(node not in version.plan.node for node in nodes):
        raise UnknownNode(", ".join(nodes))
    if kind not in AlertKind.values:
        raise ValueError(kind)
    if not (title.strip() and source.strip() and words.strip()):
        raise ValueError("Say what came up, where it stands, and what it means here.")
    alert = Alert.objects.create(
        scamp=version.scamp,
        version=version,
        kind=kind,
        title=title.strip(),
        source=source.strip(),
        words=words.strip(),
        nodes=sorted(set(nodes)),
        by=by,
        at=at,
    )
    trail.record(by, "raised", alert, at=at)
    return alert


@transaction.atomic
def begin_expedited(*, alert: Alert, by: User, at: datetime) -> Version:
    """Begin the expedited review of *alert* on the draft under way, or on a new one.

    Raises: AlertClosed; InReview: what is judged already was put to review without it.
    """
    base = locked(alert.version)
    _refuse_closed(alert)
    draft = under_way_of(base.scamp)
    if draft is not None and draft.current_state != State.DRAFT:
        raise InReview(draft)
    if draft is None:
        standing = base.scamp.active_version or base
        draft = start_draft(plan=standing.plan, by=by, at=at)
    expedited = AlertStepKind.EXPEDITED
    if not alert.steps.filter(kind=expedited, version=draft).exists():
        _step(alert, expedited, "", by, at, draft)
    return draft


@transaction.atomic
def address(
    *, alert: Alert, version: Version, words: str, by: User, at: datetime
) -> AlertStep:
    """Close the alert: *version* deals with it. It still stands on earlier versions.

    Raises: AlertClosed, AuthorAlone, NotAddressed, ValueError.
    """
    _refuse(alert, words, by)
    is_later = version.number > alert.version.number
    in_use = version.current_state in IN_USE
    if version.scamp_id != alert.scamp_id or not (is_later and in_use):
        raise NotAddressed(version)
    return _step(alert, AlertStepKind.ADDRESSED, words, by, at, version)


@transaction.atomic
def dismiss(*, alert: Alert, words: str, by: User, at: datetime) -> AlertStep:
    """Close the alert: it changes nothing, and why.

    Raises: AlertClosed, AuthorAlone, ValueError.
    """
    _refuse(alert, words, by)
    return _step(alert, AlertStepKind.DISMISSED, words, by, at)


@transaction.atomic
def reopen(*, alert: Alert, words: str, by: User, at: datetime) -> AlertStep:
    """Open a closed alert again, and why.

    Raises: AlertOpen, ValueError.
    """
    Scamp.objects.select_for_update().get(pk=alert.scamp_id)
    if Alert.objects.open().filter(pk=alert.pk).exists():
        raise AlertOpen(alert)
    if not words.strip():
        raise ValueError("Say why.")
    return _step(alert, AlertStepKind.REOPENED, words, by, at)


def _refuse(alert: Alert, words: str, by: User) -> None:
    Scamp.objects.select_for_update().get(pk=alert.scamp_id)
    _refuse_closed(alert)
    if alert.by_id == by.pk:
        raise AuthorAlone(alert)
    if not words.strip():
        raise ValueError("Say why.")


def _refuse_closed(alert: Alert) -> None:
    if not Alert.objects.open().filter(pk=alert.pk).exists():
        raise AlertClosed(alert)


def _step(
    alert: Alert,
    kind: str,
    words: str,
    by: User,
    at: datetime,
    version: Version | None = None,
) -> AlertStep:
    trail.record(by, str(kind), alert, at=at)
    return AlertStep.objects.create(
        alert=alert, kind=kind, version=version, words=words.strip(), by=by, at=at
    )
