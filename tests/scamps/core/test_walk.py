"""The walk: what is taken, where it stops, what it waits for, what it keeps out."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamps.core.definition import PlanError, load_yaml
from scamps.core.walk import Tried, compile_plan, explain, labels
from scamps.core.walk.compiled import MOST_STAGES
from tests.scamps.core.documents import SMALL

HEAD = """\
schema: 1
key: any
title: Any
summary: Any.
"""


def plan_with(elements: str, items: str, nodes: str, more: str = ""):
    """A plan of one visit that asks *items* and goes on at the node `decide`."""
    return load_yaml(
        HEAD
        + "elements:\n"
        + elements
        + "forms: [{key: f, title: F, sections: [{key: s, title: S, items: ["
        + items
        + "]}]}]\n"
        + "visits: [{key: first, title: First, start: ask}]\n"
        + "nodes:\n"
        + "  - {kind: assess, key: ask, title: Ask, form: f, next: decide}\n"
        + nodes
        + "  - {kind: finish, key: yes, title: Yes}\n"
        + "  - {kind: finish, key: other, title: Other}\n"
        + more
    )


def booleans(*keys: str) -> str:
    return "".join(f"  - {{key: {key}, label: {key}, type: boolean}}\n" for key in keys)


def items(*keys: str) -> str:
    return ", ".join(f"{{element: {key}}}" for key in keys)


def decide(*branches: str, more: str = "otherwise: other") -> str:
    whens = ", ".join(
        f"{{when: {when}, to: {to}}}" for when, to in map(_split, branches)
    )
    return (
        "  - {kind: decide, key: decide, title: Decide, if_unknown: Ask., "
        f"branches: [{whens}], {more}}}\n"
    )


def _split(branch: str) -> list[str]:
    return branch.split(" → ")


ONE = plan_with(booleans("a"), items("a"), decide("a → yes"))


@pytest.mark.parametrize(
    ("value", "nodes", "stopped"),
    [
        (True, ("ask", "decide", "yes"), False),
        (False, ("ask", "decide", "other"), False),
        (None, ("ask", "decide"), True),
    ],
)
def test_true_is_taken_false_passes_on_and_unknown_stops(value, nodes, stopped):
    walk = compile_plan(ONE).walk({"a": value}, visit="first")

    assert (walk.nodes, walk.stopped) == (nodes, stopped)
    assert walk.waiting_for == (("a",) if stopped else ())


def test_an_answer_that_is_absent_is_unknown():
    assert compile_plan(ONE).walk({}, visit="first").waiting_for == ("a",)


def test_each_step_says_what_was_tried_and_where_it_leads():
    walk = compile_plan(ONE).walk({"a": False}, visit="first")

    assert walk.steps[1].tried == (Tried("a", False, "yes"), Tried("", True, "other"))
    assert walk.steps[1].to == "other"


def test_a_walk_does_not_change_the_answers():
    answers = {"a": True}

    compile_plan(ONE).walk(answers, visit="first")

    assert answers == {"a": True}


def test_branches_are_tried_in_order():
    plan = plan_with(
        booleans("a", "b"), items("a", "b"), decide("a → yes", "b → other")
    )
    walk = compile_plan(plan).walk

    assert walk({"a": True, "b": True}, visit="first").end == "yes"
    assert walk({"a": True}, visit="first").end == "yes"
    assert walk({"b": True}, visit="first").waiting_for == ("a",)


def test_a_node_with_an_unknown_target_never_stops():
    plan = plan_with(
        booleans("a"),
        items("a"),
        decide("a → yes", more="otherwise: other, unknown: yes"),
    )

    walk = compile_plan(plan).walk({}, visit="first")

    assert (walk.end, walk.stopped, walk.waiting_for) == ("yes", False, ())
    assert walk.steps[1].tried == (Tried("a", None, "yes"),)


def test_a_node_at_which_nothing_is_true_stops_and_says_so():
    plan = plan_with(
        booleans("a", "b"), items("a", "b"), decide("a → yes", "b → other", more="")
    )

    walk = compile_plan(plan).walk({"a": False, "b": False}, visit="first")

    assert (walk.end, walk.stopped, walk.why) == ("decide", True, "nothing-true")
    assert walk.waiting_for == ()


@pytest.mark.parametrize(
    ("a", "b", "end", "why"),
    [
        (True, False, "yes", ""),
        (False, True, "other", ""),
        (True, True, "decide", "overlap"),
        (True, None, "decide", "unknown"),
        (None, True, "decide", "unknown"),
        (False, False, "decide", "nothing-true"),
    ],
)
def test_a_unique_node_takes_the_only_branch_or_stops(a, b, end, why):
    plan = plan_with(
        booleans("a", "b"),
        items("a", "b"),
        decide("a → yes", "b → other", more="hit: unique"),
    )
    compiled = compile_plan(plan)

    walk = compiled.walk({"a": a, "b": b}, visit="first")

    assert (walk.end, walk.why) == (end, why)
    assert [one.value for one in walk.steps[1].tried] == [a, b]
    assert walk == compiled.walk({"a": a, "b": b}, visit="first")


HIDING = plan_with(
    booleans("a", "b", "c", "d"),
    "{element: a}, {element: b, show_when: a}, {element: c, show_when: b}, {element: d}",
    decide("c → yes"),
)


def test_an_item_that_is_not_shown_counts_as_unknown_and_is_told():
    walk = compile_plan(HIDING).walk({"a": False, "b": True, "c": True}, visit="first")

    assert walk.hidden == ("b",)
    assert walk.end == "yes"  # b is unknown now, and unknown shows c


def test_an_item_is_shown_while_its_question_is_open():
    walk = compile_plan(HIDING).walk({"c": True}, visit="first")

    assert (walk.hidden, walk.end) == ((), "yes")


def test_what_is_hidden_is_replaced_by_what_hides_it():
    walk = compile_plan(HIDING).walk

    assert walk({"a": True, "b": False}, visit="first").waiting_for == ("b",)
    assert walk({"a": False}, visit="first").waiting_for == ("c",)
    assert walk({"a": True, "b": False, "c": True}, visit="first").hidden == ("c",)


def test_what_hides_and_is_hidden_itself_is_replaced_in_its_turn():
    plan = plan_with(
        booleans("a", "b", "c"),
        "{element: a}, {element: b, show_when: a}, {element: c, show_when: a and b}",
        decide("c → yes"),
    )

    walk = compile_plan(plan).walk({"a": False, "b": True}, visit="first")

    assert (walk.hidden, walk.waiting_for) == (("b",), ("a",))


def test_hiding_follows_what_it_depends_on_not_the_order_on_the_form():
    plan = plan_with(
        booleans("a", "b", "c"),
        "{element: c, show_when: b}, {element: b, show_when: a}, {element: a}",
        decide("c → yes"),
    )

    walk = compile_plan(plan).walk({"a": False, "b": False, "c": True}, visit="first")

    assert (walk.hidden, walk.end) == (("b",), "yes")


def test_an_element_asked_without_condition_elsewhere_is_not_hidden():
    plan = load_yaml(
        HEAD + "elements:\n" + booleans("a", "b") + "forms:\n"
        "  - {key: f, title: F, sections: [{key: s, title: S, items: "
        "[{element: a}, {element: b, show_when: a}]}]}\n"
        "  - {key: g, title: G, sections: [{key: s, title: S, items: [{element: b}]}]}\n"
        "visits: [{key: first, title: First, start: ask},"
        " {key: short, title: Short, start: again}]\n"
        "nodes:\n"
        "  - {kind: assess, key: ask, title: Ask, form: f, next: split}\n"
        "  - {kind: decide, key: split, title: Split, if_unknown: Ask.,"
        " branches: [{when: b, to: again}], otherwise: again, unknown: again}\n"
        "  - {kind: assess, key: again, title: Again, form: g, next: done}\n"
        "  - {kind: finish, key: done, title: Done}\n"
    )
    only_f = plan.model_copy(
        update={"nodes": tuple(_without_g(node) for node in plan.nodes)}
    )
    answers = {"a": False, "b": True}

    assert compile_plan(plan).walk(answers, visit="first").hidden == ()
    assert compile_plan(only_f).walk(answers, visit="first").hidden == ("b",)
    assert compile_plan(plan).walk(answers, visit="short").hidden == ()


def _without_g(node):
    return node.model_copy(update={"form": "f"}) if node.key == "again" else node


SCORED = plan_with(
    booleans("a", "b"),
    items("a", "b"),
    decide("twice >= 4 → yes"),
    "scores:\n"
    "  - {key: twice, label: Twice, expression: 2 * sum_of}\n"
    "  - {key: sum_of, label: Sum, expression: ToInteger(a) + ToInteger(b)}\n",
)


def test_a_score_is_computed_after_those_it_reads():
    walk = compile_plan(SCORED).walk({"a": True, "b": True}, visit="first")

    assert walk.scores == {"twice": 4, "sum_of": 2}
    assert walk.end == "yes"


def test_a_walk_waits_for_what_feeds_the_score():
    walk = compile_plan(SCORED).walk({"b": True}, visit="first")

    assert walk.scores == {"twice": None, "sum_of": None}
    assert walk.waiting_for == ("a",)


def test_an_unknown_that_no_answer_causes_waits_for_nothing():
    plan = plan_with(
        "  - {key: n, label: N, type: integer}\n", items("n"), decide("1 / n > 0 → yes")
    )

    walk = compile_plan(plan).walk({"n": 0}, visit="first")

    assert (walk.stopped, walk.waiting_for) == (True, ())


def test_a_quantity_score_is_a_number_in_its_unit():
    plan = plan_with(
        "  - {key: t, label: T, type: decimal, unit: Cel, precision: 1}\n",
        items("t"),
        decide("again > 38 'Cel' → yes"),
        "scores: [{key: again, label: Again, expression: t, unit: Cel}]\n",
    )

    walk = compile_plan(plan).walk({"t": Decimal("38.5")}, visit="first")

    assert walk.scores == {"again": Decimal("38.5")}
    assert walk.end == "yes"


def test_a_visit_reads_the_visit_before_and_the_time_since():
    plan = plan_with(
        booleans("a"),
        items("a"),
        decide(
            "previous.a and weeks_since_previous < 3 → yes",
            "'CalculateAgeInYearsAt(birth_date, visit_date) >= 7' → other",
            more="",
        ),
    )
    compiled = compile_plan(plan)

    walk = compiled.walk(
        {}, visit="first", context={"previous.a": True, "weeks_since_previous": 2}
    )
    older = compiled.walk(
        {},
        visit="first",
        context={
            "previous.a": False,
            "birth_date": date(2019, 3, 1),
            "visit_date": date(2026, 3, 1),
        },
    )

    assert walk.end == "yes"
    assert older.end == "other"
    assert compiled.walk({}, visit="first").waiting_for == (
        "previous.a",
        "weeks_since_previous",
    )


def test_a_plan_with_errors_is_not_compiled():
    plan = ONE.model_copy(update={"visits": ()})

    with pytest.raises(PlanError):
        compile_plan(plan)


def test_the_same_content_is_compiled_once():
    assert compile_plan(load_yaml(SMALL)) is compile_plan(load_yaml(SMALL))


def test_an_unknown_visit_is_refused():
    with pytest.raises(KeyError):
        compile_plan(ONE).walk({}, visit="second")


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys("abcd", st.sampled_from([True, False, None]))
    )
)
def test_a_walk_is_a_function_of_its_answers(answers):
    compiled = compile_plan(HIDING)

    walk = compiled.walk(answers, visit="first")

    assert walk == compiled.walk(answers, visit="first")
    assert walk.nodes[-1] == walk.end
    assert [step.to for step in walk.steps] == [*walk.nodes[1:], None]
    assert set(walk.hidden) <= {
        key for key, value in answers.items() if value is not None
    }
    assert walk.stopped == (walk.end == "decide")


def test_a_plan_of_many_courses_keeps_a_bounded_memory_of_them():
    count = 16
    keys = [f"q{index}" for index in range(count)]
    nodes = "".join(
        f"  - {{kind: decide, key: n{index}, title: N, if_unknown: Ask., "
        f"branches: [{{when: {key}, to: m{index}}}], otherwise: n{index + 1}}}\n"
        f"  - {{kind: assess, key: m{index}, title: M, form: f, next: n{index + 1}}}\n"
        for index, key in enumerate(keys)
    )
    nodes = nodes.replace(f"otherwise: n{count}}}", "otherwise: other}")
    nodes = nodes.replace(f"next: n{count}}}", "next: yes}").replace(
        "n0,", "decide,", 1
    )
    compiled = compile_plan(plan_with(booleans(*keys), items(*keys), nodes))

    unfolded = 0
    for number in range(0, 2**count, 61):
        answers = {key: bool(number >> bit & 1) for bit, key in enumerate(keys)}
        walk = compiled.walk(answers, visit="first")
        assert len(walk.steps) == count + 2 + number.bit_count()
        unfolded = max(unfolded, compiled.visits["first"].unfolded)

    assert MOST_STAGES - count < unfolded <= MOST_STAGES


def test_a_walk_is_told_as_json():
    walk = compile_plan(load_yaml(SMALL)).walk(
        {"temperature": Decimal("38.0")}, visit="first"
    )

    assert walk.to_json() == {
        "steps": [
            {"node": "ask", "tried": [], "to": "hot"},
            {
                "node": "hot",
                "tried": [
                    {
                        "criterion": "temperature >= 38.0 'Cel'",
                        "value": True,
                        "to": "fever",
                    }
                ],
                "to": "fever",
            },
            {"node": "fever", "tried": [], "to": None},
        ],
        "end": "fever",
        "stopped": False,
        "why": "",
        "waiting_for": [],
        "hidden": [],
        "actions": [{"node": "fever", "action": "rest", "direction": "do"}],
        "scores": {},
    }


def explained(answers):
    plan = load_yaml(SMALL)
    compiled = compile_plan(plan)
    walk = compiled.walk(answers, visit="first")
    return explain(plan, walk, compiled.facts(answers, visit="first"))


def test_a_walk_is_explained_with_the_values_filled_in():
    told = explained({"temperature": Decimal("38.5")})

    assert [one.title for one in told] == ["Ask", "Hot?", "Fever"]
    assert told[1].reasons == ("Temperature 38.5 °C (≥ 38.0 °C): yes",)
    assert told[1].next_step == ""


def test_a_walk_that_went_on_otherwise_says_so():
    told = explained({"temperature": Decimal("37.0")})

    assert told[1].reasons == (
        "Temperature 37.0 °C (≥ 38.0 °C): no",
        "None of these: otherwise",
    )


def test_a_walk_that_stopped_says_what_to_do():
    told = explained({})

    assert told[-1].next_step == "Take the temperature."
    assert told[-1].reasons[0].startswith("Temperature")


def test_a_plan_that_is_ambiguous_says_so():
    plan = plan_with(
        booleans("a", "b"),
        items("a", "b"),
        decide("a → yes", "b → other", more="hit: unique"),
    )
    compiled = compile_plan(plan)
    answers = {"a": True, "b": True}
    walk = compiled.walk(answers, visit="first")

    told = explain(plan, walk, compiled.facts(answers, visit="first"))

    assert told[-1].reasons[-1].startswith("More than one of these is true")


def test_names_have_labels_those_of_the_visit_before_too():
    found = labels(load_yaml(SMALL), "en")

    assert found["temperature"] == "Temperature"
    assert found["previous.temperature"] == "Temperature before"


def test_the_form_shows_what_is_not_hidden():
    shown = compile_plan(HIDING).shown

    assert shown("f", {"a": False}, visit="first") == (("s", ("a", "c", "d")),)
    assert shown("f", {}, visit="first") == (("s", ("a", "b", "c", "d")),)


def test_a_check_tells_what_is_wrong():
    plan = plan_with(
        booleans("a", "b"),
        items("a", "b"),
        decide("a → yes"),
        "checks: [{key: odd, when: a and b, message: Odd., level: warn}]\n",
    )
    broken = compile_plan(plan).broken_checks

    assert [one.key for one in broken({"a": True, "b": True}, visit="first")] == ["odd"]
    assert broken({"a": True}, visit="first") == ()
