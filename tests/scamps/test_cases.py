"""Cases live with a plan: they hold from a version on, and must pass to publish."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.actions import sync_roles
from scamps.actions.adoption import adopt
from scamps.actions.cases import (
    CasesFrozen,
    NameTaken,
    NotAsShown,
    StaleCase,
    cases_for,
    confirm_walk,
    home_of,
    keep_case,
    may_change_cases,
    remove_case,
    replace_cases,
    restore_case,
    run_cases,
)
from scamps.actions.drafts import save_draft, start_draft
from scamps.actions.evidence import missing
from scamps.actions.proofs import doubts_of
from scamps.actions.publishing import withdraw
from scamps.actions.reviews import NotReady, return_to_draft, sign_off, submit
from scamps.core.cases import (
    Case,
    dump_cases,
    expected_of,
    fingerprint,
    load_cases,
)
from scamps.core.definition import Plan, canonical
from scamps.core.walk import compile_plan
from scamps.models import CaseRevision, CaseSource, Evidence, State, Transition, Version
from tests.factories import (
    SiteFactory,
    UserFactory,
    active_version,
    library_cases,
    library_plan,
    replayed,
    small_plan,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HOT = {"fever": True}


@pytest.fixture
def author():
    return UserFactory()


@pytest.fixture
def draft(author) -> Version:
    """Version 2 of a plan whose version 1 is active and has three cases."""
    active_version()
    return start_draft(plan=small_plan(title="Second"), by=author, at=NOW)


def changed(version: Version, by, **fields) -> Version:
    """The draft with other top-level fields of its document."""
    document = json.loads(canonical(version.plan)) | fields
    plan = Plan.model_validate(document)
    return save_draft(
        version=version, plan=plan, seen=version.content_id, by=by, at=NOW
    )


def reversed_plan(version: Version, by) -> Version:
    """The draft, in which a fever goes home."""
    nodes = json.loads(canonical(version.plan))["nodes"]
    hot = next(node for node in nodes if node["key"] == "hot")
    hot["branches"][0]["to"], hot["otherwise"] = hot["otherwise"], "cool"
    return changed(version, by, nodes=nodes)


def case(name: str, answers=HOT, expected=None, **more) -> Case:
    return Case(name, "first", answers, {}, expected, **more)


def names(version: Version) -> list[str]:
    return [one.data["name"] for one in cases_for(version)]


def test_a_draft_has_the_cases_of_the_version_before(draft):
    assert names(draft) == ["hot", "well", "not measured"]
    assert run_cases(draft).holds


def test_what_is_said_of_a_draft_does_not_reach_back(draft, author):
    keep_case(version=draft, case=case("again"), by=author, at=NOW)

    assert names(draft)[-1] == "again"
    assert "again" not in names(draft.scamp.active_version)


def test_what_was_said_of_a_draft_that_is_given_up_is_passed_over(draft, author):
    keep_case(version=draft, case=case("again"), by=author, at=NOW)
    withdraw(version=draft, reason="Begun in error", by=author, at=NOW)

    third = start_draft(plan=small_plan(title="Third"), by=author, at=NOW)

    assert "again" not in names(third)
    assert "again" in names(draft)


def test_cases_change_where_the_plan_is_written(draft, author):
    active = draft.scamp.active_version
    assert may_change_cases(draft)
    assert not may_change_cases(active)

    with pytest.raises(CasesFrozen):
        keep_case(version=active, case=case("again"), by=author, at=NOW)
    withdraw(version=draft, reason="Begun in error", by=author, at=NOW)

    assert may_change_cases(active)


def test_a_review_freezes_the_cases(draft, author):
    submit(version=draft, by=author, at=NOW)

    with pytest.raises(CasesFrozen):
        keep_case(version=draft, case=case("again"), by=author, at=NOW)


def test_a_trial_freezes_the_cases(draft, author):
    Transition.objects.create(version=draft, to=State.PILOT)

    assert home_of(draft.scamp) is None
    third = start_draft(plan=small_plan(title="Third"), by=author, at=NOW)
    assert home_of(draft.scamp) == third


def test_a_plan_that_is_adopted_brings_its_cases(author):
    version = active_version()
    told = {"upstream": version, "site": SiteFactory(), "key": "ours", "title": "Ours"}
    sync_roles(roles=settings.ROLES)

    made = adopt(**told, by=author, at=NOW)

    assert names(made) == names(version)
    assert run_cases(made).holds


def test_a_name_is_used_once(draft, author):
    with pytest.raises(NameTaken):
        keep_case(version=draft, case=case("hot"), by=author, at=NOW)


def test_a_case_is_changed_over_what_was_seen_only(draft, author):
    one = cases_for(draft)[0]
    of = CaseRevision.objects.get(pk=one.revision).case
    given = {"version": draft, "of": of, "seen": one.revision, "by": author, "at": NOW}
    keep_case(case=case("hotter"), **given)

    with pytest.raises(StaleCase):
        keep_case(case=case("lost"), **given)

    assert names(draft)[0] == "hotter"


def test_a_case_that_fails_is_never_changed_by_a_save(draft, author):
    before = [(one.revision, one.data) for one in cases_for(draft)]

    version = reversed_plan(draft, author)
    results = run_cases(version)

    assert [(one.revision, one.data) for one in cases_for(version)] == before
    assert [(one.name, one.state) for one in results.ran] == [
        ("hot", "differs"),
        ("well", "differs"),
        ("not measured", "passes"),
    ]
    assert str(results.ran[0].differences[0]) == (
        "path: expected look → hot → cool, not look → hot → home"
    )


def test_a_case_that_fails_stands_against_the_review(draft, author):
    version = reversed_plan(draft, author)

    with pytest.raises(NotReady, match="“hot”: path: expected look → hot → cool"):
        submit(version=version, by=author, at=NOW)


def test_a_person_confirms_the_walk_that_was_shown(draft, author):
    version = reversed_plan(draft, author)
    for one in run_cases(version).failing:
        of = CaseRevision.objects.get(pk=one.held.revision).case
        told = {"version": version, "of": of, "seen": one.held.revision, "by": author}
        with pytest.raises(NotAsShown):
            confirm_walk(shown="another", at=NOW, **told)
        confirm_walk(shown=fingerprint(expected_of(one.walk)), at=NOW, **told)

    assert run_cases(version).holds
    last = CaseRevision.objects.filter(version=version).last()
    assert (last.by, last.walk["path"]) == (author, ["look", "hot", "cool"])
    assert run_cases(version.scamp.active_version).holds


def test_a_case_without_a_walk_waits_for_a_person(draft, author):
    keep_case(version=draft, case=case("new"), by=author, at=NOW)

    with pytest.raises(NotReady, match="“new”: nobody has confirmed its walk"):
        submit(version=draft, by=author, at=NOW)


def test_a_plan_without_any_case_is_not_reviewed(draft, author):
    for one in cases_for(draft):
        of = CaseRevision.objects.get(pk=one.revision).case
        told = {"version": draft, "of": of, "seen": one.revision}
        remove_case(reason="Not needed", by=author, at=NOW, **told)

    with pytest.raises(NotReady, match="It has no case"):
        submit(version=draft, by=author, at=NOW)


def test_an_answer_the_plan_has_no_more_is_told(draft, author):
    text = canonical(draft.plan).replace("fever", "heat")
    plan = Plan.model_validate(json.loads(text))
    version = save_draft(
        version=draft, plan=plan, seen=draft.content_id, by=author, at=NOW
    )

    ran = run_cases(version).ran[0]

    assert (ran.state, ran.said) == ("unreadable", "the plan has no 'fever'")


def test_a_draft_with_errors_runs_no_case_and_says_so(draft, author):
    nodes = json.loads(canonical(draft.plan))["nodes"]
    nodes[0]["next"] = "nowhere"
    version = changed(draft, author, nodes=nodes)

    results = run_cases(version)

    assert "nowhere" in results.refused
    assert not results.holds


def test_what_no_case_comes_to_must_be_accepted(draft, author):
    one = cases_for(draft)[2]
    of = CaseRevision.objects.get(pk=one.revision).case
    told = {"version": draft, "of": of, "seen": one.revision}
    remove_case(reason="Not needed", by=author, at=NOW, **told)

    with pytest.raises(NotReady, match="No case comes to: hot → unknown"):
        submit(version=draft, by=author, at=NOW)
    submit(
        version=draft,
        accepted=[doubt.name for doubt in doubts_of(draft)],
        by=author,
        at=NOW,
    )

    kept = Evidence.objects.get(kind="cases", content=draft.content_id)
    assert kept.holds
    assert kept.result["not_covered"] == ["hot → unknown"]


def test_what_was_run_is_kept_under_the_hash(draft, author):
    submit(version=replayed(draft), by=author, at=NOW)

    kept = Evidence.objects.get(kind="cases", content=draft.content_id)
    assert kept.result["passed"] == 3
    assert [one["name"] for one in kept.result["cases"]] == names(draft)
    assert missing(draft) == []


def test_cases_that_changed_since_they_were_run_are_run_again(draft, author):
    submit(version=replayed(draft), by=author, at=NOW)
    return_to_draft(version=draft, reason="One more case", by=author, at=NOW)
    walk = expected_of(case("x").walk(compile_plan(draft.plan)))
    keep_case(version=draft, case=case("again", HOT, walk), by=author, at=NOW)

    assert missing(draft) == ["no run of cases of this content is on file"]
    submit(version=draft, by=author, at=NOW)

    assert missing(draft) == []


def test_nobody_signs_what_no_case_was_run_on(draft, author):
    submit(version=draft, by=author, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM scamps_evidence WHERE kind = 'cases'")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(NotReady, match="no run of cases"):
        sign_off(
            version=draft,
            digest=draft.content_id,
            verdict="approve",
            interests="None.",
            by=UserFactory(),
            at=NOW,
        )


def test_what_is_removed_says_why_and_can_be_brought_back(draft, author):
    one = cases_for(draft)[0]
    of = CaseRevision.objects.get(pk=one.revision).case
    told = {"version": draft, "of": of, "by": author, "at": NOW}
    with pytest.raises(ValueError, match="why"):
        remove_case(seen=one.revision, reason=" ", **told)
    gone = remove_case(seen=one.revision, reason="Twice", **told)
    assert "hot" not in names(draft)

    restore_case(seen=gone.pk, **told)

    assert names(draft)[0] == "hot"
    assert of.revisions.count() == 3


def test_a_file_replaces_the_cases_and_leaves_what_is_the_same(draft, author):
    text = dump_cases(draft.plan, [one.data for one in cases_for(draft)])
    same = load_cases(text, "cases.yaml", draft.plan)
    given = {"version": draft, "by": author, "at": NOW}
    assert replace_cases(cases=same, **given) == []

    written = replace_cases(cases=[same[1], same[0]], **given)

    assert names(draft) == ["well", "hot"]
    assert [one.source for one in written] == [CaseSource.FILE] * 3
    assert written[-1].is_removed


@pytest.mark.parametrize(
    "key", ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]
)
def test_the_cases_of_the_library_go_in_and_out_without_loss(key):
    plan, cases = library_plan(key), library_cases(key)
    version = active_version(plan)

    text = dump_cases(plan, [one.data for one in cases_for(version)])

    assert load_cases(text, "cases.yaml", plan) == cases
    assert run_cases(version).holds


def test_loading_the_library_again_leaves_cases_that_people_changed(author):
    call_command("load_library")
    version = Version.objects.get(scamp__key="torus-fracture")
    count = CaseRevision.objects.count()
    call_command("load_library")
    assert CaseRevision.objects.count() == count
    one = cases_for(version)[0]
    of = CaseRevision.objects.get(pk=one.revision).case
    told = {"version": version, "of": of, "seen": one.revision}
    remove_case(reason="Ours is another", by=author, at=NOW, **told)

    call_command("load_library")

    assert version.current_state == State.ACTIVE
    assert len(cases_for(version)) == 8


@pytest.mark.parametrize("table", ["scamps_caserevision", "scamps_plancase"])
def test_what_a_case_said_is_never_changed(draft, table):
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")  # noqa: S608
