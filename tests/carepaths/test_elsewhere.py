"""Open advice of the patient's other plans, and conflicts that ask for a decision."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carepaths.actions.merging import confirm_merge, propose_merge
from carepaths.views.elsewhere import standing_elsewhere
from tests.carepaths.factories import (
    HOME,
    NOON,
    OPERATE,
    SCAN,
    PatientFactory,
    episode,
    move,
    opened,
    publish,
    saved,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import decided, form, signature
from tests.factories import MembershipFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures

LONG = "window: P9Y"  # still open, whenever this runs


@pytest.fixture
def other():
    """Another plan, whose windows stay open."""
    text = FEVER.replace("key: fever", "key: cough").replace("Fever in", "Cough in")
    return publish(text.replace("window: P1D", LONG).replace("window: P3D", LONG)).scamp


def elsewhere(draft, other, **kwargs):
    """Sign a visit of the same patient on the other plan."""
    enrolment = draft.enrolment.patient.enrolments.filter(scamp=other).first()
    patient = draft.enrolment.patient
    return signed(enrolment or episode(scamp=other, patient=patient), **kwargs)


def said(draft):
    return [(one.direction, one.resource) for one in standing_elsewhere(draft)]


# -- what stands ------------------------------------------------------------------


def test_advice_of_another_plan_stands_while_its_window_is_open(draft, other):
    elsewhere(draft, other, **SCAN)

    (one,) = standing_elsewhere(draft)

    assert (one.scamp, one.resource, one.decided) == (
        "Cough in children",
        "scan",
        "not decided",
    )


@pytest.mark.parametrize(
    "intention",
    [
        {"choice": "deviated", "kind": "omitted", "reason": "other", "words": "No"},
        {"choice": "not-applicable"},
    ],
)
def test_what_was_departed_from_stands_no_more(draft, other, intention):
    elsewhere(draft, other, intentions={"scan/scan": intention}, **SCAN)

    assert said(draft) == []


def test_advice_of_a_recalled_version_stands_nowhere(draft, other):
    elsewhere(draft, other, **SCAN)

    move(other.versions.get(), "recalled")

    assert standing_elsewhere(draft) == ()


def test_only_the_last_visit_of_an_episode_stands(draft, other):
    elsewhere(draft, other, **OPERATE)
    elsewhere(draft, other, **SCAN)

    assert said(draft) == [("do", "scan")]


def test_what_is_done_and_has_no_window_stands_no_more(draft, other):
    done = [{"resource": "surgery", "status": "done", "known_how": "Seen"}]
    elsewhere(draft, other, performances=done, **OPERATE)

    assert said(draft) == []


def test_the_same_plan_and_another_patient_do_not_count(draft, other, fever):
    signed(draft.enrolment, **SCAN)
    signed(episode(scamp=other), **SCAN)

    assert said(draft) == []


def test_advice_for_a_merged_patient_is_advice_for_the_same_person(draft, other):
    twin = PatientFactory(site=draft.site)
    signed(episode(scamp=other, patient=twin), **SCAN)
    assert said(draft) == []
    first, second = (MembershipFactory(site=draft.site).user for _ in range(2))

    told = {"reason": "One person", "by": first, "at": NOON}
    merge = propose_merge(kept=draft.enrolment.patient, merged=twin, **told)
    confirm_merge(merge=merge, by=second, at=NOON)

    assert said(draft) == [("do", "scan")]


# -- conflicts --------------------------------------------------------------------


def test_do_against_do_not_is_shown_as_a_conflict(client, draft, other):
    elsewhere(draft, other, **HOME)
    saved(draft, **SCAN)

    page = body(client.get(draft.get_absolute_url()))

    assert "Scan: this plan says do, Cough in children says do not." in page
    assert " checked" not in page.split('id="conflicts"')[1].split("</section>")[0]


def test_the_same_test_twice_within_its_window_is_a_conflict(client, draft, other):
    done = [{"resource": "scan", "status": "done", "known_how": "Seen"}]
    elsewhere(draft, other, performances=done, **SCAN)
    saved(draft, **SCAN)

    page = body(client.get(draft.get_absolute_url()))

    assert "Scan: asked twice. Cough in children asks for it too." in page


def test_the_same_treatment_twice_is_none(client, draft, other):
    elsewhere(draft, other, **OPERATE)
    saved(draft, **OPERATE)

    page = body(client.get(draft.get_absolute_url()))

    assert "Two plans conflict" not in page
    assert "1 open in other plans" in page


def test_signing_asks_for_the_decision_and_keeps_it(client, draft, other):
    there = elsewhere(draft, other, **HOME)
    against = there.opportunities.get(resource="scan")
    answers = {"guarding": "false", "temperature": "38.5"}
    client.post(
        draft.get_absolute_url(),
        form(draft, **answers) | decided(action="scan/scan"),
    )

    refused = client.post(url("sign", draft.pk), signature(draft))
    choice = {f"k.!/scan/scan/{against.pk}": "this"}
    response = client.post(url("sign", draft.pk), signature(draft, **choice))

    assert refused.status_code == 422
    assert "Which holds?" in body(refused)
    assert response.status_code == 302
    revision = draft.revisions.sealed().get()
    assert revision.intentions[f"!/scan/scan/{against.pk}"] == {"choice": "this"}
    assert "Go by this plan" in body(client.get(draft.get_absolute_url()))
    assert draft.opportunities.get().decisions.get().choice == "followed"


def test_a_decision_about_a_conflict_can_be_taken_back(client, draft, other):
    there = elsewhere(draft, other, **HOME)
    name = f"k.!/scan/scan/{there.opportunities.get(resource='scan').pk}"
    client.post(draft.get_absolute_url(), form(draft) | {name: "both"})
    draft.refresh_from_db()
    assert draft.intentions == {name.removeprefix("k."): {"choice": "both"}}

    client.post(draft.get_absolute_url(), form(draft) | {name: ""})

    draft.refresh_from_db()
    assert draft.intentions == {}


@pytest.mark.parametrize(("code", "found"), [("a", True), ("b", False)])
def test_resources_are_matched_by_code_where_both_have_one(
    client, draft, fever, code, found
):
    bare = "{key: scan, title: Scan, kind: test}"
    coded = bare.replace("}", ", code: {system: s, code: %s, display: S}}")
    mine = publish(FEVER.replace(bare, coded % "a"), scamp=fever)
    text = FEVER.replace("key: fever", "key: cough").replace("window: P3D", LONG)
    text = text.replace("resource: scan", "resource: picture")
    text = text.replace(bare, (coded % code).replace("key: scan", "key: picture"))
    elsewhere(draft, publish(text).scamp, **HOME)
    visit = saved(opened(draft.enrolment), **SCAN)

    page = body(client.get(visit.get_absolute_url()))

    assert visit.version == mine
    assert ("this plan says do," in page) is found


# -- what it costs ----------------------------------------------------------------


def test_the_page_asks_two_queries_more_whatever_stands(client, draft, other):
    saved(draft, **SCAN)
    client.get(draft.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(draft.get_absolute_url())

    elsewhere(draft, other, **HOME)
    with CaptureQueriesContext(connection) as after:
        client.get(draft.get_absolute_url())

    # Earlier values and other plans are asked only of who has other visits.
    assert len(after) == len(before) + 2
    assert len(after) < 12


def test_the_live_fragment_takes_few_queries_whatever_stands(client, draft, other):
    saved(draft, **SCAN)
    elsewhere(draft, other, **HOME)
    client.get(draft.get_absolute_url())
    sent = form(draft, guarding="false", temperature="38.5")

    with CaptureQueriesContext(connection) as captured:
        client.post(url("advice", draft.pk), sent)

    assert len(captured) < 12
