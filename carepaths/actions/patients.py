"""Patients: registered once at a site, their identity apart."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.models import Site, User
from carepaths.actions.eligibility import note_eligible
from carepaths.actions.refusals import RecordNumberTaken
from carepaths.models import Identity, Patient
from carepaths.models.patients import BirthDatePrecision


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
    try:
        with transaction.atomic():
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
    except IntegrityError as error:
        if "record_number_is_used_once" in str(error):
            raise RecordNumberTaken(record_number) from error
        raise
    note_eligible(patient=patient, by=by, at=at)
    return patient
