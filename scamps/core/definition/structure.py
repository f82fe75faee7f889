"""The tree itself: every node reached, no way round in a circle, an end to each way."""

from collections.abc import Iterator

from scamps.core.definition.document import Plan
from scamps.core.definition.finding import Path
from scamps.core.definition.graph import edges, in_order, reachable
from scamps.core.definition.problem import Problem
from scamps.core.definition.showing import needs_of_shows


def structure_problems(plan: Plan) -> Iterator[Problem]:
    """Nodes out of reach, circles of nodes, and circles of `show_when`."""
    order = {node.key: index for index, node in enumerate(plan.nodes)}
    reached = reachable(plan, *(visit.start for visit in plan.visits))
    for key, index in order.items():
        if key not in reached:
            message = f"no visit leads to {key!r}"
            yield Problem("unreachable", ("nodes", index), message)
    yield from _circles(plan, order)
    yield from _show_circles(plan)


def _circles(plan: Plan, order: dict[str, int]) -> Iterator[Problem]:
    sources: dict[str, list[str]] = {key: [] for key in order}
    for node in plan.nodes:
        for edge in edges(node):
            if edge.target in sources:
                sources[edge.target].append(node.key)
    for key in _on_a_circle(sources):
        message = f"a walk that reaches {key!r} comes back to it"
        yield Problem("circle", ("nodes", order[key]), message)


def _on_a_circle(needs: dict[str, list[str]]) -> list[str]:
    """The keys that need themselves, through others or not."""
    _, unsorted = in_order(needs)
    return [key for key in unsorted if key in _all_needs(key, needs)]


def _all_needs(key: str, needs: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = set(needs[key])
    while ahead:
        seen |= ahead
        ahead = {far for near in ahead for far in needs.get(near, ())} - seen
    return seen


def _show_circles(plan: Plan) -> Iterator[Problem]:
    needs = needs_of_shows(plan)
    for key in _on_a_circle({name: list(found) for name, found in needs.items()}):
        if key in plan.element:
            message = f"whether {key!r} is shown depends on {key!r} itself"
            yield Problem("show-circle", _first_item(plan, key), message)


def _first_item(plan: Plan, element: str) -> Path:
    for f, form in enumerate(plan.forms):
        for s, section in enumerate(form.sections):
            for i, item in enumerate(section.items):
                if item.element == element:
                    return ("forms", f, "sections", s, "items", i)
    return ("forms",)
