"""What was posted, as the forms of the clinician's pages read it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from carepaths.forms.dates import read_clock, read_day
from carepaths.forms.decisions import read_intention, read_intentions
from carepaths.forms.outcomes import read_outcomes
from carepaths.forms.sheet import read_sheet
from scamps.core.definition import load_yaml
from tests.carepaths.plan import FEVER

PLAN = load_yaml(FEVER)


def read(posted, stored=None):
    return read_sheet(PLAN.elements, posted, stored or {})


@pytest.mark.parametrize(
    ("posted", "key", "value"),
    [
        ({"a.guarding": "true"}, "guarding", True),
        ({"a.guarding": "false"}, "guarding", False),
        ({"a.temperature": "38,4"}, "temperature", "38.4"),
        ({"a.temperature": " 38.4 "}, "temperature", "38.4"),
        ({"a.days_ill": "3"}, "days_ill", 3),
        ({"a.look": "ill"}, "look", "ill"),
        ({"a.onset": "2026-03-01"}, "onset", "2026-03-01"),
        ({"a.remark": "<b>fine</b>"}, "remark", "<b>fine</b>"),
    ],
)
def test_an_answer_is_stored_in_its_canonical_form(posted, key, value):
    reading = read(posted)

    assert reading.errors == {}
    assert reading.answers[key]["value"] == value


@pytest.mark.parametrize("code", ["not-known", "not-done", "refused", "pending"])
def test_a_missing_answer_says_why(code):
    by_choice = read({"a.guarding": f"?{code}"})
    by_field = read({"a.temperature": "", "m.temperature": code})

    assert by_choice.answers["guarding"] == {"value": None, "missing": code}
    assert by_field.answers["temperature"] == {"value": None, "missing": code}


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"a.temperature": "60"}, "Not possible"),
        ({"a.temperature": "warm"}, "number"),
        ({"a.temperature": "1,250"}, "nclear"),
        ({"a.look": "odd"}, "one of"),
        ({"a.onset": "yesterday"}, "date"),
        ({"a.temperature": "38", "m.temperature": "not-done"}, "Keep one"),
    ],
)
def test_what_cannot_be_read_is_kept_as_typed_with_what_to_do(posted, said):
    key = next(iter(posted)).removeprefix("a.")

    reading = read(posted)

    assert said.lower() in reading.errors[key].lower()
    kept = reading.answers[key]
    assert (kept["value"], kept["typed"]) == (None, posted[f"a.{key}"])
    assert kept["flags"] == ["refused"]


def test_a_value_typed_after_not_done_was_saved_takes_its_place():
    stored = {"temperature": {"value": None, "missing": "not-done"}}
    posted = {"a.temperature": "38", "m.temperature": "not-done"}

    assert read(posted, stored).answers["temperature"]["value"] == "38"


def test_a_pending_answer_may_say_when_it_is_due():
    pending = {"a.temperature": "", "m.temperature": "pending"}

    dated = read(pending | {"w.temperature": "2026-03-12"}).answers["temperature"]
    undated = read(pending | {"w.temperature": "soon"}).answers["temperature"]
    taken_back = read(
        {"a.temperature": "", "m.temperature": ""}, {"temperature": dated}
    )

    assert dated == {"value": None, "missing": "pending", "due_on": "2026-03-12"}
    assert undated == {"value": None, "missing": "pending"}
    assert taken_back.answers == {}


def test_what_was_unreadable_before_is_no_new_error():
    stored = read({"a.temperature": "warm"}).answers
    again = read({"a.temperature": "warm"}, stored)
    other = read({"a.temperature": "hot"}, stored)

    assert again.errors_since(stored) == {}
    assert set(other.errors_since(stored)) == {"temperature"}


def test_an_item_that_was_not_posted_keeps_its_answer():
    stored = {"look": {"value": "ill", "missing": None}}

    assert read({"a.guarding": "true"}, stored).answers["look"]["value"] == "ill"


def test_an_answer_that_was_cleared_is_gone():
    stored = {"look": {"value": "ill", "missing": None}}

    assert "look" not in read({"a.look": ""}, stored).answers


def test_a_date_that_no_field_can_show_is_not_lost_by_an_empty_field():
    kept = {"value": None, "missing": None, "typed": "31.1.", "flags": ["refused"]}

    assert read({"a.onset": ""}, {"onset": kept}).answers == {"onset": kept}
    assert read({"a.temperature": ""}, {"temperature": kept}).answers == {}


def test_an_unusual_value_is_taken_and_flagged():
    assert read({"a.temperature": "43"}).answers["temperature"]["flags"] == [
        "implausible"
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("14", "3", "2015"), (date(2015, 3, 14), "day")),
        (("", "3", "2015"), (date(2015, 3, 1), "month")),
        (("", "", "2015"), (date(2015, 1, 1), "year")),
        (("", "", ""), (None, "unknown")),
    ],
)
def test_a_date_is_as_precise_as_what_is_known(parts, expected):
    assert read_day(*parts) == expected


@pytest.mark.parametrize(
    "parts",
    [("31", "2", "2015"), ("14", "", "2015"), ("14", "3", ""), ("1", "1", "15")],
)
def test_a_date_that_is_none_is_refused(parts):
    with pytest.raises(ValidationError):
        read_day(*parts)


@pytest.mark.parametrize("text", ["14:05", "14.05", "1405", "14 05"])
def test_the_clock_is_read_with_or_without_a_mark(text):
    assert read_clock(text).isoformat() == "14:05:00"


@pytest.mark.parametrize("text", ["25:00", "2pm", "", "12:60"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(ValidationError):
        read_clock(text)


def test_a_decision_holds_only_what_belongs_to_its_choice():
    posted = {
        "d.choice": "followed",
        "d.kind": "omitted",
        "d.reason": "other",
        "d.words": "typed before the change of mind",
        "d.due_on": "2026-03-01",
    }

    assert read_intention(posted, "d.") == {
        "choice": "followed",
        "kind": "",
        "reason": "",
        "words": "",
        "due_on": None,
    }


def test_a_decision_off_the_page_is_kept_for_when_the_walk_returns():
    stored = {"home/watch": {"choice": "followed"}}
    posted = {"d.scan/scan.asked": "1", "d.scan/scan.choice": "deviated"}

    intentions = read_intentions(posted, stored)

    assert intentions["home/watch"] == {"choice": "followed"}
    assert intentions["scan/scan"]["choice"] == "deviated"


def test_an_unknown_choice_or_date_is_no_decision():
    assert read_intention({"d.choice": "perhaps"}, "d.")["choice"] == ""
    posted = {"d.choice": "deferred", "d.due_on": "soon"}
    assert read_intention(posted, "d.")["due_on"] is None


def test_another_time_is_a_deviation_of_the_interval_with_its_day():
    posted = {"d.choice": "interval:2026-04-07", "d.reason": "limited-time"}

    assert read_intention(posted, "d.") == {
        "choice": "deviated",
        "kind": "interval",
        "reason": "limited-time",
        "words": "",
        "due_on": "2026-04-07",
    }


def test_another_time_may_be_a_day_that_is_typed():
    posted = {"d.choice": "interval:day", "d.interval_on": "2026-05-01"}
    assert read_intention(posted, "d.")["due_on"] == "2026-05-01"
    posted = {
        "d.choice": "deviated",
        "d.kind": "interval",
        "d.interval_on": "2026-05-01",
    }
    assert read_intention(posted, "d.")["due_on"] == "2026-05-01"
    assert read_intention({"d.choice": "interval:soon"}, "d.")["due_on"] is None


ALL = {
    "then": "follow-all",
    "d.home/watch.asked": "all",
    "d.home/rest.asked": "all",
    "d.home/rest.choice": "deferred",
    "d.home/no-scan.asked": "1",
}


def test_follow_all_follows_what_is_not_decided_and_leaves_the_rest():
    intentions = read_intentions(ALL, {})

    assert {key: one["choice"] for key, one in intentions.items()} == {
        "home/watch": "followed",
        "home/rest": "deferred",
    }


def test_follow_all_is_taken_back_without_touching_other_choices():
    posted = ALL | {"then": "follow-none", "d.home/watch.choice": "followed"}

    intentions = read_intentions(posted, {})

    assert list(intentions) == ["home/rest"]


def test_what_was_done_unadvised_is_kept_apart_from_decisions():
    stored = {"+/scan": {"choice": "done"}, "home/watch": {"choice": "followed"}}

    assert read_intentions({}, stored) == stored
    assert read_intentions({"x.asked": "1", "x.surgery": "1"}, stored) == {
        "home/watch": {"choice": "followed"},
        "+/surgery": {"choice": "done"},
    }


def test_outcomes_are_read_by_their_type():
    posted = {"o.ill": "true", "o.stay": "3", "o.weight_loss": "0,5"}

    values, errors = read_outcomes(PLAN.outcomes, posted)

    assert errors == {}
    assert {key: str(value) for key, value in values.items()} == {
        "ill": "True",
        "stay": "3",
        "weight_loss": "0.5",
    }


def test_an_outcome_that_is_no_number_says_so():
    values, errors = read_outcomes(PLAN.outcomes, {"o.stay": "2.5", "o.ill": "none"})

    assert values == {"ill": None}
    assert errors == {"stay": "A whole number is expected."}
