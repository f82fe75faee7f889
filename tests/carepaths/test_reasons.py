"""Reasons: short words, standard codes, at most seven first, "other" last."""

from pathlib import Path

import pytest

from carepaths.core.opportunities import DecisionRefused, default_kind, read_intention
from carepaths.core.reasons import (
    DEFAULTS,
    OTHER,
    WORDS,
    UnknownReason,
    menu,
    resolve,
)
from carepaths.core.retrospective import concordance
from scamps.core.definition import REASONS, load_yaml
from scamps.core.walk import compile_plan
from tests.carepaths.plan import FEVER

PLAN = load_yaml(FEVER)


def test_every_standard_code_has_short_words():
    assert set(WORDS) == set(REASONS)
    assert len(REASONS) == 35
    assert all(len(words) <= 33 for words in WORDS.values())


@pytest.mark.parametrize("action", ["scan", "watch", "operate"])
def test_at_most_seven_are_shown_first_and_other_is_last(action):
    offered = menu(PLAN, action)

    assert len(offered.first) <= 7
    assert offered.first[-1].key == OTHER
    assert offered.first[-1].needs_words
    assert OTHER not in [reason.key for reason in offered.more]


def test_the_plans_own_reasons_come_first_where_they_apply():
    own = [reason.key for reason in menu(PLAN, "scan").first[:2]]
    elsewhere = [reason.key for reason in menu(PLAN, "watch").first]

    assert own == ["no-scanner", "night"]
    assert elsewhere[0] == "night"
    assert "no-scanner" not in elsewhere


def test_every_reason_is_offered_once():
    offered = menu(PLAN, "scan")

    keys = [reason.key for reason in (*offered.first, *offered.more)]
    assert len(keys) == len(set(keys))
    assert set(keys) == {*REASONS, OTHER, "no-scanner", "night"}


def test_more_of_the_plans_own_than_fit_go_behind():
    many = "\n".join(
        f"  - {{key: own-{n}, words: Own {n}, standard: limited-time}}"
        for n in range(9)
    )
    plan = load_yaml(FEVER.replace("reasons:\n", f"reasons:\n{many}\n"))

    offered = menu(plan, "watch")

    assert [r.key for r in offered.first] == [*(f"own-{n}" for n in range(6)), OTHER]
    assert {"own-6", "own-7", "own-8", "night", *DEFAULTS} <= {
        reason.key for reason in offered.more
    }


@pytest.mark.parametrize(
    ("key", "standard"),
    [
        ("no-scanner", "service-not-available"),
        ("patient-refuses", "patient-refuses"),
        (OTHER, ""),
    ],
)
def test_a_reason_keeps_the_standard_code(key, standard):
    reason = resolve(PLAN, "scan", key)

    assert reason.standard == standard
    assert reason.display == (
        REASONS[standard].display if standard else "Other, in words"
    )


@pytest.mark.parametrize(("action", "key"), [("watch", "no-scanner"), ("scan", "moon")])
def test_a_reason_that_does_not_apply_is_unknown(action, key):
    with pytest.raises(UnknownReason):
        resolve(PLAN, action, key)


def test_a_bare_deviation_adds_or_omits():
    assert read_intention(PLAN, "watch", "do", {"choice": "deviated"}).kind == "omitted"
    assert default_kind("do-not") == "added"


def test_a_kind_belongs_to_a_deviation_alone():
    intention = {"choice": "followed", "kind": "added"}

    assert read_intention(PLAN, "watch", "do", intention).kind == ""


def test_a_due_date_must_be_a_date():
    with pytest.raises(DecisionRefused, match="no date"):
        read_intention(PLAN, "watch", "do", {"choice": "deferred", "due_on": 3})


SHOWN = [
    # advised at, action, what was done -> choice, kind
    ("home", "watch", {"watching": "done"}, ("followed", "")),
    ("home", "watch", {"watching": "not-done"}, ("deviated", "omitted")),
    (
        "home",
        "watch",
        {"watching": "not-done", "surgery": "done"},
        ("deviated", "substituted"),
    ),
    (
        "home",
        "watch",
        {"watching": "not-done", "scan": "done"},
        ("deviated", "omitted"),
    ),
    ("home", "no-scan", {"scan": "done"}, ("deviated", "added")),
    ("home", "no-scan", {"scan": "not-done"}, ("followed", "")),
    ("home", "no-scan", {"scan": "unknown"}, None),
    ("home", "watch", {}, None),
    ("scan", "scan", {"scan": "not-done", "surgery": "done"}, ("deviated", "omitted")),
]


@pytest.mark.parametrize(("node", "action", "done", "expected"), SHOWN)
def test_what_was_done_before_the_plan_agrees_or_not(node, action, done, expected):
    from carepaths.core.opportunities import Advised

    found = next(one for one in PLAN.node[node].actions if one.key == action)

    intention = concordance(PLAN, Advised(node, found, 0), done)

    told = intention and (intention.choice, intention.kind)
    assert told == expected


def test_the_table_of_codes_is_the_published_one():
    """Held against the published list, where it lies beside the project."""
    listed = Path("../shared/reasons.md")
    if not listed.is_file():
        pytest.skip(f"the published list is not at {listed}")

    rows = [line.split("|") for line in listed.read_text().splitlines()]
    codes = {row[1].strip(" `"): row for row in rows if len(row) == 6 and "`" in row[1]}

    assert set(codes) == set(REASONS)
    for code, row in codes.items():
        assert REASONS[code].category == row[2].strip()
        assert REASONS[code].display == row[3].strip().removesuffix("*")
        assert REASONS[code].point_of_care == (row[4].strip() == "*")


def test_the_test_plan_compiles():
    assert compile_plan(PLAN).walk({"guarding": True}, visit="first").end == "operate"
