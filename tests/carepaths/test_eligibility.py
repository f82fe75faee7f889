"""Eligibility: each line of the population judged from what is known, nothing guessed."""

from dataclasses import replace
from datetime import date

import pytest

from carepaths.core.eligibility import Known, Person, births, decides_alone, judge
from scamps.core.definition import load_yaml
from tests.carepaths.plan import FEVER

TODAY = date(2026, 3, 10)
POPULATION = """
population:
  inclusion:
    - words: Younger than 12 years.
      when: CalculateAgeInYearsAt(birth_date, visit_date) < 12
    - {words: No stiff belly., when: not guarding}
  exclusion:
    - {words: Scanned before., when: scanned}
"""
CHILD = Person(TODAY, date(2015, 3, 14), "day")


def plan_of(population: str, **replacing: str):
    text = FEVER
    for old, new in replacing.items():
        text = text.replace(old, new)
    return load_yaml(
        text.replace("demonstration: false", "demonstration: false" + population)
    )


PLAN = plan_of(POPULATION)


def knows(person: Person = CHILD, day: date | None = TODAY, **values) -> Person:
    answers = {key: Known(PLAN.element[key], v, day) for key, v in values.items()}
    return replace(person, answers=answers)


def test_who_fits_every_line_is_eligible():
    judged = judge(PLAN, knows(guarding=False, scanned=False))

    assert judged.state == "eligible"
    assert judged.missing == ()
    assert {line.standing for line in judged.lines} == {"fits"}
    assert judged.lines[1].said == "not Guarding: yes"


@pytest.mark.parametrize(
    ("person", "against"),
    [
        (knows(guarding=True), "No stiff belly."),
        (knows(scanned=True), "Scanned before."),
        (replace(CHILD, birth_date=date(2014, 3, 10)), "Younger than 12 years."),
    ],
    ids=["an inclusion fails", "an exclusion holds", "twelve today"],
)
def test_one_line_against_decides_whatever_else_is_unknown(person, against):
    judged = judge(PLAN, person)

    assert judged.state == "not eligible"
    assert [line.words for line in judged.against] == [against]


def test_what_is_not_known_is_named_and_never_taken_for_no():
    judged = judge(PLAN, Person(TODAY))

    assert judged.state == "undecided"
    assert judged.missing == ("Date of birth, to the day", "Guarding", "Scanned")


@pytest.mark.parametrize(
    ("born", "precision", "standing"),
    [
        (date(2015, 1, 1), "year", "fits"),
        (date(2014, 1, 1), "year", "not known"),  # twelve or not, by the day
        (date(2013, 1, 1), "year", "does not fit"),
        (date(2014, 3, 1), "month", "not known"),
        (date(2014, 4, 1), "month", "fits"),
    ],
)
def test_a_birth_date_decides_as_far_as_it_is_known(born, precision, standing):
    person = Person(TODAY, born, precision)

    assert judge(PLAN, person).lines[0].standing == standing


def test_a_month_is_tried_day_by_day_to_its_last():
    assert births(Person(TODAY, date(2024, 2, 1), "month"))[-1] == date(2024, 2, 29)
    assert len(births(Person(TODAY, date(2024, 1, 1), "year"))) == 366


def test_words_without_a_criterion_are_for_a_person():
    plan = plan_of("\npopulation: {inclusion: [{words: Suspected fever.}]}")

    judged = judge(plan, CHILD)

    assert judged.state == "undecided"
    assert judged.asks_a_person
    assert not decides_alone(plan)
    assert decides_alone(PLAN)


def test_a_plan_that_says_nothing_decides_nothing():
    plan = plan_of("")

    assert judge(plan, CHILD).state == "undecided"
    assert not decides_alone(plan)


def test_age_and_sex_are_those_of_the_identity():
    plan = plan_of(
        """
population:
  inclusion:
    - {words: A schoolgirl., when: "sex = 'female' and age between 6 'a' and 17 'a'"}
elements:
  - key: sex
    label: Sex
    type: choice
    options: [{key: female, label: Girl}, {key: male, label: Boy}]
  - {key: age, label: Age, type: integer, unit: a}""",
        **{"\nelements:": ""},
    )

    assert judge(plan, replace(CHILD, sex="female")).state == "eligible"
    assert judge(plan, replace(CHILD, sex="male")).state == "not eligible"
    assert judge(plan, CHILD).missing == ("Sex",)


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 2, 10), "eligible"), (date(2026, 2, 9), "undecided")],
)
def test_an_answer_past_its_time_must_be_asked_again(day, state):
    valid = "{key: guarding, label: Guarding, type: boolean, valid_for: P4W}"
    plan = plan_of(
        POPULATION, **{"{key: guarding, label: Guarding, type: boolean}": valid}
    )
    person = knows(day=TODAY, guarding=False, scanned=False)
    stale = person.answers["guarding"]
    answers = {**person.answers, "guarding": replace(stale, day=day)}

    assert judge(plan, replace(person, answers=answers)).state == state


def test_an_answer_of_another_type_under_the_same_key_is_not_taken():
    other = PLAN.element["temperature"]
    person = replace(knows(scanned=False), answers={"guarding": Known(other, False)})

    assert "Guarding" in judge(PLAN, person).missing


def test_a_score_is_computed_for_its_criterion():
    plan = plan_of(
        """
population: {inclusion: [{words: High., when: doubled >= 4}]}
scores: [{key: doubled, label: Doubled, expression: days_ill * 2}]"""
    )

    assert judge(plan, CHILD).missing == ("Days ill",)
    assert judge(plan, knows(days_ill=2)).state == "eligible"
    assert judge(plan, knows(days_ill=1)).state == "not eligible"
