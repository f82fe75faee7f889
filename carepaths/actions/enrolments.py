"""Enrolments: episodes of a patient on a plan, from eligible to left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from carepaths.actions.marks import mark_enrolment
from carepaths.actions.refusals import (
    AlreadyEnrolled,
    AlreadyMerged,
    HasEncounters,
    NotEligible,
    NotEnrolled,
    NothingToUndo,
    ReasonNeeded,
)
from carepaths.actions.settling import cancel_visits
from carepaths.models import (
    Encounter,
    Enrolment,
    EnrolmentChange,
    EnrolmentState,
    Identity,
    Patient,
)
from scamps.models import Scamp

OPEN = (EnrolmentState.ELIGIBLE, EnrolmentState.ENROLLED)
NOT_ELIGIBLE = "not eligible"
ENROLLED_IN_ERROR = "Enrolled in error"


@transaction.atomic
def find_eligible(
    *, patient: Patient, scamp: Scamp, by: User, at: datetime
) -> Enrolment:
    """Note that *patient* is eligible: counted, whether then enrolled or not.

    Raises: AlreadyEnrolled: an episode is open; AlreadyMerged: into another patient.
    """
    if open_episode(patient, scamp) is not None:
        raise AlreadyEnrolled(patient)
    return _change(_new_episode(patient, scamp, at), EnrolmentState.ELIGIBLE, by, at)


@transaction.atomic
def enrol(
    *,
    patient: Patient,
    scamp: Scamp,
    judged: str = "",
    reason: str = "",
    by: User,
    at: datetime,
) -> Enrolment:
    """Enrol *patient*: the eligible episode, or a new one.

    Args: judged: what the population says of the patient, kept with the step.

    Raises: AlreadyEnrolled, AlreadyMerged, ReasonNeeded: judged not eligible, and no reason.
    """
    if judged == NOT_ELIGIBLE and not reason.strip():
        raise ReasonNeeded(patient)
    enrolment = open_episode(patient, scamp)
    if enrolment is None:
        enrolment = _new_episode(patient, scamp, at)
    elif enrolment.state != EnrolmentState.ELIGIBLE:
        raise AlreadyEnrolled(patient)
    return _change(enrolment, EnrolmentState.ENROLLED, by, at, reason, judged)


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
def find_unfit(
    *, enrolment: Enrolment, reason: str = "", by: User, at: datetime
) -> Enrolment:
    """Take back that the patient is eligible: the episode leaves the count.

    Raises: NotEligible.
    """
    if _locked_state(enrolment) != EnrolmentState.ELIGIBLE:
        raise NotEligible(enrolment)
    return _change(enrolment, EnrolmentState.UNFIT, by, at, reason)


@transaction.atomic
def leave(
    *, enrolment: Enrolment, reason: str = "", by: User, at: datetime
) -> Enrolment:
    """End an enrolled episode; a later one is a new episode.

    Raises: NotEnrolled.
    """
    if _locked_state(enrolment) != EnrolmentState.ENROLLED:
        raise NotEnrolled(enrolment)
    cancel_visits(enrolment=enrolment, reason=reason.strip(), at=at, by=by)
    return _change(enrolment, EnrolmentState.LEFT, by, at, reason)


@transaction.atomic
def undo(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """Take the last step back, by a step that leads to the state before it.

    Raises: NothingToUndo: the episode is eligible; HasEncounters: it was enrolled, and
        encounters stand under it; AlreadyEnrolled: a later episode is open.
    """
    state = _locked_state(enrolment)
    if state == EnrolmentState.ELIGIBLE:
        raise NothingToUndo(enrolment)
    if state == EnrolmentState.ENROLLED:
        _refuse_if_begun(enrolment)
        known = enrolment.changes.filter(to=EnrolmentState.ELIGIBLE).exists()
        back = EnrolmentState.ELIGIBLE if known else EnrolmentState.UNFIT
        return _change(enrolment, back, by, at, ENROLLED_IN_ERROR)
    later = open_episode(enrolment.patient, enrolment.scamp)
    if later is not None:
        raise AlreadyEnrolled(later)
    was_left = state == EnrolmentState.LEFT
    back = EnrolmentState.ENROLLED if was_left else EnrolmentState.ELIGIBLE
    return _change(enrolment, back, by, at, "Taken back")


def _refuse_if_begun(enrolment: Enrolment) -> None:
    if Encounter.objects.unvoided().filter(enrolment=enrolment).exists():
        raise HasEncounters(enrolment)


def open_episode(patient: Patient, scamp: Scamp) -> Enrolment | None:
    """Return the eligible or enrolled episode, with its `state`; locks the patient.

    The episodes of whoever is merged with the patient are the patient's too.
    """
    person = Patient.objects.same_as(patient).order_by("pk")
    locked = list(person.select_for_update(of=("self",)))
    episodes = Enrolment.objects.filter(patient__in=locked, scamp=scamp)
    return episodes.in_state(*OPEN).order_by("-episode").first()


def _locked_state(enrolment: Enrolment) -> str:
    Patient.objects.select_for_update().get(pk=enrolment.patient_id)
    return Enrolment.objects.with_state().get(pk=enrolment.pk).state


def _new_episode(patient: Patient, scamp: Scamp, at: datetime) -> Enrolment:
    if Identity.objects.filter(patient=patient, kept__isnull=False).exists():
        raise AlreadyMerged(patient)
    episodes = Enrolment.objects.filter(patient=patient, scamp=scamp)
    last = episodes.order_by("-episode").values_list("episode", flat=True).first()
    return Enrolment.objects.create(
        patient=patient, scamp=scamp, episode=(last or 0) + 1, opened_at=at
    )


def _change(
    enrolment: Enrolment,
    to: str,
    by: User,
    at: datetime,
    reason: str = "",
    judged: str = "",
) -> Enrolment:
    step = {"reason": reason.strip(), "judged": judged, "by": by, "at": at}
    EnrolmentChange.objects.create(enrolment=enrolment, to=to, recorded_at=at, **step)
    mark_enrolment(enrolment=enrolment, at=at)
    enrolment.state = to
    return enrolment
