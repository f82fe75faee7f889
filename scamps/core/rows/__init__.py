"""Rows: a criterion built from what is asked of one name at a time.

`read` gives the rows of a text only where they mean the same and keep all of it; `write`
gives the text of rows. What rows cannot say stays typed, and is never changed.
"""

from scamps.core.rows.asked import TESTS, asked_of, count_of
from scamps.core.rows.reading import Reading, read, rows_of
from scamps.core.rows.shape import (
    AGES,
    EMPTY,
    EMPTY_SUM,
    KINDS,
    Group,
    Item,
    Kind,
    Row,
    Typed,
)
from scamps.core.rows.writing import Written, type_of, write

__all__ = [
    "AGES",
    "EMPTY",
    "EMPTY_SUM",
    "KINDS",
    "TESTS",
    "Group",
    "Item",
    "Kind",
    "Reading",
    "Row",
    "Typed",
    "Written",
    "asked_of",
    "count_of",
    "read",
    "rows_of",
    "type_of",
    "write",
]
