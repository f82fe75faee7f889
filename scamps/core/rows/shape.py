"""A criterion as rows: what is asked of one name, joined by all of, any of, not."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["all", "any", "none", "not-all", "sum"]
KINDS: dict[Kind, str] = {
    "all": "All of these",
    "any": "Any of these",
    "none": "None of these",
    "not-all": "Not all of these",
}
COUNTED: dict[Kind, str] = {"sum": "The sum of these points", **KINDS}


@dataclass(frozen=True)
class Row:
    """One test of one name; *values* are as a person types them.

    Args: key: a name of the plan, or `age.years` and its like. test: a key of TESTS.
    values: a number, a date, the keys of choices, words, or the name compared with.
    unit: of the numbers; empty for none.
    """

    key: str = ""
    test: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Typed:
    """A part that has no row shape, in CQL."""

    text: str


@dataclass(frozen=True)
class Group:
    """Rows that count together; in a sum, each group that holds gives its points."""

    kind: Kind
    items: tuple["Item", ...] = ()
    points: str = ""


Item = Row | Typed | Group
AGES = {
    f"age.{unit.lower()}": f"CalculateAgeIn{unit}At"
    for unit in ("Years", "Months", "Weeks", "Days")
}
EMPTY = Group("all", (Row(),))
EMPTY_SUM = Group("sum", (Group("all", (Row(),), "1"),))
