"""Prove: what no plan may do, sought among all patients it could ever meet.

`prove` asks the solver in this process; `prove_apart` in one of its own, which time and
memory bound. docs/plan-document.md says what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from scamps.core.definition import Plan
from scamps.core.definition.finding import Path, spell_by_key
from scamps.core.prove.asking import Answer, Asking
from scamps.core.prove.found import Found, Proof, Undecided
from scamps.core.prove.goals import Goal, goals_of
from scamps.core.prove.patients import Patient, Replay
from scamps.core.prove.unknowns import trap_findings
from scamps.core.prove.world import World
from scamps.core.walk import compile_plan

__all__ = ["Found", "Patient", "Proof", "Undecided", "prove"]

EACH_MS = 2_000
Tell = Callable[[str, dict[str, Any]], None]
OUT_OF_TIME = "the time was up"


def prove(
    plan: Plan,
    *,
    seconds: float = 60,
    each_ms: int = EACH_MS,
    tell: Tell = lambda kind, said: None,
) -> Proof:
    """Seek what is wrong with *plan* among all patients of its declared ranges.

    Args:
        seconds: after which what is left is undecided.
        each_ms: how long the solver may take over one question.
        tell: hears of each finding (`found`) and open question (`undecided`) at once.
    Raises: PlanError: the plan has errors that need no proof.
    """
    compiled = compile_plan(plan)
    pool: list[Replay] = []
    rooms = [
        Asking(World(plan, visit.key), compiled, pool, each_ms) for visit in plan.visits
    ]
    until = monotonic() + seconds
    session = _Session(plan, rooms, pool, until, tell)
    goals = list(goals_of(plan))
    for goal in goals:
        session.settle(goal)
    traps = trap_findings(plan, compiled, each_ms, until)
    for path, code, message, people, why in traps:
        session.tell_of_unknown(path, code, message, people, why)
    order = {"error": 0, "warning": 1}
    found = sorted(session.found, key=lambda one: order[one.level])
    return Proof(tuple(found), tuple(session.undecided), len(goals) + session.asked)


class _Session:
    """The findings so far, and the patients already made."""

    def __init__(
        self,
        plan: Plan,
        rooms: list[Asking],
        pool: list[Replay],
        until: float,
        tell: Tell,
    ) -> None:
        self.tell = tell
        self.data = plan.model_dump(by_alias=True)
        self.plan, self.rooms, self.pool, self.until = plan, rooms, pool, until
        self.found: list[Found] = []
        self.undecided: list[Undecided] = []
        self.told: set[tuple[str, Path]] = set()
        self.unreachable: set[str] = set()
        self.asked = 0

    def settle(self, goal: Goal) -> None:
        """Answer *goal* from the patients at hand, else by asking in every world."""
        if goal.unless in self.told or self._follows(goal):
            return
        answer = self._answer(goal)
        if answer.state == "open":
            self._leave(goal.code, self._where(goal.path), answer.why)
        elif (answer.state == "refuted") == goal.wanted:
            self.told.add((goal.code, goal.path))
            if goal.code == "unreachable":
                self.unreachable.add(goal.node)
            shown = answer.shown.patient if answer.shown else None
            where = self._where(goal.path)
            what = goal.code, goal.level, goal.node, where, goal.message
            self._find(Found(*what, shown))

    def _follows(self, goal: Goal) -> bool:
        """Whether nobody comes to the node, and that is told already."""
        return goal.code != "never-true" and goal.node in self.unreachable

    def _answer(self, goal: Goal) -> Answer:
        known = next((one for one in self.pool if goal.met(one)), None)
        if known is not None and goal.wanted:
            return Answer("met", known)
        open_: Answer | None = None
        for room in self.rooms:
            if monotonic() > self.until:
                return Answer("open", why=OUT_OF_TIME)
            answer = room.ask(goal)
            if answer is not None and answer.state == "met":
                return answer
            if answer is not None and answer.state == "open":
                open_ = answer
        return open_ or Answer("refuted")

    def tell_of_unknown(
        self,
        path: Path,
        code: str,
        message: str,
        people: tuple[Patient, Patient] | None,
        why: str,
    ) -> None:
        """Note where an unknown becomes an answer, or that it was not decided."""
        self.asked += 1
        where = self._where(path)
        if people is not None:
            node = self.plan.nodes[int(path[1])].key if path[0] == "nodes" else ""
            self._find(Found(code, "warning", node, where, message, *people))
        elif why:
            self._leave(code, where, why)

    def _find(self, one: Found) -> None:
        self.found.append(one)
        self.tell("found", one.to_json())

    def _leave(self, code: str, where: str, why: str) -> None:
        one = Undecided(code, where, why)
        self.undecided.append(one)
        self.tell("undecided", one.to_json())

    def _where(self, path: Path) -> str:
        return spell_by_key(path, self.data)
