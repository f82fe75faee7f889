"""Evaluate: what CQL says of every operator, and laws that hold of all expressions."""

import json
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from benchmarks.agreement import draw
from scamps.core.evaluate import compile_expression, evaluate, python_source
from scamps.core.evaluate.lines import answer
from scamps.core.language import (
    BOOLEAN,
    DECIMAL,
    INTEGER,
    Expression,
    Interval,
    LanguageError,
    Quantity,
    interval_of,
    list_of,
    parse,
    quantity,
    unknown_traps,
)
from scamps.core.language.tree import Range, names_in, nodes
from tests.scamps.core import facts
from tests.scamps.core.expressions import boolean, decimal, integer
from tests.scamps.core.facts import RANDOMS
from tests.scamps.core.test_conformance import CASES

TRUTHS = (True, False, None)


def value(source: str, **given_facts: Any) -> Any:
    """The value of an expression over the names of `facts`."""
    return evaluate(parse(source, facts.NAMES), given_facts)


# --- the specification ----------------------------------------------------------


@pytest.mark.parametrize(
    "case", [c for c in CASES if "doubt" not in c], ids=lambda case: case["id"]
)
def test_the_language_conforms_to_cql(case: dict[str, Any]) -> None:
    asked = {k: case[k] for k in ("expression", "answers", "types") if k in case}

    told = json.loads(answer(json.dumps(asked)))

    if case["expect"] == {"error": True}:
        assert told.keys() == {"error"}
    else:
        assert _holds(told, case["expect"])


def _holds(told: Any, expected: Any) -> bool:
    """Whether an answer says what is expected; decimals are compared as numbers."""
    if isinstance(expected, dict):
        return isinstance(told, dict) and all(
            key in told and _holds(told[key], part) for key, part in expected.items()
        )
    if isinstance(expected, list):
        return len(told) == len(expected) and all(map(_holds, told, expected))
    if isinstance(expected, str) and isinstance(told, str):
        return told == expected or _as_number(told) == _as_number(expected) is not None
    return type(told) is type(expected) and bool(told == expected)


def _as_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


# --- what a patient's facts are ----------------------------------------------------


def test_a_quantity_is_a_plain_decimal_in_and_a_quantity_out() -> None:
    assert value("w1", w1=Decimal("3.5")) == Quantity(Decimal("3.5"), "kg")
    assert value("w1.value", w1=Decimal("3.5")) == Decimal("3.5")
    assert value("w1 > 3 'kg'", w1=Decimal("3.5")) is True
    assert value("w1 > 3400 'g'", w1=Decimal("3.5")) is True


@pytest.mark.parametrize(
    ("celsius", "answers"),
    [("37.99999999", (False, True)), ("38.0", (True, False)), ("38", (True, False))],
)
def test_a_threshold_in_another_unit_is_exact(
    celsius: str, answers: tuple[bool, bool]
) -> None:
    at = Decimal(celsius)

    assert value("t1 >= 100.4 '[degF]'", t1=at) is answers[0]
    assert value("100.4 '[degF]' > t1", t1=at) is answers[1]


@pytest.mark.parametrize(
    ("test", "at", "expected"),
    [
        ("<", "37.77777777", True),
        ("<", "37.77777778", False),
        (">", "37.77777777", False),
        (">", "37.77777778", True),
        ("<=", "37.77777777", True),
        (">=", "37.77777777", False),
        ("=", "37.77777778", False),
        ("!=", "37.77777778", True),
    ],
)
def test_a_threshold_without_a_finite_decimal_is_not_rounded(
    test: str, at: str, expected: bool
) -> None:
    assert value(f"t1 {test} 100 '[degF]'", t1=Decimal(at)) is expected


def test_units_that_change_from_row_to_row_are_minded() -> None:
    source = "(if b1 then 5 'g' else 1 'kg') < w1"

    assert value(source, b1=True, w1=Decimal("0.01")) is True
    assert value(source, b1=False, w1=Decimal("0.01")) is False
    assert value("if b1 then 5 'g' else 1 'kg'", b1=False) == Quantity(Decimal(1), "kg")


def test_two_names_in_different_units_compare_exactly() -> None:
    assert value("f1 = t1", f1=Decimal("100.4"), t1=Decimal(38)) is True
    assert value("f1 > t1", f1=Decimal("100.40000001"), t1=Decimal(38)) is True
    assert value("g1 < w1", g1=Decimal("999.99999999"), w1=Decimal(1)) is True


def test_facts_are_read_only_by_their_names() -> None:
    class Watched(dict[str, Any]):
        read: list[str] = []

        def __getitem__(self, key: str) -> Any:
            self.read.append(key)
            return super().__getitem__(key)

    watched = Watched(i1=1, i2=2, d1=None)

    compile_expression(parse("i1 + 1 > 0 and i2 = 2", facts.NAMES))(watched)

    assert set(watched.read) == {"i1", "i2"}


def test_lists_and_intervals_may_be_facts() -> None:
    names = {"xs": list_of(INTEGER), "v": interval_of(DECIMAL), "q": quantity("g")}
    given_facts = {"xs": [3, None, 5], "v": Interval(Decimal(1), None), "q": None}

    assert evaluate(parse("Sum(xs)", names), given_facts) == 8
    assert evaluate(parse("3.5 in v", names), given_facts) is True
    assert evaluate(parse("null in xs", names), given_facts) is True
    assert evaluate(parse("xs = {3, null, 5}", names), given_facts) is True


def test_dates_and_ages() -> None:
    born, visit = date(2024, 2, 29), date(2026, 2, 28)

    assert value("CalculateAgeInYearsAt(x1, x2)", x1=born, x2=visit) == 2
    assert value("CalculateAgeInMonthsAt(x1, x2)", x1=born, x2=visit) == 23
    assert value("CalculateAgeInDaysAt(x2, x1)", x1=born, x2=visit) == -730
    assert value("x1 < @2024-03-01", x1=born) is True


# --- what is generated -------------------------------------------------------------


def test_a_simple_criterion_is_one_comparison() -> None:
    source = python_source(parse("i1 <= 3", {"i1": INTEGER}))

    assert source == (
        "def criterion(facts):\n"
        "    return (None if (v1 := facts['i1']) is None else (v1 <= 3))\n"
    )


def test_what_cannot_overflow_is_not_guarded() -> None:
    points = " + ".join(f"2 * ToInteger(b{n})" for n in (1, 2, 3))

    assert "2147483647" not in python_source(parse(points, facts.NAMES))
    assert "2147483647" in python_source(parse("i1 + 1", facts.NAMES))


def test_constants_are_computed_once() -> None:
    source = python_source(parse("d1 > Ln(10) * 2.0", facts.NAMES))

    assert source.count("(") <= 4


# --- laws ----------------------------------------------------------------------------

NAMES = {"p": BOOLEAN, "q": BOOLEAN, "r": BOOLEAN}
LAWS = [
    ("not (p and q)", "not p or not q"),
    ("not (p or q)", "not p and not q"),
    ("p implies q", "not p or q"),
    ("p xor q", "(p or q) and not (p and q)"),
    ("p and (q or r)", "(p and q) or (p and r)"),
    ("p or (q and r)", "(p or q) and (p or r)"),
    ("not not p", "p"),
    ("p and q", "q and p"),
    ("p or q", "q or p"),
    ("(p and q) and r", "p and (q and r)"),
    ("p and (p or q)", "p"),
    ("p is true", "IsTrue(p)"),
    ("p != q", "not (p = q)"),
    ("p !~ q", "not (p ~ q)"),
]


@pytest.mark.parametrize(("left", "right"), LAWS)
def test_the_laws_of_kleene_logic_hold(left: str, right: str) -> None:
    one, other = (compile_expression(parse(side, NAMES)) for side in (left, right))

    for p, q, r in product(TRUTHS, repeat=3):
        row = {"p": p, "q": q, "r": r}
        assert one(row) is other(row), row


@settings(max_examples=60, deadline=None)
@given(RANDOMS)
def test_de_morgan_holds_for_any_two_criteria(rng: Random) -> None:
    p, q = boolean(rng, 2), boolean(rng, 2)
    try:
        one = parse(f"not ({p} and {q})", facts.NAMES, lenient_units=True)
        other = parse(f"not ({p}) or not ({q})", facts.NAMES, lenient_units=True)
    except LanguageError:
        return  # the two drawn do not type

    for row in facts.rows(rng, 3):
        assert evaluate(one, row) is evaluate(other, row)


@settings(max_examples=100, deadline=None)
@given(RANDOMS)
def test_nothing_that_types_ever_raises(rng: Random) -> None:
    compiled = compile_expression(draw(rng))

    for row in facts.rows(rng, 5):
        compiled(row)


@settings(max_examples=150, deadline=None)
@given(RANDOMS)
def test_without_a_trap_knowing_more_never_turns_an_answer_around(rng: Random) -> None:
    """What is decided with unknowns stays decided: so unknown_traps misses none."""
    compiled = compile_expression(_without_traps(rng))
    for _ in range(5):
        full = {k: facts.value_of(rng, t, nulls=0) for k, t in facts.NAMES.items()}
        partial = {k: None if rng.random() < 0.4 else full[k] for k in full}

        assert compiled(partial) in (None, compiled(full))


def _without_traps(rng: Random) -> Expression:
    """A random expression of a plain type in which CQL hides no unknown."""
    while True:
        source = rng.choice([boolean, boolean, integer, decimal])(
            rng, rng.choice([1, 2, 3])
        )
        try:
            found = parse(source, facts.NAMES, lenient_units=True)
        except LanguageError:
            continue
        if found.names and not unknown_traps(found) and not _may_be_upside_down(found):
            return found


def _may_be_upside_down(expression: Expression) -> bool:
    """Whether an interval's bounds, once known, may turn out to hold no point."""
    parts = nodes(expression.root)
    return any(isinstance(part, Range) and names_in(part) for part in parts)
