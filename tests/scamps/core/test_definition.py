"""Plan documents: what is read, what is refused and where, what is written."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # comes with drf-spectacular

from scamps.core.definition import (
    Plan,
    PlanError,
    at_age,
    canonical,
    digest,
    dump_json,
    dump_yaml,
    findings,
    json_schema,
    json_schema_text,
    load_json,
    load_stored,
    load_yaml,
    review,
    words,
)
from scamps.core.definition.reading import shape
from scamps.core.definition.source import read_json, read_yaml
from tests.scamps.core.documents import SMALL, plans
from tests.scamps.core.documents import words as words_of_a_plan

ROOT = Path(__file__).parents[3]
FIXTURES = Path(__file__).parent / "fixtures"
FROZEN = sorted(FIXTURES.glob("schema-1*.json"))
patient = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def only_error(text: str) -> tuple[str, int | None, str]:
    """The path, line and message of the one error in *text*."""
    with pytest.raises(PlanError) as caught:
        load_yaml(text, "fever.yaml")
    (found,) = caught.value.findings
    assert found.file == "fever.yaml"
    return found.path, found.line, found.message


def test_a_small_plan_is_read():
    plan = load_yaml(SMALL)

    assert plan.key == "fever"
    assert [node.key for node in plan.nodes] == ["ask", "hot", "fever", "well"]
    assert plan.nodes[1].branches[0].when == "temperature >= 38.0 'Cel'"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("38.0", Decimal("38.0")),
        ("38", 38),
        ("1e3", Decimal("1E+3")),
        ("1_000", "1_000"),
        ("2026-01-31", "2026-01-31"),
        ("12:30", "12:30"),
        ("'38.0'", "38.0"),
        ("~", None),
        ("TRUE", True),
    ],
)
def test_scalars_are_read_by_the_core_schema_of_yaml_1_2(text, value):
    read = read_yaml(f"it: {text}", "x.yaml").data["it"]

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("typed", ["38.0", "38.00", "0.1", "1234567890.12345678"])
def test_a_number_is_the_decimal_that_was_typed(typed):
    text = SMALL.replace("precision: 1", f"precision: 8, possible: {{low: {typed}}}")

    low = load_yaml(text).elements[0].possible.low

    assert str(low) == typed


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' is written twice"),
        ("a: &x 1\n", 1, "anchors and aliases are not used in a plan"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not used in a plan"),
        ("a: !!str 1\n", 1, "the tag tag:yaml.org,2002:str is not used in a plan"),
        ("a:\n  true: 1\n", 2, "the key true is not a word"),
        ("a: .nan\n", 1, ".nan: write a decimal number"),
        ("a: 0x1F\n", 1, "0x1F: write a decimal number"),
        ("a: [1\nb: 2\n", 2, "expected ',' or ']', but got ':'"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("", 1, "the document is empty"),
        ('a: "\\0"\n', 1, "a character that cannot be stored"),
        ("a: " + "[" * 60 + "]" * 60, 1, "nested too deeply"),
    ],
)
def test_yaml_that_a_plan_does_not_use_is_refused_with_its_line(text, line, message):
    with pytest.raises(PlanError) as caught:
        read_yaml(text, "x.yaml")

    (found,) = caught.value.findings
    assert (found.file, found.line, found.message) == ("x.yaml", line, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' is written twice"),
        ('{"a": NaN}', "NaN is not a number a plan can use"),
        ('{"a": "\\ud800"}', "a character that cannot be stored"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 50 + "]" * 50, "nested too deeply"),
        ("{", "Expecting property name enclosed in double quotes"),
        ('{"a": ' + "1" * 5000 + "}", "a number of more than 100 digits"),
    ],
)
def test_json_that_a_plan_does_not_use_is_refused(text, message):
    with pytest.raises(PlanError) as caught:
        read_json(text, "x.json")

    assert caught.value.findings[0].message == message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "title: Hot?",
            "titel: Hot?",
            [
                ("nodes[1].titel", 21, "not a field of a plan"),
                ("nodes[1].title", 19, "this field is required"),
            ],
        ),
        (
            "    if_unknown: Take the temperature.\n",
            "",
            [("nodes[1].if_unknown", 19, "this field is required")],
        ),
        (
            "precision: 1",
            "precision: 1.0",
            [
                (
                    "elements[0].precision",
                    6,
                    "expected a whole number, not '1.0'",
                )
            ],
        ),
        (
            "key: fever\ntitle",
            "key: Fever\ntitle",
            [
                (
                    "key",
                    2,
                    "expected a key in lower case with hyphens, such as "
                    "no-ultrasound, not 'Fever'",
                )
            ],
        ),
        (
            "summary: Looks for fever.",
            "summary: {en: Looks for fever., DE: x}",
            [("summary", 4, "expected words, or a map from language to words")],
        ),
        (
            "kind: finish",
            "kind: end",
            [
                (
                    "nodes[3]",
                    32,
                    "expected kind assess, decide, recommend or finish",
                )
            ],
        ),
        (
            "direction: do,",
            "direction: do, serious: no,",
            [
                (
                    "nodes[2].actions[0].serious",
                    31,
                    "expected true or false, not 'no'",
                )
            ],
        ),
    ],
)
def test_what_has_not_the_shape_of_a_plan_is_refused_with_path_and_line(
    old, new, expected
):
    with pytest.raises(PlanError) as caught:
        load_yaml(SMALL.replace(old, new), "fever.yaml")

    found = [(one.path, one.line, one.message) for one in caught.value.findings]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("old", "new", "path", "line", "message"),
    [
        ("to: fever", "to: fevr", "nodes[1].branches[0].to", 24, "there is no node 'fevr'"),
        ("form: visit", "form: vist", "nodes[0].form", 18, "there is no form 'vist'"),
        ("start: ask", "start: aks", "visits[0].start", 16, "there is no node 'aks'"),
        (
            "resource: bed",
            "resource: bad",
            "nodes[2].actions[0].resource",
            31,
            "there is no resource 'bad'",
        ),
        (
            "[{element: temperature}, {element: cough}]",
            "[{element: temperature}, {element: coughs}]",
            "forms[0].sections[0].items[1].element",
            14,
            "there is no element 'coughs'",
        ),
        (
            "{key: cough, label: Cough, type: boolean}",
            "{key: cough, label: Cough, type: boolean, unit: kg}",
            "elements[1].unit",
            7,
            "only a number has unit, not a boolean",
        ),
        ("unit: Cel", "unit: Celsius", "elements[0].unit", 6, "'Celsius' is not a unit of UCUM"),
        (
            "precision: 1",
            "precision: 1, possible: {low: 45, high: 25}",
            "elements[0].possible",
            6,
            "low 45 lies above high 25",
        ),
        (
            "precision: 1",
            "precision: 1, possible: {low: 25, high: 45}, plausible: {high: 46}",
            "elements[0].plausible.high",
            6,
            "plausible high 46 lies outside possible",
        ),
        (
            "precision: 1",
            "precision: 1, possible: {low: 25.05}",
            "elements[0].possible.low",
            6,
            "25.05 has more digits than the element: 1",
        ),
        (
            ", precision: 1",
            "",
            "elements[0]",
            6,
            "a decimal needs its precision: the digits after the point",
        ),
        (
            "precision: 1",
            "precision: 1, possible: {low: 25, high: 45}, by_age: [{until_months: 3, plausible: {low: 24}}]",
            "elements[0].by_age[0].plausible.low",
            6,
            "plausible low 24 lies outside possible",
        ),
        (
            "precision: 1",
            "precision: 1, possible: {low: 25}, by_age: [{until_months: 3, possible: {low: 24}}]",
            "elements[0].by_age[0].possible.low",
            6,
            "possible low 24 lies outside possible",
        ),
        (
            "precision: 1",
            "precision: 1, by_age: [{until_months: 4, possible: {low: 30}}, {from_months: 3, possible: {low: 31}}]",
            "elements[0].by_age[1]",
            6,
            "months 3 to 4 are given twice, or not in order",
        ),
        (
            "precision: 1",
            "precision: 1, by_age: [{from_months: 3}]",
            "elements[0].by_age[0]",
            6,
            "neither possible nor plausible is given",
        ),
        (
            "precision: 1",
            "precision: 1, by_age: [{from_months: 3, until_months: 3, possible: {low: 30}}]",
            "elements[0].by_age[0]",
            6,
            "from 3 is not before until 3",
        ),
        (
            "{key: cough, label: Cough, type: boolean}",
            "{key: cough, label: Cough, type: boolean, by_age: [{possible: {low: 3}}]}",
            "elements[1].by_age",
            7,
            "only a number has by_age, not a boolean",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_path_and_line(
    old, new, path, line, message
):
    text = SMALL.replace(old, new)

    with pytest.raises(PlanError) as caught:
        load_yaml(text, "fever.yaml")

    found = [(one.path, one.line, one.message) for one in caught.value.findings]
    assert (path, line, message) in found


def test_a_circle_of_nodes_is_refused():
    text = SMALL.replace("otherwise: well", "otherwise: ask")

    with pytest.raises(PlanError) as caught:
        load_yaml(text)

    assert {one.where for one in caught.value.findings if one.code == "circle"} == {
        "nodes.ask",
        "nodes.hot",
    }


def test_a_node_no_visit_leads_to_is_refused():
    text = SMALL.replace("otherwise: well", "otherwise: fever")

    path, line, message = only_error(text)

    assert (path, line, message) == ("nodes[3]", 32, "no visit leads to 'well'")


def test_items_that_depend_on_each_other_to_be_shown_are_refused():
    text = SMALL.replace(
        "[{element: temperature}, {element: cough}]",
        "[{element: temperature, show_when: cough}, "
        "{element: cough, show_when: temperature > 38 'Cel'}]",
    )

    with pytest.raises(PlanError) as caught:
        load_yaml(text)

    assert {one.code for one in caught.value.findings} == {"show-circle"}


def test_scores_that_depend_on_each_other_are_refused():
    text = SMALL + (
        "scores:\n"
        "  - {key: one, label: One, expression: two + 1}\n"
        "  - {key: two, label: Two, expression: one + 1}\n"
    )

    with pytest.raises(PlanError) as caught:
        load_yaml(text)

    assert [one.message for one in caught.value.findings] == [
        "this score depends on itself",
        "this score depends on itself",
    ]


def test_a_score_may_stand_before_the_score_it_reads():
    text = SMALL + (
        "scores:\n"
        "  - {key: two, label: Two, expression: one + 1}\n"
        "  - {key: one, label: One, expression: ToInteger(cough)}\n"
    )

    assert str(load_yaml(text).names()["two"]) == "Integer"


@pytest.mark.parametrize("key", ["date", "and", "birth_date", "previous"])
def test_a_word_of_the_language_is_no_key(key):
    text = SMALL.replace("key: cough", f"key: {key}").replace(
        "element: cough", f"element: {key}"
    )

    path, line, message = only_error(text)

    assert (path, line) == ("elements[1].key", 7)
    assert message == f"{key!r} is a word of the criteria language"


@pytest.mark.parametrize(
    ("criterion", "line", "column"),
    [
        ("temperature >= 38.0 'Cel' and coughs", 23, 45),
        ("\"temperature >= 38.0 'Cel' and coughs\"", 23, 46),
        ("|\n          cough\n          and coughs", 25, 15),
    ],
    ids=["plain", "quoted", "block"],
)
def test_an_error_in_a_criterion_names_node_line_and_column(criterion, line, column):
    text = SMALL.replace("temperature >= 38.0 'Cel'\n", f"{criterion}\n", 1)

    with pytest.raises(PlanError) as caught:
        load_yaml(text, "fever.yaml")

    (found,) = caught.value.findings
    assert found.path == "nodes[1].branches[0].when"
    assert found.where == "nodes.hot.branches[0].when"
    assert (found.line, found.column) == (line, column)
    assert "coughs" in found.message


def test_a_criterion_must_be_true_or_false():
    path, line, message = only_error(
        SMALL.replace("when: temperature >= 38.0 'Cel'", "when: temperature")
    )

    assert (path, line) == ("nodes[1].branches[0].when", 23)
    assert message == "a criterion is true or false, this is a Quantity in 'Cel'"


def test_a_temperature_is_not_compared_with_a_bare_number():
    path, _, _ = only_error(SMALL.replace("38.0 'Cel'", "38.0"))

    assert path == "nodes[1].branches[0].when"


def test_a_choice_that_does_not_exist_is_refused():
    text = SMALL.replace(
        "{key: cough, label: Cough, type: boolean}",
        "{key: cough, label: C, type: choice, options: [{key: dry, label: Dry}]}",
    ).replace("temperature >= 38.0 'Cel'", "cough = 'wet'")

    path, _, message = only_error(text)

    assert path == "nodes[1].branches[0].when"
    assert "dry" in message


def test_an_element_that_serves_nothing_is_a_warning():
    plan, found = review(SMALL, "fever.yaml")

    assert plan is not None
    assert [(one.level, one.code, one.where, one.line) for one in found] == [
        ("warning", "never-used", "elements.cough", 7)
    ]


def test_a_name_that_no_form_asks_is_a_warning():
    text = SMALL.replace(
        "[{element: temperature}, {element: cough}]", "[{element: cough}]"
    )

    _, found = review(text)

    assert ("never-asked", "nodes.hot.branches[0].when") in [
        (one.code, one.where) for one in found
    ]


def test_a_review_of_an_unreadable_text_says_why():
    plan, found = review("schema: 1\nkey: [", "x.yaml")

    assert plan is None
    assert [one.code for one in found] == ["yaml"]


@patient
@given(plans)
def test_yaml_gives_the_plan_again(plan: Plan):
    again = shape(read_yaml(dump_yaml(plan), "again.yaml"))

    assert again == plan
    assert canonical(again) == canonical(plan)


@patient
@given(plans)
def test_json_gives_the_plan_again(plan: Plan):
    assert load_stored(canonical(plan)) == plan
    assert shape(read_json(dump_json(plan), "again.json")) == plan


@patient
@given(plans, words_of_a_plan)
def test_two_plans_are_equal_if_and_only_if_their_digests_are(one: Plan, title):
    other = one.model_copy(update={"title": title})

    assert (one == other) == (digest(one) == digest(other))


@patient
@given(plans)
def test_the_canonical_text_is_its_own_canonical_text(plan: Plan):
    assert canonical(load_stored(canonical(plan))) == canonical(plan)


@settings(patient, max_examples=200)
@given(
    st.text(max_size=200) | st.binary(max_size=100).map(lambda b: b.decode("latin1"))
)
def test_no_text_makes_reading_fail_in_another_way(text: str):
    for load in (load_yaml, load_json):
        with pytest.raises(PlanError):
            load(text)


@settings(patient, max_examples=50)
@given(
    plans.map(dump_yaml), st.integers(0, 10_000), st.text(max_size=3), st.integers(0, 9)
)
def test_a_damaged_plan_is_read_or_refused(text: str, at: int, new: str, length: int):
    at %= len(text)
    plan, found = review(text[:at] + new + text[at + length :])

    assert plan is not None or found


def test_the_canonical_text_has_no_defaults_spaces_or_superfluous_zeros():
    text = SMALL.replace("precision: 1", "precision: 1, possible: {low: 25.0}").replace(
        "summary:", "language: en\ndemonstration: false\nsummary:"
    )

    stored = canonical(load_yaml(text))

    assert ": " not in stored.replace(": fever", "")
    assert json.loads(stored)["elements"][0]["possible"] == {"low": "25"}
    assert "language" not in json.loads(stored)
    assert list(json.loads(stored)) == sorted(json.loads(stored))


def test_words_are_given_in_the_language_asked_for():
    text = {"en": "fever", "pt": "febre"}

    assert words(text, "pt-BR") == "febre"
    assert words(text, "fr", "en") == "fever"
    assert words("Fieber", "en") == "Fieber"


def test_bounds_follow_the_age_and_fall_back_to_the_general_ones():
    text = SMALL.replace(
        "precision: 1",
        "precision: 1, possible: {low: 20}, plausible: {low: 34}, by_age: ["
        "{until_months: 3, plausible: {low: 36}}, {from_months: 3, until_months: 24, possible: {low: 25}}]",
    )
    element = load_yaml(text).elements[0]

    lows = [
        (at_age(element, months).possible.low, at_age(element, months).plausible.low)
        for months in (None, 0, 2, 3, 23, 24)
    ]

    assert lows == [(20, 34), (20, 36), (20, 36), (25, 34), (25, 34), (20, 34)]


@pytest.mark.parametrize("file", FROZEN, ids=lambda file: file.stem)
def test_the_first_schema_is_read_and_hashed_as_on_its_first_day(file):
    stored = file.read_text().strip()
    frozen = file.with_suffix(".sha256").read_text().strip()

    plan = load_json(stored)

    assert canonical(plan) == stored
    assert digest(plan) == frozen


def test_the_frozen_plans_use_every_field_of_the_first_schema():
    """A field that came later has a frozen plan of its own beside the first."""
    plans = [load_json(file.read_text()) for file in FROZEN]
    schema = Plan.model_json_schema(by_alias=True)
    named = set(schema["properties"]).union(
        *(part.get("properties", {}) for part in schema["$defs"].values())
    )

    used = _fields([json.loads(canonical(plan)) for plan in plans])
    assert named - used == set()


def _fields(data: object) -> set[str]:
    match data:
        case dict():
            return set(data).union(*map(_fields, data.values()))
        case list():
            return set().union(*map(_fields, data))
    return set()


def test_the_schema_for_editors_is_kept_in_step():
    assert (ROOT / "docs/plan.schema.json").read_text() == json_schema_text()


def test_a_plan_built_in_python_is_checked_too():
    plan = load_yaml(SMALL)
    broken = plan.model_copy(update={"resources": ()})

    assert [(one.where, one.line) for one in findings(broken)] == [
        ("nodes.fever.actions.rest.resource", None)
    ]


def test_the_plan_in_the_documentation_is_a_plan():
    text = (ROOT / "docs/plan-document.md").read_text()
    example = text.split("```yaml\n")[1].split("```")[0]

    assert load_yaml(example).key == "fever"


def test_where_cql_makes_an_unknown_known_is_a_warning():
    text = SMALL.replace(
        "when: temperature >= 38.0 'Cel'", "when: cough is null or cough"
    )

    _, found = review(text, "fever.yaml")

    assert ("unknown-becomes-known", "nodes.hot.branches[0].when", 23) in [
        (one.code, one.where, one.line) for one in found
    ]


@pytest.mark.parametrize(
    ("when", "code"),
    [("temperature >= 38.0 'Cel'", "never-taken"), ("1 < 2", "always-the-same")],
)
def test_a_branch_that_cannot_be_meant_is_a_warning(when, code):
    text = SMALL.replace(
        "    otherwise: well",
        f"      - {{when: {when}, to: well}}\n    otherwise: well",
    )

    _, found = review(text, "fever.yaml")

    assert (code, "nodes.hot.branches[1].when") in [
        (one.code, one.where) for one in found
    ]


def test_the_schema_for_editors_accepts_the_library_and_refuses_a_slip():
    validator = Draft202012Validator(json_schema())
    file = ROOT / "library/suspected-appendicitis/plan.yaml"
    data = read_yaml(file.read_text(), "plan.yaml").data

    assert list(validator.iter_errors(data)) == []
    assert list(validator.iter_errors(data | {"titel": "x"})) != []
    assert list(validator.iter_errors(data | {"schema": 2})) != []


@pytest.mark.parametrize("text", ["\ufeff" + SMALL, SMALL.replace("\n", "\r\n")])
def test_the_habits_of_editors_do_not_change_a_plan(text):
    assert digest(load_yaml(text)) == digest(load_yaml(SMALL))
