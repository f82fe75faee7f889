"""What a walk of one kind of visit needs to know of its plan, worked out once.

Both walks, of one patient and of a whole history, are built from it; so they cannot
differ in what is hidden, in which order things are computed, or in what is waited for.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scamps.core.definition.document import Plan
from scamps.core.definition.finding import Path
from scamps.core.definition.graph import edges, in_order, reachable
from scamps.core.definition.showing import conditional, needs_of_shows
from scamps.core.definition.usage import forms_of, names_behind

Shows = tuple[tuple[Path, ...], ...]


@dataclass(frozen=True)
class Hiding:
    """An element that can be hidden: it is, if in each of its appearances one of the
    criteria is false. *instead* is what a walk that waits for it then waits for."""

    element: str
    shows: Shows
    instead: tuple[str, ...]


@dataclass(frozen=True)
class Scoring:
    """A score, and where its expression stands."""

    key: str
    path: Path


@dataclass(frozen=True)
class Program:
    """The walk of one kind of visit. *prepare* stands in the order of computing."""

    plan: Plan
    visit: str
    start: str
    nodes: tuple[str, ...]
    prepare: tuple[Hiding | Scoring, ...]
    waits: Mapping[Path, tuple[str, ...]]

    @property
    def hidings(self) -> dict[str, Hiding]:
        """The elements that can be hidden."""
        found = (step for step in self.prepare if isinstance(step, Hiding))
        return {hiding.element: hiding for hiding in found}


def program_of(plan: Plan, visit: str) -> Program:
    """Work out the walk of *visit* through *plan*, which has no errors."""
    start = plan.visit[visit].start
    forms = forms_of(plan, visit)
    return Program(
        plan=plan,
        visit=visit,
        start=start,
        nodes=_topological(plan, start),
        prepare=_preparation(plan, forms),
        waits={path: tuple(sorted(names_behind(plan, path))) for path in _whens(plan)},
    )


def _topological(plan: Plan, start: str) -> tuple[str, ...]:
    keys = reachable(plan, start)
    sources: dict[str, list[str]] = {key: [] for key in keys}
    for key in keys:
        for edge in edges(plan.node[key]):
            sources[edge.target].append(key)
    return tuple(in_order(sources)[0])


def _preparation(plan: Plan, forms: frozenset[str]) -> tuple[Hiding | Scoring, ...]:
    hidings = {
        element: _hiding(plan, element, tuple(one.shows for one in found))
        for element, found in conditional(plan, forms).items()
    }
    scorings = {
        score.key: Scoring(score.key, ("scores", index, "expression"))
        for index, score in enumerate(plan.scores)
    }
    order, _ = in_order(needs_of_shows(plan, forms))
    return tuple((hidings | scorings)[key] for key in order)


def _hiding(plan: Plan, element: str, shows: Shows) -> Hiding:
    behind = (names_behind(plan, path) for paths in shows for path in paths)
    return Hiding(element, shows, tuple(sorted(set().union(*behind))))


def _whens(plan: Plan) -> list[Path]:
    return [path for path in plan.criteria.parsed if path[0] == "nodes"]
