"""Say: plain English, with this patient's values."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings

from benchmarks.agreement import draw
from scamps.core.language import BOOLEAN, DATE, INTEGER, Type, choice, parse, quantity
from scamps.core.say import say
from tests.scamps.core import facts
from tests.scamps.core.facts import RANDOMS

NAMES: dict[str, Type] = {
    "pas": INTEGER,
    "temperature": quantity("Cel"),
    "wbc": quantity("10*3/uL"),
    "peritonitis": choice(("none", "local", "generalized")),
    "cough_pain": BOOLEAN,
    "previous.pas": INTEGER,
    "born": DATE,
}
LABELS = {"pas": "PAS"}
KNOWN = {
    "pas": 7,
    "temperature": Decimal("38.4"),
    "wbc": Decimal(3),
    "peritonitis": "none",
}


@pytest.mark.parametrize(
    ("source", "words", "said"),
    [
        ("pas >= 7", "PAS ≥ 7", "PAS 7 (≥ 7): yes"),
        ("3 < pas", "3 < PAS", "PAS 7 (> 3): yes"),
        (
            "temperature >= 38.0 'Cel'",
            "temperature ≥ 38.0 °C",
            "temperature 38.4 °C (≥ 38.0 °C): yes",
        ),
        (
            "peritonitis = 'generalized'",
            "peritonitis = generalized",
            "peritonitis none (= generalized): no",
        ),
        ("cough_pain", "cough pain", "cough pain: unknown"),
        ("not cough_pain", "not cough pain", "not cough pain: unknown"),
        ("pas is not null", "PAS is known", "PAS is known: yes"),
        ("pas in Interval[1, 7)", "PAS ≥ 1 and < 7", "PAS 7 (≥ 1 and < 7): no"),
        ("pas between 4 and 8", "PAS from 4 to 8", "PAS 7 (4 to 8): yes"),
        (
            "peritonitis in {'none', 'local'}",
            "peritonitis is none or local",
            "peritonitis none (is none or local): yes",
        ),
        ("previous.pas > 3", "previous pas > 3", "previous pas unknown (> 3): unknown"),
        (
            "pas > 3 and temperature < 38 'Cel' and cough_pain",
            "PAS > 3 and temperature < 38 °C and cough pain",
            "no, because temperature 38.4 °C (< 38 °C): no",
        ),
        (
            "pas > 3 and temperature > 38 'Cel'",
            "PAS > 3 and temperature > 38 °C",
            "yes, because PAS 7 (> 3): yes and temperature 38.4 °C (> 38 °C): yes",
        ),
        (
            "pas > 3 and (cough_pain or pas > 9)",
            "PAS > 3 and (cough pain or PAS > 9)",
            "unknown, because cough pain: unknown",
        ),
        ("pas + 2", "PAS + 2", "PAS + 2: 9"),
        (
            "ToInteger(cough_pain) + 2 * ToInteger(pas > 3)",
            "cough pain + 2 \N{MULTIPLICATION SIGN} (PAS > 3)",
            "cough pain + 2 \N{MULTIPLICATION SIGN} (PAS > 3): unknown",
        ),
    ],
)
def test_an_expression_is_said_with_and_without_values(
    source: str, words: str, said: str
) -> None:
    expression = parse(source, NAMES)

    assert say(expression, {}, LABELS) == words
    assert say(expression, KNOWN, LABELS) == said


@settings(max_examples=100, deadline=None)
@given(RANDOMS)
def test_whatever_types_can_be_said(rng: Random) -> None:
    expression = draw(rng)

    assert say(expression, {})
    assert all(say(expression, row) for row in facts.rows(rng, 2))


def test_a_whole_number_with_a_unit_is_said_without_decimals():
    criterion = parse("age >= 7 'a'", {"age": quantity("a")})

    assert (
        say(criterion, {"age": 11}, {"age": "Age"}) == "Age 11 years (≥ 7 years): yes"
    )
