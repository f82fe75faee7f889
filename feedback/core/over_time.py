"""How the advice was followed over time: what may be charted, and its samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from feedback.core.interrupted import Month, sentences, step_change
from feedback.core.spc import Line, Sample
from scamps.core.definition import Plan, words

DO, DO_NOT = "do", "do-not"


@dataclass(frozen=True)
class Measure:
    """The share followed of the advice at some actions: (node, action) pairs."""

    key: str
    words: str
    pairs: frozenset[tuple[str, str]]


def measures(plan: Plan) -> list[Measure]:
    """All advice to do, all advice not to do, and each single action of *plan*."""
    advised = [
        (node, action)
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    ]
    both = [
        Measure(
            way,
            label,
            frozenset((n.key, a.key) for n, a in advised if a.direction == way),
        )
        for way, label in (
            (DO, "All advice to do something"),
            (DO_NOT, "All advice not to do something"),
        )
    ]
    single = [
        Measure(
            f"{node.key}/{action.key}",
            f"{words(action.words, plan.language).rstrip('.')} "
            f"({words(node.title, plan.language)})",
            frozenset([(node.key, action.key)]),
        )
        for node, action in advised
    ]
    return [measure for measure in (*both, *single) if measure.pairs]


@dataclass(frozen=True)
class Series:
    """Months with what was followed of what was decided; `undated` belong to none."""

    samples: tuple[Sample, ...]
    lines: tuple[Line, ...]
    undated: int


def series_of(rows: Iterable[tuple[int, date | None, int, int]]) -> Series:
    """Return the series of *rows*: version number, month, followed, decided.

    A line stands where a version other than the first appears.
    """
    followed: dict[str, int] = defaultdict(int)
    decided: dict[str, int] = defaultdict(int)
    first: dict[int, str] = {}
    undated = 0
    for number, month, part, whole in rows:
        if month is None:
            undated += whole
            continue
        at = f"{month:%Y-%m}"
        followed[at] += part
        decided[at] += whole
        first[number] = min(at, first.get(number, at))
    lines = sorted((at, number) for number, at in first.items())
    return Series(
        samples=tuple(Sample(at, followed[at], decided[at]) for at in sorted(decided)),
        lines=tuple(Line(at, f"Version {number}") for at, number in lines[1:]),
        undated=undated,
    )


def quarters(samples: Iterable[Sample]) -> list[Sample]:
    """Add up the months of each calendar quarter, named after its first month.

    >>> quarters([Sample("2026-02", 1, 4), Sample("2026-03", 2, 4)])
    [Sample(at='2026-01', amount=3, size=8)]
    """
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        year, month = sample.at.split("-")
        start = (int(month) - 1) // 3 * 3 + 1
        found[f"{year}-{start:02}"].append(sample)
    return [
        Sample(at, sum(s.amount for s in each), sum(s.size for s in each))
        for at, each in sorted(found.items())
    ]


def before_and_after(series: Series, what: str) -> list[str]:
    """Say what changed with the newest version, months against months; [] if too few.

    what: such as "the share followed is".
    """
    if not series.lines:
        return []
    newest = series.lines[-1]
    months = [
        Month(sample.at, int(sample.amount), sample.size, sample.at >= newest.at)
        for sample in series.samples
    ]
    step = step_change(months, "share")
    if step is None:
        return []
    earlier = [f"{line.words} began" for line in series.lines[:-1]]
    return sentences(step, what, newest.words, earlier)
