"""What if: held against brute force over every value that can be entered."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from carepaths.core.cells import cells
from carepaths.core.draft import Draft, walk_draft
from carepaths.core.whatif import changes, foregone, place_of
from scamps.core.definition import Plan, load_yaml, reachable
from scamps.core.walk import compile_plan
from tests.carepaths.plan import FEVER
from tests.carepaths.test_advice import HIGH
from tests.factories import library_plan
from tests.scamps.core.random_plans import rows, walkable

slow = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def draft(values, key="suspected-appendicitis") -> Draft:
    compiled = compile_plan(library_plan(key))
    return walk_draft(compiled, stored(values), visit="first", context={})


def stored(values):
    said = {k: str(v) if isinstance(v, Decimal) else v for k, v in values.items()}
    return {k: {"value": v, "missing": None} for k, v in said.items()}


# -- completions ------------------------------------------------------------------


def test_a_score_that_is_high_whatever_the_laboratory_says_is_foregone():
    waiting = draft(HIGH | {"temperature": "38.4", "wbc": None, "neutrophilia": None})

    found = foregone(waiting)

    assert found.keys == ("neutrophilia", "wbc")
    assert found.walk.end == "operate-high"


def test_nothing_is_said_where_a_value_decides():
    assert foregone(draft(HIGH | {"temperature": None})) is None


def test_nothing_is_said_where_it_would_take_too_long_to_know():
    waiting = draft(HIGH | {"temperature": "38.4", "wbc": None, "neutrophilia": None})

    assert foregone(waiting, most=3) is None


def test_what_no_answer_can_tell_is_not_foregone():
    compiled = compile_plan(load_yaml(FEVER))
    again = walk_draft(
        compiled, stored({"temperature": "37.0"}), visit="control", context={}
    )

    assert again.walk.waiting_for == ("previous.temperature",)
    assert foregone(again) is None


# -- one answer changed -----------------------------------------------------------


def test_the_nearest_change_of_a_number_is_its_threshold():
    six = HIGH | {"temperature": "37.90"}

    nearest = changes(draft(six))[0]

    assert (nearest.key, nearest.low) == ("temperature", Decimal("38.00"))
    assert nearest.highest
    assert nearest.walk.end == "operate-high"
    assert nearest.walk.scores["pas"] == 7


def test_a_range_that_leads_elsewhere_and_back_has_both_its_ends():
    between = "temperature between 38.0 'Cel' and 38.4 'Cel'"
    plan = load_yaml(FEVER.replace("temperature >= 38.0 'Cel'", between))
    facts = stored({"guarding": False, "temperature": "37.0"})
    walked = walk_draft(compile_plan(plan), facts, visit="first", context={})

    change = next(one for one in changes(walked) if one.key == "temperature")

    assert (change.low, change.high) == (Decimal("38.0"), Decimal("38.4"))
    assert (change.lowest, change.highest) == (False, False)


def test_a_limit_in_another_unit_is_met_on_the_elements_own_grid():
    plan = load_yaml(FEVER.replace("38.0 'Cel'", "100.5 '[degF]'"))  # 38.0555… °C
    facts = stored({"guarding": False, "temperature": "37.0"})
    walked = walk_draft(compile_plan(plan), facts, visit="first", context={})

    change = next(one for one in changes(walked) if one.key == "temperature")

    assert change.low == Decimal("38.1")


@pytest.mark.parametrize("key", ["remark", "onset"])
def test_an_element_that_turns_nothing_is_no_change(key):
    facts = stored({"guarding": False, "temperature": "37.0"})
    walked = walk_draft(
        compile_plan(load_yaml(FEVER)), facts, visit="first", context={}
    )

    assert key not in [change.key for change in changes(walked)]


# -- against brute force ----------------------------------------------------------


def small(plan: Plan, monotone: bool) -> Plan:
    """*plan* with numbers of few values; monotone: what is known stays known."""
    document = plan.model_dump(by_alias=True, exclude_none=True, mode="json")
    for element in document["elements"]:
        bounds = {"n0": (-2, 5), "t0": (37, 39)}.get(element["key"])
        if bounds:
            element["possible"] = dict(zip(("low", "high"), bounds, strict=True))
    if monotone:
        for node in document["nodes"]:
            node.pop("unknown", None)
            for branch in node.get("branches", ()):
                branch["when"] = branch["when"].replace("n0 is null", "b0")
        for section in document["forms"][0]["sections"]:
            section.pop("show_when", None)
            for item in section["items"]:
                item.pop("show_when", None)
        reached = reachable(Plan.model_validate(document), "ask")
        document["nodes"] = [n for n in document["nodes"] if n["key"] in reached]
    return Plan.model_validate(document)


def grid(plan: Plan, key: str) -> list:
    """Every value of an element that can be entered."""
    element = plan.element[key]
    match element.type:
        case "boolean":
            return [True, False]
        case "choice":
            return [option.key for option in element.options]
        case "integer":
            return list(range(-2, 6))
    return [Decimal(tenths) / 10 for tenths in range(370, 391)]


def drawn(plan: Plan, row) -> Draft:
    values = {k: v for k, v in row.items() if k in plan.element and v is not None}
    if "n0" in values:
        values["n0"] = max(-2, min(5, values["n0"]))
    context = {k: v for k, v in row.items() if k not in plan.element}
    return walk_draft(
        compile_plan(plan), stored(values), visit="first", context=context
    )


def completions(walked: Draft, keys) -> Iterator[tuple]:
    """Where every assignment of *keys* leads."""
    plan = walked.compiled.plan
    for values in product(*(grid(plan, key) for key in keys)):
        answers = walked.values | dict(zip(keys, values, strict=True))
        yield place_of(
            walked.compiled.walk(answers, visit="first", context=walked.context)
        )


def product_of(plan, keys):
    size = 1
    for key in keys:
        size *= len(grid(plan, key))
    return size


@slow
@given(walkable(), rows)
def test_what_is_foregone_is_so_for_every_value_that_can_be_entered(plan, row):
    plan = small(plan, monotone=False)
    walked = drawn(plan, row)
    found = foregone(walked)
    assume(found is not None and product_of(plan, found.keys) <= 3000)

    assert set(completions(walked, found.keys)) == {place_of(found.walk)}


@slow
@given(walkable(), rows, st.sets(st.sampled_from(["b0", "b1", "b2", "c0", "n0"])))
def test_what_is_so_for_every_value_is_foregone(plan, row, unknown):
    plan = small(plan, monotone=True)
    walked = drawn(plan, row | dict.fromkeys(unknown))
    assume(walked.walk.why == "unknown")
    keys = [e.key for e in plan.elements if walked.values.get(e.key) is None]
    assume(product_of(plan, keys) <= 3000)
    assume(set(walked.walk.waiting_for) <= set(keys))

    places = set(completions(walked, keys))

    assert (foregone(walked, most=10_000) is not None) == (
        len(places) == 1 and "unknown" not in {why for _, why, _ in places}
    )


@slow
@given(walkable(), rows)
def test_the_changes_of_one_answer_are_all_that_lead_elsewhere(plan, row):
    plan = small(plan, monotone=False)
    walked = drawn(plan, row)
    here = place_of(walked.walk)
    left_out = {*walked.walk.waiting_for, *walked.walk.hidden}

    said = {}
    for change in changes(walked, most=10_000):
        for value in grid(plan, change.key):
            if _covers(change, value):
                said.setdefault(change.key, {})[value] = place_of(change.walk)

    for element in plan.elements:
        if element.key in left_out:
            continue
        (places,) = [
            {
                value: place
                for value, place in zip(
                    grid(plan, element.key),
                    completions(walked, [element.key]),
                    strict=True,
                )
                if place != here
            }
        ]
        assert said.get(element.key, {}) == places, element.key


def _covers(change, value) -> bool:
    if isinstance(value, bool | str):
        return value == change.low
    return (change.lowest or change.low <= value) and (
        change.highest or value <= change.high
    )


@slow
@given(walkable(), rows)
def test_within_a_cell_every_value_leads_to_the_same_place(plan, row):
    plan = small(plan, monotone=False)
    walked = drawn(plan, row)
    facts = {**walked.context, **walked.values}

    for cell in cells(plan, "first", "t0", facts):
        inside = [v for v in grid(plan, "t0") if cell.low <= v <= cell.high]
        places = {
            place_of(
                walked.compiled.walk(
                    walked.values | {"t0": value},
                    visit="first",
                    context=walked.context,
                )
            )
            for value in inside
        }
        assert len(places) == 1
