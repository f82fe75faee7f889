"""The report on 782 real patients equals a count made by hand from the file itself.

Everything here is written anew from the words of the plan: its own reading of the file,
its own arithmetic, its own walk. The product's importer, walk and report are on the
other side.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Site
from feedback.actions.live import live_report
from feedback.actions.rollups import refresh_all
from scamps.models import Version
from tests.feedback.recount import exact

OPERATED = {"primary surgical", "simultaneous appendectomy"}
OBSERVED = {"conservative", "secondary surgical"}
SCORE = {  # column → points
    "Migratory_Pain": 1,
    "Loss_of_Appetite": 1,
    "Nausea": 1,
    "Coughing_Pain": 2,
    "Lower_Right_Abd_Pain": 2,
    "Neutrophilia": 1,
}
ELEMENT = {
    "Migratory_Pain": "pain_migration",
    "Loss_of_Appetite": "anorexia",
    "Nausea": "nausea",
    "Coughing_Pain": "cough_pain",
    "Lower_Right_Abd_Pain": "rlq_tenderness",
    "Neutrophilia": "neutrophilia",
    "Body_Temperature": "temperature",
    "WBC_Count": "wbc",
}
ADVICE = {
    "operate-peritonitis": [("operate", "surgery")],
    "low": [("no-ultrasound", "ultrasound"), ("observe", "conservative")],
    "image": [("ultrasound", "ultrasound")],
    "observe-unseen": [("observe", "conservative")],
    "operate-positive": [("operate", "surgery")],
    "observe-negative": [("observe", "conservative")],
    "operate-high": [("operate", "surgery")],
}
STATEMENTS = {
    "low-is-safe": ("low", "<", 5),
    "high-is-appendicitis": ("operate-high", ">", 80),
    "unseen-is-safe": ("observe-unseen", "<", 15),
}

Row = dict[str, str]


def number(row: Row, column: str, low: int, high: int) -> Decimal | None:
    """A cell as a number; empty or impossible is unknown."""
    try:
        value = Decimal(row[column].replace(",", "."))
    except InvalidOperation:
        return None
    return value if low <= value <= high else None


def score(row: Row) -> tuple[int | None, set[str]]:
    """The Pediatric Appendicitis Score, or what it lacks: strictly all its items."""
    lacking = {ELEMENT[column] for column in SCORE if row[column] not in {"yes", "no"}}
    points = sum(points for column, points in SCORE.items() if row[column] == "yes")
    temperature = number(row, "Body_Temperature", 25, 45)
    cells = number(row, "WBC_Count", 0, 500)
    if temperature is None:
        lacking.add("temperature")
    elif round(temperature, 1) >= 38:
        points += 1
    if cells is None:
        lacking.add("wbc")
    elif cells >= 10:
        points += 1
    return (None if lacking else points), lacking


def walk(row: Row) -> tuple[list[str], set[str]]:
    """The nodes a patient passes, and what is waited for if it stops."""
    path = ["presentation", "guarding"]
    if row["Peritonitis"] not in {"no", "local", "generalized"}:
        return path, {"peritonitis"}
    if row["Peritonitis"] == "generalized":
        return [*path, "operate-peritonitis"], set()
    path.append("risk")
    points, lacking = score(row)
    if points is None:
        return path, lacking
    if points <= 3:
        return [*path, "low"], set()
    if points > 6:
        return [*path, "operate-high"], set()
    return finding(row, [*path, "image", "sonography", "finding"])


def finding(row: Row, path: list[str]) -> tuple[list[str], set[str]]:
    """What the ultrasound shows: asked only if it was done, and if it was seen."""
    if row["US_Performed"] != "yes":
        return path, {"us_performed"}
    if row["Appendix_on_US"] not in {"yes", "no"}:
        return path, {"appendix_seen"}
    if row["Appendix_on_US"] == "no":
        return [*path, "observe-unseen"], set()
    diameter = number(row, "Appendix_Diameter", 0, 60)
    if diameter is None:
        return path, {"appendix_diameter"}
    end = "operate-positive" if diameter >= 6 else "observe-negative"
    return [*path, end], set()


def done(row: Row) -> dict[str, bool | None]:
    """Of each resource, whether it was done; None if the file does not say."""
    scanned = {"yes": True, "no": False}.get(row["US_Performed"])
    operated = {**dict.fromkeys(OPERATED, True), **dict.fromkeys(OBSERVED, False)}.get(
        row["Management"]
    )
    return {
        "ultrasound": scanned,
        "surgery": operated,
        "conservative": None if operated is None else not operated,
    }


class ByHand:
    """Everything counted, row by row."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = len(rows)
        self.nodes: Counter[str] = Counter()
        self.stopped: Counter[tuple[str, ...]] = Counter()
        self.decisions: Counter[tuple[str, str, str]] = Counter()
        self.not_advised: Counter[tuple[str, str]] = Counter()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        for row in rows:
            self.count(row)

    def count(self, row: Row) -> None:
        path, lacking = walk(row)
        self.nodes.update(path)
        if lacking:
            self.stopped[path[-1], *sorted(lacking)] += 1
        advised = [
            (node, action, resource)
            for node in path
            for action, resource in ADVICE.get(node, [])
        ]
        was = done(row)
        for node, action, resource in advised:
            self.decisions[node, action, self.decision(action, was[resource])] += 1
        about = {resource for *_, resource in advised}
        for resource, happened in was.items():
            if happened and resource not in about:
                self.not_advised[resource, path[-1]] += 1
        for key, (node, _, _) in STATEMENTS.items():
            if node in path:
                self.outcomes[key, row["Diagnosis"]] += 1

    @staticmethod
    def decision(action: str, happened: bool | None) -> str:
        if happened is None:
            return "missing"
        follows = happened is not action.startswith("no-")
        return "followed" if follows else "deviated"


@pytest.fixture
def by_hand(real_cohort: Path) -> ByHand:
    with real_cohort.open(encoding="utf-8-sig", newline="") as file:
        return ByHand(list(csv.DictReader(file, delimiter=";")))


@pytest.fixture
def report(real_cohort: Path, db: None) -> dict:
    """What the command prints after the cohort was imported."""
    call_command("sync_roles", stdout=StringIO())
    call_command("load_library", stdout=StringIO())
    mapping = settings.BASE_DIR / "library" / "suspected-appendicitis" / "cohort.yaml"
    scamp = "suspected-appendicitis"
    call_command(
        "import_cohort", scamp, real_cohort, mapping=mapping, stdout=StringIO()
    )
    out = StringIO()
    call_command("build_report", scamp, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_report_equals_a_count_by_hand(report: dict, by_hand: ByHand) -> None:
    assert report["origin"] == "retrospective"
    assert report["encounters"] == by_hand.rows == 782
    assert {r["node"]: r["encounters"] for r in report["nodes"]} == by_hand.nodes
    stopped = {
        (row["node"], *row["waiting_for"]): row["encounters"]
        for row in report["stopped"]
    }
    assert stopped == by_hand.stopped
    not_advised = {
        (row["resource"], row["node"]): row["encounters"]
        for row in report["not_advised"]
    }
    assert not_advised == by_hand.not_advised
    check_decisions(report, by_hand)
    check_statements(report, by_hand)
    check_live(report)


def check_decisions(report: dict, by_hand: ByHand) -> None:
    places = {(node, action) for node, action, _ in by_hand.decisions}
    assert {(r["node"], r["action"]) for r in report["opportunities"]} == places
    for row in report["opportunities"]:
        place = row["node"], row["action"]
        followed, deviated, missing = (
            by_hand.decisions[(*place, choice)]
            for choice in ("followed", "deviated", "missing")
        )
        assert (row["followed"], row["deviated"]) == (followed, deviated)
        assert row["missing"] == missing
        assert row["modified"] + row["deferred"] + row["not_applicable"] == 0
        assert row["opportunities"] == followed + deviated + missing
        total = followed + deviated
        assert row["deviated_percent"] == 100 * deviated / total
        assert row["interval"] == pytest.approx(exact(deviated, total))


def check_statements(report: dict, by_hand: ByHand) -> None:
    for row in report["statements"]:
        events = by_hand.outcomes[row["key"], "appendicitis"]
        total = events + by_hand.outcomes[row["key"], "no appendicitis"]
        reached = sum(
            n for (key, _), n in by_hand.outcomes.items() if key == row["key"]
        )
        low, high = exact(events, total)
        _, comparison, percent = STATEMENTS[row["key"]]
        verdict = "undecided"
        if high < percent or low > percent:
            verdict = (
                "supported" if (high < percent) == (comparison == "<") else "refuted"
            )

        assert (row["events"], row["total"]) == (events, total)
        assert row["outcome_missing"] == reached - total
        assert row["percent"] == 100 * events / total
        assert row["interval"] == pytest.approx([low, high])
        assert row["prediction"] == f"{comparison} {percent} %"
        assert row["verdict"] == verdict


def check_live(report: dict) -> None:
    """The roll-ups, counted from the marks of the import, say the same."""
    from django.utils import timezone

    refresh_all(at=timezone.now())
    live = live_report(
        version=Version.objects.get(scamp__key=report["scamp"]),
        sites=Site.objects.real(),
        origin="retrospective",
        at=timezone.now(),
    )
    assert json.loads(json.dumps(live)) | {"cut_off": ""} == report | {"cut_off": ""}
