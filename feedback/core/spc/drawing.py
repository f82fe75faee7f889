"""A control chart as a picture and as a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback.core.pictures import WORDS, Axis, Plane, Shape, Tick, axis_of, stepped
from feedback.core.spc.chart import Chart, Phase, Plotted
from feedback.core.spc.rules import RULES

PLANE = Plane(760, 300, left=48, right=14, top=40, bottom=30)
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


@dataclass(frozen=True)
class PhaseLines:
    """The centre line and the limits of a phase; paths, "" where there are none."""

    centre: str
    high: str
    low: str
    is_trial: bool


@dataclass(frozen=True)
class Upright:
    """An upright line with words at its top, in one of two rows."""

    x: float
    words: str
    words_y: float
    anchor: str
    is_rebase: bool


@dataclass(frozen=True)
class Picture:
    plane: Plane
    shapes: tuple[Shape, ...]
    line: str
    phases: tuple[PhaseLines, ...]
    uprights: tuple[Upright, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class TableRow:
    """A point in words. value, low, centre and high are percents of a p chart."""

    at: str
    amount: float
    size: float
    value: float
    low: float | None
    centre: float | None
    high: float | None
    signals: tuple[str, ...]
    meaning: str


def picture(chart: Chart, unit: str = "") -> Picture | None:
    """Draw *chart*; None without points. Values of a p chart are drawn in percent."""
    if not chart.points:
        return None
    percent = 100.0 if chart.kind == "p" else 1.0
    across = _across(chart)
    up = axis_of(
        [value * percent for value in _heights(chart)],
        PLANE.floor,
        PLANE.top,
        top=100 if chart.kind == "p" else None,
    )
    shapes = tuple(_shape(p, across, up, percent, unit) for p in chart.points)
    return Picture(
        plane=PLANE,
        shapes=shapes,
        line="M" + "L".join(f"{shape.x} {shape.y}" for shape in shapes),
        phases=tuple(_lines(chart, p, across, up, percent) for p in chart.phases),
        uprights=_uprights(chart, across),
        x_ticks=_x_ticks(chart, across),
        y_ticks=up.ticks(unit),
    )


def _heights(chart: Chart) -> list[float]:
    found = [point.value for point in chart.points]
    for point in chart.points:
        if point.band:
            limits = (point.band.low, point.band.high, point.band.centre)
            found += [limit for limit in limits if limit is not None]
    return found


def _number(at: str) -> float:
    """Months since the year 0 of "2026-03"."""
    year, month = at.split("-")[:2]
    return int(year) * 12 + int(month) - 1


def _across(chart: Chart) -> Axis:
    """An axis of months, half a step wider than the points on either side."""
    numbers = [_number(point.sample.at) for point in chart.points]
    pad = max(0.5, (numbers[-1] - numbers[0]) * 0.02)
    start, end = numbers[0] - pad, numbers[-1] + pad
    return Axis(start, end, PLANE.left, PLANE.end, 1)


def _shape(point: Plotted, across: Axis, up: Axis, percent: float, unit: str) -> Shape:
    said = "; ".join(RULES[signal.rule] for signal in point.signals)
    title = f"{in_words(point.sample.at)}: {point.value * percent:.0f}{unit}"
    return Shape(
        x=across.place(_number(point.sample.at)),
        y=up.place(point.value * percent),
        meaning=point.meaning,
        title=f"{title}, {said}" if said else title,
    )


def _lines(
    chart: Chart, phase: Phase, across: Axis, up: Axis, percent: float
) -> PhaseLines:
    points = chart.points[phase.start : phase.end]
    numbers = [_number(point.sample.at) for point in points]
    first, last = numbers[0] - 0.5, numbers[-1] + 0.5
    middles = [(a + b) / 2 for a, b in pairwise(numbers)]
    edges = [across.place(_clip(e, across)) for e in (first, *middles, last)]

    def line(name: str) -> str:
        heights = [
            None if point.band is None else getattr(point.band, name)
            for point in points
        ]
        return stepped(
            [
                (edges[i], edges[i + 1], None if h is None else up.place(h * percent))
                for i, h in enumerate(heights)
            ]
        )

    return PhaseLines(line("centre"), line("high"), line("low"), phase.is_trial)


def _clip(number: float, across: Axis) -> float:
    return min(max(number, across.low), across.high)


def _uprights(chart: Chart, across: Axis) -> tuple[Upright, ...]:
    """Versions, and where a phase was begun by hand; words alternate in two rows."""
    found = [(line.at, line.words, False) for line in chart.lines]
    found += [
        (chart.points[phase.start].sample.at, "rebased", True)
        for phase in chart.phases[1:]
    ]
    drawn = []
    for index, (at, words, is_rebase) in enumerate(sorted(found)):
        number = _number(at) - 0.5
        if number > across.high:
            continue
        x = across.place(_clip(number, across))
        is_late = x > PLANE.width * 0.8
        drawn.append(
            Upright(
                x=x,
                words=words,
                words_y=12 + 15 * (index % 2),
                anchor="end" if is_late else "start",
                is_rebase=is_rebase,
            )
        )
    return tuple(drawn)


def _x_ticks(chart: Chart, across: Axis) -> tuple[Tick, ...]:
    """At most eight labels, the first point's among them."""
    points = chart.points
    each = max(1, -(-len(points) // 8))
    return tuple(
        Tick(across.place(_number(p.sample.at)), in_words(p.sample.at))
        for p in points[::each]
    )


def in_words(at: str) -> str:
    """Say a month.

    >>> in_words("2026-03")
    'Mar 2026'
    """
    year, month = at.split("-")[:2]
    return f"{MONTHS[int(month) - 1]} {year}"


def table(chart: Chart) -> list[TableRow]:
    """Every point with its limits, and by which rules it is more than chance."""
    percent = 100.0 if chart.kind == "p" else 1.0

    def scaled(value: float | None) -> float | None:
        return None if value is None else value * percent

    return [
        TableRow(
            at=in_words(point.sample.at),
            amount=point.sample.amount,
            size=point.sample.size,
            value=point.value * percent,
            low=scaled(point.band.low if point.band else None),
            centre=scaled(point.band.centre if point.band else None),
            high=scaled(point.band.high if point.band else None),
            signals=tuple(RULES[signal.rule] for signal in point.signals),
            meaning=WORDS[point.meaning],
        )
        for point in chart.points
    ]


def answer(chart: Chart, each: str = "month") -> str:
    """One sentence: is there more than chance, and when last?

    >>> answer(Chart("p", (), (), (), None))
    'Nothing has been decided yet.'
    """
    if not chart.points:
        return "Nothing has been decided yet."
    last = chart.phases[-1]
    if last.baseline is None:
        return last.why_no_limits
    special = [point for point in chart.points[last.start :] if point.signals]
    count = last.end - last.start
    if not special:
        return f"Nothing but chance in {count} {each}s: no point meets a rule."
    is_now = special[-1] is chart.points[-1]
    when = "the last one among them" if is_now else _last_of(special)
    return f"{len(special)} of {count} {each}s are more than chance, {when}."


def _last_of(special: Sequence[Plotted]) -> str:
    return f"the last in {in_words(special[-1].sample.at)}"
