"""Telling the committee about a step, and its visible answer."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from carepaths.actions.remarks import (
    NotTheAuthor,
    RemarkNeedsWords,
    UnknownNode,
    add_words,
    answer,
    take_back,
    tell,
)
from carepaths.models import Encounter, Remark
from tests.carepaths.factories import OPERATE, episode, opened, saved, signed
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url
from tests.factories import LONG_AGO, SeatFactory, SiteFactory, UserFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


def told(encounter, by, **said):
    given = {"node": "danger", "kind": "unclear", "words": ""} | said
    return tell(encounter=encounter, by=by, at=timezone.now(), **given)


@pytest.fixture
def committee(fever):
    """A client of somebody with a seat on the plan's committee."""
    role = Group.objects.get_or_create(name="committee member")[0]
    seat = SeatFactory(role=role, scamp=fever, starts_on=LONG_AGO)
    member = Client()
    member.force_login(seat.user)
    return member


# -- rules ------------------------------------------------------------------------


def test_a_remark_is_about_a_step_that_exists(draft, clinician):
    with pytest.raises(UnknownNode):
        told(draft, clinician, node="nowhere")


@pytest.mark.parametrize("kind", ["other", "perhaps", ""])
def test_something_else_needs_words(draft, clinician, kind):
    with pytest.raises(RemarkNeedsWords):
        told(draft, clinician, kind=kind)


def test_only_the_author_adds_words_or_takes_it_back(draft, clinician):
    remark, who = told(draft, clinician), {"by": UserFactory(), "at": timezone.now()}

    with pytest.raises(NotTheAuthor):
        add_words(remark=remark, words="More", **who)
    with pytest.raises(NotTheAuthor):
        take_back(remark=remark, **who)


def test_what_was_told_never_changes(draft, clinician):
    remark = told(draft, clinician)
    take_back(remark=remark, by=clinician, at=timezone.now())

    for rows in (Remark.objects.all(), remark.replies.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(words="otherwise")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


# -- the clinician ----------------------------------------------------------------


def test_one_post_tells_and_leads_to_what_was_told(client, draft):
    saved(draft, **OPERATE)
    sent = {"patient": draft.enrolment.patient_id, "node": "operate", "kind": "fit"}

    response = client.post(url("remark", draft.pk), sent, follow=True)

    assert "does not fit my patient" in body(response)
    assert Remark.objects.get().node == "operate"
    assert "You told the committee" in body(client.get(draft.get_absolute_url()))


def test_under_a_switched_patient_nothing_is_told(client, draft):
    response = client.post(url("remark", draft.pk), {"patient": 0, "node": "operate"})

    assert response.status_code == 409
    assert not Remark.objects.exists()


def test_without_a_script_the_draft_is_saved_before_anything_is_told(client, draft):
    sent = {
        "patient": draft.enrolment.patient_id,
        "edit": draft.edit,
        "a.guarding": "true",
        "then": "remark:danger:unclear",
    }

    response = client.post(draft.get_absolute_url(), sent, follow=True)

    draft.refresh_from_db()
    assert draft.answers["guarding"]["value"] is True
    assert 'value="unclear" checked' in body(response)
    assert not Remark.objects.exists()


def test_a_remark_is_taken_back_in_one_post(client, clinician, draft):
    remark = told(draft, clinician)

    page = body(
        client.post(url("remarked", remark.pk), {"then": "take-back"}, follow=True)
    )

    assert "Taken back" in page
    assert not Remark.objects.standing().exists()


def test_the_answer_is_seen_on_the_worklist_and_at_the_step(client, clinician, draft):
    saved(draft, **OPERATE)
    remark = told(draft, clinician, node="operate")
    who = {"by": UserFactory(), "at": timezone.now()}

    answer(remark=remark, words="Version 2 says it better.", **who)

    assert "Version 2 says it better." in body(client.get(url("worklist")))
    assert "Version 2 says it better." in body(client.get(draft.get_absolute_url()))


def test_an_old_answer_leaves_the_worklist(client, clinician, draft):
    long_ago = timezone.now() - timedelta(days=40)
    remark = told(draft, clinician)

    answer(remark=remark, words="Long since.", by=UserFactory(), at=long_ago)

    assert "Long since." not in body(client.get(url("worklist")))


# -- the committee ----------------------------------------------------------------


def test_the_committee_sees_the_words_and_neither_patient_nor_author(
    committee, clinician, site, fever
):
    enrolment = episode(scamp=fever, site=site, by=clinician)
    identity = enrolment.patient.identity
    done = signed(enrolment, by=clinician, **OPERATE)
    told(done, clinician, words="Too vague for infants.")

    page = body(committee.get("/plans/fever/remarks/"))

    assert "Too vague for infants." in page
    assert identity.record_number not in page
    assert clinician.username not in page
    assert done.get_absolute_url() not in page


def test_the_committee_answers_and_nobody_else(committee, client, clinician, draft):
    remark = told(draft, clinician)
    sent = {"remark": remark.pk, "words": "Thank you."}

    assert client.post("/plans/fever/remarks/", sent).status_code == 404
    assert committee.post("/plans/fever/remarks/", sent).status_code == 302

    (reply,) = remark.replies.all()
    assert (reply.kind, reply.words) == ("answer", "Thank you.")


def test_an_empty_answer_is_refused(committee, clinician, draft):
    remark = told(draft, clinician)

    response = committee.post("/plans/fever/remarks/", {"remark": remark.pk})

    assert response.status_code == 409


def test_what_was_taken_back_and_what_is_made_up_is_not_shown(
    committee, clinician, draft, fever
):
    take_back(
        remark=told(draft, clinician, words="Never mind."),
        by=clinician,
        at=timezone.now(),
    )
    sandbox = SiteFactory(is_sandbox=True)
    made_up: Encounter = opened(episode(scamp=fever, site=sandbox))
    told(made_up, clinician, words="Made up.")

    page = body(committee.get("/plans/fever/remarks/"))

    assert "Never mind." not in page
    assert "Made up." not in page


def test_the_plans_page_leads_the_committee_to_the_remarks(committee, client, fever):
    assert "/plans/fever/remarks/" in body(committee.get("/plans/fever/1/"))
    assert "/plans/fever/remarks/" not in body(client.get("/plans/fever/1/"))
