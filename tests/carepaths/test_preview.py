"""The preview: what a clinician would meet, with nobody treated and nothing kept."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from carepaths.views.desk import desk_of
from scamps.actions.drafts import save_draft, start_draft
from scamps.actions.proofs import attach_proof
from scamps.core.definition import load_yaml, review
from scamps.models import Evidence, Version
from tests.carepaths.factories import episode, opened, publish, saved
from tests.factories import SeatFactory, library_version
from tests.scamps.core.broken_plans import decide, plan_text

pytestmark = pytest.mark.django_db
NOBODY = {"p.visit": "first", "p.visit_date": "2026-03-10", "p.unit": "years"}


def address(version: Version, name: str = "preview") -> str:
    return reverse(f"carepaths:{name}", args=[version.scamp.key, version.number])


@pytest.fixture
def version() -> Version:
    return publish()


@pytest.fixture
def member(version: Version) -> Client:
    return seated(version)


def seated(version: Version) -> Client:
    client = Client()
    client.force_login(SeatFactory(scamp=version.scamp).user)
    return client


def test_it_advises_what_an_encounter_with_these_answers_advises(version, member):
    typed = {"a.guarding": "false", "a.temperature": "38.4"}
    draft = saved(
        opened(episode(scamp=version.scamp)), guarding=False, temperature="38.4"
    )

    page = member.post(address(version), NOBODY | typed)

    assert page.context["advice"].headline == desk_of(draft).advice.headline
    assert [one.key for one in page.context["advice"].actions] == [
        one.key for one in desk_of(draft).advice.actions
    ]
    assert b"Nobody is treated here" in page.content


def test_nothing_is_stored(version, member):
    typed = {"a.guarding": "true", "d.operate/operate.asked": "1"}
    decided = {"d.operate/operate.choice": "followed"}

    with CaptureQueriesContext(connection) as asked:
        member.post(address(version), NOBODY | typed | decided)
        member.post(
            address(version, "preview_advice"),
            NOBODY | typed | decided | {"seen": version.content_id},
        )

    writes = [
        one["sql"]
        for one in asked
        if re.match('(INSERT|UPDATE|DELETE)(?!.*"django_session")', one["sql"])
    ]
    assert writes == []
    assert len(asked) <= 24


def test_a_decision_is_shown_as_at_the_bedside(version, member):
    typed = {"a.guarding": "true", "d.operate/operate.asked": "1"}
    decided = {"d.operate/operate.choice": "deviated"}

    page = member.post(address(version), NOBODY | typed | decided)

    assert page.context["advice"].actions[0].chosen == "deviated"
    assert b'class="decide-followed"' in page.content


def test_the_live_part_follows_the_answers(version, member):
    typed = {"a.guarding": "true", "seen": version.content_id}

    part = member.post(address(version, "preview_advice"), NOBODY | typed)

    said = part.content.decode()
    assert "Operate." in said
    assert 'id="way" hx-swap-oob="true"' in said
    assert 'id="note-temperature"' in said
    assert "<html" not in said


def test_an_answer_that_cannot_be_read_says_so(version, member):
    page = member.post(address(version), NOBODY | {"a.temperature": "warm"})

    assert page.status_code == 422
    assert [at for at, _ in page.context["problems"]] == ["i-temperature"]


def test_the_age_is_that_of_the_day_of_the_visit(member, version):
    age = {"p.age": "11", "p.unit": "years"}

    page = member.post(address(version), NOBODY | age)

    assert page.context["born"] == "Born 10 Mar 2015"


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"p.age": "200"}, "id_p.age"),
        ({"p.age": "old"}, "id_p.age"),
        ({"p.visit_date": "soon"}, "id_p.visit_date"),
        ({"p.weeks": "-1"}, "id_p.weeks"),
    ],
)
def test_a_situation_that_cannot_be_is_refused_in_place(version, member, said, place):
    page = member.post(address(version), NOBODY | said)

    assert page.status_code == 422
    assert place in [at for at, _ in page.context["problems"]]


def test_the_visit_before_can_be_said():
    torus = library_version("torus-fracture")
    later = {"p.visit": "three-weeks", "p.weeks": "3"}

    client = seated(torus)
    asked = client.get(address(torus), {"visit": "three-weeks"}).content.decode()
    yes = client.post(
        address(torus), NOBODY | later | {"a.previous-torus_fracture": "true"}
    )
    no = client.post(
        address(torus), NOBODY | later | {"a.previous-torus_fracture": "false"}
    )

    assert 'name="a.previous-torus_fracture"' in asked
    assert 'href="#i-previous-torus_fracture"' in asked  # what is still needed
    assert 'id="i-previous-torus_fracture"' in asked
    assert yes.context["advice"].path != no.context["advice"].path


def test_the_patient_of_a_finding_is_filled_in():
    plan = load_yaml(
        plan_text(decide("a -> end", "b -> end", hit="unique", otherwise="end"))
    )
    version = start_draft(plan=plan, **who())
    attach_proof(version=version, **who())
    client = seated(version)

    found = client.get(address(version)).context["found"]
    page = client.get(address(version), {"finding": found[0]["name"]})

    answers = {item.key: item.typed for item in page.context["sheet"].items}
    assert found[0]["code"] == "overlap"
    assert (answers["a"], answers["b"]) == ("true", "true")
    assert found[0]["message"].encode()[5:20] in page.content


def test_a_draft_is_proven_at_once_and_its_patient_is_one_link_away():
    plan = load_yaml(
        plan_text(decide("a -> end", "b -> end", hit="unique", otherwise="end"))
    )
    version = start_draft(plan=plan, **who())
    client, place = seated(version), [version.scamp.key, version.number]

    client.post(reverse("scamps:prove", args=place))
    review = client.get(reverse("scamps:review", args=place)).content.decode()
    link = re.search(r'href="([^"]+)">Try this patient', review)
    tried = client.get(html.unescape(link[1]))

    assert tried.context["finding"]["code"] == "overlap"
    assert b"The patient below shows it" in tried.content


def test_a_draft_with_errors_is_not_proven():
    version = start_draft(plan=load_yaml(plan_text(decide("a -> end"))), **who())
    plan = review_only(plan_text(decide("a -> nowhere", otherwise="end")))
    version = save_draft(version=version, plan=plan, seen=version.content_id, **who())
    place = [version.scamp.key, version.number]

    answered = seated(version).post(reverse("scamps:prove", args=place), follow=True)

    assert b"1 error stands in the way" in answered.content
    assert not Evidence.objects.exists()


def test_a_patient_in_the_address_is_filled_in(version, member):
    patient = {"visit": "first", "answers": {"guarding": True}, "context": {}}

    page = member.get(
        f"{address(version)}?{urlencode({'patient': json.dumps(patient)})}"
    )

    assert page.context["advice"].headline == "Operate"


@pytest.mark.parametrize("asked", ["finding=none", "patient=%7B", "patient=[1]"])
def test_nobody_who_does_not_fit_is_filled_in(version, member, asked):
    assert member.get(f"{address(version)}?{asked}").status_code == (
        200 if asked == "finding=none" else 404
    )


def test_a_draft_with_errors_says_what_stands_against_it():
    wrong = plan_text(decide("a -> nowhere", otherwise="end"))
    version = start_draft(plan=load_yaml(plan_text(decide("a -> end"))), **who())
    plan = review_only(wrong)
    version = save_draft(version=version, plan=plan, seen=version.content_id, **who())

    page = seated(version).get(address(version))

    assert page.status_code == 200
    assert b"It cannot be tried yet" in page.content
    assert b"nowhere" in page.content


def test_a_draft_that_was_saved_meanwhile_says_so(version, member):
    old = NOBODY | {"seen": "0" * 64, "a.guarding": "true"}

    part = member.post(address(version, "preview_advice"), old)

    assert b"The draft was saved meanwhile" in part.content


def test_a_recalled_version_hides_its_advice_here_too():
    version = publish(state="recalled")

    page = seated(version).post(address(version), NOBODY | {"a.guarding": "true"})

    assert b"This version was recalled" in page.content
    assert b"Operate." not in page.content


def who() -> dict:
    return {"by": SeatFactory().user, "at": timezone.now()}


def review_only(text: str):
    """The plan of *text*, whatever is wrong with it."""
    plan, found = review(text)
    assert plan is not None
    assert found
    return plan
