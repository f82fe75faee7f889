"""A patient is found by whatever is known of the name, the number, the birth date."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from carepaths.core.searching import read_query, searchable
from carepaths.models import Identity, Patient
from tests.carepaths.factories import PatientFactory
from tests.factories import PASSWORD, MembershipFactory, SiteFactory

BORN = date(2015, 3, 14)


@pytest.mark.parametrize(
    "typed",
    [
        "14.3.2015",
        "14. 3. 2015",
        "14.03.2015",
        "2015-03-14",
        "2015-3-14",
        "2015/03/14",
        "14 Mar 2015",
        "14 March 2015",
        "14. März 2015",
        "Mar 14, 2015",
        "March 14th 2015",
        "14/3/2015",
        "3/14/2015",
        "14-03-2015",
        "20150314",
        "14032015",
    ],
)
def test_a_day_is_read_in_any_usual_spelling(typed):
    assert read_query(typed).days == (BORN,)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("3/4/2015", (date(2015, 4, 3), date(2015, 3, 4))),
        ("3/3/2015", (date(2015, 3, 3),)),
        ("14.3.15", (BORN, date(1915, 3, 14))),
        ("31 Feb 2015", ()),
        ("14.3", ()),
        ("2015", ()),
        ("00-4711", ()),
    ],
)
def test_what_may_mean_two_days_means_both_and_nonsense_none(typed, days):
    assert read_query(typed).days == days


def test_a_day_beside_words_leaves_the_words():
    asked = read_query("alex 14.3.2015 sample")

    assert asked.days == (BORN,)
    assert [word[0] for word in asked.words] == ["alex", "sample"]


@given(st.text(max_size=60), st.text(max_size=20))
def test_folded_words_hold_letters_and_digits_alone(name, number):
    words = searchable(name, number).split(" ")

    assert all(word.isalnum() for word in words if word)
    assert all(one.isalnum() for word in read_query(name).words for one in word)


@given(st.text(max_size=60))
def test_typing_anything_reads_as_something(text):
    read_query(text)


# -- in the database -------------------------------------------------------------


@pytest.fixture
def known(db):
    """Patients of one site, and a clinician who may see them."""
    site = SiteFactory()

    def add(name, number, born=None):
        precision = "day" if born else "unknown"
        return PatientFactory(
            site=site,
            identity__name=name,
            identity__record_number=number,
            identity__birth_date=born,
            identity__birth_date_precision=precision,
        )

    add("Müller-Łuczak, Zoë", "R-0017", BORN)
    add("O'Brien, Kim", "R-0170", date(2015, 4, 3))
    add("Kim, Robin", "4711", date(2015, 3, 4))
    add("Kimberley, Alex", "R-0018")
    add("Иванова, Анна", "R-0019")
    return site


def names(text, **how):
    found = Patient.objects.matching(text, **how).select_related("identity")
    return [patient.identity.name for patient in found]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("muller", "Müller-Łuczak, Zoë"),
        ("MÜLLER", "Müller-Łuczak, Zoë"),
        ("mueller zoe", "Müller-Łuczak, Zoë"),
        ("zo luc", "Müller-Łuczak, Zoë"),
        ("müller-luczak", "Müller-Łuczak, Zoë"),
        ("mullerluczak", "Müller-Łuczak, Zoë"),
        ("17", "Müller-Łuczak, Zoë"),
        ("r-0017", "Müller-Łuczak, Zoë"),
        ("R0017", "Müller-Łuczak, Zoë"),
        ("zoe 14.3.2015", "Müller-Łuczak, Zoë"),
        ("obrien", "O'Brien, Kim"),
        ("brien, kim", "O'Brien, Kim"),
        ("иван", "Иванова, Анна"),
    ],
)
def test_words_are_found_in_any_order_without_accents_or_case(known, typed, found):
    assert names(typed)[0] == found


def test_the_best_come_first(known):
    assert names("kim") == ["Kim, Robin", "O'Brien, Kim", "Kimberley, Alex"]
    assert names("r-0017") == ["Müller-Łuczak, Zoë"]


def test_slashes_find_both_days(known):
    assert names("3/4/2015") == ["Kim, Robin", "O'Brien, Kim"]


def test_eight_digits_are_a_day_or_a_number(known):
    PatientFactory(site=known, identity__record_number="20150314")

    assert names("20150314") == ["", "Müller-Łuczak, Zoë"]


def test_a_part_of_a_word_is_found_on_request(known):
    assert names("luczak") == ["Müller-Łuczak, Zoë"]  # begins the second of its words
    assert names("berley") == []
    assert names("berley", anywhere=True) == ["Kimberley, Alex"]


def test_a_birth_date_known_to_the_year_is_no_day(known):
    PatientFactory(
        site=known,
        identity__birth_date=date(2015, 1, 1),
        identity__birth_date_precision="year",
    )

    assert names("1.1.2015") == []


def test_signs_in_what_is_typed_are_no_query_language(known):
    for typed in ("'", "\\", "a:*", "a & !b", "%", "_", "(", "🙂", "a\u0308"):
        names(typed)
        names(typed, anywhere=True)


def test_the_words_follow_the_identity_however_it_is_saved(known):
    identity = Identity.objects.get(record_number="4711")
    identity.name = "Sample, Kai"
    identity.save()

    assert names("sample kai") == ["Sample, Kai"]
    assert names("robin") == []


def test_the_words_are_written_when_many_are_imported_at_once(known):
    patient = Patient.objects.create(site=known)
    fields = {"name": "Weiß, Jörg", "record_number": "99"}

    Identity.objects.bulk_create([Identity(patient=patient, site=known, **fields)])

    assert names("weiss joerg") == ["Weiß, Jörg"]


def test_the_index_serves_the_search(known):
    with connection.cursor() as cursor:
        for other in ("seqscan", "indexscan", "indexonlyscan"):  # so few rows need none
            cursor.execute(f"SET LOCAL enable_{other} = off")
    found = Patient.objects.matching("mull zoe")

    assert "identity_by_words" in found.explain()


def test_a_search_costs_as_many_queries_whatever_it_finds(
    known, client, django_assert_max_num_queries
):
    client.force_login(MembershipFactory(site=known).user)
    client.get(reverse("carepaths:patients"))

    with django_assert_max_num_queries(6):
        page = client.post(reverse("carepaths:patients"), {"q": "kim"})

    assert page.content.decode().count("list-link") == 3


def test_both_readings_of_a_day_are_told(known, client):
    client.force_login(MembershipFactory(site=known).user)

    page = client.post(reverse("carepaths:patients"), {"q": "3/4/2015"})

    assert (
        "may mean <b>3 Apr 2015</b> (1 patient) or <b>4 Mar 2015</b> (1 patient)"
        in (page.content.decode())
    )


# -- in the browser ----------------------------------------------------------------


@pytest.fixture
def at_patients(page: Page, live_server, transactional_db):
    member = MembershipFactory()
    for number, name in enumerate(["Sample, Alex", "Sample, Kim", "Sorel, Robin"]):
        PatientFactory(
            site=member.site,
            identity__name=name,
            identity__record_number=f"R-{number}",
        )
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", member.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(live_server.url + reverse("carepaths:patients"))
    return page


def test_the_keyboard_alone_finds_and_opens_a_patient(at_patients: Page):
    page = at_patients
    expect(page.locator("#q")).to_be_focused()

    page.keyboard.type("sam")
    expect(page.locator("#found .list-link")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found .list-link").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(page_of("Sample, Alex"))
    assert "q=" not in page.url


def page_of(name):
    patient = Patient.objects.get(identity__name=name)
    return re.compile(re.escape(patient.get_absolute_url()) + "$")


def test_enter_opens_the_only_one_found_and_guesses_none_of_several(at_patients: Page):
    page = at_patients
    page.keyboard.type("sample")
    expect(page.locator("#found .list-link")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#found .list-link").first).to_be_focused()

    page.fill("#q", "sample kim")
    expect(page.locator("#found")).to_have_attribute("data-query", "sample kim")
    page.keyboard.press("Enter")

    expect(page).to_have_url(page_of("Sample, Kim"))


def test_without_a_script_the_button_searches(browser, live_server, transactional_db):
    member = MembershipFactory()
    PatientFactory(site=member.site, identity__name="Sample, Alex")
    client = Client()
    client.force_login(member.user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("carepaths:patients"))

    page.fill("#q", "sample")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("link", name="Sample, Alex")).to_be_visible()
    context.close()
