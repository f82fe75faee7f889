"""The advice of a draft in words: what, why, what is still needed."""

from datetime import date

import pytest

from carepaths.core.advice import advise
from carepaths.core.advised import RETROSPECTIVE, Setting
from carepaths.core.draft import walk_draft
from scamps.core.walk import compile_plan
from tests.factories import library_plan

TODAY = date(2026, 3, 10)
HIGH = {
    "peritonitis": "local",
    "pain_migration": True,
    "nausea": True,
    "anorexia": False,
    "cough_pain": True,
    "rlq_tenderness": True,
    "temperature": "38.4",
    "wbc": "9.1",
    "neutrophilia": False,
}


def advice(
    values, *, intentions=None, origin="prospective", key="suspected-appendicitis"
):
    compiled = compile_plan(library_plan(key))
    answers = {k: {"value": v, "missing": None} for k, v in values.items()}
    draft = walk_draft(compiled, answers, visit="first", context={})
    return advise(draft, Setting(intentions or {}, origin, TODAY))


def test_what_is_advised_stands_in_one_line():
    found = advice(HIGH)

    assert found.headline == "Surgical review for appendectomy"
    assert not found.stopped


def test_why_names_the_criteria_tried_and_the_way_taken():
    lines = advice(HIGH).why

    assert [(line.value, line.taken) for line in lines] == [
        (False, False),
        (True, True),
        (False, False),
        (False, False),
        (True, True),
    ]
    assert lines[-1].to == "High score"
    assert lines[2].words == "Pediatric Appendicitis Score 7 (≤ 3): no"


def test_a_score_is_shown_with_its_parts():
    (score,) = advice(HIGH).scores

    assert (score.label, score.said) == ("Pediatric Appendicitis Score", "7 of 10")
    assert sum(int(part.said) for part in score.parts) == 7
    assert ("Pain on coughing", "2") in [(p.words, p.said) for p in score.parts]


def test_a_part_that_is_not_known_is_called_so():
    (score,) = advice(HIGH | {"wbc": None}).scores

    assert score.said == "not known yet"
    assert [part.said for part in score.parts].count("not known") == 1


def test_a_walk_that_stops_says_what_it_waits_for():
    found = advice({"peritonitis": "none"})

    assert found.stopped
    assert len(found.waiting) == 8
    assert found.headline == "Still needed: 8 answers"
    assert found.if_unknown.startswith("Complete the items of the score")


def test_the_path_names_what_else_could_have_followed():
    path = advice(HIGH).path

    assert [step.title for step in path][-1] == "High score"
    assert path[2].others == ("Low score", "Middle score")
    assert [step.is_last for step in path] == [False, False, False, True]


def test_the_latest_recommendation_comes_first():
    middle = HIGH | {"cough_pain": False, "us_performed": True, "appendix_seen": False}

    stages = advice(middle).stages

    assert [stage.node for stage in stages] == ["observe-unseen", "image"]


@pytest.mark.parametrize(
    ("intention", "said"),
    [
        ({"choice": "followed"}, "Followed"),
        ({"choice": "deferred", "due_on": "2026-03-12"}, "Later, by 12 Mar 2026"),
        (
            {"choice": "deviated", "kind": "omitted", "reason": ""},
            "Deviated: left out. The reason is still to be given",
        ),
        (
            {"choice": "deviated", "kind": "", "reason": "other", "words": "Storm"},
            "Deviated. Storm",
        ),
        ({"choice": "modified", "words": "Half of it"}, "Modified: Half of it"),
    ],
)
def test_a_decision_is_said_in_words(intention, said):
    found = advice(HIGH, intentions={"operate-high/operate": intention})

    assert found.actions[0].said == said


def test_looking_back_a_decision_is_concordant_or_discordant():
    intentions = {"operate-high/operate": {"choice": "deviated", "reason": ""}}

    (action,) = advice(HIGH, intentions=intentions, origin=RETROSPECTIVE).actions

    assert action.said == "Discordant"
    assert [label for _, label in action.choices][:2] == ["Concordant", "Discordant"]


def test_a_reason_beyond_the_first_seven_is_shown_once_chosen():
    intentions = {
        "operate-high/operate": {"choice": "deviated", "reason": "limited-time"}
    }

    (action,) = advice(HIGH, intentions=intentions).actions

    assert ("limited-time", "No time now") in action.reasons
    assert action.reasons[-1][0] == "other"


def test_a_day_to_decide_by_is_one_tap():
    (action,) = advice(HIGH).actions

    assert action.days[:2] == (("2026-03-10", "Today"), ("2026-03-11", "Tomorrow"))


def test_a_yes_or_no_score_has_its_parts_too():
    plan = library_plan("pediatric-chest-pain")
    values = {e.key: False for e in plan.elements if e.type == "boolean"}

    (score,) = advice(values, key="pediatric-chest-pain").scores

    assert score.said == "no"
    assert "Abnormal ECG" in [part.words for part in score.parts]
    assert {part.said for part in score.parts} == {"no"}


def test_the_nearest_change_is_said_with_the_score_and_what_it_leads_to():
    first = advice(HIGH | {"temperature": "37.90"}).supposing.first[0]

    assert (first.label, first.then, first.now) == (
        "Body temperature",
        "≥ 38 °C",
        "37.90 °C",
    )
    assert first.leads == (
        "Pediatric Appendicitis Score 7 of 10; Surgical review for appendectomy"
    )


def test_of_several_actions_the_first_is_said_and_the_rest_counted():
    six = HIGH | {"temperature": "37.0", "cough_pain": False}

    said = {one.key: one.leads for one in advice(six).supposing.first}

    assert said["nausea"] == (
        "Pediatric Appendicitis Score 3 of 10; No ultrasound of the abdomen; and 1 more"
    )


def test_what_every_completion_leads_to_is_said():
    found = advice(HIGH | {"wbc": None})

    assert found.foregone == (
        "Whatever comes of White blood cells: Surgical review for appendectomy"
    )
    assert advice({"peritonitis": "none"}).foregone == ""


def torus(intentions=None, origin="prospective"):
    compiled = compile_plan(library_plan("torus-fracture"))
    answers = {"torus_fracture": {"value": True, "missing": None}}
    draft = walk_draft(compiled, answers, visit="first", context={})
    setting = Setting(intentions or {}, origin, TODAY, visit_day=date(2026, 3, 2))
    found = advise(draft, setting)
    return found, {action.action: action for action in found.actions}


def test_an_action_with_a_window_offers_other_times_sooner_and_later():
    _, actions = torus()

    assert actions["follow-up"].by_when == "23 Mar 2026"
    assert [(i.value, i.words, i.side) for i in actions["follow-up"].intervals] == [
        ("interval:2026-03-09", "1 week", "sooner"),
        ("interval:2026-03-16", "2 weeks", "sooner"),
        ("interval:2026-04-02", "1 month", "later"),
        ("interval:2026-06-02", "3 months", "later"),
    ]
    assert not any(interval.chosen for interval in actions["follow-up"].intervals)
    assert actions["splint"].intervals == ()


def test_looking_back_offers_no_other_time():
    _, actions = torus(origin=RETROSPECTIVE)

    assert actions["follow-up"].intervals == ()


def test_the_other_time_that_was_chosen_is_shown_and_said():
    chosen = {"choice": "deviated", "kind": "interval", "due_on": "2026-04-02"}

    _, actions = torus({"splint/follow-up": chosen})

    action = actions["follow-up"]
    assert [i.words for i in action.intervals if i.chosen] == ["1 month"]
    assert action.chosen not in ("deviated", "")
    assert action.said == (
        "Deviated: another interval, 2 Apr 2026. The reason is still to be given"
    )


def test_follow_all_is_about_neither_serious_nor_do_not_actions():
    assert advice(HIGH).together == ()
    low = HIGH | {"cough_pain": False, "rlq_tenderness": False, "temperature": "37.0"}
    (apart,) = advice(low).apart
    assert apart.direction == "do-not"

    found, _ = torus({"splint/splint": {"choice": "followed"}})

    assert [action.action for action in found.together] == ["follow-up", "radiographs"]


def test_what_may_be_done_without_being_advised_leaves_out_what_is_advised():
    found, _ = torus({"+/long-cast": {"choice": "done"}})

    assert "splint" not in [extra.key for extra in found.extras]
