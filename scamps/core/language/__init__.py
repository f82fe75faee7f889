"""The criteria language: a typed subset of HL7 CQL 1.5.

An expression means what the CQL specification says, null rules included. This package
parses, types and prints it; `evaluate`, `vectorise` and `say` read the typed tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scamps.core.language.checker import Checker, type_named
from scamps.core.language.errors import LanguageError
from scamps.core.language.export import to_cql as _to_cql
from scamps.core.language.parser import Parser
from scamps.core.language.traps import Trap, traps_in
from scamps.core.language.tree import Node, names_in
from scamps.core.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Type,
    choice,
    interval_of,
    list_of,
    quantity,
)
from scamps.core.language.units import Inconvertible, UnknownUnit, convert
from scamps.core.language.values import Interval, Quantity, decimal_text

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DECIMAL",
    "INTEGER",
    "STRING",
    "Decimal",
    "Expression",
    "Inconvertible",
    "Interval",
    "LanguageError",
    "Quantity",
    "Trap",
    "Type",
    "UnknownUnit",
    "choice",
    "convert",
    "decimal_text",
    "interval_of",
    "list_of",
    "parse",
    "quantity",
    "to_cql",
    "type_named",
    "unknown_traps",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed and typed expression; names are the keys it reads, dotted ones whole."""

    source: str
    root: Node
    type: Type
    names: frozenset[str]


def parse(
    source: str, names: Mapping[str, Type], *, lenient_units: bool = False
) -> Expression:
    """Parse and type an expression over *names*.

    Quantities of different dimensions are an error, unless lenient_units: then, as CQL
    says, what is computed from them is null.

    Raises: LanguageError, with line, column and what was expected.
    """
    try:
        root = Checker(names, lenient=lenient_units).check(Parser(source).whole())
    except RecursionError:  # only where the caller is deep already
        raise LanguageError("nested too deeply") from None
    return Expression(source, root, root.type, names_in(root))


def to_cql(expression: Expression) -> str:
    """The expression as CQL text; parsed again it means the same."""
    return _to_cql(expression.root)


def unknown_traps(expression: Expression) -> list[Trap]:
    """Each use where CQL makes something known of what may be null.

    >>> from scamps.core.language import INTEGER
    >>> [t.name for t in unknown_traps(parse("Sum({a, 1})", {"a": INTEGER}))]
    ['Sum']
    """
    return traps_in(expression.root)
