"""Patients: registered once at a site, their identity apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import Site, User
from carepaths.actions.eligibility import judgements, note_eligible
from carepaths.actions.enrolments import find_unfit
from carepaths.actions.refusals import CorrectedMeanwhile, RecordNumberTaken
from carepaths.models import (
    Enrolment,
    EnrolmentState,
    Identity,
    IdentityChange,
    Patient,
)
from carepaths.models.identities import BirthDatePrecision


@transaction.atomic
def register_patient(
    *,
    site: Site,
    record_number: str,
    name: str = "",
    birth_date: date | None = None,
    birth_date_precision: str = "",
    sex: str = "",
    by: User,
    at: datetime,
) -> Patient:
    """Register a patient at *site*; a birth date is to the day if not said otherwise.

    Where the criteria of an active plan say so, the patient is counted as eligible.

    Raises: RecordNumberTaken.
    """
    known = BirthDatePrecision.DAY if birth_date else BirthDatePrecision.UNKNOWN
    with _number_used_once(record_number):
        patient = Patient.objects.create(site=site, registered_at=at)
        Identity.objects.create(
            patient=patient,
            site=site,
            record_number=record_number.strip(),
            name=name.strip(),
            birth_date=birth_date,
            birth_date_precision=birth_date_precision or known,
            sex=sex,
        )
    note_eligible(patient=patient, by=by, at=at)
    return patient


@transaction.atomic
def correct_identity(
    *,
    patient: Patient,
    record_number: str,
    name: str,
    birth_date: date | None,
    birth_date_precision: str,
    sex: str,
    edition: int,
    reason: str = "",
    by: User,
    at: datetime,
) -> IdentityChange | None:
    """Correct who the patient is; None if nothing differs.

    What was and what became is kept. Nothing clinical is touched; an episode that only
    waits as eligible is taken back if the criteria now speak against it, and plans that
    now surely fit count the patient.

    Args: edition: how many corrections there were when the author looked.

    Raises: RecordNumberTaken, CorrectedMeanwhile.
    """
    identity = Identity.objects.select_for_update().get(patient=patient)
    if identity.patient.corrections.count() != edition:
        raise CorrectedMeanwhile(patient)
    before = identity.stated
    identity.record_number, identity.name = record_number.strip(), name.strip()
    identity.birth_date, identity.sex = birth_date, sex
    identity.birth_date_precision = birth_date_precision
    if identity.stated == before:
        return None
    with _number_used_once(record_number):
        identity.save()
    change = IdentityChange.objects.create(
        patient=patient,
        before=before,
        after=identity.stated,
        reason=reason.strip(),
        by=by,
        recorded_at=at,
    )
    corrected = Patient.objects.select_related("identity", "site").get(pk=patient.pk)
    _take_back_what_no_longer_fits(corrected, by, at)
    note_eligible(patient=corrected, by=by, at=at)
    return change


def _take_back_what_no_longer_fits(patient: Patient, by: User, at: datetime) -> None:
    waiting = Enrolment.objects.filter(patient=patient)
    rows = list(
        waiting.in_state(EnrolmentState.ELIGIBLE).select_related("patient__site")
    )
    judged = judgements(patient, at) if rows else {}
    for row in rows:
        if row.scamp_id in judged and judged[row.scamp_id].state == "not eligible":
            why = "The corrected identity does not fit the criteria"
            find_unfit(enrolment=row, reason=why, by=by, at=at)


@contextmanager
def _number_used_once(record_number: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "record_number_is_used_once" in str(error):
            raise RecordNumberTaken(record_number) from error
        raise
