"""Stories of a clinician at the bedside, told by the pages without a script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carepaths.models import (
    Decision,
    Encounter,
    Opportunity,
    Outcome,
    Patient,
    Performance,
)
from tests.factories import MembershipFactory, library_version


class Fields(HTMLParser):
    """The fields of the largest form of a page, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.forms: list[dict[str, str]] = []
        self.select = ""
        self.feed(page)
        self.sent = max(self.forms, key=len)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name, value = at.get("name") or "", at.get("value") or ""
        if tag == "form":
            self.sent = {}
            self.forms.append(self.sent)
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in at or self.select not in self.sent):
            self.sent[self.select] = value
        elif tag == "textarea":
            self.sent.setdefault(name, "")
        elif tag == "input" and at.get("type") in ("radio", "checkbox"):
            if "checked" in at:
                self.sent[name] = value
        elif tag == "input" and name:
            self.sent[name] = value


class Clinician:
    """Somebody who reads pages and fills in their forms."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.page = ""
        self.at = ""

    def opens(self, address: str) -> None:
        self.at = address
        response = self.client.get(address)
        assert response.status_code == 200, address
        self.page = response.content.decode()

    def follows(self, words: str) -> None:
        link = re.search(rf'href="([^"]+)"[^>]*>{re.escape(words)}', self.page)
        assert link, f"no link {words!r} at {self.at}"
        self.opens(link[1].replace("&amp;", "&"))

    def sends(self, expected: int = 302, **answers: str) -> None:
        sent = Fields(self.page).sent | {
            k.replace("__", "."): v for k, v in answers.items()
        }
        response = self.client.post(self.at, sent)
        assert response.status_code == expected, response.content.decode()[-2000:]
        if expected == 302:
            self.opens(response.url)
        else:
            self.page = response.content.decode()

    def answers(self, expected: int = 302, then: str = "stay", **answers: str) -> None:
        self.sends(expected, then=then, **{f"a__{k}": v for k, v in answers.items()})

    def decides(self, action: str, **parts: str) -> None:
        sent = {f"d.{action}.{part}": value for part, value in parts.items()}
        self.sends(then="sign", **{k.replace(".", "__"): v for k, v in sent.items()})


@pytest.fixture
def clinician(db: None) -> Clinician:
    """A clinician of a sandbox site, with the library's appendicitis plan."""
    library_version()
    user = MembershipFactory(site__is_sandbox=True, user__name="Clinician, Site A").user
    return Clinician(user)


def test_from_an_empty_worklist_to_a_signed_encounter(clinician):
    # given a clinician with nothing to do, and a child who comes in
    clinician.opens(reverse("carepaths:worklist"))
    clinician.follows("Register a patient")
    clinician.sends(
        record_number="00-4711",
        name="Sample, Alex",
        birth_day="14",
        birth_month="3",
        birth_year="2015",
        sex="female",
    )
    clinician.follows("Enrol…")
    clinician.sends(verb="enrol")
    clinician.follows("Open an encounter")
    clinician.sends()

    # when the clinician fills in the form, and the plan comes to a recommendation
    assert "Still needed" in clinician.page
    clinician.answers(peritonitis="local", temperature="38,4", wbc="9.1")
    assert "answers still needed" in clinician.page
    clinician.answers(
        pain_migration="true",
        nausea="true",
        anorexia="false",
        cough_pain="true",
        rlq_tenderness="true",
        neutrophilia="false",
    )
    assert "Surgical review for appendectomy." in clinician.page
    assert "7 of 10" in clinician.page
    assert "It is used, and flagged" not in clinician.page

    # and follows it, and signs
    clinician.decides("operate-high/operate", choice="followed")
    assert "Review and sign" in clinician.page
    clinician.sends(p__surgery__status="done")

    # then everything is on record
    encounter = Encounter.objects.get()
    assert not encounter.is_open
    assert encounter.origin == "sandbox"
    assert Decision.objects.get().choice == "followed"
    assert Performance.objects.get().status == "done"
    assert "Made up" in clinician.page
    assert "its advice is not for care" in clinician.page
    clinician.opens(reverse("carepaths:worklist"))
    assert "Nothing waits for you" in clinician.page


def test_the_middle_path_with_an_ultrasound(clinician):
    # given a child with a middle score
    child_on_the_plan(clinician)
    clinician.answers(
        peritonitis="none",
        temperature="37.2",
        wbc="12",
        neutrophilia="true",
        pain_migration="false",
        nausea="true",
        anorexia="false",
        cough_pain="false",
        rlq_tenderness="true",
    )

    # when the ultrasound is asked for, done, and answered
    assert "Ultrasound of the abdomen." in clinician.page
    assert "not asked so far" not in clinician.page
    clinician.answers(us_performed="true", appendix_seen="true", appendix_diameter="8")

    # then the plan goes on to surgery, and both decisions can be taken
    assert "operate-positive/operate" in clinician.page
    assert "image/ultrasound" in clinician.page

    # and if it was not performed after all, the findings fold away, and are kept
    clinician.answers(us_performed="false")
    assert "Your answer “8 mm” is kept, and not used." in clinician.page
    encounter = Encounter.objects.get()
    assert encounter.answers["appendix_diameter"]["value"] == "8"


def test_a_deviation_whose_reason_comes_later(clinician):
    # given a recommendation that the clinician departs from, in a hurry
    child_on_the_plan(clinician)
    clinician.answers(peritonitis="generalized")
    clinician.decides("operate-peritonitis/operate", choice="deviated", kind="timing")
    clinician.sends()

    # when the reason is given from the worklist
    clinician.opens(reverse("carepaths:worklist"))
    assert "Reasons to complete" in clinician.page
    clinician.opens(reverse("carepaths:decide", args=[Opportunity.objects.get().pk]))
    name = "d__operate-peritonitis/operate__reason"
    clinician.sends(**{name: "patient-contraindication"})

    # then it is on record, and the worklist is empty
    assert "Deviated: earlier or later. Contraindicated" in clinician.page
    clinician.opens(reverse("carepaths:worklist"))
    assert "Nothing waits for you" in clinician.page


def test_an_outcome_is_recorded_when_it_is_known(clinician):
    child_on_the_plan(clinician)
    clinician.opens(Patient.objects.get().get_absolute_url())
    clinician.follows("Record an outcome")

    clinician.sends(o__appendicitis="true", known_how="Histology")

    assert "Histology" in clinician.page
    assert Outcome.objects.get().value is True


def child_on_the_plan(clinician: Clinician) -> None:
    """Register, enrol, and open a first assessment."""
    clinician.opens(reverse("carepaths:register"))
    clinician.sends(record_number="00-4711", name="Sample, Alex")
    clinician.follows("Enrol…")
    clinician.sends(verb="enrol")
    clinician.follows("Open an encounter")
    clinician.sends()
