"""After a recall every patient whom the version reached is looked at by somebody."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from carepaths.actions import recalls
from carepaths.actions.moves import move_draft
from carepaths.models import Finding, Reached, RecallEvent, Task
from scamps.actions.publishing import recall
from tests.carepaths.factories import (
    HOME,
    NOON,
    OPERATE,
    SCAN,
    PatientFactory,
    episode,
    opened,
    publish,
    signed,
)
from tests.factories import MembershipFactory, SiteFactory, UserFactory

WHY = "Seen at the clinic; the dose was never given."
LOOKED = {"leaves_open": True}  # a first visit leaves the task of a second one


@pytest.fixture
def member(db):
    return MembershipFactory(site=SiteFactory(name="Clinic"))


@pytest.fixture
def version(db):
    return publish()


@pytest.fixture
def who(member):
    return {"by": member.user, "at": timezone.now()}


def recalled(version):
    return recall(
        version=version, reason="Wrong dose", by=UserFactory(), at=timezone.now()
    )


def patient_with(version, member, how=signed, **given):
    enrolment = episode(scamp=version.scamp, site=member.site, by=member.user)
    how(enrolment, by=member.user, **given)
    return enrolment.patient


def reached(version):
    return set(Reached.objects.by(version).values_list("pk", flat=True))


def waiting(version):
    found = Reached.objects.to_review(version).order_by("pk")
    return list(found.values_list("pk", flat=True))


def test_it_lists_who_was_advised_who_has_a_draft_and_who_was_moved_off(
    version, member
):
    advised = patient_with(version, member, **OPERATE)
    sent_home = patient_with(version, member, **HOME)
    in_draft = patient_with(version, member, opened)
    moved = patient_with(version, member, opened)
    untouched = episode(scamp=version.scamp, site=member.site).patient
    publish(scamp=version.scamp, replacing=("title: Fever", "title: Fevers"))
    draft = moved.enrolments.get().encounters.get()
    move_draft(encounter=draft, edit=0, by=member.user, at=NOON)

    recalled(version)

    expected = {one.pk for one in (advised, sent_home, in_draft, moved)}
    assert reached(version) == expected
    assert untouched.pk not in expected


def test_what_looks_back_reached_nobody(version, member):
    patient_with(version, member, origin="retrospective", **OPERATE)

    assert reached(recalled(version)) == set()


def test_a_patient_is_of_whoever_signed_last_until_handed_over(version, member, who):
    patient = patient_with(version, member, **OPERATE)
    colleague = MembershipFactory(site=member.site, role__name="safety officer").user
    recalled(version)
    at = who["at"]

    before = Reached.objects.by(version).with_review(version, at).get()
    recalls.hand_over(version=version, patient=patient, owner=colleague, **who)
    after = Reached.objects.by(version).with_review(version, at).get()

    assert (before.holder, before.is_owned) == (member.user.pk, True)
    assert (after.holder, after.is_owned) == (colleague.pk, True)
    with pytest.raises(recalls.NotAReviewer):
        recalls.hand_over(version=version, patient=patient, owner=UserFactory(), **who)


def test_who_left_the_site_owns_nothing_any_more(version, member, who):
    patient_with(version, member, **OPERATE)
    recalled(version)
    member.ends_on = timezone.now().date() - timedelta(days=1)
    member.save(update_fields=["ends_on"])

    row = Reached.objects.by(version).with_review(version, who["at"]).get()

    assert not row.is_owned


def test_closing_needs_a_finding_and_a_reason_and_happens_once(version, member, who):
    patient = patient_with(version, member, **HOME)
    recalled(version)
    told = {"version": version, "patient": patient} | who | LOOKED

    with pytest.raises(recalls.ReasonNeeded):
        recalls.close_review(**told, finding=Finding.UNAFFECTED, words=" ")
    with pytest.raises(recalls.ReasonNeeded):
        recalls.close_review(**told, finding="fine", words=WHY)
    recalls.close_review(**told, finding=Finding.UNAFFECTED, words=WHY)

    assert waiting(version) == []
    with pytest.raises(recalls.ReviewClosed):
        recalls.close_review(**told, finding=Finding.HARMED, words=WHY)


def test_it_does_not_close_over_an_open_draft_unless_that_was_looked_at(
    version, member, who
):
    patient = patient_with(version, member, opened)
    recalled(version)
    told = {"version": version, "patient": patient, "words": WHY} | who

    with pytest.raises(recalls.LeftOpen):
        recalls.close_review(**told, finding=Finding.CHANGED)
    recalls.close_review(**told, finding=Finding.CHANGED, leaves_open=True)

    assert waiting(version) == []


def test_it_does_not_close_over_an_open_task_of_the_version(version, member, who):
    followed = {"operate/operate": {"choice": "deferred", "due_on": "2030-01-01"}}
    patient = patient_with(version, member, intentions=followed, **OPERATE)
    recalled(version)
    assert Task.objects.open().filter(encounter__version=version).exists()

    with pytest.raises(recalls.LeftOpen):
        recalls.close_review(
            version=version,
            patient=patient,
            finding=Finding.UNAFFECTED,
            words=WHY,
            **who,
        )


def test_opened_again_it_waits_again_and_what_was_found_stays(version, member, who):
    patient = patient_with(version, member, **HOME)
    recalled(version)
    told = {"version": version, "patient": patient} | who
    recalls.close_review(**told, **LOOKED, finding=Finding.UNAFFECTED, words=WHY)

    recalls.reopen_review(**told, words="The letter says otherwise")

    assert waiting(version) == [patient.pk]
    assert [event.words for event in RecallEvent.objects.order_by("pk")] == [
        WHY,
        "The letter says otherwise",
    ]
    with pytest.raises(recalls.ReviewOpen):
        recalls.reopen_review(**told, words="Again")


def test_several_are_closed_together_or_none(version, member, who):
    patients = [
        patient_with(version, member, visit="control", **HOME) for _ in range(2)
    ]
    drafting = patient_with(version, member, opened)
    recalled(version)
    told = {"version": version, "finding": Finding.UNAFFECTED, "words": WHY} | who

    with pytest.raises(recalls.LeftOpen), transaction.atomic():
        recalls.close_reviews(patients=[*patients, drafting], **told)
    assert RecallEvent.objects.count() == 0
    recalls.close_reviews(patients=patients, **told)

    assert waiting(version) == [drafting.pk]


def test_only_a_recalled_version_and_only_whom_it_reached(version, member, who):
    patient = patient_with(version, member, **HOME)
    told = {"finding": Finding.UNAFFECTED, "words": WHY} | who

    with pytest.raises(recalls.NotRecalled):
        recalls.close_review(version=version, patient=patient, **told)
    recalled(version)
    stranger = PatientFactory(site=member.site)
    with pytest.raises(recalls.NotReached):
        recalls.close_review(version=version, patient=stranger, **told)


def test_progress_is_told_by_site(version, member, who):
    patients = [patient_with(version, member, **HOME) for _ in range(3)]
    recalled(version)
    told = {"version": version, "finding": Finding.UNAFFECTED, "words": WHY} | who
    recalls.close_reviews(patients=patients[:1], **told, **LOOKED)

    row = Reached.objects.by_site(version)

    assert [(one["site__name"], one["total"], one["closed"]) for one in row] == [
        ("Clinic", 3, 1)
    ]


def test_those_with_a_draft_come_first_then_those_with_a_task(version, member, who):
    done = patient_with(version, member, visit="control", **HOME)
    deferred = {"operate/operate": {"choice": "deferred", "due_on": "2030-01-01"}}
    task = patient_with(version, member, intentions=deferred, **OPERATE)
    draft = patient_with(version, member, opened)
    closed = patient_with(version, member, **SCAN)
    recalled(version)
    recalls.close_review(
        version=version,
        patient=closed,
        finding=Finding.UNAFFECTED,
        words=WHY,
        leaves_open=True,
        **who,
    )

    found = Reached.objects.by(version).with_review(version, who["at"]).in_order()

    expected = [draft, task, done, closed]
    assert [one.pk for one in found] == [one.pk for one in expected]


def test_the_database_refuses_to_change_what_was_told(version, member, who):
    patient = patient_with(version, member, **HOME)
    recalled(version)
    recalls.hand_over(version=version, patient=patient, owner=None, **who)

    with pytest.raises(DatabaseError), transaction.atomic():
        RecallEvent.objects.update(words="Changed")
    with pytest.raises(DatabaseError), transaction.atomic():
        RecallEvent.objects.all().delete()
