"""A control chart: phases with their limits, and what each point means.

A phase begins with the first sample, and wherever a person rebased. Its limits come
from its baseline: the samples up to where a person froze it; else its first 24, ending
before the next version if 12 came before it. Later samples never move them. While a
baseline still grows, its limits are trial limits, and the chart says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from feedback.core.spc.limits import POINTS, Band, Baseline, band, estimate
from feedback.core.spc.rules import Signal, signals
from feedback.core.spc.samples import Kind, Sample, checked

GROWS_TO = 24  # samples of a baseline that nobody froze

Better = Literal["higher", "lower"]
Meaning = Literal["common", "special", "improvement", "concern"]


@dataclass(frozen=True)
class Mark:
    """What a person decided about the limits, and why.

    rebase: a new phase begins with the sample `at`. freeze: the limits of the phase
    that holds `at` are those of its samples up to and with it.
    """

    kind: Literal["rebase", "freeze"]
    at: str
    reason: str


@dataclass(frozen=True)
class Line:
    """Where something changed, such as the version: with the sample `at`."""

    at: str
    words: str


@dataclass(frozen=True)
class Phase:
    """Samples `start` to `end` (outside), and the baseline, `start` to `baseline_end`.

    crosses: lines inside the baseline, whose change it therefore can't show.
    """

    start: int
    end: int
    baseline_end: int
    baseline: Baseline | None
    is_trial: bool
    is_frozen_by_hand: bool
    reason: str
    crosses: tuple[Line, ...]

    @property
    def why_no_limits(self) -> str:
        """A sentence, or "" with limits."""
        if self.baseline:
            return ""
        if (count := self.baseline_end - self.start) < POINTS:
            return f"No limits yet: {count} of at least {POINTS} points."
        return f"No limits: fewer than {POINTS} points are large enough to expect 5 of either kind."


@dataclass(frozen=True)
class Plotted:
    """One point: its value, its limits, and which rules make it special cause."""

    sample: Sample
    value: float
    band: Band | None
    signals: tuple[Signal, ...]
    meaning: Meaning


@dataclass(frozen=True)
class Chart:
    kind: Kind
    points: tuple[Plotted, ...]
    phases: tuple[Phase, ...]
    lines: tuple[Line, ...]
    better: Better | None

    @property
    def special(self) -> tuple[Plotted, ...]:
        return tuple(point for point in self.points if point.signals)


def chart(
    kind: Kind,
    samples: Sequence[Sample],
    *,
    marks: Sequence[Mark] = (),
    lines: Sequence[Line] = (),
    better: Better | None = None,
) -> Chart:
    """Return the chart of *samples*, which are in order.

    better: the declared direction. Without one no point is good or bad, only special.
    Raises: ValueError: impossible samples, or a mark without a reason.
    """
    drawn = checked(kind, samples)
    if any(not mark.reason.strip() for mark in marks):
        raise ValueError("A mark has no reason")
    found = _phases(kind, drawn, marks, lines)
    points = [point for phase in found for point in _plot(kind, drawn, phase, better)]
    return Chart(kind, tuple(points), tuple(found), tuple(lines), better)


def _phases(
    kind: Kind, samples: Sequence[Sample], marks: Sequence[Mark], lines: Sequence[Line]
) -> list[Phase]:
    rebased = {
        _index(samples, mark.at): mark.reason for mark in marks if mark.kind == "rebase"
    }
    starts = sorted({0, *rebased} - {len(samples)}) if samples else []
    return [
        _phase(kind, samples, (start, end), marks, lines, rebased.get(start, ""))
        for start, end in pairwise([*starts, len(samples)])
    ]


def _index(samples: Sequence[Sample], at: str) -> int:
    """The first sample that is not before *at*."""
    return next((i for i, s in enumerate(samples) if s.at >= at), len(samples))


def _phase(
    kind: Kind,
    samples: Sequence[Sample],
    span: tuple[int, int],
    marks: Sequence[Mark],
    lines: Sequence[Line],
    reason: str,
) -> Phase:
    start, end = span
    ends = [_count_until(samples, m.at) for m in marks if m.kind == "freeze"]
    frozen = [until for until in ends if start < until <= end]
    cuts = sorted(i for line in lines if start < (i := _index(samples, line.at)) < end)
    until = max(frozen) if frozen else _baseline_end(start, end, cuts)
    return Phase(
        start=start,
        end=end,
        baseline_end=until,
        baseline=estimate(kind, samples[start:until]),
        is_trial=not frozen and until == end == len(samples) and end - start < GROWS_TO,
        is_frozen_by_hand=bool(frozen),
        reason=reason,
        crosses=tuple(
            line for line in lines if start < _index(samples, line.at) < until
        ),
    )


def _count_until(samples: Sequence[Sample], at: str) -> int:
    """How many samples are not after *at*."""
    return sum(sample.at <= at for sample in samples)


def _baseline_end(start: int, end: int, cuts: Sequence[int]) -> int:
    full = min(end, start + GROWS_TO)
    return next((cut for cut in cuts if POINTS <= cut - start < full - start), full)


def _plot(
    kind: Kind, samples: Sequence[Sample], phase: Phase, better: Better | None
) -> list[Plotted]:
    mine = samples[phase.start : phase.end]
    values = [sample.value(kind) for sample in mine]
    if phase.baseline is None:
        return [
            Plotted(s, v, None, (), "common") for s, v in zip(mine, values, strict=True)
        ]
    bands = [band(phase.baseline, sample.size) for sample in mine]
    centre = next((b.centre for b in bands if b), phase.baseline.centre)
    found = signals(values, bands, centre)
    return [
        Plotted(s, v, b, f, _meaning(f, better))
        for s, v, b, f in zip(mine, values, bands, found, strict=True)
    ]


def _meaning(found: Sequence[Signal], better: Better | None) -> Meaning:
    """Good or bad only if a direction is declared and all signals point one way."""
    sides = {signal.side for signal in found}
    if not sides:
        return "common"
    if better is None or len(sides) > 1:
        return "special"
    return "improvement" if sides == {1 if better == "higher" else -1} else "concern"
