"""On what advice rests: criteria tried and not tried, values, the way on the tree."""

import pytest
from hypothesis import HealthCheck, given, settings

from carepaths.core.basis import marked, stations, used
from carepaths.core.draft import walk_draft
from scamps.core.definition import edges
from scamps.core.walk import compile_plan
from tests.carepaths.test_advice import HIGH
from tests.factories import library_plan
from tests.scamps.core.random_plans import rows, walkable

MIDDLE = HIGH | {"cough_pain": False, "temperature": "37.0"}


def draft(values, **flags):
    compiled = compile_plan(library_plan("suspected-appendicitis"))
    answers = {k: {"value": v, "missing": None} | flags for k, v in values.items()}
    return walk_draft(compiled, answers, visit="first", context={})


def test_every_branch_of_a_node_is_told_with_where_it_leads():
    risk = stations(draft(MIDDLE))[2]

    assert [(line.to, line.verdict) for line in risk.lines] == [
        ("Low score", "Not taken"),
        ("Middle score", "Taken"),
        ("High score", "Not tried: the way was found before"),
    ]


def test_where_the_walk_stops_the_branches_behind_wait():
    stopped = stations(draft(MIDDLE))[-1]

    assert [line.verdict for line in stopped.lines] == [
        "Cannot be told yet",
        "Not tried: the one before must be known first",
        "Not tried: the one before must be known first",
    ]


def test_the_values_read_are_told_with_what_is_wrong_with_them():
    walked = draft({"peritonitis": "generalized"}, flags=["implausible"])

    (value,) = used(walked)

    assert (value.label, value.said) == ("Peritonitis", "Generalized")
    assert value.remark == "Outside the usual range"


def test_values_behind_a_score_are_told():
    labels = [value.label for value in used(draft(HIGH))]

    assert "White blood cells" in labels
    assert "Body weight" not in labels


def test_the_way_is_marked_on_the_tree():
    tree = marked(draft(HIGH))

    assert [box.box.key for box in tree.boxes if box.mark == "here"] == ["operate-high"]
    assert {(one.way.source, one.way.target) for one in tree.ways if one.passed} == {
        ("presentation", "guarding"),
        ("guarding", "risk"),
        ("risk", "operate-high"),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(walkable(), rows)
def test_on_any_plan_each_step_marks_one_way_and_tells_every_branch(plan, row):
    facts = {key: value for key, value in row.items() if value is not None}
    context = {key: facts.pop(key) for key in list(facts) if key not in plan.element}
    compiled = compile_plan(plan)
    stored = {k: {"value": _stored(v), "missing": None} for k, v in facts.items()}
    walked = walk_draft(compiled, stored, visit="first", context=context)

    passed = [one.way for one in marked(walked).ways if one.passed]

    steps = [step for step in walked.walk.steps if step.to]
    assert {(w.source, w.target) for w in passed} == {(s.node, s.to) for s in steps}
    for station in stations(walked):
        ways = [e for e in edges(plan.node[station.node]) if e.kind != "unknown"]
        if station.kind == "decide":
            assert len(ways) <= len(station.lines) <= len(ways) + 1
            assert sum(line.taken for line in station.lines) == (not station.is_last)


def _stored(value):
    return value if isinstance(value, bool | int | str) else str(value)


@pytest.mark.django_db
def test_the_basis_of_a_draft_is_one_page(client):
    from tests.carepaths.factories import NOON, episode, opened, saved
    from tests.factories import MembershipFactory, library_version

    member = MembershipFactory(site__is_sandbox=True)
    scamp = library_version("suspected-appendicitis").scamp
    enrolment = episode(scamp=scamp, site=member.site, by=member.user)
    made = saved(opened(enrolment, by=member.user), at=NOON, **HIGH)
    client.force_login(member.user)

    page = client.get(f"/encounters/{made.pk}/basis/").content.decode()

    assert "Pediatric Appendicitis Score 7 (≤ 3): no" in page
    assert "Samuel M. Pediatric appendicitis score" in page
    assert "Known gaps" in page
