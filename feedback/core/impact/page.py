"""A frozen replay made ready for its page: what a template only has to write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from feedback.core.impact.picture import End, Picture, Way, picture
from feedback.core.stats import exact_interval, median_interval, quantile
from scamps.core.definition import Outcome, Plan, words

MINUS = "\N{MINUS SIGN}"
LEAST = 10  # episodes with a known outcome, before it is told of so many
KINDS = {
    "same": ("The same", "The walk ends at the same node and advises the same."),
    "changed": ("Changed", "Both can be evaluated, and they differ."),
    "cannot": (
        "Cannot be evaluated",
        "This version stops: something it needs was not collected then. That is not “no”.",
    ),
    "newly": ("Newly evaluable", "The version then stopped; this one does not."),
}


@dataclass(frozen=True)
class Figure:
    """One of the four numbers; `x` and `width` in percent of all encounters."""

    kind: str
    label: str
    means: str
    count: int
    percent: float
    x: float


@dataclass(frozen=True)
class Lacking:
    """Something that was not collected, and in how many of those not evaluable."""

    key: str
    label: str
    encounters: int
    percent: float


@dataclass(frozen=True)
class Moved:
    """Encounters that went from one node to another, in words."""

    before: str
    after: str
    kind: str
    encounters: int


@dataclass(frozen=True)
class Used:
    """The advised use of a resource before and after, in percent of encounters."""

    title: str
    before: int
    after: int
    encounters: int
    points: float
    low: float
    high: float
    cost: str
    cost_low: str
    cost_high: str


@dataclass(frozen=True)
class Fate:
    """What became of the episodes of one way; figures only if enough are known."""

    way: str
    label: str
    unit: str
    episodes: int
    known: int
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    median: Decimal | None = None
    median_low: Decimal | None = None
    median_high: Decimal | None = None

    @property
    def missing(self) -> int:
        return self.episodes - self.known


@dataclass(frozen=True)
class ReplayPage:
    """What one origin shows."""

    origin: str
    total: int
    patients: int
    otherwise: int
    only_node: int
    figures: tuple[Figure, ...]
    lacking: tuple[Lacking, ...]
    picture: Picture
    moved: tuple[Moved, ...]
    uses: tuple[Used, ...]
    fates: tuple[Fate, ...]
    fates_by_way: tuple[Fate, ...]


def page_of_replay(
    found: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], plan: Plan
) -> ReplayPage:
    """Make the page of one origin of a frozen replay of *plan*.

    Args: names: the words for nodes and elements, as frozen with it.
    """
    numbers = found["numbers"]
    ways = [_way(flow) for flow in found["flows"]]
    order = [*plan.node, *sorted(set(names["nodes"]) - set(plan.node))]

    def said(end: End) -> str:
        if not end.node:
            return "No such visit any more"
        title = names["nodes"].get(end.node, end.node)
        return f"Stops at: {title}" if end.stops else title

    fates = [_fate(one, names, plan) for one in found["became"] if one["episodes"]]
    return ReplayPage(
        origin=found["origin"],
        total=numbers["total"],
        patients=found["patients"],
        otherwise=found["otherwise"],
        only_node=numbers["only_node"],
        figures=_figures(numbers),
        lacking=tuple(
            _lacking(key, count, numbers["cannot"], names["labels"])
            for key, count in found["lacking"]
        ),
        picture=picture(ways, order, said),
        moved=tuple(
            Moved(said(way.before), said(way.after), KINDS[way.kind][0], way.encounters)
            for way in ways
        ),
        uses=tuple(map(_used, found["uses"])),
        fates=tuple(fate for fate in fates if not fate.way),
        fates_by_way=tuple(fate for fate in fates if fate.way),
    )


def _way(flow: Mapping[str, Any]) -> Way:
    before = End(flow["before"], flow["stopped_before"])
    after = End(flow["after"], flow["stopped_after"])
    return Way(before, after, flow["kind"], flow["encounters"])


def _figures(numbers: Mapping[str, int]) -> tuple[Figure, ...]:
    total = numbers["total"] or 1
    figures, x = [], 0.0
    for kind, (label, means) in KINDS.items():
        percent = 100 * numbers[kind] / total
        figures.append(Figure(kind, label, means, numbers[kind], percent, x))
        x += percent
    return tuple(figures)


def _lacking(key: str, count: int, cannot: int, labels: Mapping[str, str]) -> Lacking:
    plain = key.removeprefix("previous.")
    label = labels.get(plain, plain.replace("_", " ").capitalize())
    told = f"{label}, at the visit before" if plain != key else label
    return Lacking(key, told, count, 100 * count / cannot if cannot else 0.0)


def _used(use: Mapping[str, Any]) -> Used:
    low, high = (100 * bound for bound in use["interval"])
    costs = [use["cost_change"], *(use["cost_interval"] or ["", ""])]
    cost, cost_low, cost_high = (_money(one, use["currency"]) for one in costs)
    return Used(
        title=use["title"],
        before=use["before"],
        after=use["after"],
        encounters=use["encounters"],
        points=100 * use["change"],
        low=low,
        high=high,
        cost=cost,
        cost_low=cost_low,
        cost_high=cost_high,
    )


def _money(amount: str | None, currency: str) -> str:
    """An amount with its sign, in whole units.

    >>> _money("1234.5", "EUR"), _money(None, "")
    ('+1,234 EUR', '')
    """
    if not amount:
        return ""
    rounded = round(Decimal(amount))
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):,} {currency}"


def _fate(
    one: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], plan: Plan
) -> Fate:
    outcome = next(each for each in plan.outcomes if each.key == one["outcome"])
    nodes = names["nodes"]
    ends = [nodes.get(one[side], one[side]) for side in ("before", "after")]
    way = " → ".join(ends) if one["before"] else ""
    known = sum(count for _, count in one["values"])
    label, unit = words(outcome.label, plan.language), outcome.unit or ""
    figures = _outcome_figures(outcome, one["values"]) if known >= LEAST else {}
    return Fate(way, label, unit, one["episodes"], known, **figures)


def _outcome_figures(outcome: Outcome, values: list[tuple[str, int]]) -> dict[str, Any]:
    """A share with its exact interval, or a median with its own."""
    if outcome.type == "boolean":
        events, total = dict(values).get("true", 0), sum(n for _, n in values)
        low, high = exact_interval(events, total)
        return {
            "percent": 100 * events / total, "low": 100 * low, "high": 100 * high,
        }  # fmt: skip
    counts = {Decimal(value): count for value, count in values}
    low_value, high_value = median_interval(counts)
    return {
        "median": quantile(counts, 0.5),
        "median_low": low_value,
        "median_high": high_value,
    }
