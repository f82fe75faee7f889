"""All findings on a plan, in the order of its document."""

from collections.abc import Iterator

from scamps.core.definition.document import Plan
from scamps.core.definition.fields import field_problems
from scamps.core.definition.finding import Finding, spell, spell_by_key
from scamps.core.definition.keys import key_problems
from scamps.core.definition.problem import Problem
from scamps.core.definition.source import Source
from scamps.core.definition.structure import structure_problems
from scamps.core.definition.usage import criterion_problems, usage_warnings


def findings(plan: Plan, source: Source | None = None) -> list[Finding]:
    """What is wrong with *plan* (errors) or doubtful (warnings).

    Args: source: the text it was read from, for file, line and column.
    """
    if source is None:
        source = Source("", plan.model_dump(by_alias=True))
    problems = list(_problems(plan))
    if not any(problem.level == "error" for problem in problems):
        problems += usage_warnings(plan)
    found = [_finding(source, problem) for problem in problems]
    return sorted(found, key=lambda one: (one.level, one.line or 0, one.column or 0))


def _problems(plan: Plan) -> Iterator[Problem]:
    yield from key_problems(plan)
    yield from field_problems(plan)
    yield from structure_problems(plan)
    yield from criterion_problems(plan)


def _finding(source: Source, problem: Problem) -> Finding:
    line, column = _place(source, problem)
    return Finding(
        code=problem.code,
        message=problem.message,
        level=problem.level,
        path=spell(problem.path),
        where=spell_by_key(problem.path, source.data),
        file=source.name,
        line=line,
        column=column,
    )


def _place(source: Source, problem: Problem) -> tuple[int | None, int | None]:
    """The line and column in the file; without a file, those in the expression."""
    mark = source.mark(problem.path)
    if mark is None:
        return problem.line, problem.column
    if problem.line is None:
        return mark.line, mark.column
    column = (problem.column or 1) - 1 + mark.text_column
    return mark.text_line + problem.line - 1, column
