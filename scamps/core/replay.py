"""Replay: the walk of a whole history at once, in Polars.

The same program as the walk of one patient, over columns instead of values, and held to
it row by row. A batch is walked at a time, so that memory follows the batch and not the
history; what is kept of a row is a few bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from scamps.core.definition import Decide, Node, Plan, edges
from scamps.core.definition.finding import Path, spell
from scamps.core.vectorise import column_type, vectorise
from scamps.core.walk.masks import bits, chosen, hide, packed, value, waited
from scamps.core.walk.program import Hiding, Program, program_of

BATCH = 1_000_000
ROW = "each row"  # no name of the language has a space
WHY = pl.Enum(["", "unknown", "overlap", "nothing-true"])


@dataclass(frozen=True)
class Replay:
    """The walks of a frame, row by row.

    `frame` has the columns `end` (node key), `why` (empty, or why the walk stopped, as
    in `Course`), `stopped`, `waiting` (a set of names as bits), `at.NODE` (the walk
    passed it; at a recommend node it was given its actions) and `hidden.ELEMENT` (a
    value was there and not used).

    `bits` has the names that the bits of `waiting` stand for, the lowest first; where
    there are more than 64 names, `waiting.64` and so on hold the others.
    """

    frame: pl.DataFrame
    bits: Mapping[str, tuple[str, ...]]

    def waiting_for(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The names that a row of the frame waits for, sorted."""
        return tuple(
            name
            for column, names in self.bits.items()
            for bit, name in enumerate(names)
            if row[column] >> bit & 1
        )


def replay(
    plan: Plan, frame: pl.DataFrame | pl.LazyFrame, visit: str, *, batch: int = BATCH
) -> Replay:
    """Walk every row of *frame* as an encounter of the kind *visit*.

    Args:
        frame: a column for each element key, and for the names of the context
            (`previous.KEY`, ...); what has no column is unknown. Numbers are integers
            or Decimals, never floats.
        batch: rows walked at a time.
    Raises: TypeError: a column has floats, or cannot be read as its element.
    """
    program = program_of(plan, visit)
    lazy = frame.lazy()
    columns = _columns(program, lazy.collect_schema())
    rows = lazy.select(pl.len()).collect().item()
    lazy = lazy.with_columns(pl.lit(True).alias(ROW), **columns).select(ROW, *columns)
    query = _Query(program)
    parts = [lazy.slice(start, batch) for start in range(0, rows, batch)]
    walked = [query.run(part) for part in (parts if rows > batch else [lazy])]
    return Replay(pl.concat(walked, rechunk=False), query.bits)


def _columns(program: Program, schema: pl.Schema) -> dict[str, pl.Expr]:
    """The names that the program reads, as the language holds them in columns."""
    types = program.plan.names()
    return {
        name: _column(name, schema.get(name), column_type(types[name]))
        for name in _names_read(program)
    }


def names_read(plan: Plan, visit: str) -> tuple[str, ...]:
    """The elements, and the names of the context, that a replay reads, sorted."""
    return _names_read(program_of(plan, visit))


def _names_read(program: Program) -> tuple[str, ...]:
    parsed = program.plan.criteria.parsed
    read = set(program.hidings).union(*(parsed[path].names for path in parsed))
    return tuple(sorted(read - program.plan.score.keys()))


def _column(name: str, given: pl.DataType | None, wanted: pl.DataType) -> pl.Expr:
    if given is None:
        return pl.lit(None, dtype=wanted)
    if given.is_float():
        raise TypeError(f"{name} has floats; clinical values are Decimals")
    return pl.col(name) if given == wanted else pl.col(name).cast(wanted)


class _Query:
    """The walk as columns to compute one after another; all masks are without nulls.

    `at.N` is true where the walk passes node N; `wait P` where it stops at the
    unknown criterion P; `true P` and `unknown P` tell the value of a criterion.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.plan = program.plan
        self.stages: list[dict[str, pl.Expr]] = []
        self.ways: dict[str, list[pl.Expr]] = {key: [] for key in program.nodes}
        self.ended: list[tuple[str, str, pl.Expr]] = []
        self.waits: list[Path] = []
        self.bits: dict[str, tuple[str, ...]] = {}
        self._prepare()
        self._judge()
        self.masks: dict[str, pl.Expr] = {}
        self.ways[program.start].append(pl.col(ROW))
        for key in program.nodes:
            self._leave(self.plan.node[key], self._come(key))
        self.stages += _by_level(self.masks)
        self._finish()

    def run(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """Compute all columns of the walks of *frame*."""
        for stage in self.stages:
            frame = frame.with_columns(**stage)
        at = [f"at.{key}" for key in self.program.nodes]
        hidden = [f"hidden.{key}" for key in self.program.hidings]
        return frame.select("end", "why", "stopped", *self.bits, *at, *hidden).collect()

    def _prepare(self) -> None:
        """Hide what is not shown and compute the scores, in the program's order."""
        parsed = self.plan.criteria.parsed
        for step in self.program.prepare:
            if isinstance(step, Hiding):
                self.stages.append(hide(self.plan, step))
            else:
                self.stages.append({step.key: vectorise(parsed[step.path])})

    def _judge(self) -> None:
        parsed, waits = self.plan.criteria.parsed, self.program.waits
        nodes = [self.plan.node[key] for key in self.program.nodes]
        paths = [path for node in nodes for path in self._paths(node)]
        self.stages.append({spell(path): vectorise(parsed[path]) for path in paths})
        facts = {
            f"null {name}": pl.col(name).is_null()
            for path in paths
            for name in waits[path]
        }
        for path in paths:
            value = pl.col(spell(path))
            facts[f"true {spell(path)}"] = value.fill_null(False)
            facts[f"unknown {spell(path)}"] = value.is_null()
        self.stages.append(facts)

    def _come(self, key: str) -> pl.Expr:
        """The mask of those who come to a node, which may be that of another."""
        ways = self.ways[key]
        self.masks[f"at.{key}"] = reduce(or_, ways)
        alone = len(ways) == 1 and ways[0].meta.is_column()
        return ways[0] if alone else pl.col(f"at.{key}")

    def _leave(self, node: Node, here: pl.Expr) -> None:
        if isinstance(node, Decide):
            leave = self._leave_unique if node.hit == "unique" else self._leave_first
            leave(node, here)
            return
        onward = next(edges(node), None)
        if onward is None:
            self.ended.append((node.key, "", here))
        else:
            self.ways[onward.target].append(here)

    def _leave_first(self, node: Decide, here: pl.Expr) -> None:
        """The first true branch is taken; an unknown one before it stops."""
        for path, branch in zip(self._paths(node), node.branches, strict=True):
            true, unknown = value(path)
            self.ways[branch.to].append(here & true)
            self._wait(node, path, here & unknown)
            here = here & ~(true | unknown)
        self._fall(node, here)

    def _leave_unique(self, node: Decide, here: pl.Expr) -> None:
        """One true branch is taken, if none is unknown; two stop."""
        values = [value(path) for path in self._paths(node)]
        some, several = pl.lit(False), pl.lit(False)
        for true, _ in values:
            several = several | (some & true)
            some = some | true
        self.ended.append((node.key, "overlap", here & several))
        here = here & ~several
        for path, (_, unknown) in zip(self._paths(node), values, strict=True):
            self._wait(node, path, here & unknown)
            here = here & ~unknown
        for branch, (true, _) in zip(node.branches, values, strict=True):
            self.ways[branch.to].append(here & true)
        self._fall(node, here & ~some)

    def _wait(self, node: Decide, path: Path, here: pl.Expr) -> None:
        if node.unknown is not None:
            self.ways[node.unknown].append(here)
            return
        wait = f"wait {spell(path)}"
        self.waits.append(path)
        self.masks[wait] = here
        self.ended.append((node.key, "unknown", pl.col(wait)))

    def _fall(self, node: Decide, here: pl.Expr) -> None:
        if node.otherwise is not None:
            self.ways[node.otherwise].append(here)
        else:
            self.ended.append((node.key, "nothing-true", here))

    def _finish(self) -> None:
        ends = pl.Enum(list(self.program.nodes))
        masks: dict[str, list[pl.Expr]] = {}
        for path in self.waits:
            for name, mask in waited(self.program, path).items():
                masks.setdefault(name, []).append(mask)
        waits = {name: reduce(or_, masks[name]) for name in sorted(masks)}
        self.bits = bits(tuple(waits))
        self.stages.append(
            {
                **{
                    column: packed([waits[name] for name in names])
                    for column, names in self.bits.items()
                },
                "end": chosen(self._masks(lambda key, why: key), ends),
                "why": chosen(self._masks(lambda key, why: why), WHY),
                "stopped": ~self._masks(lambda key, why: why)[""],
            }
        )

    def _masks(self, label: Callable[[str, str], str]) -> dict[str, pl.Expr]:
        """The ends of the walk, those of one label together."""
        found: dict[str, list[pl.Expr]] = {}
        for key, why, here in self.ended:
            found.setdefault(label(key, why), []).append(here)
        return {name: reduce(or_, masks) for name, masks in found.items()}

    def _paths(self, node: Node) -> list[Path]:
        if not isinstance(node, Decide):
            return []
        number = self.plan.position[node.key]
        branches = range(len(node.branches))
        return [("nodes", number, "branches", index, "when") for index in branches]


def _by_level(columns: Mapping[str, pl.Expr]) -> list[dict[str, pl.Expr]]:
    """Group *columns*, each of which stands after those it reads, into few stages."""
    level: dict[str, int] = {}
    stages: list[dict[str, pl.Expr]] = []
    for name, column in columns.items():
        reads = [level[root] for root in column.meta.root_names() if root in level]
        level[name] = max(reads, default=-1) + 1
        if level[name] == len(stages):
            stages.append({})
        stages[level[name]][name] = column
    return stages
