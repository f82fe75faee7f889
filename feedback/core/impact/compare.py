"""Two plans walked over the same encounters, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import or_

import polars as pl

from scamps.core.definition import Action, Element, Plan, Recommend
from scamps.core.language.units import convert
from scamps.core.replay import Replay, names_read, replay
from scamps.core.vectorise import column_type

PREVIOUS = "previous."
NO = pl.lit(False)
Advice = tuple[str, str, str]  # direction, resource, key of the action


@dataclass(frozen=True)
class History:
    """Signed encounters of one version and one kind of visit.

    `frame` has `encounter`, `patient` (numbers) and, as text, a column for each name
    that either plan reads; what was not recorded is null.
    """

    plan: Plan
    number: int
    visit: str
    frame: pl.DataFrame


@dataclass(frozen=True)
class Group:
    """What both plans say of a `History`.

    `rows` has `encounter`, `patient`; `kind`: same, changed, cannot, newly;
    `otherwise`: the advice differs, not only the node; `end_before`, `end_after` (null
    if the visit is no more), `stopped_before`; and `use.RESOURCE`: 1 if only the new
    plan advises to use it, -1 if only the old one does, else 0. `listed` has those of
    changed that are advised otherwise, with `lost` and `gained`: what only the old, or
    the new plan advises, as `advice_key` spells it, apart by spaces. `lacking` counts,
    of those that cannot be evaluated, the encounters that wait for each name; `used`
    has, by resource, the encounters of same and changed in which the old plan advises
    it.
    """

    history: History
    rows: pl.DataFrame
    listed: pl.DataFrame
    lacking: Mapping[str, int]
    used: Mapping[str, int]


def replay_both(history: History, after: Plan) -> Group:
    """Walk the encounters of *history* under their own plan and under *after*.

    An answer is carried by its key if its type is the same and its unit converts;
    otherwise it is unknown to *after*. A kind of visit that *after* does not have
    cannot be evaluated.
    """
    before = history.plan
    first = _walked(before, history)
    who = history.frame.select("encounter", "patient")
    if history.visit not in after.visit:
        gone = pl.DataFrame({"end_after": [None] * len(who)}, {"end_after": pl.String})
        frame = pl.concat([who, _named(first, "before"), gone], how="horizontal")
        frame = frame.with_columns(stopped_after=pl.lit(True))
        return _group(history, frame, before, after, {})
    second = _walked(after, history)
    walks = [who, _named(first, "before"), _named(second, "after")]
    frame = pl.concat(walks, how="horizontal")
    return _group(history, frame, before, after, _lacking(second))


def _group(
    history: History,
    frame: pl.DataFrame,
    before: Plan,
    after: Plan,
    lacking: Mapping[str, int],
) -> Group:
    old, new = _advice(before, "before", frame), _advice(after, "after", frame)
    differ = [old.get(one, NO) ^ new.get(one, NO) for one in old.keys() | new.keys()]
    uses = {f"use.{key}": change for key, change in _uses(old, new).items()}
    rows = frame.with_columns(otherwise=reduce(or_, differ, NO)).with_columns(
        kind=_kind(), **uses
    )
    both = rows.filter(pl.col("kind").is_in(["same", "changed"]))
    used = {key: both.select(does.sum()).item() for key, does in _does(old).items()}
    ends = ["encounter", "patient", "end_before", "end_after"]
    listed = rows.filter((pl.col("kind") == "changed") & pl.col("otherwise")).select(
        *ends, lost=_only(old, new), gained=_only(new, old)
    )
    kept = rows.select(*ends, "kind", "otherwise", "stopped_before", *uses)
    return Group(history, kept, listed, lacking, used)


def _only(here: Mapping[Advice, pl.Expr], there: Mapping[Advice, pl.Expr]) -> pl.Expr:
    """What is advised here and not there, row by row."""
    found = [
        pl.when(here[advice] & ~there.get(advice, NO)).then(pl.lit("/".join(advice)))
        for advice in sorted(here)
    ]
    return pl.concat_str([pl.lit(None), *found], separator=" ", ignore_nulls=True)


def _kind() -> pl.Expr:
    differs = pl.col("otherwise") | (pl.col("end_before") != pl.col("end_after"))
    return (
        pl.when("stopped_after")
        .then(pl.lit("cannot"))
        .when("stopped_before")
        .then(pl.lit("newly"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("same"))
    )


def _advice(plan: Plan, side: str, frame: pl.DataFrame) -> dict[Advice, pl.Expr]:
    """For each thing that *plan* can advise in a row of *frame*, whether it does."""
    masks: dict[Advice, list[pl.Expr]] = {}
    for node in plan.nodes:
        name = f"{side} at.{node.key}"
        if isinstance(node, Recommend) and name in frame.columns:
            for action in node.actions:
                masks.setdefault(_identity(action), []).append(pl.col(name))
    return {advice: reduce(or_, found) for advice, found in masks.items()}


def _identity(action: Action) -> Advice:
    return action.direction, action.resource, action.key


def advice_key(action: Action) -> str:
    """What makes two actions the same advice: direction/resource/key."""
    return "/".join(_identity(action))


def _does(advice: Mapping[Advice, pl.Expr]) -> dict[str, pl.Expr]:
    """By resource, whether it is advised to use it."""
    found: dict[str, list[pl.Expr]] = {}
    for (direction, resource, _), mask in advice.items():
        if direction == "do":
            found.setdefault(resource, []).append(mask)
    return {resource: reduce(or_, masks) for resource, masks in found.items()}


def _uses(
    old: Mapping[Advice, pl.Expr], new: Mapping[Advice, pl.Expr]
) -> dict[str, pl.Expr]:
    before, after = _does(old), _does(new)
    resources = sorted(before.keys() | after.keys())
    return {
        key: after.get(key, NO).cast(pl.Int8) - before.get(key, NO).cast(pl.Int8)
        for key in resources
    }


def _lacking(walked: Replay) -> dict[str, int]:
    stopped = walked.frame.filter("stopped")
    counts = {
        name: stopped.select(((pl.col(column) // 2**bit) % 2).sum()).item()
        for column, names in walked.bits.items()
        for bit, name in enumerate(names)
    }
    return {name: count for name, count in counts.items() if count}


def _named(walked: Replay, side: str) -> pl.DataFrame:
    """The columns of one walk, under names of its own."""
    passed = [name for name in walked.frame.columns if name.startswith("at.")]
    return walked.frame.select(
        pl.col("end").cast(pl.String).alias(f"end_{side}"),
        pl.col("stopped").alias(f"stopped_{side}"),
        *(pl.col(name).alias(f"{side} {name}") for name in passed),
    )


def _walked(plan: Plan, history: History) -> Replay:
    columns = {
        name: _carried(plan, history.plan, name)
        for name in names_read(plan, history.visit)
        if name in history.frame.columns
    }
    frame = history.frame.select("encounter", **columns)
    return replay(plan, frame, history.visit)


def _carried(plan: Plan, then: Plan, name: str) -> pl.Expr:
    """The recorded text of *name* as *plan* reads it."""
    kind = column_type(plan.names()[name])
    key = name.removeprefix(PREVIOUS)
    now, before = plan.element.get(key), then.element.get(key)
    if now is None:  # of the context
        return pl.col(name).cast(kind)
    if before is None or now.type != before.type:
        return pl.lit(None, dtype=kind)
    return _read(now, before, pl.col(name), kind)


def _read(now: Element, then: Element, text: pl.Expr, kind: pl.DataType) -> pl.Expr:
    match now.type:
        case "boolean":
            return text == "true"
        case "choice":
            return pl.when(text.is_in([option.key for option in now.options])).then(
                text
            )
        case "integer" | "decimal" if now.unit != then.unit:
            return _converted(now, then, text, kind)
    return text.cast(kind)


def _converted(
    now: Element, then: Element, text: pl.Expr, kind: pl.DataType
) -> pl.Expr:
    """A number in the unit of today, rounded as an entry in the other unit is; unknown
    if the units do not convert."""

    def convert_distinct(column: pl.Series) -> pl.Series:
        known = column.unique().drop_nulls()
        converted = pl.Series([_convert(one, now, then) for one in known], dtype=kind)
        return column.replace_strict(known, converted, default=None, return_dtype=kind)

    return text.map_batches(convert_distinct, return_dtype=kind, is_elementwise=True)


def _convert(text: str, now: Element, then: Element) -> Decimal | None:
    if now.unit is None or then.unit is None:
        return None
    try:
        exact = convert(Decimal(text), then.unit, now.unit)
    except ValueError:
        return None
    digits = Decimal(1).scaleb(-(now.precision or 0))
    return exact.quantize(digits, rounding=ROUND_HALF_UP)
