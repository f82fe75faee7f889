"""The encounter's pages: filling in, the advice, signing, and what may follow."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carepaths.models import Decision, Encounter, Opportunity, Performance, Revision
from tests.carepaths.factories import (
    HOME,
    OPERATE,
    episode,
    move,
    opened,
    saved,
    signed,
)
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.factories import MembershipFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


def form(encounter, **answers):
    """What the page of *encounter* posts: its hidden fields, and these answers."""
    sent = {f"a.{key}": value for key, value in answers.items()}
    hidden = {"patient": encounter.enrolment.patient_id, "edit": encounter.edit}
    return hidden | sent


def decided(choice="followed", action="operate/operate", **parts):
    said = {f"d.{action}.{name}": value for name, value in parts.items()}
    return {f"d.{action}.asked": "1", f"d.{action}.choice": choice} | said


def signature(encounter, **extra):
    encounter.refresh_from_db()
    return form(encounter) | {"submission": str(uuid4())} | extra


# -- the draft --------------------------------------------------------------------


def test_saving_keeps_answers_and_decisions_and_leads_back(client, draft):
    sent = form(draft, guarding="true", temperature="38,4") | decided()

    response = client.post(draft.get_absolute_url(), sent)

    draft.refresh_from_db()
    assert (response.status_code, response.url) == (302, draft.get_absolute_url())
    assert draft.answers["temperature"]["value"] == "38.4"
    assert draft.intentions["operate/operate"]["choice"] == "followed"
    assert "Saved " in body(client.get(draft.get_absolute_url()))


def test_an_impossible_value_is_said_beside_its_field_and_nothing_is_lost(
    client, draft
):
    sent = form(draft, guarding="true", temperature="60", remark="typed at length")

    response = client.post(draft.get_absolute_url(), sent | decided())

    page = body(response)
    draft.refresh_from_db()
    assert response.status_code == 422
    assert draft.edit == 1
    assert draft.answers["guarding"]["value"] is True
    assert draft.answers["temperature"]["typed"] == "60"
    assert 'href="#i-temperature"' in page
    assert 'value="60"' in page
    assert "typed at length" in page
    assert 'value="followed" checked' in page


def test_a_folded_answer_is_kept_and_the_page_says_so(client, draft):
    client.post(
        draft.get_absolute_url(), form(draft, scanned="true", scan_positive="true")
    )
    draft.refresh_from_db()

    client.post(
        draft.get_absolute_url(), form(draft, scanned="false", scan_positive="true")
    )

    draft.refresh_from_db()
    assert draft.answers["scan_positive"]["value"] is True
    page = body(client.get(draft.get_absolute_url()))
    assert "Your answer “Yes” is kept, and not used." in page


def test_two_savers_at_once_see_both_sides_and_lose_neither(client, draft, site):
    mine = form(draft, guarding="true", remark="mine")
    saved(draft, by=MembershipFactory(site=site).user, guarding=False, remark="theirs")

    response = client.post(draft.get_absolute_url(), mine)

    page = body(response)
    assert response.status_code == 409
    assert "mine" in page
    assert "theirs" in page
    assert Revision.objects.get(cause="conflict").answers["remark"]["value"] == "mine"


def test_after_a_conflict_ones_own_side_can_be_saved(client, draft):
    mine = form(draft, remark="mine")
    saved(draft, remark="theirs")
    client.post(draft.get_absolute_url(), mine)

    response = client.post(draft.get_absolute_url(), mine | {"edit": draft.edit})

    draft.refresh_from_db()
    assert response.status_code == 302
    assert draft.answers["remark"]["value"] == "mine"


def test_a_draft_is_not_saved_under_another_patient(client, draft):
    sent = form(draft, guarding="true") | {"patient": draft.enrolment.patient_id + 1}

    response = client.post(draft.get_absolute_url(), sent)

    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.answers == {}


def test_random_fields_never_break_the_page(client, draft):
    sent = form(
        draft,
        guarding="maybe",
        nothing="1",
        look="\x00",
        remark="a\x00b",
        onset="2026-13-45",
    )
    odd = {"d.x/y.asked": "1", "d.x/y.choice": "followed", "edit": "x", "m.look": "?"}

    for address in (draft.get_absolute_url(), url("advice", draft.pk)):
        assert client.post(address, sent | odd).status_code < 500
    assert client.post(url("sign", draft.pk), sent | odd).status_code < 500
    assert client.get(url("patients"), {"q": "\x00"}).status_code == 200


def test_a_recalled_version_says_so_where_it_would_be_used(client, draft):
    move(draft.version, "recalled")

    page = body(client.get(draft.get_absolute_url()))

    assert "This version was recalled" in page
    assert "For a test" in page


# -- the advice -------------------------------------------------------------------


def test_the_advice_follows_the_answers_without_saving(client, draft):
    page = body(
        client.post(url("advice", draft.pk), form(draft, guarding="true") | decided())
    )

    draft.refresh_from_db()
    assert "Operate." in page
    assert 'value="followed" checked' in page
    assert "Guarding" in page
    assert (draft.edit, draft.answers) == (0, {})


def test_what_would_change_the_advice_is_worked_out_on_request(client, draft):
    sent = form(draft, guarding="true")

    page = body(client.post(url("advice", draft.pk), sent))
    asked = body(client.post(url("advice", draft.pk) + "?supposing", sent))

    assert "What would change this?" in page
    assert "One answer changed" not in page
    assert "One answer changed" in asked
    assert "Guarding" in asked


def test_a_walk_that_stops_says_what_it_needs_and_the_next_safe_step(client, draft):
    page = body(client.post(url("advice", draft.pk), form(draft, guarding="false")))

    assert 'Still needed: <a href="#i-temperature">Temperature</a>' in page
    assert "Look again." in page


def test_what_cannot_be_read_is_said_and_not_walked_on(client, draft):
    saved(draft, guarding=False, temperature="39.0")
    sent = form(draft, guarding="false", temperature="60")

    page = body(client.post(url("advice", draft.pk), sent))

    assert "Not possible" in page
    assert "Still needed" in page


def test_an_unusual_value_is_used_and_the_page_warns(client, draft):
    page = body(
        client.post(
            url("advice", draft.pk), form(draft, guarding="false", temperature="43")
        )
    )

    assert "It is used, and flagged." in page
    assert "Scan." in page


def test_the_plans_own_checks_speak_up(client, draft):
    sent = form(draft, look="ill", temperature="34.5")

    assert "Cold?" in body(client.post(url("advice", draft.pk), sent))


def test_a_decision_offers_at_most_seven_reasons_other_last(client, draft):
    page = body(client.post(url("advice", draft.pk), form(draft, guarding="true")))

    reasons = page.split('class="chips reasons"')[1].split("</fieldset>")[0]
    assert reasons.count("<label") == 7
    assert reasons.rindex("reason-other") > reasons.rindex("reason-night")


def test_looking_back_asks_for_no_reason_and_has_its_own_words(client, site, fever):
    encounter = opened(episode(scamp=fever, site=site), origin="retrospective")

    page = body(
        client.post(url("advice", encounter.pk), form(encounter, guarding="true"))
    )

    assert "Concordant" in page
    assert "Discordant" in page
    assert "reasons" not in page.split('class="decision"')[1].split("</section>")[0]


def test_the_step_page_takes_few_queries_whatever_the_history(
    client, site, fever, clinician
):
    enrolment = episode(scamp=fever, site=site)
    signed(enrolment, by=clinician, **OPERATE)
    encounter = opened(enrolment, by=clinician)
    client.get(encounter.get_absolute_url())
    before = _queries(client, encounter)

    for _ in range(5):
        signed(enrolment, by=clinician, **OPERATE)

    assert _queries(client, encounter) == before
    assert before < 12


def _queries(client, encounter):
    with CaptureQueriesContext(connection) as captured:
        client.get(encounter.get_absolute_url())
    return len(captured)


def test_an_extra_test_noted_in_the_draft_is_a_performance_once_signed(client, draft):
    client.post(
        draft.get_absolute_url(),
        form(draft, guarding="true") | decided() | {"x.asked": "1", "x.scan": "1"},
    )

    page = body(client.get(url("sign", draft.pk)))

    assert page.count(' name="p.scan.status" value="done" checked') == 1
    assert draft.opportunities.count() == 0


# -- signing ----------------------------------------------------------------------


def test_signing_locks_the_encounter_with_decisions_and_what_was_done(client, draft):
    client.post(draft.get_absolute_url(), form(draft, guarding="true") | decided())

    response = client.post(
        url("sign", draft.pk), signature(draft, **{"p.surgery.status": "done"})
    )

    draft.refresh_from_db()
    assert response.url == draft.get_absolute_url()
    assert not draft.is_open
    assert Decision.objects.get().choice == "followed"
    assert Performance.objects.get().resource == "surgery"
    page = body(client.get(draft.get_absolute_url()))
    assert "Followed" in page
    assert "Save draft" not in page


def test_a_double_click_and_a_retried_post_sign_once(client, draft):
    saved(draft, **OPERATE)
    sent = signature(draft)

    answers = [client.post(url("sign", draft.pk), sent) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {302}
    assert Revision.objects.filter(cause="signed").count() == 1
    assert Opportunity.objects.count() == 1


def test_two_tabs_sign_once(client, draft):
    saved(draft, **OPERATE)
    one, other = signature(draft), signature(draft)

    first = client.post(url("sign", draft.pk), one)
    second = client.post(url("sign", draft.pk), other)

    assert (first.status_code, second.status_code) == (302, 409)
    assert Opportunity.objects.count() == 1


def test_what_was_saved_meanwhile_is_not_signed_unseen(client, draft):
    saved(draft, **OPERATE)
    sent = signature(draft)
    saved(draft, **HOME)

    response = client.post(url("sign", draft.pk), sent)

    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.is_open


def test_signing_under_a_switched_patient_is_refused(client, draft):
    saved(draft, **OPERATE)
    other = draft.enrolment.patient_id + 1

    response = client.post(url("sign", draft.pk), signature(draft, patient=other))

    draft.refresh_from_db()
    assert response.status_code == 409
    assert draft.is_open


def test_signing_says_what_is_missing(client, draft):
    saved(draft, guarding=True)

    page = body(client.get(url("sign", draft.pk)))

    assert "answers and 1 decision are missing." in page
    assert 'name="d.operate/operate.choice"' in page
    assert f'{draft.get_absolute_url()}#i-temperature">Temperature' in page


def test_what_is_decided_on_the_signing_page_is_signed(client, draft):
    saved(draft, guarding=True)
    sent = signature(draft) | decided("deviated", kind="omitted", reason="night")

    first = client.post(url("sign", draft.pk), sent)
    again = client.post(url("sign", draft.pk), sent)

    decision = Decision.objects.get()
    draft.refresh_from_db()
    assert (first.status_code, again.status_code) == (302, 302)
    assert (decision.choice, decision.reason) == ("deviated", "night")
    assert draft.revisions.get().intentions["operate/operate"]["reason"] == "night"


def test_a_half_made_decision_on_the_signing_page_is_asked_for_again(client, draft):
    saved(draft, guarding=True)
    sent = signature(draft) | decided("deferred")

    response = client.post(url("sign", draft.pk), sent)

    draft.refresh_from_db()
    page = body(response)
    assert response.status_code == 422
    assert draft.is_open
    assert 'href="#d-operate--operate"' in page
    assert 'choice" value="deferred" checked' in page


def test_when_and_where_something_was_done_are_kept_by_the_sites_clock(client, draft):
    saved(draft, guarding=True)
    done = {"p.scan.status": "done", "p.scan.at": "2026-03-10T11:30"}
    done |= {"p.scan.place": "Ward 3", "p.surgery.status": "not-done"}

    client.post(url("sign", draft.pk), signature(draft, **done))

    scan = Performance.objects.get(resource="scan")
    assert (scan.place, f"{scan.done_at:%H:%M %Z}") == ("Ward 3", "10:30 UTC")
    assert Performance.objects.get(resource="surgery").done_at is None
    assert "Ward 3" in body(client.get(url("note", draft.pk)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [("tomorrow", "Give the day and the time"), ("2099-01-01T08:00", "still to come")],
)
def test_a_time_that_cannot_be_is_asked_for_again(client, draft, typed, said):
    saved(draft, guarding=True)
    done = {"p.scan.status": "done", "p.scan.at": typed, "p.scan.place": "Ward 3"}

    response = client.post(url("sign", draft.pk), signature(draft, **done))

    draft.refresh_from_db()
    assert response.status_code == 422
    assert said in body(response)
    assert 'value="Ward 3"' in body(response)
    assert draft.is_open


def test_a_decision_made_in_the_form_is_not_lost_by_signing(client, draft):
    saved(draft, guarding=True, intentions={"operate/operate": {"choice": "followed"}})

    page = body(client.get(url("sign", draft.pk)))
    client.post(url("sign", draft.pk), signature(draft))

    assert "Followed" in page
    assert 'name="d.operate/operate.choice"' not in page
    assert Decision.objects.get().choice == "followed"


def test_signing_on_what_was_saved_meanwhile_is_refused_with_its_decisions(
    client, draft
):
    saved(draft, guarding=True)
    sent = signature(draft) | decided()
    saved(draft, guarding=True, days_ill=2)

    response = client.post(url("sign", draft.pk), sent)

    draft.refresh_from_db()
    kept = draft.revisions.get()
    assert response.status_code == 409
    assert draft.is_open
    assert kept.cause == "conflict"
    assert kept.intentions["operate/operate"]["choice"] == "followed"


def test_a_walk_that_stopped_can_be_signed_as_managed_without_the_plan(client, draft):
    saved(draft, guarding=False)

    page = body(client.get(url("sign", draft.pk)))
    client.post(url("sign", draft.pk), signature(draft))

    draft.refresh_from_db()
    assert "managed without the plan" in page
    assert not draft.is_open


def test_an_unusual_value_must_be_confirmed_to_sign(client, draft):
    client.post(
        draft.get_absolute_url(), form(draft, guarding="true", temperature="43")
    )

    refused = client.post(url("sign", draft.pk), signature(draft))
    done = client.post(
        url("sign", draft.pk), signature(draft, **{"c.temperature": "1"})
    )

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "is 43 °C right?" in body(refused)


def test_a_check_that_blocks_signing_says_why(client, draft):
    saved(draft, guarding=True, days_ill=61)

    response = client.post(url("sign", draft.pk), signature(draft))

    draft.refresh_from_db()
    assert response.status_code == 422
    assert "Too long ill." in body(response)
    assert draft.is_open


@pytest.mark.parametrize(
    ("choice", "parts", "said"),
    [
        ("deferred", {}, "by which day"),
        ("deviated", {"reason": "other"}, "few words"),
        ("deviated", {"reason": "no-such-reason"}, "Decide again"),
    ],
)
def test_half_a_decision_is_not_signed(client, draft, choice, parts, said):
    sent = form(draft, guarding="true") | decided(choice, **parts)
    client.post(draft.get_absolute_url(), sent)

    response = client.post(url("sign", draft.pk), signature(draft))

    assert response.status_code == 422
    assert said in body(response)


def test_a_deviation_without_a_reason_is_signed_and_asked_for_later(client, draft):
    client.post(
        draft.get_absolute_url(), form(draft, guarding="true") | decided("deviated")
    )
    client.post(url("sign", draft.pk), signature(draft))
    opportunity = Opportunity.objects.get()
    ask = url("decide", opportunity.pk)
    sent = {"patient": draft.enrolment.patient_id} | decided(
        "deviated", kind="omitted", reason="night"
    )

    assert ask in body(client.get(url("worklist")))
    response = client.post(ask, sent)

    assert response.status_code == 302
    assert ask not in body(client.get(url("worklist")))
    assert Decision.objects.held().get().standard_reason == "limited-time"
    assert Decision.objects.count() == 2


def test_a_deferred_decision_has_its_day(client, draft):
    sent = form(draft, guarding="true") | decided("deferred", due_on="2026-03-12")
    client.post(draft.get_absolute_url(), sent)

    client.post(url("sign", draft.pk), signature(draft))

    assert "Later, by 12 Mar 2026" in body(client.get(draft.get_absolute_url()))


# -- after signing ----------------------------------------------------------------


def test_what_was_done_is_told_apart_from_what_was_decided(client, site, fever):
    encounter = signed(episode(scamp=fever, site=site), **OPERATE)
    ask = url("decide", encounter.opportunities.get().pk)
    sent = {"patient": encounter.enrolment.patient_id, "done": "not-done"}

    client.post(ask, sent | decided())

    assert Decision.objects.get().choice == "followed"
    assert Performance.objects.get().status == "not-done"


def test_an_amendment_needs_a_reason_and_keeps_what_was_signed(client, site, fever):
    encounter = signed(episode(scamp=fever, site=site), **OPERATE)
    sent = form(encounter, guarding="false", temperature="37") | {"revision": "1"}

    without = client.post(url("amend", encounter.pk), sent)
    client.post(url("amend", encounter.pk), sent | {"reason": "Wrong column"})

    assert without.status_code == 422
    assert 'value="37"' in body(without)
    first, second = Revision.objects.order_by("number")
    assert first.answers["guarding"]["value"] is True
    assert second.answers["guarding"]["value"] is False
    page = body(client.get(encounter.get_absolute_url()))
    assert "Wrong column" in page
    assert "lead elsewhere" in page


def test_an_amendment_of_what_was_amended_meanwhile_is_refused(client, site, fever):
    encounter = signed(episode(scamp=fever, site=site), **OPERATE)
    sent = form(encounter, guarding="false") | {"revision": "1", "reason": "Slip"}
    client.post(url("amend", encounter.pk), sent)

    assert client.post(url("amend", encounter.pk), sent).status_code == 409


def test_a_void_needs_a_reason_and_is_shown(client, site, fever):
    encounter = signed(episode(scamp=fever, site=site), **OPERATE)
    patient = encounter.enrolment.patient

    without = client.post(url("void", encounter.pk), {"patient": patient.pk})
    done = client.post(
        url("void", encounter.pk), {"patient": patient.pk, "reason": "Wrong patient"}
    )

    assert (without.status_code, done.status_code) == (422, 302)
    assert "Entered in error" in body(client.get(patient.get_absolute_url()))
    assert "Wrong patient" in body(client.get(encounter.get_absolute_url()))


def test_who_signed_leaves_the_void_to_a_colleague(client, site, fever, clinician):
    encounter = signed(episode(scamp=fever, site=site), by=clinician, **OPERATE)

    page = body(client.get(encounter.get_absolute_url()))
    response = client.post(
        url("void", encounter.pk),
        {"patient": encounter.enrolment.patient_id, "reason": "Slip"},
    )

    assert "A colleague must say so" in page
    assert response.status_code == 403


def test_a_signed_encounter_is_not_saved_again(client, site, fever):
    encounter = signed(episode(scamp=fever, site=site), **OPERATE)

    response = client.post(
        encounter.get_absolute_url(), form(encounter, guarding="true")
    )

    assert response.status_code == 409


def test_a_signed_encounter_takes_as_many_queries_for_many_actions(
    client, site, fever, clinician
):
    one = signed(episode(scamp=fever, site=site), by=clinician, **OPERATE)
    two = signed(episode(scamp=fever, site=site), by=clinician, **HOME)
    client.get(one.get_absolute_url())

    assert _queries(client, one) == _queries(client, two)


def test_html_in_an_answer_stays_text(client, draft):
    client.post(draft.get_absolute_url(), form(draft, remark="<script>x</script>"))

    page = body(client.get(draft.get_absolute_url()))

    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_somebody_elsewhere_finds_nothing(draft):
    stranger = Client()
    stranger.force_login(MembershipFactory().user)

    assert stranger.get(draft.get_absolute_url()).status_code == 404
    assert stranger.post(url("advice", draft.pk), form(draft)).status_code == 404
    assert Encounter.objects.count() == 1
