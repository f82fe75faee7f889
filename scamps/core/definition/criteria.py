"""Every expression of a plan, typed against the names the plan offers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scamps.core.definition.finding import Path
from scamps.core.language import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Expression,
    LanguageError,
    Type,
    choice,
    parse,
    quantity,
)
from scamps.core.language.units import known

if TYPE_CHECKING:
    from scamps.core.definition.document import Element, Plan

CONTEXT: Mapping[str, Type] = {
    "birth_date": DATE,
    "visit_date": DATE,
    "weeks_since_previous": INTEGER,
}
PREVIOUS = "previous"
RESERVED = frozenset({*CONTEXT, PREVIOUS})


@dataclass(frozen=True)
class Failure:
    """An expression or a unit that the language refuses."""

    path: Path
    error: LanguageError


@dataclass(frozen=True)
class Criteria:
    """The types of a plan's names, its expressions by path, and what failed."""

    types: Mapping[str, Type]
    parsed: Mapping[Path, Expression]
    failures: tuple[Failure, ...]


def read_criteria(plan: "Plan") -> Criteria:
    """Type every expression of *plan*; what fails is listed, not raised."""
    types, failures = _element_types(plan)
    types |= CONTEXT
    parsed = _type_scores(plan, types)
    for path, source in sources(plan):
        if path in parsed:
            continue
        try:
            parsed[path] = parse(source, types)
        except LanguageError as error:
            failures.append(Failure(path, error))
    return Criteria(types, parsed, tuple(failures))


def sources(plan: "Plan") -> Iterator[tuple[Path, str]]:
    """Each expression of *plan* with its path, in document order."""
    yield from _eligibility(plan)
    for index, score in enumerate(plan.scores):
        yield ("scores", index, "expression"), score.expression
    yield from _shows(plan)
    for index, check in enumerate(plan.checks):
        yield ("checks", index, "when"), check.when
    for index, node in enumerate(plan.nodes):
        if node.kind == "decide":
            for number, branch in enumerate(node.branches):
                yield ("nodes", index, "branches", number, "when"), branch.when


def _eligibility(plan: "Plan") -> Iterator[tuple[Path, str]]:
    for side, criteria in (
        ("inclusion", plan.population.inclusion),
        ("exclusion", plan.population.exclusion),
    ):
        for index, rule in enumerate(criteria):
            if rule.when is not None:
                yield ("population", side, index, "when"), rule.when


def _shows(plan: "Plan") -> Iterator[tuple[Path, str]]:
    for f, form in enumerate(plan.forms):
        for s, section in enumerate(form.sections):
            here: Path = ("forms", f, "sections", s)
            if section.show_when is not None:
                yield (*here, "show_when"), section.show_when
            for i, item in enumerate(section.items):
                if item.show_when is not None:
                    yield (*here, "items", i, "show_when"), item.show_when


def _element_types(plan: "Plan") -> tuple[dict[str, Type], list[Failure]]:
    types: dict[str, Type] = {}
    failures: list[Failure] = []
    for index, element in enumerate(plan.elements):
        try:
            found = type_of(element)
        except LanguageError as error:
            failures.append(Failure(("elements", index, "unit"), error))
            found = DECIMAL
        types[element.key] = found
        types[f"{PREVIOUS}.{element.key}"] = found
    return types, failures


def type_of(element: "Element") -> Type:
    """The type of *element* in the criteria language.

    Raises: LanguageError: its unit is not of UCUM.
    """
    if element.unit is not None and element.type in ("integer", "decimal"):
        if not known(element.unit):
            raise LanguageError(f"{element.unit!r} is not a unit of UCUM")
        return quantity(element.unit)
    if element.type == "choice":
        return choice([option.key for option in element.options])
    plain = {
        "boolean": BOOLEAN,
        "integer": INTEGER,
        "decimal": DECIMAL,
        "date": DATE,
        "text": STRING,
    }
    return plain[element.type]


def _type_scores(plan: "Plan", types: dict[str, Type]) -> dict[Path, Expression]:
    """Type the scores, each after those it reads; *types* grows with each."""
    parsed: dict[Path, Expression] = {}
    pending = dict(enumerate(plan.scores))
    progress = True
    while pending and progress:
        progress = False
        for index, score in list(pending.items()):
            try:
                expression = parse(score.expression, types)
            except LanguageError:
                continue
            parsed["scores", index, "expression"] = expression
            types[score.key] = expression.type
            types[f"{PREVIOUS}.{score.key}"] = expression.type
            del pending[index]
            progress = True
    return parsed


def needs_itself(plan: "Plan", key: str) -> bool:
    """Say whether the score *key* reads itself, through others or not."""
    reads = {
        score.key: set(re.findall(r"(?<![.\w])[a-z]\w*", score.expression))
        & plan.score.keys()
        for score in plan.scores
    }
    seen: set[str] = set()
    ahead = set(reads.get(key, ()))
    while ahead:
        seen |= ahead
        ahead = set().union(*(reads[other] for other in ahead)) - seen
    return key in seen
