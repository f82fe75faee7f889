"""What was really done, harms asked about, and what was entered in error."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carepaths.actions.decisions import decide
from carepaths.actions.outcomes import record_outcome
from carepaths.models import Decision, Outcome, Performance, Task, Void
from tests.carepaths.factories import (
    HOME,
    NOON,
    SCAN,
    UserFactory,
    episode,
    publish,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory

pytestmark = pytest.mark.django_db
FOLLOWED = {"scan/scan": {"choice": "followed"}}


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def clinician(site):
    return MembershipFactory(site=site).user


@pytest.fixture
def client(clinician):
    client = Client()
    client.force_login(clinician)
    return client


@pytest.fixture
def enrolment(site, clinician):
    return episode(scamp=publish().scamp, site=site, by=clinician)


@pytest.fixture
def scanned(enrolment, clinician):
    return signed(enrolment, by=clinician, intentions=FOLLOWED, **SCAN)


def url(name, *args):
    return reverse(f"carepaths:{name}", args=args)


def body(response):
    return response.content.decode()


def tell(client, encounter, **fields):
    sent = {
        "patient": encounter.enrolment.patient_id,
        "known_how": "Told by a colleague",
    }
    named = {f"p.scan.{key}": value for key, value in fields.items()}
    return client.post(url("performances", encounter.pk), sent | named)


# -- what was done -----------------------------------------------------------------


def test_what_was_told_in_error_is_corrected_and_stays_readable(client, scanned):
    tell(client, scanned, status="done", at="2026-03-11T09:30")
    assert not Task.objects.open().filter(kind="action").exists()

    tell(client, scanned, status="not-done")

    assert Performance.objects.held().get().status == "not-done"
    assert Task.objects.open().filter(kind="action").exists()
    page = body(client.get(url("performances", scanned.pk)))
    assert "<s>Done</s> on 11 Mar 2026" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "at least one thing"),
        ({"status": "done", "at": "2199-01-01T08:00"}, "still to come"),
    ],
    ids=["nothing", "no day"],
)
def test_what_is_wanting_about_a_deed_is_said(client, scanned, fields, said):
    response = tell(client, scanned, **fields)

    assert response.status_code == 422
    assert said in body(response)


# -- outcomes ----------------------------------------------------------------------


def told(client, enrolment, **fields):
    sent = {"patient": enrolment.patient_id, "known_how": "Telephone"}
    return client.post(url("outcomes", enrolment.pk), sent | fields)


def test_a_harm_nobody_asked_about_differs_from_one_that_was_asked(client, enrolment):
    signed(enrolment, **HOME)
    page = body(client.get(url("outcomes", enrolment.pk)))
    assert "Nobody has asked about 2 harms yet" in page

    told(client, enrolment, **{"o.ill": "false", "o.weight_loss.none": "1"})

    held = dict(Outcome.objects.held().values_list("key", "value"))
    assert held == {"ill": False, "weight_loss": "0"}
    page = body(client.get(url("outcomes", enrolment.pk)))
    assert page.count("Asked: none</b>") == 4  # beside the question, and in the list
    assert "Nobody has asked" not in page


def test_a_harm_is_not_both_measured_and_absent(client, enrolment):
    signed(enrolment, **HOME)

    response = told(
        client, enrolment, **{"o.weight_loss": "1.5", "o.weight_loss.none": "1"}
    )

    assert response.status_code == 422
    assert not Outcome.objects.exists()


def test_an_outcome_entered_in_error_is_voided_by_another_person(client, enrolment):
    signed(enrolment, **HOME)
    told(client, enrolment, **{"o.ill": "true"})
    mine = Outcome.objects.get()
    assert client.get(url("void_outcome", mine.pk)).status_code == 403
    theirs = record_outcome(
        enrolment=enrolment,
        key="ill",
        value=False,
        known_how="Letter",
        by=UserFactory(),
        at=timezone.now(),
    )

    asked = body(client.get(url("void_outcome", theirs.pk)))
    assert "Asked: none" in asked

    sent = {"patient": enrolment.patient_id, "reason": "Other child"}
    response = client.post(url("void_outcome", theirs.pk), sent)

    assert response.url == url("outcomes", enrolment.pk)
    assert Outcome.objects.held().get() == mine
    page = body(client.get(response.url))
    assert "Other child" in page
    assert "<s>Asked: none</s>" in page


# -- decisions ---------------------------------------------------------------------


def test_a_decision_entered_in_error_is_voided_and_stays_readable(
    client, scanned, clinician
):
    row = scanned.opportunities.get()
    own = Decision.objects.get()
    assert client.get(url("void_decision", own.pk)).status_code == 403
    wrong = decide(
        opportunity=row,
        choice="not-applicable",
        by=UserFactory(),
        at=NOON + timedelta(days=1),
    )
    assert not Task.objects.open().filter(kind="action").exists()

    asked = body(client.get(url("void_decision", wrong.pk)))
    assert "Not applicable" in asked  # what is meant, before it is struck out

    sent = {"patient": scanned.enrolment.patient_id, "reason": "Other child"}
    assert (
        client.post(url("void_decision", wrong.pk), sent | {"reason": ""}).status_code
        == 422
    )
    response = client.post(url("void_decision", wrong.pk), sent)

    assert response.url == url("decisions", row.pk)
    assert Void.objects.get().decision == wrong
    page = body(client.get(response.url))
    assert "Entered in error" in page
    assert "Other child" in page
    assert Task.objects.open().filter(kind="action").exists()
