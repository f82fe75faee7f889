"""The mapping of a cohort file: what its columns and words mean to a plan.

A mapping is YAML, as strict as a plan: what it does not know, and what the plan does
not have, is refused with its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from carepaths.core.documents import Part, Problem, read_document
from scamps.core.definition.finding import Path
from scamps.core.language.units import commensurable

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

Words = Annotated[str, StringConstraints(strict=True, min_length=1)]
Key = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_-]*$")]


class File(Part):
    """How the file is written."""

    encoding: Words = "utf-8-sig"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    decimal_mark: Literal[".", ","] = "."


class Place(Part):
    """The site at which the cohort was treated."""

    key: Key
    name: Words
    time_zone: Words


class ElementColumn(Part):
    """A column that holds an element; `values` are its words, null is "not known"."""

    element: Words
    column: Words
    unit: Words | None = None
    values: dict[str, bool | str | None] | None = None


class ResourceColumn(Part):
    """A column that says whether a resource was used; empty is unknown."""

    resource: Words
    column: Words
    done: Annotated[list[str], Field(min_length=1)]
    not_done: list[str]
    known_how: Words


class OutcomeCase(Part):
    """Words in columns, all of which must stand there, and what they mean together."""

    when: Annotated[dict[str, list[str]], Field(min_length=1)]
    value: bool
    known_how: Words
    derived: bool = False


class OutcomeColumns(Part):
    """An outcome, from the first case that holds, or a number from a column."""

    outcome: Words
    cases: list[OutcomeCase] | None = None
    column: Words | None = None
    known_how: Words | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns it is read from, in the order they are named."""
        if self.column is not None:
            return (self.column,)
        named = (column for case in self.cases or () for column in case.when)
        return tuple(dict.fromkeys(named))


class CohortMapping(Part):
    """What a cohort file means to one plan."""

    schema_: Literal[1] = Field(alias="schema")
    file: File = File()
    site: Place
    visit: Words
    elements: list[ElementColumn]
    resources: list[ResourceColumn] = []
    outcomes: list[OutcomeColumns] = []

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        named = [element.column for element in self.elements]
        named += [resource.column for resource in self.resources]
        named += [column for entry in self.outcomes for column in entry.columns]
        return tuple(dict.fromkeys(named))


def load_mapping(text: str, source_name: str, plan: Plan) -> CohortMapping:
    """Read a mapping to *plan* from YAML *text*.

    Raises: PlanError: whatever is wrong with it, each finding with its line.
    """
    return read_document(
        CohortMapping, text, source_name, lambda mapping: _problems(mapping, plan)
    )


def _problems(mapping: CohortMapping, plan: Plan) -> Iterator[Problem]:
    if mapping.visit not in plan.visit:
        yield ("visit",), f"the plan has no visit {mapping.visit!r}"
    yield from _twice("elements", [one.element for one in mapping.elements])
    yield from _twice("resources", [one.resource for one in mapping.resources])
    yield from _twice("outcomes", [one.outcome for one in mapping.outcomes])
    for index, column in enumerate(mapping.elements):
        yield from _element_problems(("elements", index), column, plan)
    resources = {resource.key for resource in plan.resources}
    for index, used in enumerate(mapping.resources):
        if used.resource not in resources:
            message = f"the plan has no resource {used.resource!r}"
            yield ("resources", index, "resource"), message
        both = sorted(set(used.done) & set(used.not_done))
        if both:
            yield ("resources", index), f"{both[0]!r} is both done and not done"
    for index, outcome in enumerate(mapping.outcomes):
        yield from _outcome_problems(("outcomes", index), outcome, plan)


def _twice(name: str, keys: list[str]) -> Iterator[Problem]:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield (name, index), f"{key!r} is mapped twice"


def _element_problems(
    here: Path, column: ElementColumn, plan: Plan
) -> Iterator[Problem]:
    element = plan.element.get(column.element)
    if element is None:
        yield (*here, "element"), f"the plan has no element {column.element!r}"
        return
    if column.unit is not None and not _converts(column.unit, element):
        yield (*here, "unit"), f"{column.unit} cannot be converted to {element.unit}"
    for word, value in (column.values or {}).items():
        if not _fits(element, value):
            message = f"{value!r} is no value of {element.key}"
            yield (*here, "values", word), message


def _converts(unit: str, element: Element) -> bool:
    return element.unit is not None and commensurable(unit, element.unit)


def _fits(element: Element, value: bool | str | None) -> bool:
    match element.type:
        case "boolean":
            return value is None or isinstance(value, bool)
        case "choice":
            return value is None or value in {option.key for option in element.options}
    return value is None


def _outcome_problems(
    here: Path, columns: OutcomeColumns, plan: Plan
) -> Iterator[Problem]:
    outcome = next((one for one in plan.outcomes if one.key == columns.outcome), None)
    if outcome is None:
        yield (*here, "outcome"), f"the plan has no outcome {columns.outcome!r}"
    elif (columns.cases is None) == (columns.column is None):
        yield here, "an outcome has either cases or a column"
    elif columns.cases is not None and outcome.type != "boolean":
        yield (*here, "cases"), f"{outcome.key} is a number: name its column"
    elif columns.column is not None and outcome.type == "boolean":
        yield (*here, "column"), f"{outcome.key} is yes or no: state its cases"
    elif columns.column is not None and columns.known_how is None:
        yield here, "say how the number is known: known_how"
