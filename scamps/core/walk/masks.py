"""Pieces of a replay: Polars expressions over masks, Boolean columns without nulls."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_

import polars as pl

from scamps.core.definition import Plan
from scamps.core.definition.finding import Path, spell
from scamps.core.vectorise import vectorise
from scamps.core.walk.program import Hiding, Program

UNSIGNED = {pl.UInt8: 8, pl.UInt16: 16, pl.UInt32: 32, pl.UInt64: 64}


def value(path: Path) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(f"true {spell(path)}"), pl.col(f"unknown {spell(path)}")


def chosen(masks: Mapping[str, pl.Expr], kind: pl.Enum) -> pl.Expr:
    """The label whose mask is true; just one is."""
    small = pl.UInt8 if len(kind.categories) < 255 else pl.UInt16
    numbers = {label: number for number, label in enumerate(kind.categories)}
    first, *others = masks
    code = pl.lit(numbers[first], dtype=small)
    for label in others:
        value = pl.lit(numbers[label], dtype=small)
        code = pl.when(masks[label]).then(value).otherwise(code)
    return code.cat.to(kind)


def waited(program: Program, path: Path) -> dict[str, pl.Expr]:
    """A mask for each name that walks stopped at the criterion *path* wait for.

    What is hidden is replaced by what hides it; that may be hidden in its turn, but
    always stands earlier in the order of computing.
    """
    here = pl.col(f"wait {spell(path)}")
    wanted = {name: here & pl.col(f"null {name}") for name in program.waits[path]}
    for step in reversed(program.prepare):
        if not isinstance(step, Hiding) or step.element not in wanted:
            continue
        covered = pl.col(f"covered {step.element}")
        instead = wanted[step.element] & covered
        wanted[step.element] &= ~covered
        for name in step.instead:
            wanted[name] = wanted[name] | instead if name in wanted else instead
    return wanted


def bits(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns that hold the sets waited for: `waiting`, then one per 64 names."""
    return {
        f"waiting.{start}" if start else "waiting": names[start : start + 64]
        for start in range(0, max(len(names), 1), 64)
    }


def packed(masks: list[pl.Expr]) -> pl.Expr:
    """One unsigned integer whose bits are the masks, the first the lowest."""
    kind = next(kind for kind, bits in UNSIGNED.items() if bits >= len(masks))
    none = pl.lit(0, dtype=kind)
    ones = (
        pl.when(mask).then(pl.lit(2**bit, dtype=kind)).otherwise(none)
        for bit, mask in enumerate(masks)
    )
    return reduce(or_, ones, none)


def hide(plan: Plan, step: Hiding) -> dict[str, pl.Expr]:
    parsed = plan.criteria.parsed
    hidden = reduce(
        and_,
        [
            reduce(
                or_,
                [vectorise(parsed[path]).eq_missing(pl.lit(False)) for path in paths],
            )
            for paths in step.shows
        ],
    )
    value = pl.col(step.element)
    return {
        f"covered {step.element}": hidden,
        f"hidden.{step.element}": hidden & value.is_not_null(),
        step.element: pl.when(~hidden).then(value),
    }
