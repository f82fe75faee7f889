"""Small plans that are broken, each in one way, and what a proof must say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ELEMENTS = """
  - {key: a, label: A, type: boolean}
  - {key: b, label: B, type: boolean}
  - {key: n, label: N, type: integer, possible: {low: 0, high: 10}}
  - {key: t, label: T, type: decimal, unit: Cel, precision: 1, possible: {low: 34, high: 42}}
  - {key: w, label: W, type: decimal, unit: kg, precision: 2, possible: {low: 1, high: 150}}
  - key: c
    label: C
    type: choice
    options: [{key: x, label: X}, {key: y, label: Y}, {key: z, label: Z}]
  - {key: d, label: D, type: date}
  - {key: s, label: S, type: text}
"""
KEYS = "abntwcds"
TEMPLATE = """
schema: 1
key: small
title: Small
summary: Made for a test.
elements:{elements}
scores: [{scores}]
forms:
  - key: f
    title: F
    sections: [{{key: all, title: All, items: [{items}]}}]
visits: [{{key: first, title: First, start: ask}}]
nodes:
  - {{kind: assess, key: ask, title: Ask, form: f, next: one}}
{nodes}
  - {{kind: finish, key: end, title: End}}
resources: [{{key: r, title: R, kind: test}}]
"""


def plan_text(
    *nodes: str, scores: str = "", items: str = "", elements: str = ELEMENTS
) -> str:
    """The YAML of a plan whose tree starts at the node `one`."""
    shown = items or ", ".join(f"{{element: {key}}}" for key in KEYS)
    lines = "\n".join(f"  - {node}" for node in nodes)
    return TEMPLATE.format(elements=elements, scores=scores, items=shown, nodes=lines)


def decide(*branches: str, key: str = "one", hit: str = "first", **ways: str) -> str:
    """A decide node; a branch is `CRITERION -> NODE`."""
    pairs = [branch.rsplit(" -> ", 1) for branch in branches]
    listed = ", ".join(f'{{when: "{when}", to: {to}}}' for when, to in pairs)
    more = "".join(f", {way}: {to}" for way, to in ways.items())
    head = f"kind: decide, key: {key}, title: T, hit: {hit}, if_unknown: Ask."
    return f"{{{head}, branches: [{listed}]{more}}}"


def recommend(key: str, direction: str = "do", next: str = "") -> str:  # noqa: A002
    """A recommend node with one action about the one resource."""
    action = f"{{key: act, words: W, direction: {direction}, resource: r}}"
    way = f", next: {next}" if next else ""
    return f"{{kind: recommend, key: {key}, title: T, actions: [{action}]{way}}}"


@dataclass(frozen=True)
class Broken:
    """A broken plan, and the findings (code, place) that a proof must come to."""

    name: str
    text: str
    expected: frozenset[tuple[str, str]]


def broken(name: str, text: str, *expected: tuple[str, str]) -> Broken:
    return Broken(name, text, frozenset(expected))


def branch(index: int, node: str = "one") -> str:
    return f"nodes.{node}.branches[{index}].when"


UNIQUE: dict[str, Any] = {"hit": "unique", "otherwise": "end"}
OVER = "{key: p, label: P, expression: 'ToInteger(a) + ToInteger(b)', range: "
PLANS = [
    # -- branches that overlap where only one may be true
    broken("overlap of numbers", plan_text(decide("n < 5 -> end", "n > 3 -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap at a shared end", plan_text(decide("n <= 5 -> end", "n >= 5 -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap of signs", plan_text(decide("a -> end", "b -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap of choices", plan_text(decide("c in {'x', 'y'} -> end", "c in {'y', 'z'} -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap across units", plan_text(decide("t >= 38.0 'Cel' -> end", "t < 100.6 '[degF]' -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap at the declared precision", plan_text(decide("w > 10.005 'kg' -> end", "w <= 10010.0 'g' -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap of scores", plan_text(decide("p >= 1 -> end", "p <= 1 -> end", **UNIQUE), scores=OVER + "{low: 0, high: 2}}"), ("overlap", "nodes.one")),
    broken("overlap of dates", plan_text(decide("d <= @2026-01-31 -> end", "d >= @2026-01-31 -> end", **UNIQUE)), ("overlap", "nodes.one")),
    broken("overlap of the third", plan_text(decide("n < 3 -> end", "n = 5 -> end", "n between 5 and 7 -> end", **UNIQUE)), ("never-taken", branch(1)),
        ("overlap", "nodes.one")),
    broken("overlap of ages", plan_text(decide("CalculateAgeInYearsAt(birth_date, visit_date) < 2 -> end", "CalculateAgeInMonthsAt(birth_date, visit_date) > 22 -> end", **UNIQUE)), ("overlap", "nodes.one")),
    # -- cases that no branch takes
    broken("gap between numbers", plan_text(decide("n < 5 -> end", "n > 5 -> end")), ("gap", "nodes.one")),
    broken("gap of an option", plan_text(decide("c = 'x' -> end", "c = 'y' -> end")), ("gap", "nodes.one")),
    broken("gap of a sign", plan_text(decide("a and b -> end", "not a -> end")), ("gap", "nodes.one")),
    broken("gap between units", plan_text(decide("t > 38.0 'Cel' -> end", "t < 100.3 '[degF]' -> end")), ("gap", "nodes.one")),
    broken("gap above the score", plan_text(decide("p = 0 -> end", "p = 1 -> end"), scores=OVER + "{low: 0, high: 2}}"), ("gap", "nodes.one")),
    broken("gap where one only may be true", plan_text(decide("a and not b -> end", "b and not a -> end", "a and b -> end", hit="unique")), ("gap", "nodes.one")),
    broken("gap of an interval", plan_text(decide("w in Interval[1.00 'kg', 10.00 'kg') -> end", "w in Interval(10.00 'kg', 150.00 'kg'] -> end")), ("gap", "nodes.one")),
    # -- what no patient reaches
    broken("branch behind a wider one", plan_text(decide("n < 5 -> end", "n < 3 -> end", otherwise="end")), ("never-taken", branch(1))),
    broken("branch behind two together", plan_text(decide("c = 'x' -> end", "c in {'y', 'z'} -> end", "a -> end", otherwise="end")), ("never-taken", branch(2))),
    broken("branch behind a wider unit", plan_text(decide("t < 100.4 '[degF]' -> end", "t < 37.9 'Cel' -> end", otherwise="end")), ("never-taken", branch(1))),
    broken("node behind a shut way", plan_text(decide("n < 5 -> end", otherwise="two"), decide("n < 4 -> three", otherwise="end", key="two"), recommend("three")), ("unreachable", "nodes.three"), ("never-taken", branch(0, "two"))),
    broken("otherwise that is never left", plan_text(decide("a -> end", "not a -> end", otherwise="two"), recommend("two")), ("unreachable", "nodes.two")),
    broken("unknown that never is", plan_text(decide("a is true -> end", otherwise="end", unknown="two"), recommend("two")), ("unreachable", "nodes.two"), ("unknown-becomes-known", branch(0))),
    broken("hidden by what would lead there", plan_text(decide("a and b -> two", otherwise="end"), recommend("two"), items="{element: a}, {element: b, show_when: not a}"), ("unreachable", "nodes.two"), ("never-true", branch(0))),
    # -- criteria that are always the same
    broken("beyond what is possible", plan_text(decide("n > 10 -> end", otherwise="end")), ("never-true", branch(0))),
    broken("always, within what is possible", plan_text(decide("t >= 34.0 'Cel' -> end", otherwise="end")), ("always-true", branch(0))),
    broken("against itself", plan_text(decide("n < 3 and n > 5 -> end", otherwise="end")), ("never-true", branch(0))),
    broken("one or the other, always", plan_text(decide("n < 5 or n > 3 -> end", otherwise="end")), ("always-true", branch(0))),
    broken("two options at once", plan_text(decide("c = 'x' and c = 'y' -> end", otherwise="end")), ("never-true", branch(0))),
    broken("finer than the precision", plan_text(decide("w = 10.005 'kg' -> end", otherwise="end")), ("never-true", branch(0))),
    broken("more points than there are", plan_text(decide("p >= 3 -> end", otherwise="end"), scores=OVER + "{low: 0, high: 2}}"), ("never-true", branch(0))),
    broken("an age nobody has", plan_text(decide("CalculateAgeInYearsAt(birth_date, visit_date) < 0 -> end", otherwise="end")), ("never-true", branch(0))),
    broken("an item that is never shown", plan_text(decide("a -> end", otherwise="end"), items="{element: n}, {element: a, show_when: n > 10}"), ("never-true", "forms.f.sections.all.items[1].show_when")),
    # -- scores
    broken("a score beyond its range", plan_text(decide("p > 0 -> end", otherwise="end"), scores=OVER + "{low: 0, high: 1}}"), ("score-range", "scores.p.range.high")),
    broken("a score value that cannot be", plan_text(decide("p > 0 -> end", otherwise="end"), scores="{key: p, label: P, expression: '2 * ToInteger(a)', range: {low: 0, high: 2}}"), ("score-value", "scores.p.range")),
    broken("a score below its range", plan_text(decide("p > 0 -> end", otherwise="end"), scores="{key: p, label: P, expression: 'n - 3', range: {low: 0, high: 7}}"), ("score-range", "scores.p.range.low")),
    # -- an unknown that is answered
    broken("is true", plan_text(decide("a is true -> end", otherwise="end")), ("unknown-becomes-known", branch(0))),
    broken("Coalesce", plan_text(decide("Coalesce(n, 0) > 3 -> end", otherwise="end")), ("unknown-becomes-known", branch(0))),
    broken("if without knowing", plan_text(decide("(if a then n > 3 else n > 8) -> end", otherwise="end")), ("unknown-becomes-known", branch(0))),
    broken("Sum leaves out", plan_text(decide("p > 1 -> end", otherwise="end"), scores="{key: p, label: P, expression: 'Sum({ToInteger(a), ToInteger(b)})', range: {low: 0, high: 2}}"), ("unknown-becomes-known", "scores.p.expression")),
    broken("not in the list", plan_text(decide("c in {'x'} -> end", otherwise="end")), ("unknown-becomes-known", branch(0))),
    # -- actions against each other
    broken("do, and do not, on one path", plan_text(decide("a -> two", otherwise="end"), recommend("two", next="three"), recommend("three", "do-not")), ("contradiction", "nodes.three.actions.act")),
    broken("do not, and later do, for some", plan_text(decide("a -> two", otherwise="three"), recommend("two", "do-not", next="three"), decide("b -> four", key="three", otherwise="end"), recommend("four")), ("contradiction", "nodes.two.actions.act")),
]  # fmt: skip
