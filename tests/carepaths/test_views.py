"""The clinician's pages: finding, enrolling, opening, and who may see what."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carepaths.models import Encounter, Enrolment, Identity, Outcome, Patient
from tests.carepaths.factories import (
    NOON,
    OPERATE,
    PatientFactory,
    episode,
    opened,
    publish,
    saved,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory

KEY = "7f8f3a1e-6a55-4f5e-9d9f-0d8a1c5e2b11"


@pytest.fixture
def site(db):
    return SiteFactory(name="Clinic")


@pytest.fixture
def clinician(site):
    return MembershipFactory(site=site).user


@pytest.fixture
def client(clinician):
    client = Client()
    client.force_login(clinician)
    client.get(url("patients"))  # the first request writes the session
    return client


@pytest.fixture
def fever(db):
    return publish().scamp


@pytest.fixture
def draft(site, clinician, fever):
    return opened(episode(scamp=fever, site=site, by=clinician), by=clinician)


def url(name, *args):
    return reverse(f"carepaths:{name}", args=args)


def body(response):
    return response.content.decode()


def registration(clinic, **changes):
    return {
        "site": clinic.pk,
        "record_number": "00-4711",
        "name": "Sample, Alex",
        "birth_day": "14",
        "birth_month": "3",
        "birth_year": "2015",
        "sex": "female",
        "submission": KEY,
    } | changes


# -- worklist ---------------------------------------------------------------------


def test_an_empty_worklist_teaches_with_one_button(client):
    page = body(client.get(url("worklist")))

    assert "Nothing waits for you" in page
    assert page.count("btn btn-primary") == 1


def test_the_worklist_shows_ones_own_drafts(client, draft):
    Identity.objects.filter(patient=draft.enrolment.patient).update(name="Sample, Alex")
    other = opened(episode(scamp=draft.version.scamp, site=draft.site))

    page = body(client.get(url("worklist")))

    assert draft.get_absolute_url() in page
    assert "Sample, Alex" in page
    assert other.get_absolute_url() not in page


def test_the_worklist_shows_deviations_that_lack_a_reason(
    client, site, clinician, fever
):
    encounter = signed(
        episode(scamp=fever, site=site),
        by=clinician,
        intentions={"operate/operate": {"choice": "deviated", "kind": "omitted"}},
        **OPERATE,
    )

    page = body(client.get(url("worklist")))

    assert url("decide", encounter.opportunities.get().pk) in page


def test_the_worklist_shows_the_patients_seen_last(client, site):
    seen, unseen = PatientFactory(site=site), PatientFactory(site=site)
    client.get(seen.get_absolute_url())

    page = body(client.get(url("worklist")))

    assert seen.get_absolute_url() in page
    assert unseen.get_absolute_url() not in page


def test_the_worklist_takes_as_many_queries_for_many_drafts(
    client, site, clinician, fever, django_assert_max_num_queries
):
    for _ in range(12):
        opened(episode(scamp=fever, site=site, by=clinician), by=clinician)

    with django_assert_max_num_queries(14):
        client.get(url("worklist"))


# -- patients ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sample", True),
        ("alex sam", True),
        ("00-47", True),
        ("14 Mar 2015", True),
        ("14.3.2015", True),
        ("2015-03-14", True),
        ("15 Mar 2015", False),
        ("47", True),
        ("robin", False),
    ],
)
def test_a_patient_is_found_by_name_number_or_birth_date(client, site, query, found):
    PatientFactory(
        site=site,
        identity__record_number="00-4711",
        identity__name="Sample, Alex",
        identity__birth_date=date(2015, 3, 14),
        identity__birth_date_precision="day",
    )

    page = body(client.get(url("patients"), {"q": query}))

    assert ("Sample, Alex" in page) is found


def test_patients_of_other_sites_are_not_listed(client):
    PatientFactory(identity__name="Elsewhere, Kim")

    assert "Elsewhere, Kim" not in body(client.get(url("patients")))


def test_a_list_of_patients_takes_as_many_queries_for_many(
    client, site, django_assert_max_num_queries
):
    for _ in range(30):
        PatientFactory(site=site)

    with django_assert_max_num_queries(6):
        client.get(url("patients"))


def test_registering_leads_to_the_patient(client, site):
    response = client.post(url("register"), registration(site))

    patient = Patient.objects.get()
    assert response.status_code == 302
    assert response.url == patient.get_absolute_url()
    assert patient.identity.birth_date == date(2015, 3, 14)


def test_registering_sent_twice_makes_one_patient(client, site):
    first = client.post(url("register"), registration(site))
    second = client.post(url("register"), registration(site))

    assert (first.url, Patient.objects.count()) == (second.url, 1)


def test_the_same_key_with_another_patient_is_refused(client, site):
    client.post(url("register"), registration(site))

    changed = client.post(url("register"), registration(site, record_number="00-4712"))

    assert changed.status_code == 409
    assert Patient.objects.count() == 1


def test_a_record_number_in_use_is_said_and_nothing_typed_is_lost(client, site):
    other = PatientFactory(site=site, identity__record_number="00-4711")

    response = client.post(url("register"), registration(site))

    page = body(response)
    assert response.status_code == 422
    assert "already in use" in page
    assert other.get_absolute_url() in page
    assert 'value="Sample, Alex"' in page
    assert 'value="2015"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_day": "31", "birth_month": "2"},
        {"birth_year": "2999"},
        {"birth_year": ""},
        {"name": "", "birth_day": ""},
        {"birth_year": "1899"},
        {"record_number": ""},
        {"site": "0"},
        {"sex": "x"},
    ],
)
def test_a_registration_that_cannot_be_is_shown_again(client, site, changes):
    response = client.post(url("register"), registration(site, **changes))

    assert response.status_code == 422
    assert Patient.objects.count() == 0


def test_a_birth_date_may_be_known_to_the_month_only(client, site):
    client.post(url("register"), registration(site, birth_day=""))

    assert Patient.objects.get().identity.birth_date_precision == "month"


def test_a_patient_of_another_site_is_not_found(client):
    assert client.get(PatientFactory().get_absolute_url()).status_code == 404


def test_the_banner_says_who_it_is(client, site):
    patient = PatientFactory(
        site=site,
        identity__record_number="00-4711",
        identity__name="Sample, Alex",
        identity__birth_date=date(2015, 3, 14),
        identity__birth_date_precision="day",
        identity__sex="female",
    )

    page = body(client.get(patient.get_absolute_url()))

    for words in ("Sample, Alex", "girl", "years", "born 14 Mar 2015", "00-4711"):
        assert words in page


def test_a_made_up_patient_is_labelled_wherever_shown(clinician, client, fever):
    sandbox = MembershipFactory(user=clinician, site__is_sandbox=True).site
    patient = PatientFactory(site=sandbox)
    encounter = opened(episode(scamp=fever, patient=patient), by=clinician)

    pages = [
        url("patients"),
        patient.get_absolute_url(),
        encounter.get_absolute_url(),
        url("sign", encounter.pk),
    ]

    for page in pages:
        assert ">Made" in body(client.get(page)), page


# -- episodes ---------------------------------------------------------------------


def test_enrolling_shows_the_criteria_in_words(client, site, fever):
    publish(
        replacing=(
            "demonstration: false",
            "demonstration: true\npopulation: {inclusion: [{words: Fever at home}]}",
        )
    )
    patient = PatientFactory(site=site)

    page = body(client.get(url("enrol", patient.pk), {"scamp": fever.key}))

    assert "Fever at home" in page
    assert "demonstration" in page


def test_enrolling_twice_at_once_makes_one_episode(client, site, fever):
    patient = PatientFactory(site=site)
    sent = {"scamp": fever.key, "patient": patient.pk, "submission": KEY}

    first = client.post(url("enrol", patient.pk), sent)
    second = client.post(url("enrol", patient.pk), sent)

    assert [first.status_code, second.status_code] == [302, 302]
    assert Enrolment.objects.with_state().get().state == "enrolled"


def test_declining_asks_why_and_keeps_the_patient_counted(client, site, fever):
    patient = PatientFactory(site=site)
    sent = {"scamp": fever.key, "patient": patient.pk, "verb": "decline"}

    asked = client.post(url("enrol", patient.pk), sent)
    without = client.post(asked.url, {"patient": patient.pk, "reason": " "})
    client.post(asked.url, {"patient": patient.pk, "reason": "No interpreter"})

    assert without.status_code == 422
    enrolment = Enrolment.objects.with_state().get()
    assert enrolment.state == "declined"
    assert "No interpreter" in body(client.get(patient.get_absolute_url()))


def test_after_leaving_a_second_episode_can_begin(client, site, fever):
    first = episode(scamp=fever, site=site)
    patient = first.patient
    client.post(url("leave", first.pk), {"patient": patient.pk, "reason": "Moved"})

    page = body(client.get(patient.get_absolute_url()))
    client.post(url("enrol", patient.pk), {"scamp": fever.key, "patient": patient.pk})

    assert "as a new episode" in page
    assert [row.episode for row in patient.enrolments.order_by("pk")] == [1, 2]


def test_an_episode_left_meanwhile_is_refused_with_a_page(client, site, fever):
    first = episode(scamp=fever, site=site)
    sent = {"patient": first.patient.pk, "reason": "Moved"}
    client.post(url("leave", first.pk), sent)

    again = client.post(url("leave", first.pk), sent)

    assert again.status_code == 409
    assert "not enrolled" in body(again)


def test_a_patients_page_takes_as_many_queries_for_many_encounters(
    client, site, clinician, fever, django_assert_max_num_queries
):
    enrolment = episode(scamp=fever, site=site)
    for _ in range(10):
        signed(enrolment, by=clinician, **OPERATE)

    with django_assert_max_num_queries(15):
        client.get(enrolment.patient.get_absolute_url())


# -- opening ----------------------------------------------------------------------


def opening(enrolment, **changes):
    return {
        "visit": "first",
        "day": "10",
        "month": "3",
        "year": "2026",
        "clock": "12:00",
        "origin": "prospective",
        "patient": enrolment.patient.pk,
        "submission": KEY,
    } | changes


def test_the_visit_time_is_read_on_the_sites_clock(client, site, fever):
    enrolment = episode(scamp=fever, site=site)

    client.post(url("open", enrolment.pk), opening(enrolment))

    assert Encounter.objects.get().visit_time == NOON


def test_now_is_offered_as_the_time_of_the_visit(client, site, fever):
    page = body(client.get(url("open", episode(scamp=fever, site=site).pk)))

    assert f'value="{timezone.now().year}"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": "25:00"},
        {"day": ""},
        {"day": "31", "month": "2"},
        {"year": str(timezone.now().year + 1)},
        {"visit": "birthday"},
        {"origin": "sandbox"},
    ],
)
def test_a_visit_that_cannot_be_is_asked_again(client, site, fever, changes):
    enrolment = episode(scamp=fever, site=site)

    response = client.post(url("open", enrolment.pk), opening(enrolment, **changes))

    assert response.status_code == 422
    assert Encounter.objects.count() == 0


def test_a_double_click_opens_one_encounter(client, site, fever):
    enrolment = episode(scamp=fever, site=site)

    first = client.post(url("open", enrolment.pk), opening(enrolment))
    second = client.post(url("open", enrolment.pk), opening(enrolment))

    assert (first.url, Encounter.objects.count()) == (second.url, 1)


def test_at_a_real_site_a_demonstration_only_looks_back(client, site):
    demo = publish(replacing=("demonstration: false", "demonstration: true")).scamp
    enrolment = episode(scamp=demo, site=site)

    page = body(client.get(url("open", enrolment.pk)))
    client.post(url("open", enrolment.pk), opening(enrolment))
    client.post(url("open", enrolment.pk), opening(enrolment, origin="retrospective"))

    assert "only looks back" in page
    assert Encounter.objects.get().origin == "retrospective"


def test_a_form_of_another_patient_changes_nothing(client, site, fever):
    enrolment, other = episode(scamp=fever, site=site), PatientFactory(site=site)

    response = client.post(
        url("open", enrolment.pk), opening(enrolment, patient=other.pk)
    )

    assert response.status_code == 409
    assert Encounter.objects.count() == 0


# -- outcomes ---------------------------------------------------------------------


def test_outcomes_are_recorded_once_with_when_and_how(client, site, fever):
    enrolment = episode(scamp=fever, site=site)
    sent = {
        "patient": enrolment.patient.pk,
        "submission": KEY,
        "o.ill": "false",
        "o.stay": "3",
        "day": "12",
        "month": "3",
        "year": "2026",
        "known_how": "Phone call",
    }

    client.post(url("outcomes", enrolment.pk), sent)
    client.post(url("outcomes", enrolment.pk), sent)

    found = Outcome.objects.order_by("key")
    assert [(row.key, row.value) for row in found] == [("ill", False), ("stay", 3)]
    assert found[0].happened_at.date() == date(2026, 3, 12)
    assert "Phone call" in body(client.get(enrolment.patient.get_absolute_url()))


@pytest.mark.parametrize(
    "changes",
    [{"o.stay": "three"}, {"known_how": ""}, {"o.stay": ""}, {"year": ""}],
)
def test_an_outcome_that_is_not_clear_is_asked_again(client, site, fever, changes):
    enrolment = episode(scamp=fever, site=site)
    sent = {
        "patient": enrolment.patient.pk,
        "o.stay": "3",
        "day": "12",
        "month": "3",
        "year": "2026",
        "known_how": "Phone call",
    }

    response = client.post(url("outcomes", enrolment.pk), sent | changes)

    assert response.status_code == 422
    assert Outcome.objects.count() == 0


def test_an_encounter_of_another_site_is_not_found(client, fever):
    encounter = opened(episode(scamp=fever))

    for name in ("encounter", "sign", "amend", "void"):
        assert client.get(url(name, encounter.pk)).status_code == 404


def test_an_auditor_reads_and_changes_nothing(site, fever, clinician, draft):
    auditor = Client()
    auditor.force_login(MembershipFactory(site=site, role__name="auditor").user)
    saved(draft, guarding=True)

    assert auditor.get(draft.get_absolute_url()).status_code == 200
    assert "Save draft" not in body(auditor.get(draft.get_absolute_url()))
    assert auditor.post(draft.get_absolute_url(), {}).status_code == 403
    assert auditor.get(url("sign", draft.pk)).status_code == 403


def test_an_encounter_without_a_time_is_said_to_be_undated(client, site, fever):
    encounter = opened(
        episode(scamp=fever, site=site), visit_time=None, origin="retrospective"
    )

    assert "undated" in body(client.get(encounter.get_absolute_url()))


def test_the_age_is_that_at_the_visit(client, site, fever, clinician):
    patient = PatientFactory(
        site=site,
        identity__birth_date=date(2015, 3, 11),
        identity__birth_date_precision="day",
    )
    encounter = opened(
        episode(scamp=fever, patient=patient),
        by=clinician,
        visit_time=NOON + timedelta(days=0),
    )

    assert "10 years" in body(client.get(encounter.get_absolute_url()))
