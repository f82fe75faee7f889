"""Keys and their uses: found everywhere, renamed everywhere, and in criteria too."""

from __future__ import annotations

import pytest

from scamps.core.definition import digest, findings
from scamps.core.edit import (
    SECTIONS,
    KeyTaken,
    Sort,
    duplicated,
    keys_of,
    moved,
    renamed,
    uses,
    without,
)
from scamps.core.edit.uses import carried, rewritten
from tests.factories import library_plan
from tests.scamps.core.edit.test_forms import LIBRARY

KEYED = [section for section in SECTIONS.values() if section.is_keyed]


@pytest.mark.parametrize("name", LIBRARY)
def test_a_renamed_key_is_renamed_wherever_it_is_used_and_back_again(name):
    plan = library_plan(name)
    errors = [one for one in findings(plan) if one.level == "error"]

    for section in KEYED:
        for key in keys_of(plan, section):
            sort, to = Sort(section.name), f"z{key}"
            other = renamed(plan, section, key, to)
            assert [one.path for one in uses(other, sort, to)] == [
                one.path for one in uses(plan, sort, key)
            ]
            assert uses(other, sort, key) == ()
            assert [o for o in findings(other) if o.level == "error"] == errors
            assert digest(renamed(other, section, to, key)) == digest(plan)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("wbc > 3 '1' and 'wbc' = 'x'", "w > 3 '1' and 'wbc' = 'x'"),
        ("previous.wbc < wbc.value", "previous.w < w.value"),
        ("swbc or wbc2 or wbc(1) // wbc", "swbc or wbc2 or wbc(1) // wbc"),
        ('"wbc" is null\n  or wbc is null', "w is null\n  or w is null"),
        ("wbc > 'unclosed", "w > 'unclosed"),
    ],
)
def test_a_key_is_renamed_in_criteria_and_nothing_else_is(source, expected):
    plan = library_plan()

    assert rewritten(plan, source, Sort("elements"), "wbc", "w") == expected


def test_an_option_is_renamed_only_where_its_own_element_is_compared():
    plan = library_plan()
    data = plan.model_dump(by_alias=True)
    sex = next(one for one in data["elements"] if one["key"] == "sex")
    sex["options"] = (*sex["options"], {"key": "none", "label": "Not said"})
    plan, sort = type(plan).model_validate(data), Sort("options", "peritonitis")
    source = "peritonitis in {'local', 'none'} or sex = 'none' or 'none' = peritonitis"

    assert rewritten(plan, source, sort, "none", "no") == (
        "peritonitis in {'local', 'no'} or sex = 'none' or 'no' = peritonitis"
    )


def test_a_key_that_another_part_has_is_refused():
    with pytest.raises(KeyTaken):
        renamed(library_plan(), SECTIONS["elements"], "wbc", "crp")


def test_an_action_that_stands_elsewhere_too_keeps_its_uses_beside_the_new_ones():
    plan = library_plan()
    data = plan.model_dump(by_alias=True)
    node = next(one for one in data["nodes"] if one["key"] == "operate-high")
    node["actions"][0]["key"] = "operate-now"
    after = type(plan).model_validate(data)

    plan = carried(plan, after, Sort("actions"), "operate", "operate-now")

    reason = next(one for one in plan.reasons if one.key == "surgeon-advises-otherwise")
    assert reason.actions == ("operate", "operate-now", "observe")


def test_a_part_moved_down_and_up_or_doubled_and_deleted_is_the_plan_again():
    plan, section = library_plan(), SECTIONS["nodes"]

    down = moved(plan, section, "low", 1)
    doubled, key = duplicated(plan, section, "low")

    assert (
        keys_of(down, section).index("low") == keys_of(plan, section).index("low") + 1
    )
    assert digest(moved(down, section, "low", -1)) == digest(plan)
    assert key == "low-2"
    assert digest(without(doubled, section, key)) == digest(plan)
