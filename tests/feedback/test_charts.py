"""Drawings and exports as numbers: nothing overlaps, nothing small gets out."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as patience
from hypothesis import strategies as st

from feedback.core.charts import statement_chart
from feedback.core.export import as_csv, rounded
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


@given(st.lists(st.integers(0, 60), min_size=6, max_size=6))
def test_no_small_count_follows_from_what_an_export_shows(counts: list[int]) -> None:
    names = (
        "followed",
        "modified",
        "deviated",
        "deferred",
        "not_applicable",
        "missing",
    )
    row = dict(zip(names, counts, strict=True)) | {"opportunities": sum(counts)}

    shown = rounded(row)

    for name, count in row.items():
        if 0 < count < 5:
            assert shown[name] == "<5"
        else:
            assert shown[name] % 5 == 0
    hidden = [name for name in names if shown[name] == "<5"]
    if len(hidden) == 1:
        ranges = [could_be(shown[name]) for name in names if name not in hidden]
        least, most = (sum(ends) for ends in zip(*ranges, strict=True))
        low, high = could_be(shown["opportunities"])
        possible = [n for n in (1, 2, 3, 4) if least + n <= high and most + n >= low]
        assert len(possible) > 1  # the total minus the others does not tell which


def could_be(shown: int | str) -> tuple[int, int]:
    """The least and the most that a rounded count may have been."""
    if shown == "<5":
        return 1, 4
    return (shown, shown) if shown == 0 else (max(5, shown - 2), shown + 2)


def test_an_export_before_the_plan_speaks_of_concordance() -> None:
    row = {"node": "low", "followed": 20, "modified": 0, "deviated": 80}
    row |= {"deviated_percent": 80.0, "interval": [70.0, 88.0]}
    report = {"origin": "retrospective", "opportunities": [row]}

    [line] = csv.DictReader(StringIO(as_csv(report, "opportunities")))

    assert line["discordant"] == "80"
    assert line["concordant"] == "20"
    assert Decimal(line["discordant_percent"]) == 80
    assert "deviated" not in line
