"""The plans that ship with the product do what their cases say, all of them."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from scamps.core.cases import Case, load_cases, not_covered
from scamps.core.definition import Plan, load_yaml, review
from scamps.core.language.tree import Call, Literal, Name, nodes
from scamps.core.walk import compile_plan

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(path.parent for path in ROOT.glob("library/*/plan.yaml"))
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}

by_plan = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@cache
def plan_of(folder: Path) -> Plan:
    path = folder / "plan.yaml"
    return load_yaml(path.read_text(), str(path.relative_to(ROOT)))


@cache
def cases_of(folder: Path) -> tuple[Case, ...]:
    path = folder / "cases.yaml"
    return load_cases(path.read_text(), str(path.relative_to(ROOT)), plan_of(folder))


def test_the_library_holds_the_three_plans():
    assert [folder.name for folder in FOLDERS] == [
        "pediatric-chest-pain",
        "suspected-appendicitis",
        "torus-fracture",
    ]


@pytest.mark.parametrize(
    ("folder", "case"),
    [
        pytest.param(folder, case, id=f"{folder.name}: {case.name}")
        for folder in FOLDERS
        for case in cases_of(folder)
    ],
)
def test_a_case_walks_as_it_says(folder, case):
    assert case.differences(compile_plan(plan_of(folder))) == ()


@by_plan
def test_the_cases_pass_every_node_and_branch_and_meet_every_unknown(folder):
    compiled = compile_plan(plan_of(folder))
    walked = [(case.visit, case.walk(compiled)) for case in cases_of(folder)]

    assert not_covered(compiled.plan, walked) == ()


@by_plan
def test_the_cases_stand_on_both_sides_of_every_threshold(folder):
    plan = plan_of(folder)
    compiled = compile_plan(plan)
    facts = [
        compiled.facts(case.answers, visit=case.visit, context=case.context)
        for case in cases_of(folder)
    ]

    for name, operator, threshold, step in thresholds(plan):
        seen = {fact[name] for fact in facts}
        beyond = threshold - step if operator in (">=", "<") else threshold + step
        assert threshold in seen, f"no case has {name} at {threshold}"
        assert beyond in seen, f"no case has {name} at {beyond}"


def thresholds(plan: Plan) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """Each number that something is compared with: name, operator, number, step."""
    for expression in plan.criteria.parsed.values():
        for node in nodes(expression.root):
            match node:
                case Call(op=operator, args=(Name(key=key), Literal(value=value))):
                    pass
                case Call(op=operator, args=(Literal(value=value), Name(key=key))):
                    operator = MIRRORED.get(operator, operator)
                case _:
                    continue
            if operator not in ("<", "<=", ">", ">="):
                continue
            element = plan.element.get(key.removeprefix("previous."))
            digits = (element.precision or 0) if element else 0
            yield key, operator, Decimal(value), Decimal(1).scaleb(-digits)


@by_plan
def test_a_plan_of_the_library_is_a_demonstration_that_names_its_gaps(folder):
    plan = plan_of(folder)

    assert plan.key == folder.name
    assert plan.demonstration
    assert plan.provenance.gaps
    assert plan.provenance.sources
    assert (folder / "README.md").read_text().startswith(f"# {plan.title}")


@by_plan
def test_a_plan_of_the_library_asks_for_all_it_reads(folder):
    _, found = review((folder / "plan.yaml").read_text())

    assert {one.code for one in found} <= {"never-used"}


def test_a_case_that_expects_something_else_is_told_apart():
    folder = ROOT / "library/suspected-appendicitis"
    case = cases_of(folder)[0]
    other = case.expected.model_copy(
        update={"path": ("presentation",), "stopped": True}
    )
    wrong = Case(case.name, case.visit, case.answers, case.context, other)

    assert [one.what for one in wrong.differences(compile_plan(plan_of(folder)))] == [
        "path",
        "stopped",
    ]


def test_cases_that_leave_a_branch_out_are_told():
    folder = ROOT / "library/suspected-appendicitis"
    compiled = compile_plan(plan_of(folder))
    case = cases_of(folder)[0]

    left = not_covered(compiled.plan, [(case.visit, case.walk(compiled))])
    told = [str(place) for place in left]
    assert "risk → operate-high" in told
    assert "finding → unknown" in told
    assert "low" not in told
