"""The criteria language against HL7 CQL 1.5, case by case.

`conformance.jsonl` holds one case a line in the format of `manage.py evaluate_criteria`,
each with the place in the specification it follows from. A case with a `doubt` (the
specification is silent, or its parts disagree) is reported and not asserted.
"""

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from scamps.core.evaluate.lines import answer

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "conformance.jsonl")
    .read_text("utf-8")
    .splitlines()
]
KEYS = {"id", "source", "expression", "answers", "types", "expect", "doubt"}


def test_every_case_says_what_it_expects_and_why() -> None:
    wrong = [case for case in CASES if not _well_formed(case)]

    assert wrong == []


def test_no_case_stands_twice() -> None:
    ids = Counter(case["id"] for case in CASES)
    questions = Counter(
        json.dumps([case["expression"], case.get("answers"), case.get("types")])
        for case in CASES
    )

    assert [key for key, count in (ids + questions).items() if count > 1] == []


def _well_formed(case: dict[str, Any]) -> bool:
    if not {"id", "source", "expression", "expect"} <= set(case) <= KEYS:
        return False
    expect = case["expect"]
    return expect == {"error": True} or {"value"} <= set(expect) <= {"value", "type"}


def _asserted() -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in CASES if "doubt" not in case]


@pytest.mark.parametrize("case", _asserted())
def test_an_expression_means_what_cql_says(case: dict[str, Any]) -> None:
    given = json.loads(answer(_line(case)))

    assert _agrees(case["expect"], given), f"{case['source']}: {case} gave {given}"


def test_the_command_answers_the_whole_file_line_by_line() -> None:
    lines = "".join(_line(case) + "\n" for case in CASES)

    run = subprocess.run(
        [sys.executable, "manage.py", "evaluate_criteria"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        cwd=settings.BASE_DIR,
        check=True,
    )

    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(CASES)
    pairs = list(zip(CASES, answers, strict=True))
    wrong = [(case, given) for case, given in pairs if _differs(case, given)]
    assert wrong == []


def test_a_bad_line_is_an_error_of_its_own() -> None:
    bad = [
        "not json",
        "[]",
        "{}",
        '{"expression": 1}',
        '{"expression": "x", "types": 1}',
    ]
    bad += ['{"expression": "1", "answers": []}', '{"expression": "1"', "\x00", '"1"']
    lines = "".join(f"{line}\n" + '{"expression": "1 + 1"}\n' for line in bad)

    run = subprocess.run(
        [sys.executable, "manage.py", "evaluate_criteria"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        cwd=settings.BASE_DIR,
        check=True,
    )

    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == 2 * len(bad)
    assert [set(given) for given in answers[::2]] == [{"error"}] * len(bad)
    assert answers[1::2] == [{"value": 2, "type": "Integer"}] * len(bad)


def test_an_error_says_something() -> None:
    errors = [case for case in CASES if case["expect"] == {"error": True}]
    given = [json.loads(answer(_line(case))) for case in errors if "doubt" not in case]

    assert [reply for reply in given if not str(reply.get("error", "")).strip()] == []


STRANGE = [
    "(" * 5000 + "1" + ")" * 5000,
    "not " * 5000 + "true",
    "-" * 20000 + "1",
    "{" * 5000,
    "1 + " * 20000 + "1",
    "true and " * 20000 + "true",
    "if true then " * 3000,
    "if true then 1 else " * 2000 + "2",
    "9" * 10000,
    "'" + "a" * 100000,
    "'" + "a" * 100000 + "'",
    "2 ^ 2147483647",
    "9.9 ^ 999999999.9",
    "é\ud800",
    "'\ud800'",
    "'\\ud800'",
    "\x00",
]


@pytest.mark.parametrize("expression", STRANGE, ids=range(len(STRANGE)))
def test_nothing_breaks_it(expression: str) -> None:
    given = answer(json.dumps({"expression": expression}))

    assert given.isascii()
    assert set(json.loads(given)) in ({"error"}, {"value", "type"})


def _line(case: dict[str, Any]) -> str:
    asked = {
        key: case[key] for key in ("expression", "answers", "types") if key in case
    }
    return json.dumps(asked, ensure_ascii=False)


def _differs(case: dict[str, Any], given: dict[str, Any]) -> bool:
    return "doubt" not in case and not _agrees(case["expect"], given)


def _agrees(expect: dict[str, Any], given: dict[str, Any]) -> bool:
    if "error" in expect or "error" in given:
        return "error" in expect and set(given) == {"error"}
    if "type" in expect and expect["type"] != given["type"]:
        return False
    return _same(expect["value"], given["value"])


def _same(expect: Any, given: Any) -> bool:
    """Compare numbers by value, however many zeros they are written with."""
    match expect, given:
        case list(), list():
            return len(expect) == len(given) and all(map(_agrees, expect, given))
        case {"unit": unit, "value": value}, {"unit": same, "value": number}:
            return bool(unit == same and Decimal(value) == Decimal(number))
        case (bool() | None, _) | (_, bool() | None):
            return expect is given
        case int(), _:
            return bool(type(given) is int and given == expect)
    number, other = _number(expect), _number(given)
    return bool(expect == given or (number is not None and number == other))


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None
