"""The tree of courses that walks through a plan can take, unfolded as they take them.

A stage is a decide node, or an end, together with all the steps that led there. What a
step says is therefore made once, however many walks take it; nodes that do not decide
are passed while unfolding and cost a walk nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scamps.core.definition.document import Action, Decide, Node, Plan
from scamps.core.definition.finding import Path
from scamps.core.walk.result import Course, Step, Tried, Why

Test = Callable[[Mapping[str, Any]], Any]
Actions = tuple[tuple[str, Action], ...]
Values = tuple[bool | None, ...]


@dataclass(slots=True)
class Ended:
    """The end of a course; *waits_at* is the path of the criterion it waits at."""

    course: Course
    waits_at: Path | None = None


@dataclass(slots=True)
class Deciding:
    """A decide node that was come to by *steps*.

    *tests*, None until unfolded: each with the stages that true and unknown lead to.
    *turns*, where the node is `unique`: the stages by the values of all its branches.
    """

    node: Decide
    steps: tuple[Step, ...]
    actions: Actions
    unique: bool
    tests: "tuple[tuple[Test, Stage, Stage], ...] | None" = None
    otherwise: "Stage" = field(init=False)
    turns: "dict[Values, Stage]" = field(default_factory=dict)


Stage = Ended | Deciding


@dataclass(frozen=True)
class Tree:
    """The stages of one plan; *criteria* are its compiled criteria by path."""

    plan: Plan
    criteria: Mapping[Path, Test]

    def enter(
        self, key: str, steps: tuple[Step, ...] = (), actions: Actions = ()
    ) -> Stage:
        """Walk from node *key* to the next decide node or end."""
        while True:
            node = self.plan.node[key]
            if node.kind == "decide":
                return Deciding(node, steps, actions, node.hit == "unique")
            actions += _advised(node)
            onward = _onward(node)
            steps += (Step(key, to=onward),)
            if onward is None:
                return Ended(Course(steps, key, "", actions))
            key = onward

    def unfold(self, at: Deciding) -> None:
        """Make the stages that follow a node where the first true branch is taken.

        The tests are set last: another thread sees them all or none.
        """
        passed: tuple[Tried, ...] = ()
        tests = []
        for index, branch in enumerate(at.node.branches):
            path = self.path(at.node, index)
            yes = (*passed, Tried(branch.when, True, branch.to))
            unknown = (*passed, Tried(branch.when, None, branch.to))
            ways = self._turn(at, yes, branch.to), self._unknown(at, unknown, path)
            tests.append((self.criteria[path], *ways))
            passed = (*passed, Tried(branch.when, False, branch.to))
        at.otherwise = self._otherwise(at, passed)
        at.tests = tuple(tests)

    def decide_unique(self, at: Deciding, facts: Mapping[str, Any]) -> Stage:
        """Try every branch of a node at which at most one may be true.

        One is true and none unknown: it is taken. Two are true, or any is unknown:
        nothing is chosen, for the plan promised that they exclude each other.
        """
        branches = range(len(at.node.branches))
        values = tuple(
            self.criteria[self.path(at.node, index)](facts) for index in branches
        )
        if values not in at.turns:
            at.turns[values] = self._turn_unique(at, values)
        return at.turns[values]

    def path(self, node: Decide, index: int) -> Path:
        """Where the criterion of a branch is written."""
        return ("nodes", self.plan.position[node.key], "branches", index, "when")

    def _turn_unique(self, at: Deciding, values: Values) -> Stage:
        branches = at.node.branches
        tried = tuple(
            Tried(branch.when, value, branch.to)
            for branch, value in zip(branches, values, strict=True)
        )
        if values.count(True) > 1:
            return _stop(at, tried, "overlap")
        if None in values:
            return self._unknown(at, tried, self.path(at.node, values.index(None)))
        if True in values:
            return self._turn(at, tried, branches[values.index(True)].to)
        return self._otherwise(at, tried)

    def _turn(self, at: Deciding, tried: tuple[Tried, ...], to: str) -> Stage:
        return self.enter(to, (*at.steps, Step(at.node.key, tried, to)), at.actions)

    def _unknown(self, at: Deciding, tried: tuple[Tried, ...], path: Path) -> Stage:
        if at.node.unknown is not None:
            return self._turn(at, tried, at.node.unknown)
        return _stop(at, tried, "unknown", path)

    def _otherwise(self, at: Deciding, tried: tuple[Tried, ...]) -> Stage:
        to = at.node.otherwise
        if to is None:
            return _stop(at, tried, "nothing-true")
        return self._turn(at, (*tried, Tried("", True, to)), to)


def _stop(
    at: Deciding, tried: tuple[Tried, ...], why: Why, path: Path | None = None
) -> Ended:
    steps = (*at.steps, Step(at.node.key, tried))
    return Ended(Course(steps, at.node.key, why, at.actions), path)


def _advised(node: Node) -> Actions:
    if node.kind != "recommend":
        return ()
    return tuple((node.key, action) for action in node.actions)


def _onward(node: Node) -> str | None:
    return node.next if node.kind in ("assess", "recommend") else None
