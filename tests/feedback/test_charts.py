"""Drawings and exports as numbers: nothing overlaps, nothing small gets out."""

from __future__ import annotations

import csv
from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as patience
from hypothesis import strategies as st

from feedback.core.charts import statement_chart
from feedback.core.export import TABLES, as_csv
from feedback.core.releases import CHOICES
from feedback.core.tree import Traffic, draw
from scamps.core.definition import Plan, load_yaml

LIBRARY = sorted((settings.BASE_DIR / "library").glob("*/plan.yaml"))


def plan_of(path: Path) -> Plan:
    return load_yaml(path.read_text(encoding="utf-8"), path.name)


def traffic(plan: Plan, each: int) -> Traffic:
    """The same number of patients everywhere."""
    nodes = [node.key for node in plan.nodes]
    return Traffic(
        encounters=dict.fromkeys(nodes, each),
        edges=dict.fromkeys(combinations(nodes, 2), each),
        stopped=dict.fromkeys(nodes, 1),
        deviated=dict.fromkeys(nodes, each // 2),
        deviation_word="deviated",
    )


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.parent.name)
def test_no_box_overlaps_another_or_leaves_the_drawing(path: Path) -> None:
    plan = plan_of(path)

    tree = draw(plan, traffic(plan, 1234))

    assert len(tree.boxes) == len(plan.nodes)
    for one, other in combinations(tree.boxes, 2):
        is_beside = one.x != other.x
        below = one.top + one.height <= other.top or other.top + other.height <= one.top
        assert is_beside or below, (one.key, other.key)
    for box in tree.boxes:
        assert box.top >= 0
        assert box.top + box.height <= tree.height
        assert len(box.title) <= 3
        for y, _, _ in box.lines:
            assert box.top < y < box.top + box.height


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.parent.name)
def test_a_plan_that_nobody_walked_is_drawn_too(path: Path) -> None:
    plan = plan_of(path)

    tree = draw(plan, Traffic({}, {}, {}, {}, "deviated"))

    assert {band.count for band in tree.bands} == {0}
    assert tree.stubs == ()


def test_a_band_is_as_wide_as_its_patients() -> None:
    plan = plan_of(LIBRARY[0].parent.parent / "suspected-appendicitis" / "plan.yaml")
    edges = {
        ("risk", "low"): 100,
        ("risk", "image"): 300,
        ("presentation", "guarding"): 400,
    }

    tree = draw(plan, Traffic({"presentation": 400}, edges, {}, {}, "deviated"))

    widths = {band.count: band.width for band in tree.bands if band.count}
    assert widths[100] * 3 == pytest.approx(widths[300], abs=0.2)
    assert widths[100] + widths[300] == pytest.approx(widths[400], abs=0.2)


@patience(deadline=None)
@given(
    st.sampled_from(["< 5 %", "> 80 %", "< 15 %", "> 0.5 %", "< 99 %"]),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_a_statement_stays_within_its_drawing(
    prediction: str, one: float, other: float
) -> None:
    low, high = sorted([one, other])
    row = {"prediction": prediction, "percent": low, "interval": [low, high]}

    chart = statement_chart(row)

    assert 0 <= chart.dot.low <= chart.dot.x <= chart.dot.high <= 330
    assert 0 <= chart.edge <= 330
    assert chart.shade_x + chart.shade_width == pytest.approx(
        chart.edge if prediction.startswith("<") else 330
    )


def test_an_export_before_the_plan_speaks_of_concordance() -> None:
    row = {"node": "low", "action": "no-scan"} | dict.fromkeys(CHOICES, 0)
    row |= {"followed": 20, "modified": 11, "deviated": 80}
    row |= {"deviated_percent": 80.0, "interval": [70.0, 88.0]}
    report = {"origin": "retrospective", "encounters": 111} | {
        table: [] for table in TABLES
    }
    report["opportunities"] = [row]

    [line] = csv.DictReader(StringIO(as_csv(report, "opportunities")))

    assert line["discordant"] == "80"
    assert line["concordant"] == "20"
    assert float(line["discordant_percent"]) == pytest.approx(100 * 80 / 110)
    assert "deviated" not in line
