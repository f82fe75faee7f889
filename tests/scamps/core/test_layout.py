"""The drawn tree: every node and way is there, nothing overlaps, all leads right."""

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scamps.core.definition import Plan, edges
from scamps.core.layout import LETTER, SMALL, Box, Drawing, Way, layout
from tests.factories import library_plan, small_plan

TITLES = ["Risk", "A title that takes more than one line", "Unbreakable" * 4]
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


def box_of(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def label_box(way: Way) -> tuple[float, float, float, float]:
    longest = max(len(line.words) for line in way.lines) * LETTER
    right, bottom = way.lines[-1].x, way.lines[-1].y
    return right - longest, way.lines[0].y - SMALL, right, bottom


def overlap(one, other) -> bool:
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def line_of(way: Way) -> list[tuple[float, float]]:
    """Points along the line: bends are within the box of their two ends."""
    found = []
    for (x, y), (to_x, to_y) in zip(way.points, way.points[1:], strict=False):
        for step in range(21):
            part = step / 20
            level = part * part * (3 - 2 * part)
            found.append((x + (to_x - x) * part, y + (to_y - y) * level))
    return found


def check(drawing: Drawing) -> None:
    """Nothing overlaps, and no way runs through a box."""
    boxes = {box.key: box_of(box) for box in drawing.boxes}
    labels = [label_box(way) for way in drawing.ways if way.lines]
    for one, other in combinations([*boxes.values(), *labels], 2):
        assert not overlap(one, other)
    for way in drawing.ways:
        assert way.points[0] == (boxes[way.source][2], drawing.box[way.source].middle)
        assert way.points[-1] == (boxes[way.target][0], drawing.box[way.target].middle)
        assert all(a[0] < b[0] for a, b in pairwise(way.points))
        for x, y in line_of(way)[1:-1]:
            for key, (left, top, right, bottom) in boxes.items():
                inside = left < x < right and top < y < bottom
                assert not inside, f"{way.source} → {way.target} runs through {key}"
    for left, top, right, bottom in [*boxes.values(), *labels]:
        assert min(left, top) >= 0
        assert right <= drawing.width
        assert bottom <= drawing.height


@st.composite
def trees(draw, most: int = 40) -> Plan:
    """Plans of up to *most* nodes: trees whose branches also meet again."""
    count = draw(st.integers(1, most))
    nodes = []
    for index in range(count):
        later = [f"n{other}" for other in range(index + 1, count)]
        title = draw(st.sampled_from(TITLES))
        node = {"key": f"n{index}", "title": title, "kind": "finish"}
        if later:
            near = later[:4]
            targets = draw(st.lists(st.sampled_from(near), min_size=1, max_size=4))
            node |= {
                "kind": "decide",
                "if_unknown": "Ask.",
                "branches": [
                    {"when": "true", "to": to, "label": draw(st.sampled_from(TITLES))}
                    for to in targets
                ],
            }
            if draw(st.booleans()):
                node["otherwise"] = draw(st.sampled_from(later))
        nodes.append(node)
    visits = [{"key": "first", "title": "First", "start": "n0"}]
    if draw(st.booleans()):
        visits.append({"key": "next", "title": "Next", "start": f"n{count // 2}"})
    return Plan.model_validate(
        {
            "schema": 1,
            "key": "any",
            "title": "Any",
            "summary": "Any",
            "visits": visits,
            "nodes": nodes,
        }
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees(), st.integers(0, 2))
def test_nothing_overlaps_and_no_line_runs_through_a_node(plan, captions):
    check(layout(plan, captions=captions))


def test_nothing_overlaps_in_the_library(plan):
    check(layout(plan))


def test_a_plan_is_always_drawn_the_same_way(plan):
    assert layout(plan) == layout(plan.model_copy())


def test_one_kind_of_visit_can_be_drawn_alone():
    plan = library_plan("torus-fracture")

    first = set(layout(plan, visit="first").box)
    later = set(layout(plan, visit="three-weeks").box)

    assert first == {"presentation", "radiographs", "torus", "splint", "not-torus"}
    assert first | later == set(plan.node)
    assert not first & later


def test_a_way_is_told_as_an_svg_path(plan):
    for way in layout(plan).ways:
        assert re.fullmatch(r"M[\d. ]+((C[\d. ]+)|(H[\d.]+))+", way.path)
