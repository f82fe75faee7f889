"""What a replay comes to: the four numbers, the flow, what was missing, resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
import scipy

from feedback.core.impact.compare import Group
from feedback.core.stats import Interval
from scamps.core.definition import Plan, words
from scamps.core.definition.learning import Cost

LEVEL = 0.95


@dataclass(frozen=True)
class Numbers:
    """Encounters; the four add up to the total.

    `cannot`: the new plan stops for want of data. `newly`: the old one stopped, the new
    one does not. `only_node`: of the changed, those whose advice is the same.
    """

    total: int
    same: int
    changed: int
    cannot: int
    newly: int
    only_node: int


@dataclass(frozen=True)
class Flow:
    """How many encounters end at *before* in the old plan and at *after* in the new.

    `after` is empty if the new plan has no such visit. `kind`: same, changed, cannot,
    newly; the advice may change where the node does not.
    """

    before: str
    after: str
    stopped_before: bool
    stopped_after: bool
    kind: str
    encounters: int


@dataclass(frozen=True)
class Use:
    """How the use of a resource changes, in encounters that both plans can evaluate.

    `change` is a difference of shares, -1 to 1; its interval respects patients with
    several encounters. `cost_change` and its interval are per 100 encounters, None
    without a cost: the prices are taken as exact.
    """

    resource: str
    title: str
    encounters: int
    before: int
    after: int
    change: float
    interval: Interval
    cost_change: Decimal | None
    cost_interval: tuple[Decimal, Decimal] | None
    currency: str


@dataclass(frozen=True)
class Impact:
    """All of it. `otherwise` has the encounters that would have been advised otherwise,
    as (encounter, patient, end before, end after, lost, gained); `lacking` the
    encounters that wait for each name, of those that cannot be evaluated."""

    numbers: Numbers
    patients: int
    flows: tuple[Flow, ...]
    lacking: tuple[tuple[str, int], ...]
    uses: tuple[Use, ...]
    otherwise: tuple[tuple[int, int, str, str, str, str], ...]


def summarise(groups: Iterable[Group], after: Plan) -> Impact:
    """Add up what *groups* say, of versions and kinds of visit."""
    groups = tuple(groups)
    frames = [group.rows for group in groups]
    rows = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    lacking: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for group in groups:
        lacking.update(group.lacking)
        used.update(group.used)
    if rows.is_empty():
        return Impact(Numbers(0, 0, 0, 0, 0, 0), 0, (), (), (), ())
    return Impact(
        numbers=_numbers(rows),
        patients=rows["patient"].n_unique(),
        flows=_flows(rows),
        lacking=tuple(sorted(lacking.items(), key=lambda pair: (-pair[1], pair[0]))),
        uses=_uses(rows, used, groups, after),
        otherwise=_otherwise(groups),
    )


def _numbers(rows: pl.DataFrame) -> Numbers:
    counts = dict(rows.group_by("kind").len().iter_rows())
    is_changed = pl.col("kind") == "changed"
    return Numbers(
        total=len(rows),
        same=counts.get("same", 0),
        changed=counts.get("changed", 0),
        cannot=counts.get("cannot", 0),
        newly=counts.get("newly", 0),
        only_node=len(rows.filter(is_changed & ~pl.col("otherwise"))),
    )


def _flows(rows: pl.DataFrame) -> tuple[Flow, ...]:
    ends = [
        pl.col("end_before"),
        pl.col("end_after").fill_null(""),
        pl.col("stopped_before"),
        (pl.col("kind") == "cannot").alias("stopped_after"),
        pl.col("kind"),
    ]
    by = ["len", "end_before", "end_after", "kind"]
    found = rows.group_by(ends).len().sort(by, descending=[True, False, False, False])
    return tuple(Flow(*row) for row in found.iter_rows())


def _otherwise(
    groups: Iterable[Group],
) -> tuple[tuple[int, int, str, str, str, str], ...]:
    listed = pl.concat([group.listed for group in groups])
    return tuple(listed.sort("encounter").iter_rows())


def _uses(
    rows: pl.DataFrame, used: Mapping[str, int], groups: tuple[Group, ...], after: Plan
) -> tuple[Use, ...]:
    both = rows.filter(pl.col("kind").is_in(["same", "changed"]))
    if both.is_empty():
        return ()
    named = {r.key: r for group in groups for r in group.history.plan.resources}
    named |= {resource.key: resource for resource in after.resources}
    found = []
    for column in sorted(name for name in rows.columns if name.startswith("use.")):
        key = column.removeprefix("use.")
        resource = named[key]
        moved = both.select("patient", pl.col(column).fill_null(0).cast(pl.Int64))
        gain, before = int(moved[column].sum()), used.get(key, 0)
        interval = _interval(moved, column)
        found.append(
            Use(
                resource=key,
                title=words(resource.title, after.language),
                encounters=len(both),
                before=before,
                after=before + gain,
                change=gain / len(both),
                interval=interval,
                **_cost(resource.cost, Decimal(gain) / len(both), interval),
            )
        )
    return tuple(found)


def _cost(cost: Cost | None, change: Decimal, interval: Interval) -> dict[str, Any]:
    """What the change of use comes to per 100 encounters."""
    if cost is None:
        return {"cost_change": None, "cost_interval": None, "currency": ""}
    low, high = (cost.amount * 100 * Decimal(str(bound)) for bound in interval)
    return {
        "cost_change": cost.amount * 100 * change,
        "cost_interval": (low, high),
        "currency": cost.currency,
    }


def _interval(moved: pl.DataFrame, column: str) -> Interval:
    """The interval of a mean of paired differences, clustered by patient.

    The robust variance of a mean with patients as clusters, n / (n - 1), and Student's
    t with n - 1 degrees of freedom. Where nothing differs, or there is one patient, the
    bound that no change seen among n patients leaves open (Clopper-Pearson).

    Source: Liang and Zeger, Biometrika 1986;73:13-22.
    """
    by_patient = moved.group_by("patient").agg(
        total=pl.col(column).sum(), count=pl.len()
    )
    patients, observations = len(by_patient), len(moved)
    mean = moved[column].sum() / observations
    residual = by_patient["total"] - mean * by_patient["count"]
    squares = float((residual * residual).sum())
    if patients == 1 or squares == 0:
        open_to = 1 - ((1 - LEVEL) / 2) ** (1 / patients)
        return max(-1.0, mean - open_to), min(1.0, mean + open_to)
    error = (squares / observations**2 * patients / (patients - 1)) ** 0.5
    reach = float(scipy.stats.t.ppf((1 + LEVEL) / 2, patients - 1)) * error
    return max(-1.0, mean - reach), min(1.0, mean + reach)
