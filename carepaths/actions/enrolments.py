"""Enrolments: episodes of a patient on a plan, from eligible to left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.marks import mark_enrolment
from carepaths.actions.refusals import (
    AlreadyEnrolled,
    NotEligible,
    NotEnrolled,
    ReasonNeeded,
)
from carepaths.models import Enrolment, EnrolmentChange, EnrolmentState, Patient
from scamps.models import Scamp

OPEN = (EnrolmentState.ELIGIBLE, EnrolmentState.ENROLLED)


@transaction.atomic
def find_eligible(
    *, patient: Patient, scamp: Scamp, by: User, at: datetime
) -> Enrolment:
    """Note that *patient* is eligible: counted, whether then enrolled or not.

    Raises: AlreadyEnrolled: an episode is open.
    """
    if open_episode(patient, scamp) is not None:
        raise AlreadyEnrolled(patient)
    return _change(_new_episode(patient, scamp, at), EnrolmentState.ELIGIBLE, by, at)


@transaction.atomic
def enrol(*, patient: Patient, scamp: Scamp, by: User, at: datetime) -> Enrolment:
    """Enrol *patient*: the eligible episode, or a new one.

    Raises: AlreadyEnrolled.
    """
    enrolment = open_episode(patient, scamp)
    if enrolment is None:
        enrolment = _new_episode(patient, scamp, at)
    elif enrolment.state != EnrolmentState.ELIGIBLE:
        raise AlreadyEnrolled(patient)
    return _change(enrolment, EnrolmentState.ENROLLED, by, at)


@transaction.atomic
def decline(*, enrolment: Enrolment, reason: str, by: User, at: datetime) -> Enrolment:
    """Record that an eligible patient is not enrolled, and why.

    Raises: NotEligible, ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded(enrolment)
    if _locked_state(enrolment) != EnrolmentState.ELIGIBLE:
        raise NotEligible(enrolment)
    return _change(enrolment, EnrolmentState.DECLINED, by, at, reason)


@transaction.atomic
def leave(
    *, enrolment: Enrolment, reason: str = "", by: User, at: datetime
) -> Enrolment:
    """End an enrolled episode; a later one is a new episode.

    Raises: NotEnrolled.
    """
    if _locked_state(enrolment) != EnrolmentState.ENROLLED:
        raise NotEnrolled(enrolment)
    return _change(enrolment, EnrolmentState.LEFT, by, at, reason)


def open_episode(patient: Patient, scamp: Scamp) -> Enrolment | None:
    """Return the eligible or enrolled episode, with its `state`; locks the patient."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    episodes = Enrolment.objects.filter(patient=patient, scamp=scamp)
    return episodes.in_state(*OPEN).order_by("-episode").first()


def _locked_state(enrolment: Enrolment) -> str:
    Patient.objects.select_for_update().get(pk=enrolment.patient_id)
    return Enrolment.objects.with_state().get(pk=enrolment.pk).state


def _new_episode(patient: Patient, scamp: Scamp, at: datetime) -> Enrolment:
    episodes = Enrolment.objects.filter(patient=patient, scamp=scamp)
    last = episodes.order_by("-episode").values_list("episode", flat=True).first()
    return Enrolment.objects.create(
        patient=patient, scamp=scamp, episode=(last or 0) + 1, opened_at=at
    )


def _change(
    enrolment: Enrolment, to: str, by: User, at: datetime, reason: str = ""
) -> Enrolment:
    EnrolmentChange.objects.create(
        enrolment=enrolment, to=to, reason=reason.strip(), by=by, at=at, recorded_at=at
    )
    mark_enrolment(enrolment=enrolment, at=at)
    enrolment.state = to
    return enrolment
