"""A signed visit becomes a case: without the patient, seen, confirmed, audited."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.actions import sync_roles
from accounts.models import AccessEvent
from carepaths.actions.signing import amend
from carepaths.models import Encounter, Identity
from feedback.actions.cases import NotAVisitToKeep, deidentified, home_for, rarity_of
from scamps.actions.cases import cases_for, run_cases
from scamps.models import CaseRevision, Version
from tests.carepaths.factories import (
    DAY,
    NOON,
    OPERATE,
    answers,
    episode,
    opened,
    publish,
    signed,
)
from tests.factories import (
    LONG_AGO,
    MembershipFactory,
    SeatFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WHOLE = {
    "guarding": False,
    "temperature": "38.4",
    "days_ill": 3,
    "look": "ill",
    "onset": "2026-03-07",
    "remark": "Brought by her aunt from Sampletown",
}


@pytest.fixture
def fever(settings) -> Version:
    sync_roles(roles=settings.ROLES)
    return publish()


@pytest.fixture
def member(fever):
    """A clinician who also sits on the plan's committee."""
    member = MembershipFactory()
    group = Group.objects.get(name="committee member")
    SeatFactory(user=member.user, role=group, scamp=fever.scamp, starts_on=LONG_AGO)
    return member


@pytest.fixture
def client(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def visit(fever, member) -> Encounter:
    enrolment = episode(scamp=fever.scamp, site=member.site, by=member.user)
    Identity.objects.filter(patient=enrolment.patient).update(
        name="Sample, Alexandra",
        birth_date=date(2016, 3, 31),
        birth_date_precision="day",
    )
    return signed(enrolment, by=member.user, **WHOLE)


def address(visit: Encounter) -> str:
    return reverse("feedback:case", args=[visit.pk])


def fields(response) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    page = response.content.decode()
    typed = re.findall(
        r'<input class="form-control" id="[^"]*" name="([ax]\.[^"]*)" value="([^"]*)"',
        page,
    )
    chosen = re.findall(r'name="([ax]\.[^"]*)" value="([^"]*)" checked', page)
    shown = re.findall(r'name="(shown)" value="([^"]*)"', page)
    return dict([*typed, *chosen, *shown])


def kept(client: Client, visit: Encounter, **more: str):
    told = fields(client.get(address(visit))) | {"then": "keep", "looked": "on"}
    return client.post(address(visit), told | {"name": "Hot and ill"} | more)


def test_only_what_the_walk_needs_is_kept(visit, fever):
    found = deidentified(visit, fever)

    assert set(found.case.answers) == {"guarding", "temperature"}
    assert found.same_walk
    whys = {one.key: one.why for one in found.left}
    assert whys["remark"] == "words that somebody typed"
    assert whys["days_ill"] == "the walk does not need it"


def test_dates_are_moved_together_and_words_are_never_kept(visit, fever):
    found = deidentified(visit, fever, whole=True)

    assert found.case.answers["onset"] == date(2001, 6, 12)
    assert "remark" not in found.case.answers
    assert "birth_date" not in found.case.context


def test_what_is_kept_is_shown_confirmed_and_runs(client, visit, fever, member):
    page = client.get(address(visit))
    assert page.status_code == 200
    assert "Sampletown" not in page.content.decode()
    unseen = kept(client, visit, looked="")
    assert unseen.status_code == 422
    assert "Say that you have looked at every value." in unseen.content.decode()

    assert kept(client, visit).status_code == 302

    made = CaseRevision.objects.get()
    assert made.source == "encounter"
    assert made.answers == {"guarding": False, "temperature": "38.4"}
    assert made.walk["path"] == ["presentation", "danger", "scan", "result"]
    assert run_cases(fever).holds


def test_nothing_of_a_case_leads_back_to_the_patient(client, visit, member):
    kept(client, visit)

    made = CaseRevision.objects.get()
    said = json.dumps(
        {field.name: str(field.value_from_object(made)) for field in made._meta.fields}
    )
    for told in ("Alexandra", "Sample", "2026-03-10", "2016", "aunt", member.site.key):
        assert told not in said
    related = {field.related_model for field in made._meta.fields if field.is_relation}
    assert {model._meta.app_label for model in related} <= {"scamps", "accounts"}
    assert (made.at.hour, made.at.minute, made.at.microsecond) == (0, 0, 0)


def test_the_access_trail_says_that_a_case_was_made_and_not_which(
    client, visit, member
):
    kept(client, visit)

    event = AccessEvent.objects.get(verb="made a case of")
    assert (event.user, event.subject_id) == (member.user, str(visit.pk))
    assert event.detail == {"scamp": "fever", "version": 1}
    assert AccessEvent.objects.filter(verb="saw", detail__what="as a case").exists()


def test_a_name_of_the_patient_is_refused(client, visit):
    answered = kept(client, visit, name="A girl like Alexandra")

    assert answered.status_code == 422
    assert "This names the patient: Alexandra" in answered.content.decode()
    assert not CaseRevision.objects.exists()


def test_what_a_person_changes_is_walked_again_before_it_is_kept(client, visit):
    answered = kept(client, visit, **{"a.temperature": "37"})

    assert answered.status_code == 200
    assert not CaseRevision.objects.exists()
    told = fields(answered) | {"then": "keep", "looked": "on", "name": "Not so hot"}
    client.post(address(visit), told)
    assert CaseRevision.objects.get().walk["path"] == ["presentation", "danger", "home"]


def test_rare_values_are_told(client, visit, fever, member):
    for number in range(6):
        other = episode(scamp=fever.scamp, site=member.site, by=member.user)
        signed(other, guarding=False, temperature=f"37.{number}")

    rare = rarity_of(visit, {"guarding": False, "temperature": 38})

    assert (rare["guarding"].like, rare["guarding"].of) == (7, 7)
    assert not rare["guarding"].is_rare
    assert rare["temperature"].words == "Rare: 1 of 7 patients are as far out"
    assert (
        "Rare: 1 of 7 patients are as far out"
        in client.get(address(visit)).content.decode()
    )


def test_one_patient_with_many_visits_counts_once(visit, fever, member):
    for day in range(1, 7):
        signed(visit.enrolment, visit_time=NOON + day * DAY, guarding=True)

    rare = rarity_of(visit, {"guarding": True})

    assert (rare["guarding"].like, rare["guarding"].of) == (1, 1)


def test_the_answers_that_hold_are_kept_not_those_amended(visit, fever, member):
    who = {"by": member.user, "at": NOON + DAY}
    amend(encounter=visit, answers=answers(**OPERATE), reason="Wrong line", **who)

    assert deidentified(visit, fever).case.answers == {"guarding": True}


def test_who_may_not_see_the_patient_or_does_not_sit_makes_no_case(
    visit, fever, member
):
    group = Group.objects.get(name="committee member")
    elsewhere = MembershipFactory(site=SiteFactory())
    SeatFactory(user=elsewhere.user, role=group, scamp=fever.scamp, starts_on=LONG_AGO)
    unseated = MembershipFactory(site=member.site)
    for user, status in ((elsewhere.user, 404), (unseated.user, 403)):
        client = Client()
        client.force_login(user)

        assert client.get(address(visit)).status_code == status
        assert client.post(address(visit)).status_code == status


def test_a_draft_a_void_visit_and_a_plan_in_demo_hands_are_refused(
    client, visit, fever, member
):
    with pytest.raises(NotAVisitToKeep, match="not signed"):
        home_for(opened(visit.enrolment, by=member.user))
    demo = UserFactory(email="publisher@demo.invalid")
    SeatFactory(user=demo, role__name="publisher", scamp=fever.scamp)

    with pytest.raises(NotAVisitToKeep, match="Demo users"):
        home_for(visit)
    assert client.get(address(visit)).status_code == 409


def test_the_page_is_reached_from_the_signed_visit(client, visit, member):
    assert address(visit) in client.get(visit.get_absolute_url()).content.decode()
    other = Client()
    other.force_login(MembershipFactory(site=member.site).user)
    assert address(visit) not in other.get(visit.get_absolute_url()).content.decode()


def test_the_page_costs_a_fixed_number_of_queries(
    client, visit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(32):
        client.get(address(visit))


def test_a_name_is_used_once(client, visit, fever):
    kept(client, visit)

    answered = kept(client, visit)

    assert answered.status_code == 422
    assert len(cases_for(fever)) == 1
