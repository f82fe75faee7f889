"""A funnel as a picture and as a table that says the same, small sites hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback.core.disclosure import Figure, added, published, share
from feedback.core.funnel import Funnel, FunnelPoint, Place, funnel
from feedback.core.pictures import WORDS, Axis, Plane, Shape, Tick, axis_of
from feedback.core.spc.chart import Better

PLANE = Plane(760, 280, left=48, right=14, top=12, bottom=44)
STEPS = 48  # places at which the curves are computed


@dataclass(frozen=True)
class FunnelPicture:
    plane: Plane
    shapes: tuple[Shape, ...]
    outer: tuple[str, str]
    inner: tuple[str, str]
    target: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class SiteRow:
    """A site as it may be shown to others: texts, and where it stands in words."""

    name: str
    events: str
    total: str
    percent: float | None
    interval: Sequence[float] | None
    standing: str


@dataclass(frozen=True)
class Sites:
    """Sites side by side: those too small to show stand in the table only."""

    funnel: Funnel | None
    picture: FunnelPicture | None
    rows: tuple[SiteRow, ...]

    @property
    def answer(self) -> str:
        if self.funnel is None:
            return "No two sites have counts that may be shown side by side."
        beyond = [p.place.name for p in self.funnel.points if p.side]
        count = len(self.funnel.points)
        if not beyond:
            return f"None of {count} sites differs from the others beyond chance."
        return f"Beyond the funnel: {', '.join(beyond)}; {count} sites are shown."


def sites_of(
    counts: Mapping[str, tuple[int, int]], better: Better | None = None
) -> Sites:
    """Hold sites side by side; *counts*: events and the rest of each, by its name.

    Small counts are hidden and the others rounded first: the picture, the funnel and
    its limits are all of the published figures.
    """
    figures = {
        name: (published(events), published(rest))
        for name, (events, rest) in sorted(counts.items())
    }
    places = [
        Place(name, events.value, events.value + rest.value)
        for name, (events, rest) in figures.items()
        if events.value is not None and rest.value is not None
    ]
    found = funnel(places, better=better) if len(places) > 1 else None
    meanings = {p.place.name: WORDS[p.meaning] for p in found.points} if found else {}
    rows = tuple(_row(name, *pair, meanings) for name, pair in figures.items())
    return Sites(found, picture(found) if found else None, rows)


def _row(
    name: str, events: Figure, rest: Figure, meanings: Mapping[str, str]
) -> SiteRow:
    found = share(events, [rest])
    percent, interval = found or (None, None)
    standing = meanings.get(name, "too small to be shown")
    return SiteRow(
        name, events.text, added([events, rest]).text, percent, interval, standing
    )


def picture(found: Funnel) -> FunnelPicture:
    """Draw a funnel: size across, percent up."""
    sizes = [point.place.total for point in found.points]
    across = axis_of([0, max(sizes) * 1.05], PLANE.left, PLANE.end)
    first = max(10.0, across.high / STEPS)
    at = [first + i * (across.high - first) / STEPS for i in range(STEPS + 1)]
    limits = [found.limits(round(size)) for size in at]
    heights = [100 * point.place.share for point in found.points]
    widest = next(i for i, size in enumerate(at) if size >= min(sizes) * 0.8)
    heights += [100 * limits[widest].low, 100 * limits[widest].high]
    up = axis_of(heights, PLANE.floor, PLANE.top, top=100)

    def curve(name: str) -> str:
        pairs = [
            (s, 100 * getattr(one, name)) for s, one in zip(at, limits, strict=True)
        ]
        inside = [(s, h) for s, h in pairs if up.low <= h <= up.high]
        ends = [f"{across.place(s)} {up.place(h)}" for s, h in inside]
        return "M" + "L".join(ends) if ends else ""

    return FunnelPicture(
        plane=PLANE,
        shapes=tuple(_shape(point, across, up) for point in found.points),
        outer=(curve("low"), curve("high")),
        inner=(curve("inner_low"), curve("inner_high")),
        target=up.place(100 * found.target),
        x_ticks=across.ticks(),
        y_ticks=up.ticks(" %"),
    )


def _shape(point: FunnelPoint, across: Axis, up: Axis) -> Shape:
    place = point.place
    return Shape(
        across.place(place.total),
        up.place(100 * place.share),
        point.meaning,
        f"{place.name}: {100 * place.share:.0f} % of {place.total}",
    )
