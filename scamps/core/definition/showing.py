"""Which items of a form are shown, and what that depends on."""

from collections.abc import Mapping
from dataclasses import dataclass

from scamps.core.definition.document import Plan
from scamps.core.definition.finding import Path


@dataclass(frozen=True)
class Appearance:
    """One item of a form: it is shown unless one of its criteria is false.

    `shows` are the paths of the criteria: its own and that of its section.
    """

    element: str
    form: str
    shows: tuple[Path, ...]


def appearances(plan: Plan) -> tuple[Appearance, ...]:
    """Every item of every form, in form order."""
    found = []
    for f, form in enumerate(plan.forms):
        for s, section in enumerate(form.sections):
            here: Path = ("forms", f, "sections", s)
            outer = () if section.show_when is None else ((*here, "show_when"),)
            for i, item in enumerate(section.items):
                own: Path = (*here, "items", i, "show_when")
                shows = outer if item.show_when is None else (*outer, own)
                found.append(Appearance(item.element, form.key, shows))
    return tuple(found)


def conditional(plan: Plan, forms: frozenset[str]) -> dict[str, tuple[Appearance, ...]]:
    """The elements that can be hidden on *forms*, with all their appearances there.

    An element that appears once without a condition can never be hidden.
    """
    by_element: dict[str, list[Appearance]] = {}
    for appearance in appearances(plan):
        if appearance.form in forms:
            by_element.setdefault(appearance.element, []).append(appearance)
    return {
        element: tuple(found)
        for element, found in by_element.items()
        if all(appearance.shows for appearance in found)
    }


def needs_of_shows(
    plan: Plan, forms: frozenset[str] | None = None
) -> Mapping[str, tuple[str, ...]]:
    """What must be known before each conditional element and each score is."""
    chosen = frozenset(plan.form) if forms is None else forms
    parsed = plan.criteria.parsed
    needs: dict[str, tuple[str, ...]] = {}
    for element, found in conditional(plan, chosen).items():
        paths = [path for appearance in found for path in appearance.shows]
        names = [parsed[path].names for path in paths if path in parsed]
        needs[element] = tuple(sorted(set().union(*names)))
    for index, score in enumerate(plan.scores):
        expression = parsed.get(("scores", index, "expression"))
        needs[score.key] = tuple(sorted(expression.names)) if expression else ()
    return needs
