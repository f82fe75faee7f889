"""The questions that are asked of a plan, each with what its answer means.

A goal is *wanted* (some patient must meet it; if none can, that is a finding) or not
(no patient may; one that does is the finding's counter-example).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any, Literal

import z3

from scamps.core.definition import Action, Decide, Plan, Score
from scamps.core.definition.finding import Path
from scamps.core.language.types import INTEGER
from scamps.core.prove.patients import Replay
from scamps.core.prove.terms import Formula, Number
from scamps.core.prove.world import World, two_of

BEHIND = {
    "first": "whoever comes here and makes this true is taken by an earlier branch",
    "unique": "whoever comes here and makes this true makes another branch true too",
}
MOST_VALUES = 100  # of a score whose every value is asked for


@dataclass(frozen=True)
class Goal:
    """One question. *ask* is None in a world that it does not concern."""

    code: str
    path: Path
    node: str
    message: str
    wanted: bool
    ask: Callable[[World], Formula | None]
    met: Callable[[Replay], bool]
    level: Literal["error", "warning"] = "error"
    unless: tuple[str, Path] | None = None  # told already, by code and path


def goals_of(plan: Plan) -> Iterator[Goal]:
    """All questions about *plan* but those about unknowns, causes before effects."""
    for path, expression in plan.criteria.parsed.items():
        if path[0] != "scores" and expression.names:
            yield from _criterion(plan, path)
    for index, node in enumerate(plan.nodes):
        yield _reached(node.key, ("nodes", index))
        if node.kind == "decide":
            yield from _decide(node, ("nodes", index))
    yield from _contradictions(plan)
    for index, score in enumerate(plan.scores):
        yield from _score(plan, score, ("scores", index))


def _criterion(plan: Plan, path: Path) -> Iterator[Goal]:
    node = plan.nodes[int(path[1])].key if path[0] == "nodes" else ""
    severe: Literal["error", "warning"] = "error" if _stands_alone(path) else "warning"

    def be(value: bool) -> tuple[Callable[[World], Formula | None], Any]:
        def ask(world: World) -> Formula | None:
            if node and node not in world.reach:
                return None
            found = world.truths[path]
            return found.yes if value else found.no

        return ask, lambda one: one.value(path) is value

    ask, met = be(True)
    words = "no patient makes this true"
    yield Goal("never-true", path, node, words, True, ask, met, severe)
    ask, met = be(False)
    words = "no patient makes this false"
    yield Goal("always-true", path, node, words, True, ask, met, "warning")


def _stands_alone(path: Path) -> bool:
    """Whether a criterion that is never true makes its place useless: a branch, or a
    condition that all patients of the plan must meet."""
    return path[0] == "nodes" or path[:2] == ("population", "inclusion")


def _reached(key: str, path: Path) -> Goal:
    return Goal(
        "unreachable",
        path,
        key,
        "no patient can come here",
        True,
        lambda world: world.reach.get(key),
        lambda one: key in one.walk.nodes,
    )


def _decide(node: Decide, here: Path) -> Iterator[Goal]:
    for index in range(len(node.branches)):
        yield _taken(node, index, here)
    if node.hit == "unique" and len(node.branches) > 1:
        words = "two branches are true at once, where only one may be"
        yield _stop("overlap", node, here, words, two_of)
    if node.otherwise is None:
        words = "no branch is true, and there is no otherwise"
        yield _stop(
            "gap", node, here, words, lambda tried: z3.And([b.no for b in tried])
        )


def _taken(node: Decide, index: int, here: Path) -> Goal:
    def met(one: Replay) -> bool:
        for step in one.walk.steps:
            if (
                step.node == node.key
                and step.to is not None
                and index < len(step.tried)
            ):
                first = node.hit == "first" and index != len(step.tried) - 1
                return step.tried[index].value is True and not first
        return False

    path = (*here, "branches", index, "when")
    return Goal(
        "never-taken",
        path,
        node.key,
        BEHIND[node.hit],
        True,
        lambda world: world.ways.get((node.key, "branch", index)),
        met,
        unless=("never-true", path),
    )


def _stop(
    code: Literal["overlap", "gap"],
    node: Decide,
    here: Path,
    words: str,
    formula: Callable[[list[Any]], Formula],
) -> Goal:
    why = {"overlap": "overlap", "gap": "nothing-true"}[code]

    def ask(world: World) -> Formula | None:
        if node.key not in world.reach:
            return None
        return z3.And(world.reach[node.key], formula(world.branches(node)))

    def met(one: Replay) -> bool:
        return (one.walk.end, one.walk.why) == (node.key, why)

    return Goal(code, here, node.key, words, False, ask, met)


Advised = tuple[str, Path, Action]


def _contradictions(plan: Plan) -> Iterator[Goal]:
    advised: list[Advised] = [
        (node.key, ("nodes", index, "actions", number), action)
        for index, node in enumerate(plan.nodes)
        if node.kind == "recommend"
        for number, action in enumerate(node.actions)
    ]
    do = [one for one in advised if one[2].direction == "do"]
    do_not = [one for one in advised if one[2].direction == "do-not"]
    for one, other in product(do, do_not):
        if one[2].resource == other[2].resource:
            together = _follows(plan, one[0], other[0]) or _follows(
                plan, other[0], one[0]
            )
            yield _contradiction(one, other, "error" if together else "warning")


def _follows(plan: Plan, key: str, other: str) -> bool:
    """Whether the walk goes from *key* to *other* without deciding in between: then
    both are advised on the same knowledge."""
    at: str | None = key
    while at is not None and at != other:
        node = plan.node[at]
        at = node.next if node.kind in ("assess", "recommend") else None
    return at == other


def _contradiction(
    one: Advised, other: Advised, level: Literal["error", "warning"]
) -> Goal:
    key, _, action = one
    against, path, denied = other

    def ask(world: World) -> Formula | None:
        if key not in world.reach or against not in world.reach:
            return None
        return z3.And(world.reach[key], world.reach[against])

    def met(found: Replay) -> bool:
        said = [(node, told.key) for node, told in found.walk.actions]
        return (key, action.key) in said and (against, denied.key) in said

    words = f"{action.resource!r} is advised at {key!r} and advised against here, on one path"
    return Goal("contradiction", path, against, words, False, ask, met, level)


def _score(plan: Plan, score: Score, here: Path) -> Iterator[Goal]:
    bounds = score.range
    if bounds is None:
        return
    for side, limit in (("low", bounds.low), ("high", bounds.high)):
        if limit is not None:
            yield _outside(score, here, side, limit)
    kind = plan.criteria.types[score.key]
    if kind != INTEGER or bounds.low is None or bounds.high is None:
        return
    if bounds.high - bounds.low < MOST_VALUES:
        for value in range(int(bounds.low), int(bounds.high) + 1):
            yield _value(score, here, value)


def _outside(score: Score, here: Path, side: str, limit: Decimal) -> Goal:
    below = side == "low"

    def ask(world: World) -> Formula | None:
        term = world.scores[score.key]
        if not isinstance(term, Number):
            return None
        top = Fraction(limit) * term.under
        over = term.over * top.denominator
        beyond = over < top.numerator if below else over > top.numerator
        return z3.And(z3.Not(term.null), beyond)

    def met(one: Replay) -> bool:
        value = one.score(score.key)
        return value is not None and (value < limit if below else value > limit)

    word = "below" if below else "above"
    words = f"{score.key!r} can be {word} {limit}, the end of its range"
    return Goal("score-range", (*here, "range", side), "", words, False, ask, met)


def _value(score: Score, here: Path, value: int) -> Goal:
    def ask(world: World) -> Formula | None:
        term = world.scores[score.key]
        if not isinstance(term, Number):
            return None
        return z3.And(z3.Not(term.null), term.over == value * term.under)

    return Goal(
        "score-value",
        (*here, "range"),
        "",
        f"{score.key!r} can never be {value}",
        True,
        ask,
        lambda one: one.score(score.key) == value,
        "warning",
    )
