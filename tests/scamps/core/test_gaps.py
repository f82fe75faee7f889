"""What a plan leaves open is named, kind by kind, and holds nothing up."""

from __future__ import annotations

import pytest

from scamps.core.definition import findings, load_yaml
from scamps.core.definition.gaps import gaps
from tests.factories import library_plan

PLAN = """
schema: 1
key: gaps
title: A plan
summary: Made for tests.
CHANGED
provenance:
  next_review: 2030-01-01
  sources: [{key: paper, citation: A paper}]
elements:
  - {key: crp, label: CRP, type: decimal, precision: 1, unit: mg/L, possible: {low: 0}, code: {system: "http://loinc.org", code: 1988-5, display: CRP}}
forms:
  - {key: first, title: First, sections: [{key: all, title: All, items: [{element: crp}]}]}
visits: [{key: first, title: First, start: ask}]
nodes:
  - {kind: assess, key: ask, title: Ask, form: first, next: act}
  - kind: recommend
    key: act
    title: Act
    actions: [{key: scan, words: Scan, direction: do, resource: scan, evidence: [paper]}]
resources:
  - {key: scan, title: Scan, kind: test, code: {system: "http://snomed.info/sct", code: "1", display: Scan}}
outcomes:
  - {key: ill, label: Ill, type: boolean, kind: harm, window: P30D, known_how: Seen, affected_by_action: false, derived_from: [crp]}
statements:
  - {key: few, words: Few are ill, node: act, outcome: ill, prediction: {comparison: "<", percent: 5}, looks: at-cut-off}
"""

CHANGES = [
    ("source", "about gaps", "  sources: [{key: paper, citation: A paper}]", ""),
    ("review", "about gaps", "  next_review: 2030-01-01\n", ""),
    ("code", "elements crp", ', code: {system: "http://loinc.org", code: 1988-5, display: CRP}', ""),
    ("unit", "elements crp", ", unit: mg/L", ""),
    ("bounds", "elements crp", ", possible: {low: 0}", ""),
    ("source", "nodes act", ", evidence: [paper]", ""),
    ("source", "resources scan", "kind: test,", "kind: test, cost: {amount: 5, currency: USD},"),
    ("window", "outcomes ill", ", window: P30D", ""),
    ("data", "outcomes ill", "items: [{element: crp}]", "items: []"),
    ("use", "outcomes dead", "statements:", "  - {key: dead, label: Dead, type: boolean, kind: harm, window: P30D, known_how: Seen, affected_by_action: false}\nstatements:"),
]  # fmt: skip


def found(text: str) -> set[tuple[str, str]]:
    plan = load_yaml(text.replace("CHANGED", ""))
    return {
        (one.kind, f"{gap.section} {gap.key}") for one in gaps(plan) for gap in one.gaps
    }


def test_a_plan_that_says_everything_leaves_nothing_open():
    assert found(PLAN) == set()


@pytest.mark.parametrize(("kind", "place", "old", "new"), CHANGES)
def test_what_is_left_out_is_named(kind: str, place: str, old: str, new: str):
    assert old in PLAN
    text = PLAN.replace(old, new)
    if place == "about gaps" and kind == "source":
        text = text.replace(", evidence: [paper]", "")

    assert (kind, place) in found(text)


def test_a_gap_holds_nothing_up():
    text = PLAN.replace("CHANGED", "").replace(", unit: mg/L", "")

    assert not any(one.level == "error" for one in findings(load_yaml(text)))


def test_the_library_names_its_gaps():
    said = {
        one.kind: len(one.gaps) for one in gaps(library_plan("suspected-appendicitis"))
    }

    assert said["window"] >= 1
    assert all(one.words for one in gaps(library_plan("pediatric-chest-pain")))
