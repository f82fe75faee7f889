"""Proofs: what is broken is found, with a patient who shows it; what is right is not."""

from decimal import Decimal

import pytest

from scamps.core.definition import load_yaml
from scamps.core.prove import prove
from scamps.core.walk import compile_plan
from tests.factories import library_plan
from tests.scamps.core.broken_plans import PLANS, decide, plan_text, recommend

SHOWN = {"overlap", "gap", "contradiction", "score-range", "unknown-becomes-known"}


def walked(plan, patient):
    return compile_plan(plan).walk(
        patient.answers, visit=patient.visit, context=patient.context
    )


@pytest.mark.parametrize("broken", PLANS, ids=lambda one: one.name)
def test_what_is_broken_is_found_and_nothing_else(broken):
    plan = load_yaml(broken.text)

    proof = prove(plan)

    assert proof.is_complete
    allowed = {("unknown-becomes-known", one.where) for one in proof.warnings}
    found = {(one.code, one.where) for one in proof.found}
    assert broken.expected <= found
    assert found - broken.expected <= allowed


@pytest.mark.parametrize("broken", PLANS, ids=lambda one: one.name)
def test_a_counter_example_is_a_patient_for_whom_it_is_so(broken):
    plan = load_yaml(broken.text)

    for one in prove(plan).found:
        assert (one.patient is not None) == (one.code in SHOWN)
        match one.code:
            case "overlap" | "gap":
                walk = walked(plan, one.patient)
                why = {"overlap": "overlap", "gap": "nothing-true"}[one.code]
                assert (walk.end, walk.why) == (one.node, why)
            case "contradiction":
                said = [
                    action.direction for _, action in walked(plan, one.patient).actions
                ]
                assert {"do", "do-not"} <= set(said)
            case "score-range":
                score = walked(plan, one.patient).scores["p"]
                bounds = plan.score["p"].range
                assert not bounds.low <= score <= bounds.high
            case "unknown-becomes-known":
                less, more = one.patient, one.other
                assert less.answers.items() < more.answers.items()
                before, after = walked(plan, less), walked(plan, more)
                assert (before.nodes, before.scores) != (after.nodes, after.scores) or (
                    before.steps[1].tried[0].value != after.steps[1].tried[0].value
                )


@pytest.mark.parametrize(
    "key", ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]
)
def test_the_plans_of_the_library_are_proven(key):
    proof = prove(library_plan(key))

    assert proof.is_complete
    assert proof.found == ()


RIGHT = [
    plan_text(decide("n < 5 -> end", "n >= 5 -> end", hit="unique")),
    plan_text(decide("c = 'x' -> end", "c = 'y' -> end", "c = 'z' -> end")),
    plan_text(decide("t >= 38.0 'Cel' -> end", "t < 100.4 '[degF]' -> end", hit="unique")),
    plan_text(decide("w < 10.00 'kg' -> end", "w >= 10000.0 'g' -> end", hit="unique")),
    plan_text(decide("n mod 2 = 0 -> end", "n mod 2 = 1 -> end", hit="unique")),
    plan_text(decide("a and b -> end", "not a or not b -> end", hit="unique")),
    plan_text(decide("a -> two", otherwise="three"), recommend("two"), recommend("three", "do-not", next="end")),
    plan_text(decide("CalculateAgeInMonthsAt(birth_date, visit_date) < 24 -> end", "CalculateAgeInYearsAt(birth_date, visit_date) >= 2 -> end", hit="unique")),
    plan_text(decide("s = 'yes' -> end", otherwise="end")),
    plan_text(decide("a and s != 'yes' -> end", otherwise="end")),
    plan_text(decide("b -> end", otherwise="end"), items="{element: a}, {element: b, show_when: a}"),
    plan_text(decide("Round(w.value / 3, 1) >= 3.4 -> end", "Round(w.value / 3, 1) < 3.4 -> end", hit="unique")),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_is_not_accused(text):
    proof = prove(load_yaml(text))

    assert proof.found == ()
    assert proof.is_complete


def test_beyond_linear_arithmetic_a_question_stays_open_or_is_shown_to_hold():
    """BMI is a quotient of two answers: whom it takes is found, not proven."""
    bmi = "{key: p, label: P, expression: 'w.value / (n * n)'}"
    plan = load_yaml(plan_text(decide("p >= 20 -> end", "p < 20 -> end"), scores=bmi))

    proof = prove(plan)

    assert proof.errors == ()
    assert proof.holds
    assert not proof.is_complete


def test_a_solver_without_time_decides_nothing_and_says_so():
    plan = load_yaml(
        plan_text(decide("n < 5 -> end", "n > 3 -> end", hit="unique", otherwise="end"))
    )

    proof = prove(plan, seconds=0)

    assert proof.found == ()
    assert {one.why for one in proof.undecided} == {"the time was up"}


def test_a_counter_example_is_plausible_where_it_can_be():
    elements = (
        "\n  - {key: n, label: N, type: integer, possible: {low: 0, high: 99},"
        " plausible: {low: 40, high: 60}}"
    )
    text = plan_text(
        decide("n < 50 -> end", "n > 30 -> end", hit="unique", otherwise="end"),
        elements=elements,
        items="{element: n}",
    )

    (found,) = prove(load_yaml(text)).found

    assert 40 <= found.patient.answers["n"] < 50


def test_numbers_are_of_the_declared_precision():
    plan = load_yaml(
        plan_text(
            decide(
                "w > 10.005 'kg' -> end",
                "w <= 10010.0 'g' -> end",
                hit="unique",
                otherwise="end",
            )
        )
    )

    (found,) = prove(plan).errors

    assert found.patient.answers["w"] == Decimal("10.01")


def test_actions_against_each_other_are_an_error_unless_something_is_decided_between():
    at_once = plan_text(
        decide("a -> two", otherwise="end"),
        recommend("two", next="three"),
        recommend("three", "do-not"),
    )
    later = plan_text(
        decide("a -> two", otherwise="end"),
        recommend("two", next="four"),
        decide("b -> three", key="four", otherwise="end"),
        recommend("three", "do-not"),
    )

    levels = [prove(load_yaml(text)).found[0].level for text in (at_once, later)]

    assert levels == ["error", "warning"]
