"""Control charts and funnels as drawn: everything inside, the table says the same."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.core.funnel_picture import sites_of
from feedback.core.over_time import quarters, series_of
from feedback.core.pictures import SHAPES, axis_of
from feedback.core.spc import Line, Mark, Sample, chart
from feedback.core.spc.drawing import PLANE, answer, picture, table

MONTHS = st.lists(
    st.integers(1, 200).flatmap(
        lambda size: st.tuples(st.integers(0, size), st.just(size))
    ),
    min_size=1,
    max_size=40,
)


def samples(rows: list[tuple[int, int]]) -> list[Sample]:
    return [
        Sample(f"{2020 + i // 12}-{i % 12 + 1:02}", *row) for i, row in enumerate(rows)
    ]


def numbers(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", path)]


@settings(deadline=None, max_examples=60)
@given(MONTHS, st.integers(0, 39))
def test_a_control_chart_stays_within_its_frame(
    rows: list[tuple[int, int]], at: int
) -> None:
    found = samples(rows)
    month = found[min(at, len(found) - 1)].at
    drawn = chart("p", found, marks=[Mark("rebase", month, "A new level")])

    drawing = picture(drawn, " %")

    for shape in drawing.shapes:
        assert PLANE.left <= shape.x <= PLANE.end
        assert PLANE.top <= shape.y <= PLANE.floor
    for phase in drawing.phases:
        for height in numbers(" ".join(re.findall(r"V[\d.]+", phase.high + phase.low))):
            assert PLANE.top <= height <= PLANE.floor
    assert len(table(drawn)) == len(drawing.shapes)
    assert len(drawing.x_ticks) <= 8


def test_a_chart_draws_where_versions_began_and_limits_were_rebased() -> None:
    rows = samples([(60, 100)] * 30)
    marks = [Mark("rebase", "2021-07", "A new level")]

    drawn = chart("p", rows, marks=marks, lines=[Line("2021-01", "Version 2")])
    drawing = picture(drawn)

    assert [(u.words, u.is_rebase) for u in drawing.uprights] == [
        ("Version 2", False),
        ("rebased", True),
    ]
    assert drawing.uprights[0].words_y != drawing.uprights[1].words_y
    xs = [shape.x for shape in drawing.shapes]
    assert xs[11] < drawing.uprights[0].x < xs[12]


def test_a_gap_in_the_months_is_a_gap_in_the_chart() -> None:
    rows = [Sample(f"2020-{m:02}", 6, 10) for m in (1, 2, 6)]

    one, two, six = (shape.x for shape in picture(chart("p", rows)).shapes)

    assert six - two == pytest.approx(4 * (two - one), rel=0.02)


def test_the_answer_is_a_sentence() -> None:
    calm = [(58 + 5 * i % 7, 100) for i in range(24)]

    assert answer(chart("p", samples(calm[:5]))).startswith("No limits yet")
    assert "Nothing but chance in 24 months" in answer(chart("p", samples(calm)))
    moved = chart("p", samples([*calm, (95, 100)]))
    assert "the last one among them" in answer(moved)
    settled = chart("p", samples([*calm, (95, 100), (60, 100)]))
    assert "the last in Jan 2022" in answer(settled)


def test_meanings_differ_in_shape_not_only_in_colour() -> None:
    assert len(set(SHAPES.values())) == 4


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_an_axis_is_round_and_holds_its_values(values: list[float]) -> None:
    axis = axis_of(values, 100, 0, top=100)

    assert axis.low <= min(values) + 1e-6
    assert axis.high >= max(values) - 1e-6
    assert 0 <= axis.low < axis.high <= 100 + 1e-6
    assert 2 <= len(axis.ticks()) <= 9


def test_sites_are_drawn_from_published_figures_only() -> None:
    counts = {f"Site {i}": (70 + i, 33 - i) for i in range(14)}
    counts |= {"Tiny": (50, 3), "Odd": (30, 90)}

    sites = sites_of(counts)

    shown = {row.name: row for row in sites.rows}
    assert shown["Tiny"].standing == "too small to be shown"
    assert (shown["Tiny"].events, shown["Tiny"].total) == ("50", "50 to 57")
    assert shown["Site 1"].events == "70"
    assert shown["Odd"].standing == "more than chance"
    assert "Odd" in sites.answer
    titles = " ".join(shape.title for shape in sites.picture.shapes)
    assert "Tiny" not in titles
    assert all(n % 5 == 0 for n in map(int, re.findall(r"of (\d+)", titles)))


def test_one_site_is_no_funnel() -> None:
    sites = sites_of({"A": (50, 50), "B": (3, 4)})

    assert sites.picture is None
    assert "No two sites" in sites.answer


def test_a_series_adds_up_versions_and_says_when_the_second_began() -> None:
    rows = [
        (1, date(2026, 1, 1), 5, 10),
        (1, date(2026, 2, 1), 6, 10),
        (2, date(2026, 2, 1), 3, 4),
        (1, None, 1, 2),
    ]

    found = series_of(rows)

    assert found.samples == (Sample("2026-01", 5, 10), Sample("2026-02", 9, 14))
    assert found.lines == (Line("2026-02", "Version 2"),)
    assert found.undated == 2
    assert quarters(found.samples) == [Sample("2026-01", 14, 24)]
