"""What differs between two plans is said in their words and classed by its effect."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from scamps.core.compare import compare
from scamps.core.definition import Plan, canonical, load_yaml
from tests.scamps.core.documents import SMALL, plans

ROOT = Path(__file__).parents[3]
APPENDICITIS = (ROOT / "library/suspected-appendicitis/plan.yaml").read_text()
WATCH = "      - {key: watch, words: Watch., direction: do, resource: bed}\n"
SECOND = "  - {key: cough, label: Cough, type: boolean}\n"


def changed(*replacing: tuple[str, str], text: str = SMALL) -> Plan:
    for old, new in replacing:
        assert old in text
        text = text.replace(old, new)
    return load_yaml(text, "after")


def said(*replacing: tuple[str, str], text: str = SMALL) -> list[tuple[str, str]]:
    before = load_yaml(text, "before")
    found = compare(before, changed(*replacing, text=text)).changes
    return [(change.effect, change.words) for change in found]


@pytest.mark.parametrize(
    ("replacing", "expected"),
    [
        pytest.param(
            ("label: Temperature", "label: Body heat"),
            ("wording", "“Body heat” (temperature), label: “Temperature” became “Body heat”"),
            id="renamed",
        ),
        pytest.param(
            (">= 38.0 'Cel'", "> 38.5 'Cel'"),
            (
                "routing",
                "“Hot?” (hot), branch to “Fever”, criterion: "
                "Temperature ≥ 38.0 °C became Temperature > 38.5 °C",
            ),
            id="criterion",
        ),
        pytest.param(
            ("temperature >= 38.0 'Cel'", "(temperature>=38.0 'Cel')"),
            (
                "wording",
                "“Hot?” (hot), branch to “Fever”, spelling: "
                "temperature >= 38.0 'Cel' became (temperature>=38.0 'Cel')",
            ),
            id="only spelt otherwise",
        ),
        pytest.param(
            ("words: Rest.", "words: Rest for a day."),
            (
                "advice",
                "“Fever” (fever), action “Rest for a day.” (rest), words: "
                "“Rest.” became “Rest for a day.”",
            ),
            id="the words of an action are advice",
        ),
        pytest.param(
            ("direction: do,", "direction: do-not,"),
            (
                "advice",
                "“Fever” (fever), action “Rest.” (rest), direction: “do” became “do-not”",
            ),
            id="direction",
        ),
        pytest.param(
            ("if_unknown: Take", "if_unknown: Please take"),
            (
                "advice",
                "“Hot?” (hot), what to do when it is unknown: "
                "“Take the temperature.” became “Please take the temperature.”",
            ),
            id="the next safe step",
        ),
        pytest.param(
            ("precision: 1}", "precision: 1, possible: {low: 25, high: 45}}"),
            (
                "data",
                "“Temperature” (temperature), possible: nothing became 25 to 45 °C",
            ),
            id="range",
        ),
        pytest.param(
            ("items: [{element: temperature}, {element: cough}]",
             "items: [{element: cough}, {element: temperature}]"),
            (
                "data",
                "“Visit” (visit), “All” (all), question “Cough” (cough): "
                "moved from place 2 to place 1",
            ),
            id="order of the form",
        ),
    ],
)  # fmt: skip
def test_a_change_is_said_and_classed(replacing, expected):
    assert said(replacing) == [expected]


def test_what_comes_and_goes_is_told_with_what_it_says():
    more = ("      - {key: rest", WATCH + "      - {key: rest")

    assert said(more) == [
        ("advice", "“Fever” (fever), action “Watch.” (watch): new: do: Watch.")
    ]
    assert [change.words for change in compare(changed(more), changed()).changes] == [
        "“Fever” (fever), action “Watch.” (watch): gone: do: Watch."
    ]


def test_an_action_about_the_same_resource_is_the_same_action_changed():
    instead = (
        "{key: rest, words: Rest., direction: do,",
        "{key: no-rest, words: Get up., direction: do-not,",
    )

    effects, sentences = zip(*said(instead), strict=True)

    assert set(effects) == {"advice"}
    assert (
        "action “Get up.” (no-rest): do: Rest. became do not: Get up." in sentences[0]
    )


def test_a_node_that_becomes_another_kind_takes_its_actions_along():
    fever = SMALL[SMALL.index("  - kind: recommend") : SMALL.index("  - {kind: finish")]

    found = said((fever, "  - {kind: finish, key: fever, title: Fever}\n"))

    assert found == [
        ("advice", "“Fever” (fever), action “Rest.” (rest): gone: do: Rest."),
        ("routing", "“Fever” (fever), kind: recommend became finish"),
    ]


def test_a_new_element_is_data_collected():
    found = said((SECOND, SECOND + SECOND.replace("ough", "old").replace("cough", "c")))

    assert [effect for effect, _ in found] == ["data"]


def test_the_weightiest_effect_stands_first():
    plan = load_yaml(APPENDICITIS, "before")
    other = changed(
        ("label: Body temperature", "label: Temperature"),
        ("pas <= 3", "pas <= 2"),
        ("words: No ultrasound of the abdomen.", "words: No ultrasound."),
        text=APPENDICITIS,
    )

    found = compare(plan, other)

    assert [name for name, _ in found.by_effect()] == [
        "What is advised",
        "Who goes where",
        "Wording only",
    ]
    assert not found.is_wording_only


def test_branches_that_swap_places_change_who_goes_where():
    both = (
        "    branches:\n      - when: temperature >= 38.0 'Cel'\n        to: fever\n",
        "    branches:\n      - when: cough\n        to: well\n"
        "      - when: temperature >= 38.0 'Cel'\n        to: fever\n",
    )
    swapped = (
        both[0],
        "    branches:\n      - when: temperature >= 38.0 'Cel'\n        to: fever\n"
        "      - when: cough\n        to: well\n",
    )

    found = compare(changed(both), changed(swapped)).changes

    assert [(one.effect, one.kind) for one in found] == [("routing", "moved")]


@given(plans, plans)
def test_two_plans_differ_exactly_if_their_texts_do(one, other):
    differ = canonical(one) != canonical(other)

    assert bool(compare(one, other).changes) == differ
    assert compare(one, one).changes == ()


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("entry_units", [{"unit": "[degF]"}], [], "unit °F: gone"),
        (
            "by_age",
            [{"from_months": 1, "plausible": {"low": 35}}],
            [{"from_months": 1, "plausible": {"low": 36}}],
            "36",
        ),
        ("by_age", [], [{"until_months": 3, "plausible": {"low": 36}}], "new"),
    ],
)
def test_parts_without_a_key_are_compared_too(field, before, after, words):
    data = load_yaml(SMALL).model_dump(by_alias=True)
    first, *rest = data["elements"]
    plans = [
        Plan.model_validate(data | {"elements": [first | {field: value}, *rest]})
        for value in (before, after)
    ]

    (change,) = compare(*plans).changes

    assert words in change.words
    assert change.effect == "data"
