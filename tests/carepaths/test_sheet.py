"""The form of an encounter as a page shows it."""

from datetime import date

import pytest

from carepaths.core.advice import advise
from carepaths.core.advised import Setting
from carepaths.core.checking import broken
from carepaths.core.draft import walk_draft
from carepaths.core.folding import unused
from carepaths.core.sheet import Filling, sheet
from scamps.core.definition import load_yaml
from scamps.core.walk import compile_plan
from tests.carepaths.plan import FEVER
from tests.factories import library_plan

PLAN = load_yaml(FEVER)


def item(filling: Filling, key: str):
    items = sheet(PLAN, "first", filling).items
    return next(one for one in items if one.key == key)


def test_an_element_asked_by_two_forms_is_shown_once():
    keys = [one.key for one in sheet(PLAN, "first", Filling({})).items]

    assert len(keys) == len(set(keys)) == len(PLAN.elements)


def test_parts_come_in_the_order_in_which_the_visit_reaches_them():
    parts = sheet(library_plan(), "first", Filling({})).parts

    assert [part.node for part in parts] == ["presentation", "sonography"]


def test_a_part_is_open_once_reached_or_when_it_holds_an_answer():
    answered = {"us_performed": {"value": True, "missing": None}}

    closed = sheet(library_plan(), "first", Filling({})).parts[1]
    reached = sheet(
        library_plan(), "first", Filling({}, reached=frozenset({"sonography"}))
    ).parts[1]
    filled = sheet(library_plan(), "first", Filling(answered)).parts[1]

    assert [closed.shown, reached.shown, filled.shown] == [False, True, True]


def test_a_folded_item_says_which_answer_it_keeps():
    answers = {"scan_positive": {"value": True, "missing": None}}

    folded = item(
        Filling(answers, hidden=frozenset({"scan_positive"})), "scan_positive"
    )

    assert (folded.folded, folded.kept, folded.typed) == (True, "Yes", "true")


def test_what_was_typed_and_refused_stands_where_it_was_typed():
    kept = {"value": None, "missing": None, "typed": "60", "flags": ["refused"]}

    temperature = item(Filling({"temperature": kept}), "temperature")

    assert temperature.typed == "60"
    assert temperature.error == "Not possible: 25 to 45 °C is expected."


def test_a_value_beside_not_done_asks_which_of_them_holds():
    kept = {"value": None, "missing": "not-done", "typed": "38", "flags": ["refused"]}

    temperature = item(Filling({"temperature": kept}), "temperature")

    assert (temperature.typed, temperature.missing) == ("38", "not-done")
    assert "Keep one of them" in temperature.error


def test_what_was_refused_is_no_error_while_it_is_hidden():
    kept = {"value": None, "missing": None, "typed": "60", "flags": ["refused"]}
    hidden = Filling({"temperature": kept}, hidden=frozenset({"temperature"}))

    assert item(hidden, "temperature").error == ""


def test_an_unusual_value_is_said_to_be_used_and_flagged():
    stored = {"value": "43.0", "missing": None, "flags": ["implausible"]}

    temperature = item(Filling({"temperature": stored}), "temperature")

    assert temperature.warning == (
        "Unusual (usually 34 to 42 °C). It is used, and flagged."
    )


def test_a_decimal_comma_is_echoed_as_it_was_read():
    stored = {"value": "38.4", "missing": None, "typed": "38,4"}

    temperature = item(Filling({"temperature": stored}), "temperature")

    assert temperature.echo == "Typed 38,4, read as 38.4 °C."


def test_a_missing_answer_counts_as_answered():
    stored = {"value": None, "missing": "not-done"}

    groups = sheet(PLAN, "first", Filling({"temperature": stored})).parts[0].groups

    assert groups[0].answered == 1
    assert groups[0].items[1].missing_words == "Not done"


def test_what_could_not_be_used_is_shown_as_it_came():
    kept = {"value": None, "missing": None, "typed": "388", "flags": ["refused"]}

    assert item(Filling({"temperature": kept}), "temperature").said == "“388”, not used"


def draft_of(compiled=None, **values):
    answers = {key: {"value": value, "missing": None} for key, value in values.items()}
    compiled = compiled or compile_plan(PLAN)
    return walk_draft(compiled, answers, visit="first", context={})


def unused_in(draft, hidden):
    items = sheet(PLAN, "first", Filling(draft.answers, hidden=frozenset(hidden))).items
    return unused(draft, items)


def test_an_answer_that_is_hidden_says_why_and_by_which_answer():
    draft = draft_of(scanned=False, scan_positive=True)

    (kept,) = unused_in(draft, {"scan_positive"})

    assert kept.sentence == (
        "Scan positive is not asked now: Scanned: no. "
        "Your answer “Yes” is kept, and not used."
    )
    assert kept.by == ("scanned",)


def test_a_blank_that_is_hidden_says_nothing():
    assert unused_in(draft_of(scanned=False), {"scan_positive"}) == ()


LEVELS = ("warn", "block", "block-signing")
ODD = "checks:\n  - {key: own, when: scanned and guarding, message: Both?, level: %s}\n"


@pytest.mark.parametrize("level", LEVELS)
def test_a_check_is_said_beside_the_last_answer_it_is_about(level):
    compiled = compile_plan(load_yaml(FEVER.replace("checks:\n", ODD % level)))
    draft = draft_of(compiled, scanned=True, guarding=True)
    found = broken(draft)
    filling = Filling(draft.answers, checks=found)

    items = sheet(compiled.plan, "first", filling).items
    said = {one.key: [c.message for c in one.checks] for one in items if one.checks}

    assert said == {"scanned": ["Both?"]}
    assert found[0].by == (("guarding", "Guarding"), ("scanned", "Scanned"))
    assert found[0].withholds == (level == "block")


@pytest.mark.parametrize("level", LEVELS)
def test_only_a_check_that_blocks_withholds_the_advice(level):
    compiled = compile_plan(load_yaml(FEVER.replace("checks:\n", ODD % level)))
    draft = draft_of(compiled, scanned=True, guarding=True)

    advice = advise(draft, Setting({}, "prospective", date(2026, 3, 10)))

    assert bool(advice.stages) == (level != "block")
    assert bool(draft.blocking) == (level != "warn")
    assert ("Both?" in advice.headline) == (level == "block")


def test_a_check_does_not_ask_for_what_is_hidden():
    text = FEVER.replace(
        "checks:\n",
        "checks:\n  - {key: hidden, when: scan_positive, message: No., level: block}\n",
    )
    compiled = compile_plan(load_yaml(text))

    hidden, shown = (
        draft_of(compiled, scanned=scanned, scan_positive=True)
        for scanned in (False, True)
    )

    assert [check.key for check in hidden.blocking] == []
    assert [check.key for check in shown.blocking] == ["hidden"]
