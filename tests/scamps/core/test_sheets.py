"""A drawing on sheets of paper: all of it is there, and every box is whole somewhere."""

from random import Random

from scamps.core.layout import Box, Drawing, layout
from scamps.core.sheets import HEIGHT, LEAST, WIDTH, Sheet, sheets
from tests.factories import library_plan
from tests.scamps.core.correct_plans import correct_plan


def large(nodes: int = 40) -> Drawing:
    """The drawing of a random plan with at least so many nodes."""
    plans = (correct_plan(Random(seed), 13) for seed in range(200))  # noqa: S311
    plan = next(one for one in plans if len(one.nodes) >= nodes)
    return layout(plan)


def holds(sheet: Sheet, box: Box) -> bool:
    across = sheet.x <= box.x and box.x + box.width <= sheet.x + sheet.width
    return across and sheet.y <= box.y and box.y + box.height <= sheet.y + sheet.height


def on(sheet: Sheet, point: tuple[float, float]) -> bool:
    x, y = point
    across = sheet.x <= x <= sheet.x + sheet.width
    return across and sheet.y <= y <= sheet.y + sheet.height


def test_a_small_tree_is_one_sheet():
    drawing = layout(library_plan())

    assert [one.name for one in sheets(drawing)] == ["A1"]
    assert max(drawing.width / WIDTH, drawing.height / HEIGHT) <= 1 / LEAST


def test_every_box_of_40_nodes_is_whole_on_some_sheet():
    drawing = large()
    found = sheets(drawing)

    assert len(drawing.boxes) >= 40
    assert len(found) > 1
    assert all(any(holds(sheet, box) for sheet in found) for box in drawing.boxes)


def test_every_way_is_drawn_on_the_sheets_and_no_sheet_is_empty():
    drawing = large()
    found = sheets(drawing)

    ends = [point for way in drawing.ways for point in way.points]
    shown = [[on(sheet, point) for point in ends] for sheet in found]
    boxed = [[holds(sheet, box) for box in drawing.boxes] for sheet in found]
    assert all(map(any, zip(*shown, strict=True)))
    assert len({one.name for one in found}) == len(found)
    assert sum(any(a) or any(b) for a, b in zip(shown, boxed, strict=True)) >= 5


def test_no_sheet_reaches_beyond_the_drawing():
    drawing = large()

    assert all(
        one.x + one.width <= drawing.width + 1e-6
        and one.y + one.height <= drawing.height + 1e-6
        and min(one.x, one.y) >= 0
        for one in sheets(drawing)
    )
