"""Whom a page is about is always in view, and two patients never look alike."""

import re
from datetime import date
from itertools import pairwise

import pytest
from django.urls import reverse

from carepaths.core.lifetime import age_words
from carepaths.core.mark import PATTERNS, TINTS, mark_svg
from tests.carepaths.factories import (
    DAY,
    NOON,
    PatientFactory,
    episode,
    opened,
    publish,
)
from tests.factories import MembershipFactory


@pytest.mark.parametrize(
    ("birth", "on", "words"),
    [
        (date(2026, 3, 10), date(2026, 3, 10), "0 days"),
        (date(2026, 3, 9), date(2026, 3, 10), "1 day"),
        (date(2026, 1, 31), date(2026, 2, 28), "28 days"),
        (date(2026, 1, 31), date(2026, 3, 3), "4 weeks"),
        (date(2026, 1, 1), date(2026, 3, 31), "12 weeks"),
        (date(2026, 1, 1), date(2026, 4, 1), "3 months"),
        (date(2024, 4, 1), date(2026, 3, 31), "23 months"),
        (date(2024, 3, 31), date(2026, 3, 31), "2 years"),
        (date(2024, 2, 28), date(2026, 3, 31), "2 years 1 month"),
        (date(2020, 4, 1), date(2026, 3, 31), "5 years 11 months"),
        (date(2020, 3, 31), date(2026, 3, 31), "6 years"),
        (date(2027, 1, 1), date(2026, 3, 31), "not yet born"),
    ],
)
def test_an_age_is_said_in_the_unit_of_a_paediatrician(birth, on, words):
    assert age_words(birth, on) == words


def test_neighbours_differ_in_tint_and_in_pattern():
    looks = [(key % len(TINTS), key % len(PATTERNS)) for key in range(200)]

    assert all(a != c and b != d for (a, b), (c, d) in pairwise(looks))
    assert len(set(looks)) == len(TINTS) * len(PATTERNS)


def _luminance(tint: str) -> float:
    parts = (int(tint[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("tint", TINTS)
def test_the_initials_can_be_read_on_every_tint(tint):
    assert 1.05 / (_luminance(tint) + 0.05) >= 4.5


def test_a_name_cannot_break_out_of_the_mark():
    assert "<script" not in mark_svg(1, "<script>")


@pytest.fixture
def seen(client, db):
    """A clinician's client, and a patient whose birthday lies after the visit."""
    member = MembershipFactory()
    client.force_login(member.user)
    patient = PatientFactory(
        site=member.site,
        identity__record_number="00-4711",
        identity__name="Sample, Alex",
        identity__birth_date=date(2015, 3, 11),
        identity__birth_date_precision="day",
        identity__sex="female",
    )
    enrolment = episode(scamp=publish().scamp, patient=patient, by=member.user)
    return client, opened(enrolment, by=member.user, visit_time=NOON - 365 * DAY)


PAGES = ["encounter", "sign", "void"]
OF_EPISODE = ["open", "leave", "outcomes"]


@pytest.mark.parametrize("name", [*PAGES, *OF_EPISODE, "patient"])
def test_every_page_of_a_patient_says_who_it_is(seen, name):
    client, draft = seen
    enrolment = draft.enrolment
    pks = dict.fromkeys(PAGES, draft.pk) | dict.fromkeys(OF_EPISODE, enrolment.pk)
    pk = pks.get(name, enrolment.patient_id)

    page = client.get(reverse(f"carepaths:{name}", args=[pk])).content.decode()
    banner = page[page.index('aria-label="Patient"') : page.index("<main")]

    for words in ("Sample, Alex", "girl", "born 11 Mar 2015", "00-4711", "years"):
        assert words in banner, words
    assert 'class="patient-mark"' in banner
    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert title[1].startswith("Sample, Alex · ")
    assert 'rel="icon" href="data:image/svg+xml,' in page
    assert "style=" not in banner


def test_the_age_at_the_visit_and_today_both_stand_there(seen):
    client, draft = seen

    page = client.get(draft.get_absolute_url()).content.decode()

    assert re.search(r"9 years at the visit, \d+ years today", page)


def test_what_is_not_known_is_said(client, db):
    member = MembershipFactory()
    client.force_login(member.user)
    patient = PatientFactory(site=member.site)

    page = client.get(patient.get_absolute_url()).content.decode()

    assert "sex not known, birth date not known" in page
