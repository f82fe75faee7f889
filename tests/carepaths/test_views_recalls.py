"""The recall's worklist in the browser's eyes: who sees what, and what is told."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carepaths.models import Reached, RecallEvent, Task
from scamps.actions.publishing import recall
from tests.carepaths.factories import HOME, OPERATE, episode, opened, signed
from tests.carepaths.test_views import body, client, clinician, fever, site
from tests.factories import (
    MembershipFactory,
    SeatFactory,
    SiteFactory,
    UserFactory,
)

__all__ = ["client", "clinician", "fever", "site"]  # fixtures
FOUND = {"finding": "unaffected", "words": "Seen, and well", "leaves_open": "on"}


@pytest.fixture
def version(fever, site, clinician):
    """A recalled version with two patients here and one at another site."""
    for place in (site, site, SiteFactory(name="Elsewhere")):
        signed(episode(scamp=fever, site=place), by=clinician, **HOME)
    version = fever.versions.get()
    why = {"reason": "Wrong dose", "by": UserFactory(), "at": timezone.now()}
    return recall(version=version, **why)


def address(version, *patient):
    name = "carepaths:recall_review" if patient else "carepaths:recall"
    return reverse(name, args=[version.scamp.key, version.number, *patient])


def here(version, clinician):
    return list(Reached.objects.to_review(version).visible_to(clinician))


def test_one_sees_the_patients_of_ones_sites_and_how_far_they_are(client, version):
    page = body(client.get(address(version)))

    assert page.count("row-link") == 2
    assert "Wrong dose" in page
    assert "Elsewhere" not in page


def test_the_committee_sees_how_far_all_sites_are_and_no_patient(version):
    member = SeatFactory(scamp=version.scamp).user
    committee = Client()
    committee.force_login(member)

    page = body(committee.get(address(version)))

    assert "Elsewhere" in page
    assert "row-link" not in page
    pk = Reached.objects.by(version).first().pk
    assert committee.get(address(version, pk)).status_code == 404


def test_what_was_not_recalled_has_no_such_page(client, fever):
    assert client.get(address(fever.versions.get())).status_code == 404


def test_the_worklist_says_how_many_are_to_be_looked_at(client, version):
    assert "2 patients of your sites to look at" in body(client.get("/"))


def test_a_patient_is_closed_and_leaves_the_list(client, version, clinician):
    one, other = here(version, clinician)
    sent = FOUND | {"then": "close", "patient": one.pk}

    answer = client.post(address(version, one.pk), sent)

    assert answer.status_code == 302
    assert here(version, clinician) == [other]
    page = body(client.get(address(version, one.pk)))
    assert "Seen, and well" in page
    assert str(clinician) in page
    assert "Seen, and well" not in body(client.get(address(version)))


def test_nothing_is_closed_without_a_reason_and_nothing_typed_is_lost(
    client, version, clinician
):
    one = here(version, clinician)[0]
    sent = {"then": "close", "patient": one.pk, "finding": "harmed"}

    answer = client.post(address(version, one.pk), sent)

    assert answer.status_code == 422
    assert "Say why it can be closed." in body(answer)
    assert answer.context["forms"]["close"]["finding"].value() == "harmed"


def test_a_patient_is_taken_handed_over_and_opened_again(client, version, clinician):
    one = here(version, clinician)[0]
    page, colleague = address(version, one.pk), MembershipFactory(site=one.site).user
    sent = {"patient": one.pk}

    client.post(page, sent | {"then": "hand_over", "to": colleague.pk})
    assert f"It is {colleague}" in body(client.get(page))
    client.post(page, sent | {"then": "take"})
    assert "It is yours" in body(client.get(page))
    client.post(page, sent | FOUND | {"then": "close"})
    client.post(page, sent | {"then": "reopen", "words": "A letter came"})

    kinds = list(RecallEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["handed-over", "handed-over", "closed", "reopened"]


def test_the_review_of_another_patient_is_refused(client, version, clinician):
    one, other = here(version, clinician)
    sent = FOUND | {"then": "close", "patient": other.pk}

    answer = client.post(address(version, one.pk), sent)

    assert answer.status_code == 409
    assert RecallEvent.objects.count() == 0


def test_several_are_closed_with_one_reason(client, version, clinician):
    chosen = [one.pk for one in here(version, clinician)]

    answer = client.post(address(version), FOUND | {"patients": chosen})

    assert answer.status_code == 302
    assert here(version, clinician) == []
    assert "Every patient you may see is closed." in body(client.get(address(version)))


def test_nobody_is_closed_who_was_not_chosen_or_is_of_another_site(client, version):
    elsewhere = Reached.objects.by(version).get(site__name="Elsewhere")

    nobody = client.post(address(version), FOUND)
    foreign = client.post(address(version), FOUND | {"patients": [elsewhere.pk]})

    assert (nobody.status_code, foreign.status_code) == (422, 422)
    assert RecallEvent.objects.count() == 0


def test_one_with_a_draft_is_not_closed_in_passing(client, fever, site, clinician):
    patient = episode(scamp=fever, site=site)
    opened(patient)
    version = fever.versions.get()
    recall(version=version, reason="x", by=clinician, at=timezone.now())
    sent = FOUND | {"patients": [patient.patient_id]}
    del sent["leaves_open"]

    answer = client.post(address(version), sent)

    assert answer.status_code == 422
    assert "say that you looked at them" in body(answer)


def test_a_safety_officer_reviews_and_an_auditor_only_reads(version, site):
    one = Reached.objects.by(version).filter(site=site).first()
    sent = FOUND | {"then": "close", "patient": one.pk}
    answers = {}
    for role in ("auditor", "safety officer"):
        browser = Client()
        browser.force_login(MembershipFactory(site=site, role__name=role).user)
        assert browser.get(address(version, one.pk)).status_code == 200
        answers[role] = browser.post(address(version, one.pk), sent).status_code

    assert answers == {"auditor": 403, "safety officer": 302}


def test_queries_do_not_follow_the_patients(
    client, version, fever, site, django_assert_max_num_queries
):
    client.get(address(version))
    with django_assert_max_num_queries(14):
        page = body(client.get(address(version)))
    assert page.count("row-link") == 2


def test_a_task_of_recalled_advice_says_so_in_the_list_and_on_its_page(
    client, fever, site, clinician
):
    signed(episode(scamp=fever, site=site), by=clinician, **HOME)
    task = Task.objects.open().get(kind="visit")
    assert "recalled" not in body(client.get("/"))
    assert "recalled" not in body(client.get(task.get_absolute_url()))

    why = {"reason": "x", "by": clinician, "at": timezone.now()}
    recall(version=fever.versions.get(), **why)

    assert "Its advice was recalled" in body(client.get("/"))
    page = body(client.get(task.get_absolute_url()))
    assert "Look at the patient before you do it." in page
    assert address(fever.versions.get(), task.enrolment.patient_id) in page


def test_what_was_advised_and_decided_is_shown(client, fever, site, clinician):
    followed = {"operate/operate": {"choice": "followed"}}
    enrolment = episode(scamp=fever, site=site)
    signed(enrolment, by=clinician, intentions=followed, **OPERATE)
    version = fever.versions.get()
    recall(version=version, reason="x", by=clinician, at=timezone.now())

    page = body(client.get(address(version, enrolment.patient_id)))

    assert "Operate." in page
    assert "Followed" in page
