"""A proof in a process of its own: the same findings, within time and memory."""

import pytest

from scamps.core.definition import PlanError, load_yaml
from scamps.core.prove import prove
from scamps.core.prove.apart import prove_apart
from tests.scamps.core.broken_plans import decide, plan_text

OVERLAP = plan_text(
    decide("n < 5 -> end", "w > 3.25 'kg' -> end", hit="unique", otherwise="end")
)


def test_it_comes_to_the_same_as_in_this_process():
    plan = load_yaml(OVERLAP)

    apart, here = prove_apart(plan), prove(plan)

    assert apart.asked == here.asked
    assert [(one.name, one.level, one.node) for one in apart.found] == [
        (one.name, one.level, one.node) for one in here.found
    ]
    assert apart.errors[0].patient.to_json() == here.errors[0].patient.to_json()
    assert apart.is_complete


def test_without_memory_it_decides_nothing_and_says_so():
    proof = prove_apart(load_yaml(OVERLAP), megabytes=60)

    assert not proof.is_complete
    assert not proof.holds
    assert proof.undecided[-1].why.startswith("the proof was cut off")


def test_without_time_what_is_left_is_undecided():
    proof = prove_apart(load_yaml(OVERLAP), seconds=0)

    assert not proof.is_complete
    assert not proof.holds
    assert proof.found == ()


def test_a_plan_with_errors_is_refused_before_any_proof():
    plan = load_yaml(OVERLAP)
    node = plan.nodes[1].model_copy(update={"otherwise": "nowhere"})
    broken = plan.model_copy(update={"nodes": (plan.nodes[0], node, *plan.nodes[2:])})

    with pytest.raises(PlanError):
        prove_apart(broken)
