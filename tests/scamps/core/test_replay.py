"""The walk of a whole history says of every row what the walk of one patient says."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scamps.core.definition import Plan, findings
from scamps.core.replay import Replay, replay
from scamps.core.walk import compile_plan
from tests.scamps.core.random_plans import rows, walkable

SCHEMA = {
    **{f"b{index}": pl.Boolean for index in range(4)},
    "n0": pl.Int64,
    "t0": pl.Decimal(38, 8),
    "c0": pl.String,
    "previous.b0": pl.Boolean,
    "weeks_since_previous": pl.Int64,
}
CONTEXT = ("previous.b0", "weeks_since_previous")


def frame_of(found: list) -> pl.DataFrame:
    return pl.DataFrame(found, schema=SCHEMA)


def check(plan: Plan, found: list, told: Replay) -> None:
    """Compare every row with the walk of one patient."""
    compiled = compile_plan(plan)
    assert told.frame.height == len(found)
    for row, said in zip(found, told.frame.iter_rows(named=True), strict=True):
        answers = {key: row[key] for key in row if key not in CONTEXT}
        context = {key: row[key] for key in CONTEXT}
        walk = compiled.walk(answers, visit="first", context=context)
        assert (said["end"], said["why"]) == (walk.end, walk.why)
        assert said["stopped"] == walk.stopped
        assert told.waiting_for(said) == walk.waiting_for
        assert _named(said, "at.") == set(walk.nodes)
        assert _named(said, "hidden.") == set(walk.hidden)


def _named(said: dict, prefix: str) -> set[str]:
    return {
        column.removeprefix(prefix)
        for column, value in said.items()
        if column.startswith(prefix) and value
    }


def test_the_random_plans_have_no_errors():
    @settings(max_examples=20, deadline=None)
    @given(walkable())
    def no_errors(plan):
        assert [one for one in findings(plan) if one.level == "error"] == []

    no_errors()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walkable(), st.lists(rows, min_size=1, max_size=40), st.integers(1, 50))
def test_every_row_walks_as_one_patient_does(plan, found, batch):
    check(plan, found, replay(plan, frame_of(found), "first", batch=batch))


@pytest.fixture(scope="module")
def plan() -> Plan:
    from scamps.core.definition import load_yaml
    from tests.scamps.core.documents import SMALL

    return load_yaml(SMALL)


def test_a_column_that_is_missing_is_unknown(plan):
    frame = pl.DataFrame({"cough": [True, False]})

    told = replay(plan, frame, "first")

    assert told.frame["end"].to_list() == ["hot", "hot"]
    assert told.waiting_for(told.frame.row(0, named=True)) == ("temperature",)


def test_floats_are_refused(plan):
    with pytest.raises(TypeError, match="temperature has floats"):
        replay(plan, pl.DataFrame({"temperature": [38.0]}), "first")


def test_decimals_of_any_scale_are_read(plan):
    frame = pl.DataFrame({"temperature": [Decimal("37.9"), Decimal("38.0"), None]})

    told = replay(plan, frame, "first")

    assert told.frame["end"].to_list() == ["well", "fever", "hot"]
    assert told.frame["at.fever"].to_list() == [False, True, False]


def test_a_history_without_rows_has_no_walks(plan):
    told = replay(
        plan, pl.DataFrame(schema={"temperature": pl.Decimal(38, 8)}), "first"
    )

    assert told.frame.height == 0
    assert "at.fever" in told.frame.columns


def test_a_lazy_history_is_walked_too(plan):
    frame = pl.DataFrame({"temperature": [Decimal("38.0")]}).lazy()

    assert replay(plan, frame, "first").frame["end"].to_list() == ["fever"]


def test_more_names_than_a_number_has_bits_fill_another():
    count = 70
    names = [f"q{index}" for index in range(count)]
    plan = Plan.model_validate(
        {
            "schema": 1,
            "key": "many",
            "title": "Many",
            "summary": "Many",
            "elements": [
                {"key": name, "label": name, "type": "boolean"} for name in names
            ],
            "visits": [{"key": "first", "title": "First", "start": "all"}],
            "nodes": [
                {
                    "kind": "decide",
                    "key": "all",
                    "title": "All",
                    "if_unknown": "Ask.",
                    "branches": [{"when": " and ".join(names), "to": "yes"}],
                    "otherwise": "no-way",
                },
                {"kind": "finish", "key": "yes", "title": "Yes"},
                {"kind": "finish", "key": "no-way", "title": "No"},
            ],
        }
    )
    frame = pl.DataFrame({name: [True, None] for name in names[:-1]})

    told = replay(plan, frame, "first")
    first, second = told.frame.iter_rows(named=True)

    assert told.waiting_for(first) == (names[-1],)
    assert told.waiting_for(second) == tuple(sorted(names))
    assert list(told.bits) == ["waiting", "waiting.64"]
