"""Evaluate: one expression over one patient's facts.

An expression is compiled once to a Python function. Facts are plain values: bool, int,
Decimal (also for a quantity, in the unit of its type), str, date, list, Interval; None
is unknown. Nothing that a typed expression does over such facts raises.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from scamps.core.evaluate.coerce import outside
from scamps.core.evaluate.emit import compile_node, source_of
from scamps.core.language import Expression

__all__ = ["compile_expression", "evaluate", "python_source"]

Compiled = Callable[[Mapping[str, Any]], Any]


def compile_expression(expression: Expression) -> Compiled:
    """Compile to a function of the facts; it reads them only as facts["name"].

    The result is a plain value, a Quantity, a list or an Interval, or None.
    """
    return compile_node(expression.root, outside(expression.type))


@lru_cache(maxsize=1024)
def _compiled(expression: Expression) -> Compiled:
    return compile_expression(expression)


def evaluate(expression: Expression, facts: Mapping[str, Any]) -> Any:
    """Evaluate once; a name without a fact is null.

    >>> from scamps.core.language import INTEGER, parse
    >>> evaluate(parse("pas <= 3", {"pas": INTEGER}), {"pas": 2})
    True
    """
    known = {name: facts.get(name) for name in expression.names}
    return _compiled(expression)(known)


def python_source(expression: Expression) -> str:
    """The generated Python, to read and to measure."""
    return source_of(expression.root, outside(expression.type))[0]
