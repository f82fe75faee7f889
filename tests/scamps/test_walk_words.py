"""A walk in words."""

from decimal import Decimal

from scamps.core.walk import compile_plan, explain
from tests.factories import library_plan


def explained(**answers):
    compiled = compile_plan(library_plan())
    walk = compiled.walk(answers, visit="first")
    facts = compiled.facts(answers, visit="first")
    return explain(compiled.plan, walk, facts)


def test_each_criterion_is_said_with_the_values_of_this_patient():
    presentation, guarding, *_ = explained(peritonitis="local")

    assert (presentation.kind, presentation.reasons) == ("assess", ())
    assert guarding.reasons == (
        "Peritonitis local (= generalized): no",
        "None of these: otherwise",
    )
    assert guarding.next_step == ""


def test_where_a_walk_stops_the_next_safe_step_is_said():
    last = explained(peritonitis="local", temperature=Decimal("38.4"))[-1]

    assert last.node == "risk"
    assert last.next_step.startswith("Complete the items of the score")
