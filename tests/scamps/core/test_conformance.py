"""The criteria language against HL7 CQL 1.5, case by case.

`conformance.jsonl` holds one case a line in the format of `manage.py evaluate_criteria`,
each with the place in the specification it follows from. A case with a `doubt` (the
specification is silent, or its parts disagree) is reported and not asserted.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

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
