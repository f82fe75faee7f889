"""Criteria that the language refuses, and names that are read or asked in vain."""

from collections.abc import Iterator

from scamps.core.definition.criteria import needs_itself
from scamps.core.definition.document import Plan
from scamps.core.definition.finding import Path
from scamps.core.definition.graph import reachable
from scamps.core.definition.problem import Problem
from scamps.core.language import BOOLEAN, Expression, quantity, unknown_traps
from scamps.core.language.types import words

SCORES = ("Boolean", "Integer", "Decimal", "Quantity", "String", "Date")


def criterion_problems(plan: Plan) -> Iterator[Problem]:
    """Expressions that cannot be typed, or have another type than their place needs."""
    for failure in plan.criteria.failures:
        path, error = failure.path, failure.error
        if path[0] == "scores" and needs_itself(plan, plan.scores[int(path[1])].key):
            yield Problem("score-circle", path, "this score depends on itself")
            continue
        expected = f"; expected {error.expected}" if error.expected else ""
        yield Problem(
            "criterion",
            path,
            f"{error.message}{expected}",
            line=error.line,
            column=error.column,
        )
    for path, expression in plan.criteria.parsed.items():
        if path[0] == "scores":
            yield from _score_unit(plan, int(path[1]), expression)
        elif expression.type != BOOLEAN:
            message = f"a criterion is true or false, this is {words(expression.type)}"
            yield Problem("criterion-type", path, message)


def _score_unit(plan: Plan, index: int, expression: Expression) -> Iterator[Problem]:
    unit, found = plan.scores[index].unit, expression.type.unit
    if expression.type.name not in SCORES or expression.type == quantity(None):
        message = f"a score is one value in one unit, not {words(expression.type)}"
        yield Problem("score-type", ("scores", index, "expression"), message)
    if unit is not None and unit != found:
        has = f"in {found!r}" if found else "a number without a unit"
        message = f"the expression is {has}, not in {unit!r}"
        yield Problem("unit", ("scores", index, "unit"), message)


def usage_warnings(plan: Plan) -> Iterator[Problem]:
    """What may be meant, and an author must have seen."""
    yield from _traps(plan)
    yield from _never_taken(plan)
    yield from _never_used(plan)
    for visit in plan.visits:
        yield from _never_asked(plan, visit.key)


def _traps(plan: Plan) -> Iterator[Problem]:
    """Where CQL turns an unknown into a "no", which an author must accept by name."""
    for path, expression in plan.criteria.parsed.items():
        for trap in unknown_traps(expression):
            code = "unknown-becomes-known"
            yield Problem(code, path, trap.words, "warning", trap.line, trap.column)


def _never_taken(plan: Plan) -> Iterator[Problem]:
    """Branches that read nothing, or repeat an earlier one word for word."""
    for index, node in enumerate(plan.nodes):
        if node.kind != "decide":
            continue
        seen: set[str] = set()
        for number, branch in enumerate(node.branches):
            path: Path = ("nodes", index, "branches", number, "when")
            if branch.when in seen:
                message = "an earlier branch has the same criterion"
                yield Problem("never-taken", path, message, "warning")
            elif not plan.criteria.parsed[path].names:
                message = "this criterion is the same for every patient"
                yield Problem("always-the-same", path, message, "warning")
            seen.add(branch.when)


def _never_used(plan: Plan) -> Iterator[Problem]:
    read = {
        name.removeprefix("previous.")
        for expression in plan.criteria.parsed.values()
        for name in expression.names
    }
    derived = {key for outcome in plan.outcomes for key in outcome.derived_from}
    asked = _asked(plan, frozenset(plan.form))
    for index, element in enumerate(plan.elements):
        if element.key in read | derived:
            continue
        what = "is asked, but serves" if element.key in asked else "serves"
        message = f"{element.key!r} {what} no criterion, score or outcome"
        yield Problem("never-used", ("elements", index), message, "warning")
    for index, score in enumerate(plan.scores):
        if score.key not in read | derived:
            message = f"{score.key!r} serves no criterion, score or outcome"
            yield Problem("never-used", ("scores", index), message, "warning")


def _asked(plan: Plan, forms: frozenset[str]) -> set[str]:
    return {
        item.element
        for form in plan.forms
        if form.key in forms
        for section in form.sections
        for item in section.items
    }


def _never_asked(plan: Plan, visit: str) -> Iterator[Problem]:
    nodes = set(reachable(plan, plan.visit[visit].start))
    asked = _asked(plan, forms_of(plan, visit))
    for index, node in enumerate(plan.nodes):
        if node.key not in nodes or node.kind != "decide":
            continue
        for number in range(len(node.branches)):
            path: Path = ("nodes", index, "branches", number, "when")
            for key in sorted(elements_behind(plan, path) - asked):
                message = f"{key!r} is on no form of the visit {visit!r}"
                yield Problem("never-asked", path, message, "warning")


def forms_of(plan: Plan, visit: str) -> frozenset[str]:
    """The forms that a walk of *visit* can come to."""
    nodes = (plan.node[key] for key in reachable(plan, plan.visit[visit].start))
    return frozenset(node.form for node in nodes if node.kind == "assess")


def elements_behind(plan: Plan, path: Path) -> set[str]:
    """The elements that feed the expression at *path*, through scores."""
    return {name for name in names_behind(plan, path) if name in plan.element}


def names_behind(plan: Plan, path: Path) -> set[str]:
    """The names that feed the expression at *path*, scores replaced by theirs."""
    number = {score.key: index for index, score in enumerate(plan.scores)}
    parsed = plan.criteria.parsed
    ahead = set(parsed[path].names) if path in parsed else set()
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in number:
            found.add(name)
        elif (inner := ("scores", number[name], "expression")) in parsed:
            ahead |= parsed[inner].names
    return found
