"""The command `build_report`: its JSON is a contract, its errors are sentences."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Site, User
from feedback.models import Report
from scamps.models import Version
from tests.factories import SiteFactory
from tests.feedback.cohorts import Maker

NAME = "suspected-appendicitis"
TABLES = {
    "nodes": ["node", "encounters"],
    "stopped": ["node", "waiting_for", "encounters"],
    "opportunities": [
        "node", "action", "direction", "opportunities", "followed", "modified",
        "deviated", "deferred", "not_applicable", "missing", "deviated_percent",
        "interval",
    ],
    "not_advised": ["resource", "node", "encounters"],
    "statements": [
        "key", "events", "total", "outcome_missing", "percent", "interval",
        "prediction", "verdict",
    ],
}  # fmt: skip


@pytest.fixture
def counted(version: Version, sites: list[Site], clinician: User) -> None:
    Maker(version, clinician, seed=4).cohort(sites, patients=10)
    sandbox = SiteFactory(is_sandbox=True)
    Maker(version, clinician, seed=5, origins=("sandbox",)).cohort([sandbox], 4)


def build(*arguments: str) -> dict:
    out = StringIO()
    call_command("build_report", NAME, "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.usefixtures("counted")
def test_the_keys_are_those_that_were_published(version: Version) -> None:
    report = build()

    assert list(report)[:11] == [
        "scamp", "version", "digest", "cut_off", "origin", "encounters", "nodes",
        "stopped", "opportunities", "not_advised", "statements",
    ]  # fmt: skip
    assert (report["scamp"], report["version"]) == (NAME, 1)
    assert report["digest"] == version.content_id
    for table, columns in TABLES.items():
        assert report[table], table
        assert all(list(row) == columns for row in report[table])


@pytest.mark.usefixtures("counted")
def test_rows_stand_in_the_order_of_the_plan(version: Version) -> None:
    report = build()

    order = [node.key for node in version.plan.nodes]
    places = [order.index(row["node"]) for row in report["nodes"]]
    assert places == sorted(places)
    places = [order.index(row["node"]) for row in report["opportunities"]]
    assert places == sorted(places)


@pytest.mark.usefixtures("counted")
def test_sandbox_is_asked_for(version: Version) -> None:
    real, made_up = build(), build("--sandbox")

    assert (real["origin"], made_up["origin"]) == ("prospective", "sandbox")
    assert build("--origin", "sandbox")["encounters"] == 0
    assert made_up["encounters"] > 0


@pytest.mark.usefixtures("counted")
def test_a_cut_off_before_everything_leaves_nothing(version: Version) -> None:
    report = build("--cut-off", "2020-01-01")

    assert report["cut_off"] == "2020-01-01T00:00:00+00:00"
    assert report["encounters"] == 0
    assert report["opportunities"] == []
    assert [row["verdict"] for row in report["statements"]] == ["undecided"] * 3
    assert [row["interval"] for row in report["statements"]] == [None] * 3


@pytest.mark.usefixtures("counted")
def test_the_text_says_the_same(version: Version) -> None:
    out = StringIO()

    call_command("build_report", NAME, stdout=out)

    report = build()
    assert f"{report['encounters']} encounters" in out.getvalue()
    assert "operate-high" in out.getvalue()


@pytest.mark.usefixtures("counted")
def test_saving_twice_at_one_cut_off_gives_one_digest(version: Version) -> None:
    for _ in range(2):
        build("--cut-off", "2026-05-01T00:00Z", "--save")

    digests = set(Report.objects.values_list("digest", flat=True))
    assert Report.objects.count() == 2
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-plan"], "There is no Scamp “no-such-plan”"),
        ([NAME, "--version", "7"], "no version 7"),
        ([NAME, "--cut-off", "soon"], "not a time"),
    ],
    ids=["scamp", "version", "cut-off"],
)
def test_a_mistake_is_told_in_a_sentence(
    version: Version, arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        call_command("build_report", *arguments)

    assert refused.value.returncode == 1


def test_without_any_row_there_is_a_report(version: Version, sites: list[Site]) -> None:
    report = build()

    assert report["encounters"] == 0
    assert report["origin"] == "retrospective"
    assert build("--sandbox")["origin"] == "sandbox"
