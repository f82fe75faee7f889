"""The solver's reading of an expression allows what *evaluate* says, and nothing else."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
import z3
from hypothesis import given, settings

from scamps.core.evaluate import evaluate
from scamps.core.language import LanguageError, parse, quantity
from scamps.core.prove.encode import Encoder
from scamps.core.prove.terms import NO, YES, Beyond, Symbol, Truth, number
from tests.scamps.core import facts
from tests.scamps.core.expressions import boolean
from tests.scamps.core.facts import RANDOMS

TEXTS = {
    text: place for place, text in enumerate(sorted({*facts.TEXTS, *facts.OPTIONS}))
}


def no_ages(encoder, node):
    raise Beyond("an age")


def encoded(source, row):
    """The Boolean term of *source* for one row, and the encoder that made it."""
    expression = parse(source, facts.NAMES)
    known = Encoder({}, TEXTS, no_ages)
    terms = {
        key: known.null(facts.NAMES[key]) if value is None else constant(value)
        for key, value in row.items()
        if facts.NAMES[key].inner is None and facts.NAMES[key] != quantity(None)
    }
    encoder = Encoder(terms, TEXTS, no_ages)
    return encoder.truth(expression.root), encoder, expression


def typed(rng):
    """A random Boolean expression that types; most do."""
    while True:
        source = boolean(rng, rng.randint(1, 3))
        try:
            parse(source, facts.NAMES)
        except LanguageError:
            continue
        return source


def constant(value):
    match value:
        case bool():
            return Truth(YES, NO) if value else Truth(NO, YES)
        case int() | Decimal():
            return number(Fraction(value))
        case str():
            return Symbol(NO, z3.IntVal(TEXTS[value]))
        case date():
            return Symbol(NO, z3.IntVal(value.toordinal()))
    raise TypeError(value)


def allowed(term, encoder):
    """The values that the term can have: of True, False and None."""
    found = set()
    for value, formula in ((True, term.yes), (False, term.no), (None, term.null)):
        simple = z3.simplify(formula)
        solver = z3.Solver()
        solver.set("timeout", 1_000)
        solver.add(*encoder.limits, simple)
        if z3.is_true(simple) or solver.check() != z3.unsat:
            found.add(value)
    return found


@settings(max_examples=100, deadline=None)
@given(RANDOMS)
def test_what_evaluate_says_is_allowed_and_alone_where_nothing_is_free(rng: Random):
    source = typed(rng)
    row = facts.rows(rng, 1)[0]

    term, encoder, expression = encoded(source, row)

    truth = evaluate(expression, row)
    values = allowed(term, encoder)
    assert truth in values, source
    assert encoder.fresh or values == {truth}, source


@pytest.mark.parametrize(
    "source",
    [
        "Round(d1, 1) = {}",
        "Truncate(d1) >= 0",
        "Ceiling(d1) = 1 + Floor(d1)",
        "d1 / 3 > 12.3",
        "d1 * 0.00000003 = 0.0",
        "i1 div 3 = -1",
        "i1 mod -4 = 3",
        "Abs(i1) > 2",
        "-i1 is null",
        "i1 + i2 is null",
        "Sum({i1, i2}) > 0",
        "Min({i1, i2}) = i1",
        "Count({i1, i2}) = 1",
        "w1 > g1",
        "t1 <= f1",
        "w1 + g1 > 1000.5 'g'",
        "(case when b1 then i1 when b2 then i2 else 7 end) > 3",
        "Coalesce(i1, i2, 4) > 3",
        "c1 >= 'local'",
        "i1 in {1, i2, 7}",
        "d1 in Interval(0.5, 38.0]",
    ],
)
def test_operators_are_encoded_exactly_for_edge_values(source):
    rng = Random(0)  # noqa: S311  (the same facts every time)
    for row in facts.rows(rng, 12):
        limit = f"{row['d1'] or 0:f}"
        written = source.replace("{}", limit)

        term, encoder, expression = encoded(written, row)

        assert not encoder.fresh
        assert allowed(term, encoder) == {evaluate(expression, row)}


def test_what_is_beyond_linear_arithmetic_is_left_free():
    row = dict.fromkeys(facts.NAMES) | {"i1": 3, "i2": 4}

    term, encoder, _ = encoded("i1 * i2 > 3", row | {"i1": 30000})

    assert allowed(term, encoder) == {True}
    term, encoder, _ = encoded("Ln(d1) > 3", row | {"d1": Decimal(2)})
    assert allowed(term, encoder) == {True, False, None}
