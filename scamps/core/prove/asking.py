"""Asking the solver one question, and believing no answer that the plan contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import z3
from z3 import z3util

from scamps.core.prove.found import BEYOND_SOLVER
from scamps.core.prove.goals import Goal
from scamps.core.prove.patients import Replay, replay
from scamps.core.prove.terms import Formula
from scamps.core.prove.world import World
from scamps.core.walk import CompiledPlan

TRIES = 8  # models that the plan contradicts, before a question is given up
SLOW = "the solver did not finish"


@dataclass(frozen=True)
class Answer:
    """*met*: by the patient of *shown*; *refuted*: by none; else *why* it is open."""

    state: Literal["met", "refuted", "open"]
    shown: Replay | None = None
    why: str = ""


class Asking:
    """The solver over one world, and the patients it has made."""

    def __init__(
        self, world: World, compiled: CompiledPlan, pool: list[Replay], each_ms: int
    ) -> None:
        self.world, self.compiled, self.pool = world, compiled, pool
        self.solver = z3.SolverFor("QF_LIA")
        self.solver.set("timeout", each_ms)
        self.solver.add(world.limits)

    def ask(self, goal: Goal) -> Answer | None:
        """Find a patient of this world who meets *goal*; None: it is of no concern."""
        formula = goal.ask(self.world)
        if formula is None:
            return None
        self.solver.push()
        self.solver.add(formula)
        try:
            return self._answer(goal)
        finally:
            self.solver.pop()

    def _answer(self, goal: Goal) -> Answer:
        found = self.solver.check()
        if found == z3.unsat:
            return Answer("refuted")
        if found == z3.unknown:
            return Answer("open", why=SLOW)
        for model in self._models(self.solver.model(), likely=not goal.wanted):
            shown = replay(self.compiled, self.world.patient(model))
            self.pool.append(shown)
            if goal.met(shown):
                return Answer("met", shown)
        return Answer("open", why=BEYOND_SOLVER)

    def _models(self, first: Any, *, likely: bool) -> Iterator[Any]:
        """Models of what is asked, each another patient; a likely one first."""
        if likely and (model := self._likely()) is not None:
            yield model
        yield first
        model = first
        for _ in range(TRIES):
            self.solver.add(self._another(model))
            if self.solver.check() != z3.sat:
                return
            model = self.solver.model()
            yield model

    def _likely(self) -> Any:
        """A model with everything answered plausibly, if there is one."""
        self.solver.push()
        self.solver.add([hope for one in self.world.variables for hope in one.likely])
        found = self.solver.model() if self.solver.check() == z3.sat else None
        self.solver.pop()
        return found

    def _another(self, model: Any) -> Formula:
        """That the patient is not the one of *model*."""
        symbols = [
            part
            for one in self.world.variables
            for part in z3util.get_vars(one.term.null)
            + z3util.get_vars(_value(one.term))
        ]
        return z3.Or([one != model.eval(one, model_completion=True) for one in symbols])


def _value(term: Any) -> Formula:
    for part in ("over", "at", "yes"):
        if hasattr(term, part):
            return getattr(term, part)
    raise TypeError(term)
