"""A drawing cut into sheets of paper that overlap, so that no box is cut on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from scamps.core.layout import Drawing, Point

WIDTH, HEIGHT = 1120.0, 700.0  # of a sheet, in units of the drawing: A4 across
STEPS = 16  # at which a bend is looked at
LEAST = 0.6  # below this scale, one sheet can't be read


@dataclass(frozen=True)
class Sheet:
    """One sheet: where it stands among the others, and its part of the drawing."""

    row: int
    column: int
    x: float
    y: float
    width: float
    height: float

    @property
    def name(self) -> str:
        """As sheets are put together: A1 is at the top left, A2 right of it.

        >>> Sheet(1, 2, 0, 0, 0, 0).name
        'B3'
        """
        return f"{_letters(self.row)}{self.column + 1}"


def sheets(drawing: Drawing) -> tuple[Sheet, ...]:
    """Return the sheets of *drawing*, row by row, empty ones left out; one, if it can be
    read on one."""
    if max(drawing.width / WIDTH, drawing.height / HEIGHT) * LEAST <= 1:
        return (Sheet(0, 0, 0.0, 0.0, drawing.width, drawing.height),)
    across = max((box.width for box in drawing.boxes), default=0.0)
    down = max((box.height for box in drawing.boxes), default=0.0)
    columns = tuple(_cuts(drawing.width, WIDTH, across))
    rows = tuple(_cuts(drawing.height, HEIGHT, down))
    size = min(WIDTH, drawing.width), min(HEIGHT, drawing.height)
    cut = (
        Sheet(row, column, x, y, *size)
        for row, y in enumerate(rows)
        for column, x in enumerate(columns)
    )
    return tuple(sheet for sheet in cut if _shows_something(sheet, drawing))


def _shows_something(sheet: Sheet, drawing: Drawing) -> bool:
    """Whether a box or a way runs over *sheet*; an empty one is not printed."""
    right, bottom = sheet.x + sheet.width, sheet.y + sheet.height
    boxes = any(
        box.x <= right
        and box.x + box.width >= sheet.x
        and box.y <= bottom
        and box.y + box.height >= sheet.y
        for box in drawing.boxes
    )
    return boxes or any(
        sheet.x <= x <= right and sheet.y <= y <= bottom
        for way in drawing.ways
        for one, other in pairwise(way.points)
        for x, y in _along(one, other)
    )


def _along(one: Point, other: Point) -> Iterator[Point]:
    """Points of a bend as `Way.path` draws it, from end to end."""
    (x, y), (to_x, to_y) = one, other
    for step in range(STEPS + 1):
        t = step / STEPS
        aside = 1.5 * t * (1 - t)
        on = t**3 + aside
        yield x + (to_x - x) * on, y + (to_y - y) * t * t * (3 - 2 * t)


def _cuts(length: float, size: float, overlap: float) -> Iterator[float]:
    """Where sheets of *size* begin that cover *length*, each over the last by *overlap*."""
    step = size - min(overlap, size / 2)
    more = max(0, ceil((length - size) / step))
    yield 0.0
    for number in range(1, more + 1):
        yield min(number * step, length - size)


def _letters(number: int) -> str:
    """
    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    said = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
