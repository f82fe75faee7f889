"""Two patients who are one person: merged by two people, counted once, undone exactly."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import AccessEvent
from carepaths.actions import refusals
from carepaths.actions.eligibility import judgements
from carepaths.actions.enrolments import enrol, leave
from carepaths.actions.merging import (
    confirm_merge,
    propose_merge,
    reject_merge,
    undo_merge,
)
from carepaths.models import (
    Enrolment,
    Identity,
    Mark,
    Merge,
    MergeStep,
    Patient,
    SamePerson,
)
from feedback.actions.live import live_report
from feedback.actions.reports import compute
from feedback.actions.rollups import rebuild_all, refresh_all
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    PatientFactory,
    episode,
    publish,
    signed,
)
from tests.carepaths.test_note_eligible import OF_BELLY, other_plan
from tests.factories import MembershipFactory
from tests.feedback.recount import Recount, as_counted

pytestmark = pytest.mark.django_db
LATER = NOON + 400 * DAY
FOLLOWED = {"home/watch": {"choice": "followed"}}


@pytest.fixture
def member():
    return MembershipFactory()


@pytest.fixture
def second(member):
    return MembershipFactory(site=member.site)


@pytest.fixture
def version():
    return publish()


@pytest.fixture
def twice(member, version):
    """The same person twice, each with a signed visit, in two months."""
    kept, merged = (PatientFactory(site=member.site) for _ in range(2))
    for patient, at in ((kept, NOON), (merged, NOON - 40 * DAY)):
        enrolment = episode(scamp=version.scamp, patient=patient)
        signed(enrolment, visit_time=at, at=at, intentions=FOLLOWED, **HOME)
    return kept, merged


def proposed(twice, member):
    kept, merged = twice
    return propose_merge(
        kept=kept, merged=merged, reason="Same wristband", by=member.user, at=NOON
    )


def merged_by(twice, member, second, at=NOON):
    return confirm_merge(merge=proposed(twice, member), by=second.user, at=at)


def kept_of(patient):
    return Identity.objects.get(patient=patient).kept


def test_a_merge_needs_a_second_person(twice, member, second):
    merge = proposed(twice, member)
    assert kept_of(twice[1]) is None

    with pytest.raises(refusals.SecondPersonNeeded):
        confirm_merge(merge=merge, by=member.user, at=NOON)
    confirm_merge(merge=merge, by=second.user, at=NOON)

    assert kept_of(twice[1]) == twice[0]
    assert set(Patient.objects.same_as(twice[1])) == set(twice)


def test_a_merge_moves_no_clinical_row(twice, member, second):
    before = [list(one.enrolments.values()) for one in twice]

    merged_by(twice, member, second)

    assert [list(one.enrolments.values()) for one in twice] == before


def test_patients_of_two_sites_are_never_merged(member, twice):
    with pytest.raises(refusals.NotOnePlace):
        proposed((twice[0], PatientFactory()), member)
    with pytest.raises(refusals.NotOnePlace):
        proposed((twice[0], PatientFactory(site__is_sandbox=True)), member)
    with pytest.raises(refusals.NotOnePlace):
        proposed((twice[0], twice[0]), member)


def test_who_is_merged_is_not_merged_again(member, second, twice):
    merged_by(twice, member, second)

    with pytest.raises(refusals.AlreadyMerged):
        proposed((PatientFactory(site=member.site), twice[1]), member)


def test_of_two_proposals_of_one_pair_there_is_one(member, twice):
    assert proposed(twice, member) == proposed(twice[::-1], member)


def test_two_decisions_at_once_are_one(member, second, twice):
    merge = merged_by(twice, member, second)

    with pytest.raises(refusals.NotProposed):
        confirm_merge(merge=merge, by=second.user, at=NOON)
    with pytest.raises(refusals.NotProposed):
        reject_merge(merge=merge, by=second.user, at=NOON)


def test_undoing_restores_exactly_what_was(member, second, twice):
    before = list(Identity.objects.order_by("pk").values())
    third = PatientFactory(site=member.site)
    first = merged_by(twice, member, second)
    chain = merged_by((third, twice[0]), member, second)
    assert kept_of(twice[1]) == kept_of(twice[0]) == third

    undo_merge(merge=chain, reason="Twins", by=member.user, at=NOON)
    assert (kept_of(twice[1]), kept_of(twice[0])) == (twice[0], None)
    undo_merge(merge=first, reason="Twins", by=member.user, at=NOON)

    after = Identity.objects.exclude(patient=third).order_by("pk").values()
    assert list(after) == before


def test_undoing_the_first_of_a_chain_leaves_the_rest(member, second, twice):
    third = PatientFactory(site=member.site)
    first = merged_by(twice, member, second)
    merged_by((third, twice[0]), member, second)

    undo_merge(merge=first, reason="Twins", by=member.user, at=NOON)

    assert (kept_of(twice[1]), kept_of(twice[0])) == (None, third)


def test_undoing_says_why(member, second, twice):
    merge = merged_by(twice, member, second)

    with pytest.raises(refusals.ReasonNeeded):
        undo_merge(merge=merge, reason=" ", by=member.user, at=NOON)


def test_what_was_merged_can_be_proposed_again_after_it_was_undone(
    member, second, twice
):
    merge = merged_by(twice, member, second)
    undo_merge(merge=merge, reason="Slip", by=member.user, at=NOON)

    assert merged_by(twice, member, second) != merge
    assert kept_of(twice[1]) == twice[0]


@pytest.mark.parametrize("model", [Merge, MergeStep, SamePerson])
def test_the_database_refuses_to_change_a_merge(member, second, twice, model):
    merged_by(twice, member, second)

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        model.objects.update(id=F("id"))


# -- what it changes --------------------------------------------------------------


def test_one_person_is_counted_once_while_merged(member, second, twice, version):
    site = member.site

    def patients():
        rows = {"version": version, "sites": [site], "origin": "prospective"}
        exact = compute(**rows, cut_off=LATER)
        recounted = Recount(version, [site], "prospective", LATER).tables()
        assert as_counted(exact) == recounted
        refresh_all(at=LATER)
        assert live_report(**rows, at=LATER)["patients"] == exact["patients"]
        return exact["patients"], exact["encounters"]

    assert patients() == (2, 2)
    merge = merged_by(twice, member, second)
    assert Mark.objects.filter(version=version).count() == 2  # a month each
    assert patients() == (1, 2)
    undo_merge(merge=merge, reason="Twins", by=member.user, at=NOON)
    assert patients() == (2, 2)
    rebuild_all(at=LATER)
    assert patients() == (2, 2)


def test_a_report_counts_people_as_they_were_known_at_its_cut_off(
    member, second, twice, version
):
    merged_by(twice, member, second, at=NOON + 10 * DAY)

    def patients(days):
        cut_off = NOON + days * DAY
        return compute(version=version, sites=[member.site], cut_off=cut_off)[
            "patients"
        ]

    assert (patients(9), patients(10)) == (2, 1)


def test_signing_on_one_marks_the_visits_of_the_other(member, second, twice, version):
    merged_by(twice, member, second)
    Mark.objects.all().delete()

    signed(twice[0].enrolments.get(), visit_time=NOON + 60 * DAY, **HOME)

    assert len({mark.month for mark in Mark.objects.filter(version=version)}) == 3


def test_a_plan_is_open_once_for_one_person(member, second, version, twice):
    merged_by((PatientFactory(site=member.site), twice[0]), member, second)
    kept = kept_of(twice[0])

    with pytest.raises(refusals.AlreadyEnrolled):
        enrol(patient=kept, scamp=version.scamp, by=member.user, at=NOON)


def test_the_answers_of_both_judge_the_one(member, second, twice):
    other = other_plan(OF_BELLY)
    kept = PatientFactory(site=member.site)
    assert judgements(kept, NOON)[other.pk].state == "undecided"

    merged_by((kept, twice[1]), member, second)

    assert judgements(kept, NOON)[other.pk].state == "eligible"


# -- pages ------------------------------------------------------------------------


def url(name, *args):
    return reverse(f"carepaths:{name}", args=args)


def body(response):
    return response.content.decode()


def test_the_page_of_the_merged_one_leads_to_the_kept_one_with_both_episodes(
    client, member, second, twice
):
    merge = merged_by(twice, member, second)
    client.force_login(member.user)

    response = client.get(twice[1].get_absolute_url(), follow=True)

    page = body(response)
    assert response.redirect_chain == [(twice[0].get_absolute_url(), 302)]
    for patient in twice:
        assert url("chart", patient.enrolments.get().pk) in page
    assert merge.get_absolute_url() in page


def test_a_new_episode_is_opened_for_the_kept_one_alone(client, member, second, twice):
    merged_by(twice, member, second)
    other = other_plan(OF_BELLY)
    client.force_login(member.user)

    shown = client.get(url("enrol", twice[1].pk), {"scamp": other.key})

    assert shown.url == f"{url('enrol', twice[0].pk)}?scamp={other.key}"
    with pytest.raises(refusals.AlreadyMerged):
        enrol(patient=twice[1], scamp=other, by=member.user, at=NOON)


def test_a_step_of_a_merged_one_is_taken_back_on_the_page_of_the_kept_one(
    client, member, second, twice
):
    enrolment = twice[1].enrolments.get()
    leave(enrolment=enrolment, by=member.user, at=NOON)
    merged_by((PatientFactory(site=member.site), twice[1]), member, second)
    client.force_login(member.user)

    page = body(client.get(twice[1].get_absolute_url(), follow=True))
    form = page[page.index(f'action="{url("undo", enrolment.pk)}"') :]
    sent = re.search(r'name="patient" value="(\d+)"', form)
    assert sent
    client.post(url("undo", enrolment.pk), {"patient": sent[1]})

    assert Enrolment.objects.in_state("enrolled").filter(pk=enrolment.pk).exists()


def test_the_banner_of_a_merged_one_says_whose_record_it_is(
    client, member, second, twice
):
    merged_by(twice, member, second)
    client.force_login(member.user)

    page = body(client.get(url("outcomes", twice[1].enrolments.get().pk)))

    assert f"Same person as no. {twice[0].identity.record_number}" in page


def test_the_way_from_a_proposal_to_a_merge_and_back(client, member, second, twice):
    kept, merged = twice
    client.force_login(member.user)
    sent = {"patient": kept.pk, "reason": "Same wristband"}
    number = {"record_number": merged.identity.record_number}

    assert client.post(url("propose_merge", kept.pk), sent).status_code == 422
    nobody = client.post(
        url("propose_merge", kept.pk), sent | {"record_number": "nobody's"}
    )
    assert (nobody.status_code, "Same wristband" in body(nobody)) == (422, True)
    made = client.post(url("propose_merge", kept.pk), sent | number)
    merge = Merge.objects.get()
    assert made.url == merge.get_absolute_url()
    assert "Another person must confirm it" in body(client.get(made.url))
    own = client.post(made.url, {"patient": kept.pk, "verb": "confirm"})
    assert own.status_code == 409

    client.force_login(second.user)
    assert merge.get_absolute_url() in body(client.get("/"))
    client.post(made.url, {"patient": kept.pk, "verb": "confirm"})
    assert kept_of(merged) == kept
    assert merge.get_absolute_url() not in body(client.get("/"))
    assert (
        client.post(made.url, {"patient": kept.pk, "verb": "undo"}).status_code == 422
    )
    client.post(made.url, {"patient": kept.pk, "verb": "undo", "reason": "Twins"})

    assert kept_of(merged) is None
    verbs = AccessEvent.objects.filter(subject="merge").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "proposed a merge",
        "confirmed a merge",
        "undid a merge",
    ]


@pytest.mark.parametrize("name", ["propose_merge", "merge"])
def test_a_merge_under_a_switched_patient_is_refused(client, member, twice, name):
    merge = proposed(twice, member)
    client.force_login(MembershipFactory(site=member.site).user)
    pk = merge.pk if name == "merge" else twice[0].pk
    sent = {"patient": twice[1].pk, "verb": "confirm", "reason": "Same"}

    assert client.post(url(name, pk), sent).status_code == 409
    assert kept_of(twice[1]) is None


def test_who_only_reads_and_who_is_elsewhere_may_not_merge(client, member, twice):
    merge = proposed(twice, member)
    group, _ = Group.objects.get_or_create(name="auditor")
    auditor = MembershipFactory(role=group, site=member.site).user

    for user, status in ((auditor, 403), (MembershipFactory().user, 404)):
        client.force_login(user)
        assert client.get(merge.get_absolute_url()).status_code == status


def test_a_patient_is_never_found_twice_without_being_told(
    client, member, second, twice
):
    merged_by(twice, member, second)
    client.force_login(member.user)

    page = body(client.post(url("patients"), {"q": twice[1].identity.record_number}))

    assert "leads to the one kept" in page
