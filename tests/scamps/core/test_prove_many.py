"""Proofs of many plans: no false alarm on right ones, nothing untrue of any."""

from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scamps.core.definition import findings, load_yaml
from scamps.core.prove import prove
from scamps.core.walk import compile_plan
from tests.random_plans import random_plan
from tests.scamps.core.correct_plans import correct_plan
from tests.scamps.core.random_plans import rows, walkable


@pytest.mark.parametrize("seed", range(100))
def test_a_plan_that_shares_out_its_patients_is_not_accused(seed):
    rng = Random(seed)  # noqa: S311  (the same plans every time)
    plan = correct_plan(rng, rng.randint(1, 6))
    assert not [one for one in findings(plan) if one.level == "error"]

    proof = prove(plan)

    assert proof.found == ()
    assert proof.undecided == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walkable(), st.lists(rows, min_size=30, max_size=30))
def test_what_is_said_of_any_plan_is_true(plan, patients):
    """What nobody can do is done by none; what is shown is shown again by a walk."""
    proof = prove(plan)

    compiled = compile_plan(plan)
    never = {(one.code, one.where) for one in proof.found if one.patient is None}
    for row in patients:
        walk = compiled.walk(row, visit="first")
        assert not {("unreachable", f"nodes.{key}") for key in walk.nodes} & never
        for step in walk.steps:
            for index, tried in enumerate(step.tried):
                where = f"nodes.{step.node}.branches[{index}].when"
                taken = tried.value is True and step.to == tried.to
                unique = plan.node[step.node].hit == "unique"
                assert not (taken and not unique and ("never-taken", where) in never)
                assert not (tried.value is True and ("never-true", where) in never)
                assert not (tried.value is False and ("always-true", where) in never)
        stop = {"overlap": "overlap", "nothing-true": "gap"}.get(walk.why)
        open_ = {(one.code, one.where) for one in proof.undecided}
        told = {(one.code, one.where) for one in proof.errors} | open_
        assert stop is None or (stop, f"nodes.{walk.end}") in told


@pytest.mark.parametrize("seed", range(20))
def test_any_plan_is_proven_without_failing(seed):
    plan = load_yaml(random_plan(Random(seed)))  # noqa: S311

    proof = prove(plan, seconds=20)

    codes = Counter(one.code for one in proof.found)
    assert proof.asked > 0
    assert all(one.why for one in proof.undecided)
    assert codes["contradiction"] == 0
