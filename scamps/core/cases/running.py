"""All cases of a plan, run: which walk as they say, and what none of them comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scamps.core.cases.coverage import Place, not_covered
from scamps.core.cases.document import Case, Difference
from scamps.core.cases.stored import read_stored
from scamps.core.definition import Plan, PlanError
from scamps.core.walk import CompiledPlan, Walk, compile_plan

State = Literal["passes", "differs", "open", "unreadable"]


@dataclass(frozen=True)
class Held:
    """A case as it is kept: which one, which revision of it, and what it says."""

    key: int
    revision: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Ran:
    """What came of one case.

    It `passes`; it `differs` from the walk it expects; it is `open`, for nobody has said
    which walk is right; or it is `unreadable`: the plan has no more what it answers.
    """

    held: Held
    case: Case
    problems: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    walk: Walk | None = None

    @property
    def key(self) -> int:
        return self.held.key

    @property
    def name(self) -> str:
        return self.case.name

    @property
    def state(self) -> State:
        if self.problems:
            return "unreadable"
        if self.case.expected is None:
            return "open"
        return "differs" if self.differences else "passes"

    @property
    def said(self) -> str:
        """What stands against it, in words; empty if nothing does."""
        match self.state:
            case "unreadable":
                return "; ".join(self.problems)
            case "open":
                return "nobody has confirmed its walk"
            case "differs":
                first, more = self.differences[0], len(self.differences) - 1
                return f"{first}; and {more} more" if more else str(first)
        return ""

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.held.key,
            "revision": self.held.revision,
            "name": self.name,
            "state": self.state,
            "said": self.said,
            "differences": [asdict(one) for one in self.differences],
        }


@dataclass(frozen=True)
class Results:
    """What came of all cases. *refused*: why none could be run, for the plan has errors."""

    ran: tuple[Ran, ...]
    not_covered: tuple[Place, ...] = ()
    refused: str = ""

    @property
    def passed(self) -> int:
        return sum(one.state == "passes" for one in self.ran)

    @property
    def failing(self) -> tuple[Ran, ...]:
        """Those that do not pass."""
        return tuple(one for one in self.ran if one.state != "passes")

    @property
    def holds(self) -> bool:
        """Whether nothing in them stands against publishing: there is a case, and all
        walk as they say."""
        return bool(self.ran) and not self.failing and not self.refused

    @property
    def revisions(self) -> tuple[int, ...]:
        """Which revisions were run, in order."""
        return tuple(one.held.revision for one in self.ran)

    def against(self) -> tuple[str, ...]:
        """What stands against publishing, in words."""
        if self.refused:
            return (f"No case can be run: {self.refused}",)
        if not self.ran:
            return ("It has no case: nothing says what it must do for whom.",)
        return tuple(f"Case “{one.name}”: {one.said}" for one in self.failing)

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": [one.to_json() for one in self.ran],
            "passed": self.passed,
            "not_covered": [str(place) for place in self.not_covered],
        }


def run(plan: Plan, cases: Iterable[Held]) -> Results:
    """Run *cases* on *plan*."""
    held = tuple(cases)
    try:
        compiled = compile_plan(plan)
    except PlanError as error:
        return Results(_unrun(plan, held), refused=str(error.findings[0]))
    ran = tuple(_ran(compiled, one) for one in held)
    walked = [(one.case.visit, one.walk) for one in ran if one.walk is not None]
    return Results(ran, not_covered(plan, walked))


def _ran(compiled: CompiledPlan, held: Held) -> Ran:
    case, problems = read_stored(compiled.plan, held.data)
    if problems:
        return Ran(held, case, problems)
    return Ran(held, case, (), case.differences(compiled), case.walk(compiled))


def _unrun(plan: Plan, held: tuple[Held, ...]) -> tuple[Ran, ...]:
    said = ("the plan has errors",)
    return tuple(Ran(one, read_stored(plan, one.data)[0], said) for one in held)
