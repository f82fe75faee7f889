"""Earlier patients at a point: counted as a naive reader of the rows would."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Site, User
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.voids import void_encounter
from carepaths.models import Encounter, Outcome, Performance
from feedback.actions.earlier import Point, read_point
from feedback.actions.rollups import rebuild_all, refresh_all
from feedback.core.earlier import Earlier, earlier_at
from feedback.core.stats import exact_interval
from feedback.core.tally import Fact, Tally
from feedback.models import PointTotal, Unsummed
from scamps.models import Version
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    episode,
    publish,
    signed,
)
from tests.factories import SiteFactory, UserFactory
from tests.feedback.cohorts import START, Maker
from tests.feedback.recount import Recount

ORIGINS = ("prospective", "retrospective")
LATE = START + timedelta(days=1000)


def found(
    version: Version, node: str, sites: list[Site], at=LATE
) -> dict[str, Earlier]:
    reading = read_point(Point(version, node, tuple(sites)), at)
    return {group.origin: group for group in reading.groups}


@pytest.fixture
def cohort(version: Version, sites: list[Site], clinician: User) -> list[Site]:
    Maker(version, clinician, seed=1, origins=ORIGINS).cohort(sites, patients=60)
    sandbox = SiteFactory(is_sandbox=True)
    Maker(version, clinician, seed=2, origins=("sandbox",)).cohort([sandbox], 10)
    rebuild_all(at=LATE)
    return [*sites, sandbox]


def nodes_of(version: Version) -> list[str]:
    return [node.key for node in version.plan.nodes if node.kind == "recommend"]


def first_comers(count: Recount, node: str) -> dict[int, Encounter]:
    """Of each patient the first encounter, by visit time, that came to *node*."""
    first: dict[int, Encounter] = {}
    for encounter in count.encounters:
        if node in count.path(encounter):
            first.setdefault(encounter.enrolment.patient_id, encounter)
    return first


@pytest.mark.parametrize("origin", ORIGINS)
def test_what_is_told_equals_a_naive_recount(
    version: Version, cohort: list[Site], origin: str
) -> None:
    real = cohort[:2]
    count = Recount(version, real, origin, LATE)
    outcomes = count.last(
        Outcome.objects.all(), lambda row: (row.enrolment_id, row.key), "outcome"
    )
    seen = 0

    for node in nodes_of(version):
        group = found(version, node, real)[origin]
        first = first_comers(count, node)
        assert group.patients == len(first)
        assert group.encounters == count.nodes()[node]
        for fate in group.fates:
            rows = [outcomes.get((e.enrolment_id, fate.key)) for e in first.values()]
            values = [row.value if row else None for row in rows]
            known = [value for value in values if value is not None]
            assert (fate.known, fate.missing) == (len(known), values.count(None))
            assert fate.not_due == 0
            if fate.share:
                seen += 1
                low, high = exact_interval(known.count(True), len(known))
                assert fate.share.events == known.count(True)
                assert (fate.share.low, fate.share.high) == (100 * low, 100 * high)
    assert seen >= 8


@pytest.mark.parametrize("origin", ORIGINS)
def test_what_was_done_equals_a_naive_recount(
    version: Version, cohort: list[Site], origin: str
) -> None:
    real = cohort[:2]
    count = Recount(version, real, origin, LATE)
    performed = count.last(
        Performance.objects.all(), lambda row: (row.encounter_id, row.resource)
    )
    expected: dict[tuple[str, str], Counter[str]] = {}
    for encounter, opportunity, _ in count.decided():
        row = performed.get((encounter.pk, opportunity.resource))
        key = opportunity.node, opportunity.action
        expected.setdefault(key, Counter())[row.status if row else "unknown"] += 1
    decided = count.opportunities()

    for node in nodes_of(version):
        for one in found(version, node, real)[origin].done:
            statuses = expected[node, one.key]
            done = one.done.events if one.done else 0
            assert done == statuses["done"]
            known = one.done.total if one.done else 0
            assert known == statuses["done"] + statuses["not-done"]
            assert one.status_unknown == statuses["unknown"]
            row = decided[node, one.key]
            assert dict(one.choices).get("missing", 0) == row.get("missing", 0)
            assert bool(one.followed) is bool(row["decided"])
            if one.followed:
                assert one.followed.events == row.get("followed", 0)
                assert one.followed.total == row["decided"]
                assert one.followed.patients == row["patients"]


def naive_groups(count: Recount, node: str) -> dict[tuple[str, str], dict[str, list]]:
    """(outcome, action) → choice → values of the first comers, None if not known."""
    outcomes = count.last(
        Outcome.objects.all(), lambda row: (row.enrolment_id, row.key), "outcome"
    )
    decisions = {(o.encounter_id, o.action): d for _, o, d in count.decided()}
    found: dict[tuple[str, str], dict[str, list]] = {}
    for encounter, action, outcome in product(
        first_comers(count, node).values(),
        count.plan.node[node].actions,
        count.plan.outcomes,
    ):
        groups = found.setdefault((outcome.key, action.key), {})
        decision = decisions.get((encounter.pk, action.key))
        row = outcomes.get((encounter.enrolment_id, outcome.key))
        choice = decision.choice if decision else "missing"
        groups.setdefault(choice, []).append(row.value if row else None)
    return found


def test_a_split_is_of_affected_outcomes_in_large_enough_groups(
    version: Version, cohort: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.core.earlier.LEAST", 2)  # a small cohort is faster
    sites = cohort[:2]
    count = Recount(version, sites, "prospective", LATE)
    affected = {
        o.key: str(o.label) for o in version.plan.outcomes if o.affected_by_action
    }
    shown = withheld = 0

    for node in nodes_of(version):
        splits = found(version, node, sites)["prospective"].splits
        told = {(s.outcome, s.action): {p.choice: p for p in s.groups} for s in splits}
        words = {
            a.key: str(a.words).rstrip(".") for a in version.plan.node[node].actions
        }
        for (key, action), groups in naive_groups(count, node).items():
            split = told.pop((affected.get(key, ""), words[action]), None)
            both = [groups.get(choice, []) for choice in ("followed", "deviated")]
            least = min(len(values) - values.count(None) for values in both)
            assert bool(split) is (key in affected and least >= 2)
            withheld, shown = withheld + (not split), shown + bool(split)
            for choice, part in (split or {}).items():
                missing = groups[choice].count(None)
                assert (part.known, part.missing) == (
                    len(groups[choice]) - missing,
                    missing,
                )
                if part.share:
                    assert part.share.events == groups[choice].count(True)
        assert not told
    assert min(shown, withheld) > 1


@pytest.mark.parametrize(("deviated", "is_shown"), [(9, False), (10, True)])
def test_a_split_needs_ten_known_in_each_group(
    version: Version, deviated: int, is_shown: bool
) -> None:
    def fact(key: str, choice: str, value: str, amount: int) -> Fact:
        return Fact("split", "low", key, f"observe {choice} {value}", True, amount)

    facts = [Fact("reached", "low", "", "", True, 50)]
    for key in ("later_surgery", "appendicitis"):  # the second is a diagnosis
        facts += [
            fact(key, "followed", "false", 30),
            fact(key, "deviated", "true", deviated),
            fact(key, "deviated", "", 7),
        ]

    group = earlier_at(version.plan, "low", "prospective", Tally(facts))

    assert [split.outcome for split in group.splits] == (
        ["Operated on after a start without an operation"] if is_shown else []
    )


def test_a_diagnosis_is_not_even_counted_by_decision(
    version: Version, cohort: list[Site]
) -> None:
    items = {
        item
        for total in PointTotal.objects.all()
        for measure, item, *_ in total.facts
        if measure == "split"
    }

    assert items
    assert items <= {o.key for o in version.plan.outcomes if o.affected_by_action}
    assert "appendicitis" not in items


def test_origins_and_realms_are_told_apart(
    version: Version, cohort: list[Site]
) -> None:
    *real, sandbox = cohort
    node = nodes_of(version)[0]

    assert set(found(version, node, real)) == set(ORIGINS)
    assert set(found(version, node, [sandbox])) == {"sandbox"}
    one, other = (found(version, node, [site])["prospective"] for site in real)
    both = found(version, node, real)["prospective"]
    assert one.patients + other.patients == both.patients


@pytest.fixture
def fever(db: None) -> Version:
    return publish()


def kept() -> list[tuple]:
    return sorted(
        PointTotal.objects.values_list("version", "site", "origin", "node", "facts"),
        key=str,
    )


def test_marks_and_rebuilding_give_the_same_totals(fever: Version) -> None:
    site, by = SiteFactory(), UserFactory()
    follow = {"home/watch": {"choice": "followed"}}
    first = episode(scamp=fever.scamp, site=site)
    visit = signed(first, by=by, intentions=follow, **HOME)
    refresh_all(at=LATE)
    signed(first, by=by, visit_time=NOON - 40 * DAY, at=NOON, **HOME)
    signed(episode(scamp=fever.scamp, site=site), by=by, **OPERATE)
    refresh_all(at=LATE)
    told = {"known_how": "asked", "by": by, "at": NOON}
    record_outcome(enrolment=first, key="ill", value=True, **told)
    refresh_all(at=LATE)
    void_encounter(encounter=visit, reason="wrong", by=UserFactory(), at=NOON)
    refresh_all(at=LATE)
    before = kept()

    call_command("rebuild_rollups")

    assert len(before) == 2
    assert kept() == before
    assert not Unsummed.objects.exists()
    assert found(fever, "home", [site])["prospective"].patients == 1


def test_a_point_that_nobody_is_counted_at_any_more_is_gone(fever: Version) -> None:
    site = SiteFactory()
    visit = signed(episode(scamp=fever.scamp, site=site), **OPERATE)
    refresh_all(at=LATE)
    assert set(found(fever, "operate", [site])) == {"prospective"}

    void_encounter(encounter=visit, reason="wrong", by=UserFactory(), at=NOON)
    refresh_all(at=LATE)

    assert found(fever, "operate", [site]) == {}
    assert not PointTotal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_bucket_counted_while_a_place_is_added_up_is_added_up_next() -> None:
    from feedback.actions.rollups import marked_buckets, refresh_bucket
    from feedback.actions.totals import add_up, unsummed_places
    from tests.feedback.test_rollups import before_statement

    version, site = publish(), SiteFactory()
    number, statements, missed = 0, ["?"], 0

    while number <= len(statements):
        signed(episode(scamp=version.scamp, site=site), **OPERATE)
        for key in marked_buckets():
            refresh_bucket(key=key, at=NOON)
        [place] = unsummed_places()
        signed(episode(scamp=version.scamp, site=site), **OPERATE)

        keys = marked_buckets()

        def count_another(keys: list = keys) -> None:
            in_another_connection(keys, refresh_bucket)

        with before_statement(number, count_another) as statements:
            add_up(place=place, at=NOON)
        total = found(version, "operate", [site])["prospective"].patients
        missed += total < Encounter.objects.count()
        refresh_all(at=NOON)

        total = found(version, "operate", [site])["prospective"].patients
        assert total == Encounter.objects.count(), statements[number:][:1]
        number += 1

    assert any("DELETE" in sql and "unsummed" in sql for sql in statements)
    assert 1 < missed < number  # both happened: seen at once, and left for the next


def in_another_connection(keys, refresh_bucket) -> None:
    from threading import Thread

    errors: list[BaseException] = []

    def run() -> None:
        try:
            for key in keys:
                assert refresh_bucket(key=key, at=NOON)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(30)
    assert not errors


def test_an_outcome_is_told_when_its_window_has_closed(db: None) -> None:
    version = publish_with_window()
    site, by = SiteFactory(), UserFactory()
    one = episode(scamp=version.scamp, site=site)
    signed(one, by=by, **HOME)
    record_outcome(
        enrolment=one, key="ill", value=True, known_how="asked", by=by, at=NOON
    )
    refresh_all(at=NOON)

    def fate(days: int):
        group = found(version, "home", [site], NOON + days * DAY)["prospective"]
        return next(fate for fate in group.fates if fate.key == "ill")

    assert (fate(30).known, fate(30).not_due) == (0, 1)
    assert (fate(31).known, fate(31).not_due) == (1, 0)
    refresh_all(at=NOON + 40 * DAY)
    rebuild_all(at=NOON + 40 * DAY)
    assert (fate(41).known, fate(41).not_due) == (1, 0)
    assert not any(day for t in PointTotal.objects.all() for *_, day, _ in t.facts)


def publish_with_window() -> Version:
    closing = "    known_how: Asked.\n    window: P30D\n"
    return publish(replacing=("    known_how: Asked.\n", closing))
