"""Report and roll-ups count what a naive recount of the same rows counts."""

from datetime import timedelta
from itertools import pairwise

import pytest

from accounts.models import Site, User
from carepaths.models import Encounter
from feedback.actions.live import live_report
from feedback.actions.reports import compute
from feedback.actions.rollups import rebuild_all
from feedback.core.stats import exact_interval
from scamps.models import Version
from tests.factories import SiteFactory
from tests.feedback.cohorts import START, Maker
from tests.feedback.recount import Recount, as_counted, exact

ORIGINS = ("prospective", "retrospective")
EARLY, MIDDLE, LATE = (START + timedelta(days=days) for days in (120, 180, 1000))


@pytest.fixture
def cohort(version: Version, sites: list[Site], clinician: User) -> list[Site]:
    Maker(version, clinician, seed=1, origins=ORIGINS).cohort(sites, patients=50)
    sandbox = SiteFactory(is_sandbox=True)
    Maker(version, clinician, seed=2, origins=("sandbox",)).cohort([sandbox], 10)
    return [*sites, sandbox]


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("cut_off", [EARLY, MIDDLE, LATE])
def test_report_equals_a_naive_recount(
    version: Version, cohort: list[Site], origin: str, cut_off
) -> None:
    real = cohort[:2]

    report = compute(version=version, sites=real, origin=origin, cut_off=cut_off)

    expected = Recount(version, real, origin, cut_off).tables()
    assert expected["encounters"] > 5
    assert as_counted(report) == expected


def test_an_early_report_is_rebuilt_from_later_rows(
    version: Version, sites: list[Site], clinician: User
) -> None:
    maker = Maker(version, clinician, seed=3)
    maker.cohort(sites, patients=10)
    before = compute(version=version, sites=sites, cut_off=EARLY)

    for encounter in Encounter.objects.signed().unvoided():
        if encounter.signed_at <= EARLY:
            maker.revision(encounter, 9, "amended", maker.path(), LATE)
            for opportunity in encounter.opportunities.all():
                maker.decision(opportunity, LATE)
            maker.performances(encounter, LATE)
            maker.void(LATE, encounter=encounter)

    assert compute(version=version, sites=sites, cut_off=EARLY) == before
    later = compute(version=version, sites=sites, cut_off=LATE + timedelta(days=99))
    assert before["encounters"] > 0
    assert later["voided"] >= before["voided"] + before["encounters"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_roll_ups_equal_the_report_and_the_recount(
    version: Version, cohort: list[Site], origin: str
) -> None:
    real = cohort[:2]

    rebuild_all(at=LATE)

    live = live_report(version=version, sites=real, origin=origin, at=LATE)
    report = compute(version=version, sites=real, origin=origin, cut_off=LATE)
    assert live == report
    assert as_counted(live) == Recount(version, real, origin, LATE).tables()


def test_roll_ups_of_one_site_are_those_of_its_rows(
    version: Version, cohort: list[Site]
) -> None:
    rebuild_all(at=LATE)

    for site in cohort[:2]:
        live = live_report(version=version, sites=[site], origin=ORIGINS[0], at=LATE)
        assert live == compute(
            version=version, sites=[site], origin=ORIGINS[0], cut_off=LATE
        )


def test_sandbox_and_real_are_never_counted_together(
    version: Version, cohort: list[Site]
) -> None:
    *real, sandbox = cohort

    made_up = compute(version=version, sites=[sandbox], cut_off=LATE)

    assert made_up["origin"] == "sandbox"
    assert as_counted(made_up) == Recount(version, [sandbox], "sandbox", LATE).tables()
    assert compute(version=version, sites=real, cut_off=LATE)["origin"] == "prospective"


def test_identities_hold_within_a_report(version: Version, cohort: list[Site]) -> None:
    report = compute(version=version, sites=cohort[:2], cut_off=LATE)

    for row in report["opportunities"]:
        choices = ("followed", "modified", "deviated", "deferred", "not_applicable")
        assert row["opportunities"] == sum(row[c] for c in choices) + row["missing"]
    entered = {row["node"]: row["encounters"] for row in report["nodes"]}
    assert entered["presentation"] == report["encounters"]
    left = sum(row["episodes"] for row in report["outcomes"] if row["node"])
    assert left == report["episodes"] * len(version.plan.outcomes)
    assert report["managed_without_plan"] > 0
    for lower, upper in pairwise([0, *_bounds(report), 100]):
        assert lower <= upper


def _bounds(report: dict) -> list[float]:
    row = report["adherence"][0]
    bounds = row["at_least_percent"], row["followed_percent"], row["at_most_percent"]
    return list(bounds)


def test_intervals_are_exact_where_each_patient_decides_once(
    version: Version, cohort: list[Site]
) -> None:
    report = compute(version=version, sites=cohort[:2], cut_off=LATE)
    rows = list(zip(report["opportunities"], report["adherence"], strict=True))

    once = [row for row, beside in rows if not beside["is_clustered"]]
    often = [(row, beside) for row, beside in rows if beside["is_clustered"]]

    assert often
    for row in once:
        total = row["followed"] + row["modified"] + row["deviated"]
        if total:
            assert row["interval"] == pytest.approx(exact(row["deviated"], total))
    for row, beside in often:
        total = beside["decided"]
        alone = [100 * limit for limit in exact_interval(row["deviated"], total)]
        assert row["interval"][0] <= alone[0] + 1e-9
        assert row["interval"][1] >= alone[1] - 1e-9
