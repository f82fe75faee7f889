"""After a recall: each patient whom the version reached is looked at by somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership, User
from carepaths.actions.refusals import ReasonNeeded, Refusal
from carepaths.models import REVIEWERS, Finding, Patient, Reached, RecallEvent
from carepaths.models.recalls import RecallStep
from scamps.models import State, Version


class NotRecalled(Refusal):
    words = "This version was not recalled."


class NotReached(Refusal):
    words = "This version has not reached this patient."


class ReviewClosed(Refusal):
    words = "Somebody closed this review already."


class ReviewOpen(Refusal):
    words = "This review is open."


class LeftOpen(Refusal):
    words = "Drafts or tasks of this version stay open: say that you looked at them."


class NotAReviewer(Refusal):
    words = "A review goes to a clinician, data manager or safety officer of the site."


@transaction.atomic
def hand_over(
    *, version: Version, patient: Patient, owner: User | None, by: User, at: datetime
) -> RecallEvent:
    """Give the review of *patient* to *owner*, or to nobody in particular.

    Raises: NotRecalled, NotReached, ReviewClosed, NotAReviewer.
    """
    reached = _lock(version, patient, at)
    if reached.is_closed:
        raise ReviewClosed(patient)
    if owner and not reviewers(patient.site_id, at).filter(pk=owner.pk).exists():
        raise NotAReviewer(owner)
    step = RecallStep.HANDED_OVER
    return _event(version, patient, step, by=by, at=at, owner=owner)


@transaction.atomic
def close_review(
    *,
    version: Version,
    patient: Patient,
    finding: str,
    words: str,
    leaves_open: bool = False,
    by: User,
    at: datetime,
) -> RecallEvent:
    """Close the review of *patient*: what was found, and why it can be closed.

    Args: leaves_open: drafts and tasks of the version were looked at, and may stay.
    Raises: NotRecalled, NotReached, ReviewClosed, ReasonNeeded, LeftOpen.
    """
    reached = _lock(version, patient, at)
    if reached.is_closed:
        raise ReviewClosed(patient)
    if not words.strip() or finding not in Finding.values:
        raise ReasonNeeded(patient)
    if (reached.has_draft or reached.has_tasks) and not leaves_open:
        raise LeftOpen(patient)
    told = {"finding": finding, "words": words.strip()}
    return _event(version, patient, RecallStep.CLOSED, by=by, at=at, **told)


@transaction.atomic
def close_reviews(
    *,
    version: Version,
    patients: Iterable[Patient],
    finding: str,
    words: str,
    leaves_open: bool = False,
    by: User,
    at: datetime,
) -> list[RecallEvent]:
    """Close the reviews of several patients with one reason; all, or none.

    Raises: as `close_review`.
    """
    told: dict[str, Any] = {"finding": finding, "words": words, "by": by, "at": at}
    told["leaves_open"] = leaves_open
    return [
        close_review(version=version, patient=patient, **told)
        for patient in sorted(patients, key=lambda one: one.pk)
    ]


@transaction.atomic
def reopen_review(
    *, version: Version, patient: Patient, words: str, by: User, at: datetime
) -> RecallEvent:
    """Open a closed review again; what was found stays readable.

    Raises: NotRecalled, NotReached, ReviewOpen, ReasonNeeded.
    """
    if not _lock(version, patient, at).is_closed:
        raise ReviewOpen(patient)
    if not words.strip():
        raise ReasonNeeded(patient)
    step = RecallStep.REOPENED
    return _event(version, patient, step, by=by, at=at, words=words.strip())


def reviewers(site: int, at: datetime) -> QuerySet[User]:
    """Who looks at patients of *site* after a recall, today."""
    here = Membership.objects.current(at.date()).filter(
        site=site, role__name__in=REVIEWERS
    )
    return User.objects.filter(is_active=True, pk__in=here.values("user"))


def _lock(version: Version, patient: Patient, at: datetime) -> Reached:
    """The patient with the state of the review, with everybody else held off."""
    if version.current_state != State.RECALLED:
        raise NotRecalled(version)
    Patient.objects.select_for_update().get(pk=patient.pk)
    found = Reached.objects.by(version).with_review(version, at)
    reached = found.filter(pk=patient.pk).first()
    if reached is None:
        raise NotReached(patient)
    return reached


def _event(
    version: Version, patient: Patient, kind: str, *, by: User, at: datetime, **told
) -> RecallEvent:
    return RecallEvent.objects.create(
        version=version, patient_id=patient.pk, kind=kind, by=by, at=at, **told
    )
