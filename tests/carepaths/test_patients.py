"""Patients and their episodes: registered once, seen by their site, counted all."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from carepaths.actions import refusals
from carepaths.actions.enrolments import decline, enrol, find_eligible, leave
from carepaths.actions.patients import register_patient
from carepaths.models import Encounter, Enrolment, Mark, Patient
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    PatientFactory,
    UserFactory,
    episode,
    opened,
    publish,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    site, by = SiteFactory(), UserFactory()

    def register(number="17", **fields):
        given = {"site": site, "by": by, "at": NOON} | fields
        return register_patient(record_number=number, **given)

    return register


def test_a_patient_has_an_identity_apart(register):
    patient = register(
        name=" Sample, Alex ", birth_date=date(2015, 3, 14), sex="female"
    )

    assert patient.identity.name == "Sample, Alex"
    assert patient.identity.birth_date_precision == "day"


def test_an_unknown_birth_date_has_no_precision(register):
    assert register().identity.birth_date_precision == "unknown"


def test_a_record_number_is_used_once_at_a_site(register):
    first = register(" 17 ")

    with pytest.raises(refusals.RecordNumberTaken):
        register("17")

    assert Patient.objects.get() == first
    assert register("17", site=SiteFactory()).pk


def test_patients_are_seen_by_the_clinical_roles_of_their_site():
    patient, elsewhere = PatientFactory(), PatientFactory()
    clinician = MembershipFactory(site=patient.site).user
    member = MembershipFactory(site=patient.site, role__name="committee member").user
    former = MembershipFactory(site=patient.site, ends_on=date(2021, 1, 1)).user

    assert list(Patient.objects.visible_to(clinician)) == [patient]
    assert not Patient.objects.visible_to(member).exists()
    assert not Patient.objects.visible_to(former).exists()
    assert elsewhere not in Patient.objects.visible_to(clinician)


def test_what_hangs_on_a_patient_is_seen_like_the_patient():
    enrolment = episode(scamp=publish().scamp)
    opened(enrolment)
    clinician = MembershipFactory(site=enrolment.patient.site).user

    for model in (Enrolment, Encounter):
        assert model.objects.visible_to(clinician).count() == 1
        assert not model.objects.visible_to(UserFactory()).exists()


def test_real_and_sandbox_are_told_apart():
    real, made_up = PatientFactory(), PatientFactory(site__is_sandbox=True)

    assert list(Patient.objects.real()) == [real]
    assert list(Patient.objects.sandbox()) == [made_up]


@pytest.fixture
def on_plan():
    return {"scamp": publish().scamp, "patient": PatientFactory()}


def test_the_eligible_are_counted_before_they_are_enrolled(on_plan):
    by = UserFactory()
    found = find_eligible(**on_plan, by=by, at=NOON)

    enrolled = enrol(**on_plan, by=by, at=NOON + DAY)

    assert enrolled == found
    states = list(found.changes.order_by("pk").values_list("to", flat=True))
    assert states == ["eligible", "enrolled"]
    assert Enrolment.objects.in_state("enrolled").get() == found
    assert Enrolment.objects.in_state("eligible", as_of=NOON).get() == found


def test_one_episode_is_open_at_a_time(on_plan):
    by = UserFactory()
    first = enrol(**on_plan, by=by, at=NOON)

    with pytest.raises(refusals.AlreadyEnrolled):
        enrol(**on_plan, by=by, at=NOON)
    with pytest.raises(refusals.AlreadyEnrolled):
        find_eligible(**on_plan, by=by, at=NOON)
    leave(enrolment=first, by=by, at=NOON + DAY)

    assert enrol(**on_plan, by=by, at=NOON + 2 * DAY).episode == 2


def test_declining_needs_a_reason_and_an_eligible_episode(on_plan):
    by = UserFactory()
    found = find_eligible(**on_plan, by=by, at=NOON)

    with pytest.raises(refusals.ReasonNeeded):
        decline(enrolment=found, reason=" ", by=by, at=NOON)
    declined = decline(enrolment=found, reason="Wishes none", by=by, at=NOON)

    assert declined.state == "declined"
    with pytest.raises(refusals.NotEligible):
        decline(enrolment=found, reason="Wishes none", by=by, at=NOON)
    with pytest.raises(refusals.NotEnrolled):
        leave(enrolment=found, by=by, at=NOON)


def test_episodes_are_counted_by_the_month_they_began_at_the_site(on_plan):
    site = on_plan["patient"].site  # Berlin
    late = NOON.replace(month=1, day=31, hour=23, minute=30)

    enrolment = enrol(**on_plan, by=UserFactory(), at=late)

    def found(month):
        bucket = {"scamp": on_plan["scamp"], "site": site, "month": month}
        return list(Enrolment.objects.in_bucket(**bucket))

    assert found(date(2026, 2, 1)) == [enrolment]
    assert found(date(2026, 1, 1)) == found(None) == []
    assert {mark.month for mark in Mark.objects.all()} == {date(2026, 2, 1)}


def test_encounters_are_counted_by_the_month_of_the_visit_at_the_site():
    version = publish()
    late = NOON.replace(month=1, day=31, hour=23, minute=30)
    encounter = signed(episode(scamp=version.scamp), visit_time=late, **HOME)
    undated = signed(episode(scamp=version.scamp), visit_time=None, **HOME)

    def found(of, month):
        bucket = {"version": version, "site": of.site, "month": month}
        counted = Encounter.objects.counted()
        return list(counted.in_bucket(origin="prospective", **bucket))

    assert found(encounter, date(2026, 2, 1)) == [encounter]
    assert found(encounter, date(2026, 1, 1)) == []
    assert found(undated, None) == [undated]
    assert undated.month is None


def test_the_database_refuses_a_declining_without_a_reason(on_plan):
    found = find_eligible(**on_plan, by=UserFactory(), at=NOON)

    with (
        pytest.raises(DatabaseError, match="declining_has_a_reason"),
        transaction.atomic(),
    ):
        found.changes.create(to="declined", by=UserFactory(), at=NOON)
