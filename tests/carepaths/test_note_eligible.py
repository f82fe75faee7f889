"""Who is eligible is counted without anybody asking; enrolling and declining, undone."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.urls import reverse

from carepaths.actions import refusals
from carepaths.actions.eligibility import judgements, note_eligible
from carepaths.actions.enrolments import decline, enrol, find_unfit, leave, undo
from carepaths.actions.patients import register_patient
from carepaths.actions.voids import void_encounter
from carepaths.models import Enrolment, EnrolmentChange
from feedback.models.enrolments import enrolments_of
from scamps.core.definition import load_yaml
from scamps.models import Scamp
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    PatientFactory,
    UserFactory,
    episode,
    opened,
    publish,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.factories import MembershipFactory, SiteFactory

pytestmark = pytest.mark.django_db
YOUNG = {"birth_date": date(2015, 3, 14), "birth_date_precision": "day"}
OF_AGE = """demonstration: false
population:
  inclusion:
    - words: Younger than 12 years.
      when: CalculateAgeInYearsAt(birth_date, visit_date) < 12
"""
OF_BELLY = """demonstration: false
population: {exclusion: [{words: Stiff belly., when: guarding}]}"""
TO_JUDGE = """demonstration: false
population: {inclusion: [{words: Suspected fever.}]}"""


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def plan():
    return publish(replacing=("demonstration: false", OF_AGE)).scamp


def other_plan(population: str) -> Scamp:
    """A second plan beside `fever`, with another population."""
    text = FEVER.replace("key: fever\n", "key: belly\n")
    assert load_yaml(text)
    return publish(text, replacing=("demonstration: false", population)).scamp


def registered(site, **fields):
    given = {"record_number": "17", "name": "Sample, Alex", "at": NOON} | fields
    return register_patient(site=site, by=UserFactory(), **given)


def states(**of):
    found = Enrolment.objects.with_state().filter(**of).order_by("pk")
    return list(found.values_list("state", flat=True))


def test_registering_counts_whom_the_criteria_fit(member, plan):
    child = registered(member.site, **YOUNG)
    registered(member.site, record_number="18", birth_date=date(2001, 1, 1))
    registered(member.site, record_number="19")

    assert [row.patient for row in Enrolment.objects.in_state("eligible")] == [child]
    assert enrolments_of(plan, [member.site], None)["undecided"] == 1


def test_signing_counts_for_the_plans_its_answers_decide(member):
    other = other_plan(OF_BELLY)
    enrolment = episode(scamp=publish().scamp, site=member.site)

    signed(enrolment, **HOME)

    found = Enrolment.objects.in_state("eligible").get()
    assert (found.scamp, found.patient) == (other, enrolment.patient)


def test_an_answer_that_speaks_against_it_counts_nobody(member):
    other_plan(OF_BELLY)

    signed(episode(scamp=publish().scamp, site=member.site), **OPERATE)

    assert not Enrolment.objects.in_state("eligible").exists()


def test_what_was_entered_in_error_decides_nothing(member):
    other = other_plan(OF_BELLY)
    enrolment = episode(scamp=publish().scamp, site=member.site)
    encounter = signed(enrolment, **OPERATE)
    assert judgements(enrolment.patient, NOON)[other.pk].state == "not eligible"

    void_encounter(encounter=encounter, reason="Wrong", by=UserFactory(), at=NOON)

    assert judgements(enrolment.patient, NOON)[other.pk].state == "undecided"


def test_a_plan_that_a_person_must_judge_counts_nobody_by_itself(member):
    publish(replacing=("demonstration: false", TO_JUDGE))

    registered(member.site, **YOUNG)

    assert not Enrolment.objects.exists()


def test_a_demonstration_counts_made_up_patients_only(member):
    publish(
        replacing=("demonstration: false", OF_AGE.replace("on: false", "on: true", 1))
    )

    registered(member.site, **YOUNG)
    made_up = registered(SiteFactory(is_sandbox=True), **YOUNG)

    assert [row.patient for row in Enrolment.objects.all()] == [made_up]


def test_who_had_an_episode_is_not_counted_again(member, plan):
    child = registered(member.site, **YOUNG)
    decline(enrolment=Enrolment.objects.get(), reason="No", by=UserFactory(), at=NOON)

    assert note_eligible(patient=child, by=UserFactory(), at=NOON) == []
    assert states() == ["declined"]


def test_looking_costs_one_query_where_no_plan_decides(
    member, django_assert_num_queries
):
    publish()
    patient = PatientFactory(site=member.site)
    note_eligible(patient=patient, by=member.user, at=NOON)

    with django_assert_num_queries(1):
        note_eligible(patient=patient, by=member.user, at=NOON)


def test_looking_costs_three_queries_where_one_does_and_the_patient_does_not_fit(
    member, plan, django_assert_num_queries
):
    patient = PatientFactory(site=member.site)
    note_eligible(patient=patient, by=member.user, at=NOON)

    with django_assert_num_queries(3):  # plans, episodes, answers
        note_eligible(patient=patient, by=member.user, at=NOON)


def test_enrolling_against_the_criteria_needs_a_reason(member, plan):
    who = {"by": UserFactory(), "at": NOON}
    what = {"patient": PatientFactory(site=member.site), "scamp": plan}

    with pytest.raises(refusals.ReasonNeeded):
        enrol(**what, judged="not eligible", **who)
    made = enrol(**what, judged="not eligible", reason="Asked by the family", **who)

    assert made.changes.get().judged == "not eligible"
    with (
        pytest.raises(DatabaseError, match="against_the_criteria"),
        transaction.atomic(),
    ):
        EnrolmentChange.objects.create(
            enrolment=made, to="enrolled", judged="not eligible", **who
        )


@pytest.fixture
def waiting(member, plan):
    registered(member.site, **YOUNG)
    return Enrolment.objects.get()


def test_declining_leaving_and_enrolling_can_be_taken_back(waiting):
    who = {"by": UserFactory(), "at": NOON}

    decline(enrolment=waiting, reason="No time", **who)
    assert undo(enrolment=waiting, **who).state == "eligible"
    find_unfit(enrolment=waiting, **who)
    assert undo(enrolment=waiting, **who).state == "eligible"
    enrol(patient=waiting.patient, scamp=waiting.scamp, **who)
    leave(enrolment=waiting, **who)
    assert undo(enrolment=waiting, **who).state == "enrolled"
    assert undo(enrolment=waiting, **who).state == "eligible"
    with pytest.raises(refusals.NothingToUndo):
        undo(enrolment=waiting, **who)


def test_what_is_taken_back_is_not_counted(waiting, member):
    who = {"by": UserFactory(), "at": NOON}

    def counts():
        return enrolments_of(waiting.scamp, [member.site], None)

    enrol(patient=waiting.patient, scamp=waiting.scamp, **who)
    assert (counts()["enrolled"], counts()["undecided"]) == (1, 0)
    undo(enrolment=waiting, **who)
    assert (counts()["enrolled"], counts()["undecided"]) == (0, 1)
    find_unfit(enrolment=waiting, **who)
    assert counts()["episodes"] == 0


def test_an_enrolment_with_an_encounter_is_not_taken_back(waiting):
    who = {"by": UserFactory(), "at": NOON}
    enrol(patient=waiting.patient, scamp=waiting.scamp, **who)
    opened(waiting)

    with pytest.raises(refusals.HasEncounters):
        undo(enrolment=waiting, **who)


def test_leaving_is_not_taken_back_once_a_later_episode_is_open(waiting):
    who = {"by": UserFactory(), "at": NOON}
    enrol(patient=waiting.patient, scamp=waiting.scamp, **who)
    leave(enrolment=waiting, **who)
    enrol(patient=waiting.patient, scamp=waiting.scamp, by=who["by"], at=NOON + DAY)

    with pytest.raises(refusals.AlreadyEnrolled):
        undo(enrolment=waiting, **who)


# -- pages ------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, member):
    client.force_login(member.user)
    client.get(url("patients"))
    return client


def url(name, *args):
    return reverse(f"carepaths:{name}", args=args)


def body(response):
    return response.content.decode()


def test_the_worklist_lists_who_is_eligible_and_not_enrolled(signed_in, waiting):
    registered(SiteFactory(), record_number="elsewhere", name="Other, Kim", **YOUNG)

    page = body(signed_in.get("/"))

    assert "Eligible, not enrolled" in page
    assert "Sample, Alex" in page
    assert "Other, Kim" not in page


def test_who_may_not_enrol_is_not_asked_to(client, member, waiting):
    group, _ = Group.objects.get_or_create(name="auditor")
    auditor = MembershipFactory(role=group, site=member.site)
    client.force_login(auditor.user)

    assert "Eligible, not enrolled" not in body(client.get("/"))


def test_a_tap_on_a_reason_declines_and_leads_back_to_the_list(signed_in, waiting):
    page = body(signed_in.get("/"))
    assert 'name="reason" value="Treated elsewhere"' in page
    sent = {"patient": waiting.patient_id, "back": "worklist"}

    response = signed_in.post(
        url("decline", waiting.pk), sent | {"reason": "Treated elsewhere"}
    )

    assert response.url == "/"
    assert states() == ["declined"]
    assert "Sample, Alex" not in body(signed_in.get("/")).split("Recent")[0]
    assert "Treated elsewhere" in body(
        signed_in.get(waiting.patient.get_absolute_url())
    )


def test_a_plan_can_be_found_not_to_fit_and_that_undone(signed_in, waiting):
    sent = {"patient": waiting.patient_id}

    signed_in.post(url("decline", waiting.pk), sent | {"verb": "unfit"})
    assert states() == ["unfit"]
    page = body(signed_in.get(waiting.patient.get_absolute_url()))
    assert url("undo", waiting.pk) in page
    signed_in.post(url("undo", waiting.pk), sent)

    assert states() == ["eligible"]


@pytest.mark.parametrize("name", ["decline", "leave", "undo"])
def test_a_step_under_a_switched_patient_is_refused(signed_in, waiting, name):
    other = PatientFactory(site=waiting.patient.site)

    response = signed_in.post(
        url(name, waiting.pk), {"patient": other.pk, "reason": "No", "verb": "unfit"}
    )

    assert response.status_code == 409
    assert states() == ["eligible"]


def test_the_patients_page_says_what_is_missing_to_decide(signed_in, member, plan):
    patient = PatientFactory(site=member.site)

    page = body(signed_in.get(patient.get_absolute_url()))

    assert "Needed to decide: Date of birth, to the day" in page
    assert "Not decided" in page


def test_the_enrol_page_asks_why_where_the_criteria_speak_against_it(
    signed_in, member, plan
):
    old = registered(member.site, birth_date=date(2001, 1, 1))
    address, sent = url("enrol", old.pk), {"scamp": plan.key, "patient": old.pk}

    shown = body(signed_in.get(address, {"scamp": plan.key}))
    refused = signed_in.post(address, sent | {"verb": "enrol"})
    assert (refused.status_code, states()) == (422, [])
    signed_in.post(address, sent | {"verb": "enrol", "reason": "Family asked"})

    assert "The criteria speak against it" in shown
    assert states() == ["enrolled"]
    assert "Family asked" in body(signed_in.get(old.get_absolute_url()))


def test_enrolling_and_opening_is_one_tap(signed_in, member):
    scamp = publish().scamp
    patient = PatientFactory(site=member.site)
    sent = {"scamp": scamp.key, "patient": patient.pk, "verb": "open"}

    response = signed_in.post(url("enrol", patient.pk), sent)

    assert response.url == url("open", Enrolment.objects.get().pk)


def test_fits_decide_later_counts_the_patient(signed_in, member):
    scamp = publish(replacing=("demonstration: false", TO_JUDGE)).scamp
    patient = PatientFactory(site=member.site)
    assert "Yours to judge." in body(
        signed_in.get(url("enrol", patient.pk), {"scamp": scamp.key})
    )

    sent = {"scamp": scamp.key, "patient": patient.pk, "verb": "later"}
    signed_in.post(url("enrol", patient.pk), sent)

    assert states() == ["eligible"]
