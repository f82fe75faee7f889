"""The drawn tree: every node and way is there, nothing overlaps, all leads right."""

from itertools import combinations

import pytest

from scamps.core.definition import edges
from scamps.core.layout import Box, Drawing, layout
from tests.factories import library_plan, small_plan

PLANS = ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]


@pytest.fixture(params=PLANS)
def plan(request):
    return library_plan(request.param)


def apart(one: Box, other: Box) -> bool:
    """Neither box touches the other."""
    beside = one.x + one.width < other.x or other.x + other.width < one.x
    return beside or one.y + one.height < other.y or other.y + other.height < one.y


def test_every_node_and_every_way_is_drawn(plan):
    drawing = layout(plan)

    assert set(drawing.box) == set(plan.node)
    assert [(way.source, way.target) for way in drawing.ways] == [
        (edge.source, edge.target) for node in plan.nodes for edge in edges(node)
    ]


def test_no_two_boxes_touch(plan):
    boxes = layout(plan).boxes

    assert all(apart(one, other) for one, other in combinations(boxes, 2))


def test_every_way_leads_to_the_right(plan):
    drawing = layout(plan)

    for way in drawing.ways:
        source, target = drawing.box[way.source], drawing.box[way.target]
        assert source.layer < target.layer
        assert source.x + source.width < target.x


def test_everything_lies_inside_the_drawing(plan):
    drawing = layout(plan)

    lines = [line for part in (*drawing.boxes, *drawing.ways) for line in part.lines]
    assert all(0 < line.x < drawing.width for line in lines)
    assert all(8 < line.y < drawing.height for line in lines)
    assert all(box.x + box.width < drawing.width for box in drawing.boxes)
    assert all(box.y + box.height < drawing.height for box in drawing.boxes)


def words_on(drawing: Drawing, source: str) -> list[str]:
    """What is written on the ways out of *source*."""
    return [
        " ".join(line.words for line in way.lines)
        for way in drawing.ways
        if way.source == source
    ]


def test_a_way_says_the_label_or_the_criterion_without_the_name_of_its_node():
    drawing = layout(library_plan("suspected-appendicitis"))

    assert words_on(drawing, "risk") == ["≤ 3", "≤ 6", "otherwise"]
    assert words_on(drawing, "guarding") == ["generalized", "otherwise"]
    assert words_on(layout(small_plan()), "hot") == ["yes", "otherwise"]


def test_two_kinds_of_visit_stand_below_each_other():
    drawing = layout(library_plan("torus-fracture"))

    first, follow_up = drawing.box["presentation"], drawing.box["since"]
    assert first.layer == follow_up.layer == 0
    assert first.y + first.height < follow_up.y


def test_a_plan_in_the_making_is_an_empty_drawing():
    drawing = layout(small_plan(visits=()))

    assert drawing.boxes == drawing.ways == ()
