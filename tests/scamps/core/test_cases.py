"""Cases of a plan: how they are read, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from scamps.core.cases import load_cases
from scamps.core.definition import PlanError, load_yaml
from tests.scamps.core.documents import SMALL

PLAN = load_yaml(SMALL)


def case(name: str, rest: str = "") -> str:
    return f"  - name: {name}\n    visit: first\n    walk: {{path: [ask]}}\n{rest}"


def read(*cases: str):
    return load_cases("cases:\n" + "".join(cases), "cases.yaml", PLAN)


def test_answers_are_values_of_their_elements():
    (found,) = read(case("one", "    answers: {temperature: 38, cough: true}\n"))

    assert found.answers == {"temperature": Decimal(38), "cough": True}
    assert isinstance(found.answers["temperature"], Decimal)


def test_a_case_takes_the_answers_of_another_and_changes_some():
    _, found = read(
        case("one", "    answers: {temperature: 38, cough: true}\n"),
        case("two", "    like: one\n    answers: {cough: null}\n"),
    )

    assert found.answers == {"temperature": Decimal(38), "cough": None}


def test_the_context_is_typed_too():
    (found,) = read(
        case(
            "one",
            "    context: {visit_date: 2026-01-31, weeks_since_previous: 3, "
            "previous.temperature: 37.5}\n",
        )
    )

    assert found.context == {
        "visit_date": date(2026, 1, 31),
        "weeks_since_previous": 3,
        "previous.temperature": Decimal("37.5"),
    }


@pytest.mark.parametrize(
    ("cases", "path", "line", "message"),
    [
        ([case("one"), case("one")], "cases[1].name", 5, "this name is used twice"),
        (
            [case("one", "    like: two\n")],
            "cases[0].like",
            5,
            "there is no case 'two' before this one",
        ),
        (
            [case("one", "    answers: {fever: 1}\n")],
            "cases[0].answers.fever",
            5,
            "the plan has no 'fever'",
        ),
        (
            [case("one", "    answers: {cough: 1}\n")],
            "cases[0].answers.cough",
            5,
            "1 is no boolean of 'cough'",
        ),
        (
            [case("one", "    context: {cough: true}\n")],
            "cases[0].context.cough",
            5,
            "the plan has no 'cough'",
        ),
        ([case("one", "    walks: 1\n")], "cases[0].walks", 5, None),
    ],
)
def test_a_case_that_cannot_be_meant_is_refused_with_its_line(
    cases, path, line, message
):
    with pytest.raises(PlanError) as caught:
        read(*cases)

    found = caught.value.findings[0]
    assert (found.path, found.line) == (path, line)
    assert message in (None, found.message)
