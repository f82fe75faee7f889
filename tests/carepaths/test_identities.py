"""Registering and correcting: two identifiers, no double unseen, every change kept."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from accounts.models import AccessEvent
from carepaths.actions import refusals
from carepaths.actions.patients import correct_identity, register_patient
from carepaths.core.duplicates import Who, alike, distance, slips
from carepaths.models import Enrolment, IdentityChange, Patient
from tests.carepaths.factories import NOON, PatientFactory, publish
from tests.carepaths.test_note_eligible import OF_AGE
from tests.factories import PASSWORD, MembershipFactory

BORN = date(2015, 3, 4)
ALEX = Who(1, "00-4711", "Sample, Alex", BORN)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (Who(1, "9", "Sample, Alex", BORN), ("Same name", "Same birth date")),
        (
            Who(1, "9", "Alex, Sample", BORN),
            ("Same name, in another order", "Same birth date"),
        ),
        (Who(1, "9", "Smaple, Alex", BORN), ("Similar name", "Same birth date")),
        (Who(1, "9", "Sample, Alex Kim", BORN), ("Similar name", "Same birth date")),
        (
            Who(1, "9", "Sample, Alex", date(2015, 4, 3)),
            ("Same name", "Birth date differs by one slip"),
        ),
        (
            Who(2, "004711", "", None),
            ("Same record number, at another site",),
        ),
        (
            Who(1, "00-4171", "Sample, Alex"),
            ("Same name", "Record number differs by one slip"),
        ),
        (Who(1, "9", "Sample, Alex"), ("Same name",)),
        (Who(1, "9", "Sample, Alex", date(1990, 1, 1)), ()),
        (Who(1, "9", "Other, Robin", BORN), ()),
        (Who(1, "00-4171", "Other, Robin", date(1990, 1, 1)), ()),
    ],
)
def test_the_slips_that_make_a_patient_twice_are_seen(other, reasons):
    assert alike(ALEX, other) == reasons
    assert set(alike(other, ALEX)) == set(reasons)


def test_umlauts_may_be_spelled_out():
    assert alike(Who(1, "1", "Müller, Jörg"), Who(1, "2", "Mueller, Joerg")) == (
        "Same name",
    )


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_a_distance_is_even_handed_and_zero_for_the_same(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) <= max(len(one), len(other))


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
def test_a_day_is_no_slip_of_itself(day):
    assert day not in slips(day)


# -- pages ------------------------------------------------------------------------


@pytest.fixture
def member(db):
    return MembershipFactory()


@pytest.fixture
def signed_in(client, member):
    client.force_login(member.user)
    return client


@pytest.fixture
def alex(member):
    return register_patient(
        site=member.site,
        record_number="00-4711",
        name="Sample, Alex",
        birth_date=BORN,
        by=member.user,
        at=NOON,
    )


def url(name, *args):
    return reverse(f"carepaths:{name}", args=args)


def typed(member, **changes):
    return {
        "site": member.site.pk,
        "record_number": "00-4712",
        "name": "Alex Sample",
        "birth_day": "4",
        "birth_month": "3",
        "birth_year": "2015",
        "sex": "female",
    } | changes


def body(response):
    return response.content.decode()


def test_a_double_is_shown_beside_what_was_typed_and_nothing_is_lost(
    signed_in, member, alex
):
    response = signed_in.post(url("register"), typed(member))

    page = body(response)
    assert response.status_code == 422
    assert "Is it this patient?" in page
    assert "Same name, in another order" in page
    assert alex.get_absolute_url() in page
    for kept in ('value="Alex Sample"', 'value="00-4712"', 'value="2015"', "checked"):
        assert kept in page
    assert Patient.objects.get() == alex


def test_another_person_is_registered_by_one_more_tap(signed_in, member, alex):
    shown = {"another": f"{alex.pk} "}

    response = signed_in.post(url("register"), typed(member) | shown)

    assert response.status_code == 302
    assert Patient.objects.count() == 2


def test_who_came_meanwhile_is_asked_about_again(signed_in, member, alex):
    PatientFactory(site=member.site, identity__name="Sample, Alex")

    response = signed_in.post(url("register"), typed(member, another=str(alex.pk)))

    assert response.status_code == 422
    assert Patient.objects.count() == 2


def test_the_same_number_at_another_site_of_the_user_is_seen(signed_in, member, alex):
    elsewhere = MembershipFactory(user=member.user).site
    changed = {"site": elsewhere.pk, "record_number": "004711", "name": "Kim"}

    response = signed_in.post(url("register"), typed(member, **changed))

    assert "Same record number, at another site" in body(response)


def test_patients_of_other_sites_are_never_shown_as_doubles(signed_in, member):
    PatientFactory(identity__name="Sample, Alex")

    assert signed_in.post(url("register"), typed(member)).status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "", "birth_day": ""},
        {"record_number": " "},
        {"birth_year": "1900"},
        {"birth_year": str(timezone.localdate().year + 1)},
    ],
    ids=["one identifier", "no number", "over 120", "in the future"],
)
def test_what_cannot_be_is_refused(signed_in, member, changes):
    assert signed_in.post(url("register"), typed(member, **changes)).status_code == 422
    assert not Patient.objects.exists()


def test_a_whole_birth_date_stands_for_a_name(signed_in, member):
    signed_in.post(url("register"), typed(member, name=""))

    assert Patient.objects.get().identity.birth_date == BORN


def test_the_warning_while_typing_reads_what_is_there_so_far(signed_in, member, alex):
    page = body(
        signed_in.post(url("similar"), {"site": member.site.pk, "name": "sample alex"})
    )

    assert "Same name, in another order" not in page
    assert alex.get_absolute_url() in page


def test_looking_for_doubles_costs_two_queries(member, alex, django_assert_num_queries):
    mine = Patient.objects.visible_to(member.user)

    with django_assert_num_queries(2):
        assert mine.resembling(ALEX) == [alex]


# -- correcting -------------------------------------------------------------------


def corrected(patient, by, **changes):
    given = {
        "record_number": "00-4711",
        "name": "Sample, Alex",
        "birth_date": BORN,
        "birth_date_precision": "day",
        "sex": "",
        "edition": 0,
    } | changes
    return correct_identity(patient=patient, by=by, at=NOON, **given)


def test_a_correction_keeps_what_was_and_what_became(signed_in, member, alex):
    sent = typed(member, record_number="00-4711", name="Sample, Alexa", patient=alex.pk)

    response = signed_in.post(url("correct", alex.pk), sent | {"edition": 0})

    assert response.url == alex.get_absolute_url()
    change = IdentityChange.objects.get()
    assert (change.before["name"], change.after["name"]) == (
        "Sample, Alex",
        "Sample, Alexa",
    )
    assert sorted(change.fields) == ["name", "sex"]
    page = body(signed_in.get(url("correct", alex.pk)))
    assert "<del>Sample, Alex</del> → <b>Sample, Alexa</b>" in page


def test_the_trail_names_what_was_corrected_and_no_value(signed_in, member, alex):
    sent = typed(member, name="Sample, Alexa", patient=alex.pk, edition=0)

    signed_in.post(url("correct", alex.pk), sent)

    event = AccessEvent.objects.get(verb="corrected")
    assert sorted(event.detail["fields"]) == ["name", "record_number", "sex"]
    assert "Alexa" not in str(event.detail)


def test_a_correction_is_found_under_the_new_name_alone(member, alex):
    corrected(alex, member.user, name="Sorel, Kim")

    assert Patient.objects.matching("sorel").exists()
    assert not Patient.objects.matching("sample").exists()


def test_of_two_corrections_the_second_is_told(signed_in, member, alex):
    corrected(alex, member.user, name="Sample, Alexa")

    with pytest.raises(refusals.CorrectedMeanwhile):
        corrected(alex, member.user, name="Sample, Kim")
    sent = typed(member, name="Sample, Kim", patient=alex.pk, edition=0)
    response = signed_in.post(url("correct", alex.pk), sent)

    assert response.status_code == 422
    assert "in between" in body(response)
    assert 'value="Sample, Kim"' in body(response)


def test_a_correction_to_a_number_in_use_is_refused_and_nothing_lost(
    signed_in, member, alex
):
    PatientFactory(site=member.site, identity__record_number="00-4712")
    sent = typed(member, name="Sample, Alexa", patient=alex.pk, edition=0)

    response = signed_in.post(
        url("correct", alex.pk), sent | {"another": "".join(all_patients())}
    )

    assert "already in use" in body(response)
    assert not IdentityChange.objects.exists()


def all_patients():
    return (f"{pk} " for pk in Patient.objects.values_list("pk", flat=True))


def test_a_correction_that_makes_a_double_is_asked_about(signed_in, member, alex):
    other = PatientFactory(site=member.site, identity__name="Sorel, Kim")
    sent = typed(member, name="Sorel, Kim", birth_year="", birth_month="", birth_day="")
    sent |= {"patient": alex.pk, "edition": 0}

    response = signed_in.post(url("correct", alex.pk), sent)

    assert response.status_code == 422
    assert other.get_absolute_url() in body(response)


def test_a_correction_under_a_switched_patient_is_refused(signed_in, member, alex):
    other = PatientFactory(site=member.site)
    sent = typed(member, patient=other.pk, edition=0)

    assert signed_in.post(url("correct", alex.pk), sent).status_code == 409


def test_who_only_reads_may_not_correct(client, member, alex):
    group, _ = Group.objects.get_or_create(name="auditor")
    client.force_login(MembershipFactory(role=group, site=member.site).user)

    assert client.get(url("correct", alex.pk)).status_code == 403


def test_a_corrected_birth_date_takes_the_eligible_back_and_counts_anew(member):
    publish(replacing=("demonstration: false", OF_AGE))
    alex = register_patient(
        site=member.site,
        record_number="00-4711",
        name="Sample, Alex",
        birth_date=BORN,
        by=member.user,
        at=NOON,
    )
    assert Enrolment.objects.in_state("eligible").count() == 1

    corrected(alex, member.user, birth_date=date(2001, 3, 4))

    assert Enrolment.objects.in_state("unfit").count() == 1


def test_a_correction_of_nothing_leaves_nothing(member, alex):
    assert corrected(alex, member.user) is None
    assert not IdentityChange.objects.exists()


def test_the_database_refuses_to_change_a_correction(member, alex):
    corrected(alex, member.user, name="Sample, Alexa")

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        IdentityChange.objects.update(reason="Otherwise")


def test_the_oldest_that_can_be_is_taken(signed_in, member):
    today = timezone.localdate()
    day = today - timedelta(days=round(120 * 365.25))
    sent = {"birth_day": day.day, "birth_month": day.month, "birth_year": day.year}

    assert signed_in.post(url("register"), typed(member, **sent)).status_code == 302


# -- in the browser ------------------------------------------------------------------


def test_the_warning_comes_while_typing_and_the_form_goes_on(
    page: Page, live_server, transactional_db
):
    member = MembershipFactory()
    PatientFactory(
        site=member.site,
        identity__record_number="00-4711",
        identity__name="Sample, Alex",
        identity__birth_date=BORN,
        identity__birth_date_precision="day",
    )
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", member.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(live_server.url + url("register"))

    page.fill("#id_record_number", "00-4712")
    page.fill("#id_name", "Alex Sample")
    page.fill("#id_birth_day", "4")
    page.select_option("#id_birth_month", "3")
    page.fill("#id_birth_year", "2015")
    warning = page.locator("#similar")
    expect(warning).to_contain_text("Is it this patient?")
    expect(warning).to_contain_text("Same birth date")
    expect(page.locator("#id_name")).to_have_value("Alex Sample")
    warning.get_by_role("button", name="Another person").click()

    expect(page.locator(".banner")).to_contain_text("Alex Sample")
    expect(page.locator(".banner")).to_contain_text("00-4712")
