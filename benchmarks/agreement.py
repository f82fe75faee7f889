"""How far evaluate and vectorise agree: random expressions over random rows.

    python -m benchmarks.agreement --expressions 1000 --rows 100 --seed 2026

Prints the disagreements and the counts; fails unless every pair agrees.
"""

import argparse
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import polars as pl

from scamps.core.evaluate import compile_expression
from scamps.core.language import Expression, LanguageError, parse
from scamps.core.vectorise import vectorise
from tests.scamps.core import facts as random_facts
from tests.scamps.core.expressions import expression as random_source


def draw(rng: Random) -> Expression:
    """A random expression that types; most do."""
    while True:
        depth = rng.choice([1, 2, 2, 3, 3, 4])
        source = random_source(rng, depth)
        try:
            return parse(source, random_facts.NAMES, lenient_units=True)
        except LanguageError:
            continue


def disagreements(
    expression: Expression, facts: list[dict[str, Any]], frame: pl.DataFrame
) -> Iterator[tuple[dict[str, Any], Any, Any]]:
    """The rows on which the two readings differ, with both results."""
    evaluate = compile_expression(expression)
    column = frame.with_columns(vectorise(expression).alias("__result__"))["__result__"]
    for row, cell in zip(facts, column.to_list(), strict=True):
        one, other = evaluate(row), random_facts.of_column(cell, expression.type)
        if one != other or (one is None) != (other is None):
            yield row, one, other


def main() -> int:
    """Draw, compare, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expressions", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    chosen = parser.parse_args()
    rng = Random(chosen.seed)  # noqa: S311  (a benchmark, not a secret)
    differ = 0
    for _ in range(chosen.expressions):
        expression = draw(rng)
        facts = random_facts.rows(rng, chosen.rows)
        frame = random_facts.frame(facts)
        for row, one, other in disagreements(expression, facts, frame):
            differ += 1
            read = {name: row[name] for name in expression.names}
            print(f"{expression.source}\n  {read}\n  {one!r} is not {other!r}")
    pairs = chosen.expressions * chosen.rows
    print(f"{pairs - differ} of {pairs} (expression, row) pairs agree")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
