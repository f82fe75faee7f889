"""Answering by lines: whatever comes in, one JSON object goes out."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamps.core.evaluate.lines import answer
from tests.scamps.core.facts import RANDOMS

WORDS = """
and or not xor implies is null true false if then else case when end in contains
between = != < <= > >= ~ !~ + - * / div mod ^ ( ) { } [ ] , . Interval List 1 2.5 0
'a' 'g' @2020-01-01 x y y.value Abs Round Sum Min Coalesce ToInteger as Integer Log
"""


def told(question: Any) -> Any:
    """The answer to a question."""
    return json.loads(
        answer(question if isinstance(question, str) else json.dumps(question))
    )


@pytest.mark.parametrize(
    ("answers", "types", "expected"),
    [
        (True, None, {"value": True, "type": "Boolean"}),
        (1, None, {"value": 1, "type": "Integer"}),
        (-2147483648, None, {"value": -2147483648, "type": "Integer"}),
        ("a", None, {"value": "a", "type": "String"}),
        (None, None, {"value": None, "type": None}),
        ("2026-01-31", "Date", {"value": "2026-01-31", "type": "Date"}),
        (1, "Decimal", {"value": "1.0", "type": "Decimal"}),
        ("0.1", "Decimal", {"value": "0.1", "type": "Decimal"}),
        (None, "Integer", {"value": None, "type": None}),
        (
            {"value": 5, "unit": "g"},
            None,
            {"value": {"value": "5.0", "unit": "g"}, "type": "Quantity"},
        ),
        (
            {"value": "5.0", "unit": "kg"},
            {"type": "Quantity", "unit": "g"},
            {"value": {"value": "5000.0", "unit": "g"}, "type": "Quantity"},
        ),
        (
            [1],
            {"type": "List<Quantity>", "unit": "mg"},
            {
                "value": [
                    {"value": {"value": "1.0", "unit": "mg"}, "type": "Quantity"}
                ],
                "type": "List<Quantity>",
            },
        ),
        (
            [1, None],
            "List<Decimal>",
            {
                "value": [
                    {"value": "1.0", "type": "Decimal"},
                    {"value": None, "type": None},
                ],
                "type": "List<Decimal>",
            },
        ),
        (
            {"low": 1, "high": None, "highClosed": False},
            "Interval<Integer>",
            {
                "value": {
                    "low": {"value": 1, "type": "Integer"},
                    "high": {"value": None, "type": None},
                    "lowClosed": True,
                    "highClosed": False,
                },
                "type": "Interval<Integer>",
            },
        ),
    ],
)
def test_an_answer_comes_back_with_its_type(
    answers: Any, types: Any, expected: Any
) -> None:
    question = {"expression": "x", "answers": {"x": answers}}

    assert told(question | ({"types": {"x": types}} if types else {})) == expected


def test_decimals_never_pass_through_floats() -> None:
    line = '{"expression": "x = 0.1 and y = 12345678901234567890.12345678", "answers": '
    line += '{"x": 0.1, "y": 12345678901234567890.12345678}}'

    assert told(line) == {"value": True, "type": "Boolean"}


def test_decimals_are_written_without_exponents() -> None:
    assert told({"expression": "0.00000001 * 1.0"})["value"] == "0.00000001"
    assert told({"expression": "100000.0 * 100000.0"})["value"] == "10000000000.0"
    assert told({"expression": "-0.0"})["value"] == "0.0"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '"text"',
        "{}",
        '{"expression": null}',
        '{"expression": 1}',
        '{"expression": "x", "answers": []}',
        '{"expression": "x", "answers": {"x": NaN}}',
        '{"expression": "x", "answers": {"x": Infinity}}',
        '{"expression": "x", "answers": {"x": 1e400}}',
        '{"expression": "x", "answers": {"x": ' + "9" * 5000 + "}}",
        '{"expression": "x", "answers": {"x": ' + "[" * 5000 + "]" * 5000 + "}}",
        '{"expression": "x", "answers": {"x": {"a": 1}}}',
        '{"expression": "x", "answers": {"x": [1, "a"]}}',
        '{"expression": "x", "answers": {"x": "a"}, "types": {"x": "Integer"}}',
        '{"expression": "x", "answers": {"x": 1.5}, "types": {"x": "Integer"}}',
        '{"expression": "x", "answers": {"x": true}, "types": {"x": "Integer"}}',
        '{"expression": "x", "answers": {"x": 1}, "types": {"x": "Number"}}',
        '{"expression": "x", "types": {"x": {"type": "Quantity", "unit": "blob"}}}',
        '{"expression": "x", "answers": {"x": {"value": 1, "unit": "cm"}}, "types": '
        '{"x": {"type": "Quantity", "unit": "g"}}}',
        '{"expression": "x", "answers": {"x": "2026-02-30"}, "types": {"x": "Date"}}',
        '{"expression": "1 +"}',
        '{"expression": "' + "(" * 9000 + '"}',
        '{"expression": "\\ud800"}',
    ],
)
def test_a_bad_line_is_answered_with_an_error(line: str) -> None:
    assert told(line).keys() == {"error"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered(line: str) -> None:
    assert told(line).keys() == {"error"}


@settings(max_examples=200, deadline=None)
@given(RANDOMS)
def test_any_words_are_answered(rng: Random) -> None:
    source = " ".join(rng.choice(WORDS.split()) for _ in range(rng.randint(1, 12)))
    answers = {
        "x": rng.choice([1, "a", None, True, [1, 2]]),
        "y": {"value": 5, "unit": "g"},
    }

    result = told({"expression": source, "answers": answers})

    assert result.keys() in ({"error"}, {"value", "type"})
