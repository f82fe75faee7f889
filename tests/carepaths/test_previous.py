"""Answers of earlier visits: offered, taken one by one, confirmed when they are old."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from carepaths.actions.voids import void_encounter
from carepaths.core.previous import Moment, Remembered, formers
from carepaths.core.said import answer_words
from carepaths.models import Revision
from carepaths.views.formers import formers_of
from scamps.core.definition import load_yaml
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    UserFactory,
    episode,
    opened,
    publish,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.factories import MembershipFactory

DATED = ("possible: {low: 25, high: 45}", "valid_for: P1D\n    possible: {high: 45}")
OTHER = """
schema: 1
key: other
title: Another plan
summary: Asks the same by its code.
elements:
  - key: temperature
    label: Temperature
    type: decimal
    unit: Cel
    precision: 1
    code: {system: "http://loinc.org", code: 8310-5, display: Body temperature}
  - {key: remark, label: Remark, type: text}
forms:
  - key: all
    title: All
    sections:
      - key: all
        title: All
        items: [{element: temperature}, {element: remark}]
visits: [{key: first, title: First, start: ask}]
nodes:
  - {kind: assess, key: ask, title: Ask, form: all, next: end}
  - {kind: finish, key: end, title: End}
"""
CODED = (
    "possible: {low: 25, high: 45}",
    'code: {system: "http://loinc.org", code: 8310-5, display: Body temperature}',
)


@pytest.fixture
def member(db):
    return MembershipFactory(site__is_sandbox=True)


@pytest.fixture
def enrolled(member):
    """An episode on a plan whose temperature is valid for a day."""
    scamp = publish(replacing=DATED).scamp
    return episode(scamp=scamp, site=member.site, by=member.user)


@pytest.fixture
def mine(client, member):
    client.force_login(member.user)
    return client


def later(enrolment, *, days=30, by=None, **fields):
    at = NOON + days * DAY
    return opened(enrolment, by=by, visit="control", visit_time=at, at=at, **fields)


def save(client, draft, **posted):
    draft.refresh_from_db()
    common = {"edit": draft.edit, "patient": draft.enrolment.patient_id}
    response = client.post(draft.get_absolute_url(), common | posted)
    draft.refresh_from_db()
    return response


def taking(draft, key="temperature", **fields):
    former = formers_of(draft)[key]
    return {f"a.{key}": former.typed, f"f.{key}": former.revision} | fields


def test_the_latest_signed_answer_is_offered_with_its_day(enrolled):
    signed(enrolled, **HOME)
    signed(enrolled, **HOME | {"temperature": "36.4"}, visit_time=NOON + DAY)
    draft = later(enrolled)

    former = formers_of(draft)["temperature"]

    assert (former.said, former.on) == ("36.4 °C", "11 Mar 2026")
    assert former.past == "older than 1 day"
    assert formers_of(draft)["guarding"].past == ""


def test_an_answer_of_the_same_episode_comes_before_a_newer_one_elsewhere(
    enrolled, member
):
    signed(enrolled, **HOME)
    patient = enrolled.patient
    other = episode(scamp=publish(OTHER).scamp, patient=patient, by=member.user)
    signed(other, temperature="39.9", remark="x", visit_time=NOON + DAY)

    assert formers_of(later(enrolled))["temperature"].said == "37.0 °C"


def test_another_plan_gives_only_what_has_the_same_code(member):
    scamp = publish(replacing=CODED).scamp
    coded = episode(scamp=scamp, site=member.site, by=member.user)
    other = episode(scamp=publish(OTHER).scamp, patient=coded.patient, by=member.user)
    signed(other, temperature="39.9", remark="of the other plan")

    found = formers_of(later(coded))

    assert found["temperature"].title == "Another plan"
    assert "remark" not in found


def test_what_was_hidden_voided_unsigned_or_later_is_not_offered(enrolled):
    colleague = UserFactory()
    voided = signed(enrolled, **HOME, look="ill")
    void_encounter(encounter=voided, reason="x", by=colleague, at=NOON + DAY)
    signed(enrolled, **HOME, scanned=False, scan_positive=True)
    signed(enrolled, **HOME, days_ill=3, visit_time=NOON + 90 * DAY)
    later(enrolled, days=10)

    found = formers_of(later(enrolled))

    assert {"look", "scan_positive", "days_ill"}.isdisjoint(found)
    assert found["scanned"].said == "No"


def test_an_answer_whose_type_or_option_changed_is_not_offered():
    then = load_yaml(FEVER)
    now = load_yaml(
        FEVER.replace("{key: ill, label: Ill}", "{key: sick, label: Sick}")
        .replace("look = 'ill'", "look = 'sick'")
        .replace("{key: days_ill, label: Days ill, type: integer", DAYS)
    )
    answers = {"look": {"value": "ill"}, "days_ill": {"value": 3}}
    visit = Remembered(1, NOON, then, answers, frozenset(), True, "")

    assert formers(now.elements, [visit], Moment(NOON + DAY, "UTC")) == {}


DAYS = "{key: days_ill, label: Days ill, type: decimal, precision: 0"


def test_a_taken_answer_says_so_and_stays_when_the_form_comes_again(
    mine, enrolled, member
):
    before = signed(enrolled, **HOME, by=member.user)
    draft = later(enrolled, by=member.user)
    revision = Revision.objects.get(encounter=before)

    save(mine, draft, **taking(draft, "guarding", **{"a.guarding": "false"}))
    first = draft.answers["guarding"]
    save(mine, draft, **{"a.guarding": "false", "f.guarding": ""})

    assert first["value"] is False
    assert first["from"]["revision"] == revision.pk
    assert first["from"]["on"] == "2026-03-10"
    assert draft.answers["guarding"] == first
    save(mine, draft, **{"a.guarding": "true", "f.guarding": revision.pk})
    assert draft.answers["guarding"] == {"value": True, "missing": None}


def test_only_the_answer_of_that_visit_counts_as_taken(mine, enrolled, member):
    signed(enrolled, **HOME)
    draft = later(enrolled, by=member.user)

    save(mine, draft, **taking(draft, **{"a.temperature": "38.9"}))
    assert "from" not in draft.answers["temperature"]
    save(mine, draft, **taking(draft, "guarding", **{"f.guarding": "999999"}))
    assert "from" not in draft.answers.get("guarding", {})


def test_an_answer_past_its_time_drives_nothing_until_it_is_confirmed(
    mine, enrolled, member
):
    signed(enrolled, **HOME)
    draft = later(enrolled, by=member.user)

    save(mine, draft, **taking(draft))
    unused = draft.answers["temperature"]
    page = mine.get(draft.get_absolute_url()).content.decode()
    assert (unused["value"], unused["flags"]) == (None, ["unconfirmed"])
    assert "not used until you confirm it" in page
    assert 'name="c.temperature"' in page
    assert "Still needed" in page

    save(mine, draft, **taking(draft, **{"c.temperature": "1"}))
    used = draft.answers["temperature"]
    assert (used["value"], used["from"]["confirmed"]) == ("37.0", True)
    element = draft.version.plan.element["temperature"]
    assert answer_words(element, used) == "37.0 °C (of 10 Mar 2026, confirmed)"


def test_taking_over_again_keeps_the_day_it_was_measured(mine, enrolled, member):
    signed(enrolled, **HOME)
    second = later(enrolled, by=member.user)
    save(
        mine,
        second,
        **taking(second, **{"c.temperature": "1"}),
        **{"a.guarding": "false"},
    )
    sign = {"edit": second.edit, "patient": second.enrolment.patient_id}
    answer = mine.post(reverse("carepaths:sign", args=[second.pk]), sign)
    third = later(enrolled, days=30.5, by=member.user)

    former = formers_of(third)["temperature"]

    assert answer.status_code == 302
    assert former.at == datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert former.past


def test_signed_the_page_still_says_from_when_it_is(mine, enrolled, member):
    signed(enrolled, **HOME)
    draft = later(enrolled, by=member.user)
    save(mine, draft, **taking(draft, "guarding", **{"a.guarding": "false"}))
    sign = {"edit": draft.edit, "patient": draft.enrolment.patient_id}
    mine.post(reverse("carepaths:sign", args=[draft.pk]), sign)

    page = mine.get(draft.get_absolute_url()).content.decode()

    assert "No (of 10 Mar 2026)" in page


def test_without_a_script_a_button_takes_one_answer(mine, enrolled, member):
    signed(enrolled, **HOME, look="ill")
    draft = later(enrolled, by=member.user)

    response = save(mine, draft, **{"a.look": "", "take": "look"})

    assert response.url == f"{draft.get_absolute_url()}#i-look"
    assert draft.answers["look"]["value"] == "ill"
    assert draft.answers["look"]["from"]["on"] == "2026-03-10"
    assert set(draft.answers) == {"look"}


def test_nothing_is_taken_by_itself(mine, enrolled, member):
    signed(enrolled, **HOME)
    draft = later(enrolled, by=member.user)

    page = mine.get(draft.get_absolute_url()).content.decode()

    assert "37.0 °C on 10 Mar 2026" in page
    assert 'name="a.temperature" value=""' in page
    assert draft.answers == {}


def test_the_form_asks_once_for_all_earlier_visits(enrolled, django_assert_num_queries):
    for n in range(12):
        signed(enrolled, **HOME, visit_time=NOON + timedelta(hours=n))
    draft = later(enrolled)

    with django_assert_num_queries(1):
        found = formers_of(draft)

    assert found["temperature"].said == "37.0 °C"
