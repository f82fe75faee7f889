"""A version becomes right before it is published, and can be taken back at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from scamps.actions.drafts import (
    AnotherPlan,
    DraftExists,
    EditConflict,
    NotADraft,
    NothingToUndo,
    save_draft,
    start_draft,
    undo_edit,
)
from scamps.actions.proofs import attach_proof, doubts_of
from scamps.actions.publishing import publish, recall, reinstate, withdraw
from scamps.actions.reviews import (
    NotReady,
    StaleContent,
    return_to_draft,
    sign_off,
    submit,
)
from scamps.actions.states import NotFromHere, ReasonNeeded
from scamps.core.definition import Plan, canonical, load_yaml
from scamps.models import (
    Edit,
    Evidence,
    SignOff,
    State,
    Transition,
    Verdict,
    Version,
)
from tests.factories import (
    UserFactory,
    VersionFactory,
    active_version,
    library_plan,
    replayed,
    small_plan,
)
from tests.scamps.core.broken_plans import decide, plan_text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NONE = "None."


@pytest.fixture
def author():
    return UserFactory()


@pytest.fixture
def draft(author) -> Version:
    """Version 2 of a plan whose version 1 is active."""
    active_version()
    return start_draft(plan=small_plan(title="Second"), by=author, at=NOW)


def state_of(version: Version) -> str:
    return Version.objects.get(pk=version.pk).current_state


def saved(version: Version, plan: Plan, by) -> Version:
    return save_draft(
        version=version, plan=plan, seen=version.content_id, by=by, at=NOW
    )


def approve(version: Version, by=None, verdict=Verdict.APPROVE, words="") -> SignOff:
    return sign_off(
        version=replayed(version),
        digest=version.content_id,
        verdict=verdict,
        interests=NONE,
        words=words,
        by=by or UserFactory(),
        at=NOW,
    )


def approved(draft: Version, author) -> Version:
    submit(version=draft, by=author, at=NOW)
    approve(draft)
    approve(draft)
    return draft


def test_a_draft_takes_the_next_number_and_there_is_one_at_a_time(draft, author):
    assert draft.number == 2
    assert state_of(draft) == State.DRAFT

    with pytest.raises(DraftExists):
        start_draft(plan=small_plan(), by=author, at=NOW)


def test_a_draft_is_saved_over_what_its_author_saw_only(draft, author):
    seen = draft.content_id
    changed = saved(draft, small_plan(title="Third"), author)

    with pytest.raises(EditConflict):
        save_draft(
            version=draft, plan=small_plan(title="Lost"), seen=seen, by=author, at=NOW
        )

    assert changed.plan.title == "Third"
    edits = Edit.objects.filter(version=draft)
    assert [edit.after.plan.title for edit in edits] == ["Second", "Third"]


def test_an_edit_is_taken_back_and_the_taking_back_is_kept(draft, author):
    changed = saved(draft, small_plan(title="Third"), author)

    back = undo_edit(version=changed, seen=changed.content_id, by=author, at=NOW)

    assert back.plan.title == "Second"
    assert draft.edits.count() == 3


def test_a_draft_as_it_was_begun_has_nothing_to_undo(draft, author):
    with pytest.raises(NothingToUndo):
        undo_edit(version=draft, seen=draft.content_id, by=author, at=NOW)


def test_the_document_of_another_plan_is_refused(draft, author):
    with pytest.raises(AnotherPlan):
        saved(draft, small_plan(key="other"), author)


def test_review_freezes_the_content_and_attaches_what_is_known_of_it(draft, author):
    submit(version=draft, by=author, at=NOW)

    with pytest.raises(NotADraft):
        saved(draft, small_plan(title="Third"), author)
    kinds = {e.kind: e for e in Evidence.objects.filter(content=draft.content_id)}
    assert set(kinds) == {"cases", "checks", "proof", "difference"}
    assert kinds["proof"].holds
    assert kinds["proof"].result["asked"] > 0
    (change,) = kinds["difference"].result["changes"]
    assert (change["effect"], change["after"]) == ("wording", "“Second”")
    other = active_version(small_plan(key="other")).content
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(content=other)


def test_a_draft_with_an_error_is_not_put_to_review(draft, author):
    broken = json.loads(canonical(draft.plan))
    broken["visits"][0]["start"] = "nowhere"
    saved(draft, Plan.model_validate(broken), author)

    with pytest.raises(NotReady, match="nowhere"):
        submit(version=draft, by=author, at=NOW)

    assert state_of(draft) == State.DRAFT


def test_a_proof_with_an_error_stands_against_the_review(draft, author):
    never = json.loads(canonical(library_plan()))
    risk = next(node for node in never["nodes"] if node["key"] == "risk")
    risk["branches"].insert(1, {"when": "pas <= 2", "to": "image"})
    version = saved(draft, Plan.model_validate(never | {"key": "small-plan"}), author)
    proof = attach_proof(version=version, by=author, at=NOW)

    with pytest.raises(NotReady, match="risk"):
        submit(version=version, by=author, at=NOW)

    assert not proof.holds


def test_each_warning_is_accepted_by_name(draft, author):
    unused = json.loads(canonical(draft.plan))
    idle = {"key": "idle", "label": "Idle", "type": "boolean"}
    unused["elements"] = [*unused.get("elements", []), idle]
    version = saved(draft, Plan.model_validate(unused), author)
    (doubt, *_) = doubts_of(version)

    with pytest.raises(NotReady, match="Not accepted"):
        submit(version=version, by=author, at=NOW)
    names = [one.name for one in doubts_of(version)]
    submit(version=version, accepted=names, by=author, at=NOW)

    kept = Evidence.objects.get(kind="checks", content=version.content_id)
    assert doubt.name in [one["name"] for one in kept.result["accepted"]]


def test_a_plan_that_goes_wrong_for_some_patient_is_not_reviewed(draft, author):
    gap = plan_text(decide("n < 5 -> end", "n > 5 -> end")).replace(
        "key: small", f"key: {draft.scamp.key}", 1
    )
    wrong = saved(draft, load_yaml(gap), author)

    with pytest.raises(NotReady) as refused:
        submit(version=wrong, by=author, at=NOW)

    problem = refused.value.problems[-1]
    assert "no branch is true" in problem
    assert "n: 5" in problem
    assert state_of(wrong) == State.DRAFT


def test_the_quorum_approves(draft, author):
    submit(version=draft, by=author, at=NOW)

    approve(draft)
    assert state_of(draft) == State.IN_REVIEW
    approve(draft)

    assert state_of(draft) == State.APPROVED


def test_the_author_alone_is_never_enough(draft, author):
    type(draft.scamp).objects.filter(pk=draft.scamp_id).update(quorum=1)
    submit(version=draft, by=author, at=NOW)

    approve(draft, by=author)
    assert state_of(draft) == State.IN_REVIEW

    approve(draft)
    assert state_of(draft) == State.APPROVED


def test_one_member_counts_once(draft, author):
    submit(version=draft, by=author, at=NOW)
    member = UserFactory()

    approve(draft, by=member)
    approve(draft, by=member)

    assert state_of(draft) == State.IN_REVIEW


def test_an_objection_stands_until_it_is_taken_back(draft, author):
    submit(version=draft, by=author, at=NOW)
    member = UserFactory()
    approve(draft, by=member, verdict=Verdict.OBJECT, words="The limit has no source.")
    approve(draft)
    approve(draft)
    assert state_of(draft) == State.IN_REVIEW

    approve(draft, by=member)

    assert state_of(draft) == State.APPROVED


def test_interests_are_declared_and_an_objection_has_words(draft, author):
    submit(version=replayed(draft), by=author, at=NOW)
    given = {"version": draft, "digest": draft.content_id, "by": author, "at": NOW}

    with pytest.raises(ValueError, match="interests"):
        sign_off(verdict=Verdict.APPROVE, interests=" ", **given)
    with pytest.raises(ValueError, match="object"):
        sign_off(verdict=Verdict.OBJECT, interests=NONE, **given)
    assert not SignOff.objects.exists()


def test_a_signature_on_stale_content_is_refused(draft, author):
    stale = draft.content_id
    saved(draft, small_plan(title="Third"), author)
    submit(version=draft, by=author, at=NOW)

    with pytest.raises(StaleContent):
        sign_off(
            version=draft,
            digest=stale,
            verdict=Verdict.APPROVE,
            interests=NONE,
            by=UserFactory(),
            at=NOW,
        )


def test_nobody_signs_before_the_replay_is_on_file(draft, author):
    submit(version=draft, by=author, at=NOW)
    word = {"verdict": Verdict.APPROVE, "interests": NONE, "by": author, "at": NOW}

    with pytest.raises(NotReady, match="no replay of this content"):
        sign_off(version=draft, digest=draft.content_id, **word)

    sign_off(version=replayed(draft), digest=draft.content_id, **word)


def test_a_change_after_a_sign_off_voids_it(draft, author):
    submit(version=draft, by=author, at=NOW)
    first = UserFactory()
    approve(draft, by=first)
    return_to_draft(version=draft, reason="A typing error", by=author, at=NOW)
    changed = saved(draft, small_plan(title="Third"), author)
    submit(version=changed, by=author, at=NOW)

    approve(changed)

    assert state_of(draft) == State.IN_REVIEW
    assert SignOff.objects.count() == 2


def test_what_is_not_approved_is_not_published(draft, author):
    with pytest.raises(NotFromHere):
        publish(version=draft, notes="", by=author, at=NOW)


def test_publishing_supersedes_what_was_active(draft, author):
    before = draft.scamp.active_version

    publish(version=approved(draft, author), notes="Better", by=author, at=NOW)

    assert draft.scamp.active_version == draft
    assert state_of(before) == State.SUPERSEDED


def test_publishing_needs_the_evidence_on_this_very_hash(draft, author):
    plan = small_plan(title="Never checked")
    unseen = VersionFactory(scamp=draft.scamp, number=3, content__plan=plan)
    Transition.objects.create(version=unseen, to=State.APPROVED)

    with pytest.raises(NotReady) as refused:
        publish(version=unseen, notes="", by=author, at=NOW)

    assert refused.value.problems == (
        "2 more must approve",
        "no checks of this content is on file",
        "no proof of this content is on file",
        "no run of cases of this content is on file",
        "no difference of this content is on file",
        "no replay of this content is on file",
    )


def test_a_version_may_take_effect_later(draft, author):
    before, later = draft.scamp.active_version, timezone.now() + timedelta(days=1)

    version = approved(draft, author)
    publish(version=version, notes="", takes_effect_at=later, by=author, at=NOW)

    assert draft.scamp.active_version == before
    assert state_of(draft) == State.APPROVED
    with pytest.raises(NotReady, match="already"):
        publish(version=version, notes="", by=author, at=NOW)


def test_a_moment_that_has_come_needs_nobody(draft, author):
    moment = NOW + timedelta(minutes=1)  # long past on the clock of the database

    publish(
        version=approved(draft, author),
        notes="",
        takes_effect_at=moment,
        by=author,
        at=NOW,
    )

    assert draft.scamp.active_version == draft


def test_what_was_to_come_and_is_withdrawn_never_comes(draft, author):
    before, soon = draft.scamp.active_version, NOW + timedelta(minutes=1)
    version = approved(draft, author)
    later = timezone.now() + timedelta(days=1)
    publish(version=version, notes="", takes_effect_at=later, by=author, at=NOW)
    withdraw(version=version, reason="A source was retracted", by=author, at=soon)

    with connection.cursor() as cursor:  # the moment comes
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE scamps_transition SET takes_effect_at = %s"
            " WHERE takes_effect_at IS NOT NULL",
            [NOW],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert state_of(version) == State.WITHDRAWN
    assert draft.scamp.active_version == before


def test_taking_back_is_immediate_and_needs_a_reason(draft, author):
    version = approved(draft, author)
    publish(version=version, notes="", by=author, at=NOW)

    with pytest.raises(ReasonNeeded):
        withdraw(version=version, reason=" ", by=author, at=NOW)
    withdraw(version=version, reason="Wrong dose", by=author, at=NOW)
    assert draft.scamp.active_version is None
    recall(version=version, reason="Wrong dose", by=author, at=NOW)

    assert state_of(version) == State.RECALLED
    with pytest.raises(NotFromHere):
        reinstate(version=version, reason="All is well", by=author, at=NOW)


def test_the_version_before_can_be_reinstated(draft, author):
    before = draft.scamp.active_version
    version = approved(draft, author)
    publish(version=version, notes="", by=author, at=NOW)

    reinstate(version=before, reason="The new one confuses", by=author, at=NOW)

    assert draft.scamp.active_version == before
    assert state_of(version) == State.SUPERSEDED


@pytest.mark.parametrize("table", ["scamps_edit", "scamps_evidence", "scamps_signoff"])
def test_what_was_said_of_a_version_is_never_changed(draft, author, table):
    approved(draft, author)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.django_db(transaction=True)
def test_of_two_publishers_at_once_one_publishes(author):
    active_version()
    draft = start_draft(plan=small_plan(title="Second"), by=author, at=NOW)
    version = approved(draft, author)
    publishers = [UserFactory(), UserFactory()]

    def act(by) -> str:
        try:
            publish(version=version, notes="", by=by, at=NOW)
        except NotFromHere as refused:
            return str(refused)
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(act, publishers))

    assert said == ["Small plan, version 2 is active", "published"]
    assert version.transitions.filter(to=State.ACTIVE).count() == 1
