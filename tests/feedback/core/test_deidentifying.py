"""What of a visit may be kept: ages for dates, no words, no more than the walk needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from feedback.core.deidentifying import VISIT_DAY, deidentify
from feedback.core.rarity import rarities
from scamps.core.cases import Case
from scamps.core.definition import load_yaml
from scamps.core.walk import compile_plan

AGED = """
schema: 1
key: aged
title: Aged
summary: A plan that reads ages, dates and words.
elements:
  - {key: fever, label: Fever, type: boolean}
  - {key: seen_on, label: Seen on, type: date}
  - {key: remark, label: Remark, type: text}
  - key: weight
    label: Weight
    type: decimal
    precision: 1
forms:
  - key: first
    title: First
    sections:
      - key: all
        title: All
        items: [{element: fever}, {element: seen_on}, {element: remark}]
visits: [{key: first, title: First, start: look}]
nodes:
  - {kind: assess, key: look, title: Look, form: first, next: age}
  - kind: decide
    key: age
    title: Age
    branches:
      - {when: "CRITERION", to: young}
    otherwise: old
    if_unknown: Ask.
  - {kind: finish, key: young, title: Young}
  - {kind: finish, key: old, title: Old}
"""
BORN, VISIT = date(2016, 3, 31), date(2026, 3, 10)


def plan(criterion: str):
    return compile_plan(load_yaml(AGED.replace("CRITERION", criterion)))


def visit(born: date = BORN, **answers) -> Case:
    context = {"birth_date": born, "visit_date": VISIT, "weeks_since_previous": None}
    return Case("", "first", answers, context, None)


def found(criterion: str, case: Case, whole: bool = False):
    return deidentify(plan(criterion), case, whole=whole)


YEARS = "CalculateAgeInYearsAt(birth_date, visit_date) < 10"
MONTHS = "CalculateAgeInMonthsAt(birth_date, visit_date) < 119"
DAYS = "CalculateAgeInDaysAt(birth_date, visit_date) < 3631"


@pytest.mark.parametrize(
    ("criterion", "born", "age"),
    [
        (YEARS, date(1992, 6, 15), "in whole years"),
        (MONTHS, date(1991, 7, 15), "in whole months, for the walk depends on them"),
        (DAYS, date(1991, 7, 7), "in days, for the walk depends on them"),
    ],
    ids=["years", "months", "days"],
)
def test_of_a_birth_date_stays_the_vaguest_age_that_walks_the_same(
    criterion, born, age
):
    kept = found(criterion, visit())

    assert kept.case.context == {"birth_date": born, "visit_date": VISIT_DAY}
    assert kept.age == age
    assert kept.same_walk


def test_a_great_age_is_kept_as_ninety():
    kept = found(YEARS, visit(born=date(1921, 1, 1)))

    assert kept.case.context["birth_date"] == date(1911, 6, 15)


def test_what_no_criterion_reads_of_the_context_is_dropped():
    kept = found("fever", visit(fever=True), whole=True)

    assert kept.case.context == {}


def test_words_are_dropped_though_the_walk_needs_them_and_that_is_said():
    kept = found("remark = 'x'", visit(remark="x"))

    assert kept.case.answers == {}
    assert not kept.same_walk


def test_dates_keep_their_distance_from_the_visit():
    answered = visit(seen_on=date(2026, 3, 7))
    kept = found("seen_on < visit_date", answered)

    assert kept.case.answers == {"seen_on": date(2001, 6, 12)}
    assert kept.same_walk


def test_a_date_of_an_undated_visit_is_dropped():
    undated = Case("", "first", {"seen_on": VISIT}, {"visit_date": None}, None)

    kept = found("fever", undated, whole=True)

    assert kept.case.answers == {}


def test_what_the_plan_asks_otherwise_now_is_dropped():
    kept = found("fever", visit(fever=Decimal(1), gone="x"))

    assert {one.key for one in kept.left} == {"fever", "gone"}


def test_a_number_is_as_rare_as_those_further_out():
    rows = [(number, {"n": str(number)}) for number in range(1, 21)]

    rare = rarities({"n": 19}, rows)["n"]

    assert (rare.like, rare.of) == (2, 20)


def test_values_that_are_common_alone_may_be_rare_together():
    rows = [(n, {"a": "true", "b": "false"}) for n in range(9)]
    rows += [(n + 9, {"a": "false", "b": "true"}) for n in range(9)]
    rows += [(99, {"a": "true", "b": "true"})]

    rare = rarities({"a": True, "b": True}, rows)

    assert not rare["a"].is_rare
    assert not rare["b"].is_rare
    assert (rare[""].like, rare[""].is_rare) == (1, True)
