"""A plan made ready to walk."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from scamps.core.definition import Check, Plan, PlanError, findings
from scamps.core.definition.finding import Path
from scamps.core.evaluate import compile_expression
from scamps.core.language import Expression
from scamps.core.walk.program import Hiding, Program, program_of
from scamps.core.walk.result import Walk
from scamps.core.walk.stages import Deciding, Stage, Tree

MOST_STAGES = 5_000

Answers = Mapping[str, Any]
Test = Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=64)
def compile_plan(plan: Plan) -> "CompiledPlan":
    """Make *plan* ready to walk; the same content is compiled once.

    Raises: PlanError: the plan has errors.
    """
    errors = [found for found in findings(plan) if found.level == "error"]
    if errors:
        raise PlanError(errors)
    tests = {
        path: _compiled(expression) for path, expression in plan.criteria.parsed.items()
    }
    return CompiledPlan(plan, tests)


def _compiled(expression: Expression) -> Test:
    """The function of *expression*; a Quantity as the number that facts hold."""
    compute = compile_expression(expression)
    if expression.type.name != "Quantity":
        return compute

    def number(facts: Mapping[str, Any]) -> Any:
        found = compute(facts)
        return None if found is None else found.value

    return number


class CompiledPlan:
    """The walks of one plan, by kind of visit."""

    def __init__(self, plan: Plan, tests: Mapping[Path, Test]) -> None:
        self.plan = plan
        self.tests = tests
        read = (expression.names for expression in plan.criteria.parsed.values())
        empty = dict.fromkeys(sorted(set().union(*read)))
        self.visits = {
            visit.key: Walker(program_of(plan, visit.key), tests, empty)
            for visit in plan.visits
        }
        self.walks = {key: walker.walk for key, walker in self.visits.items()}

    def walk(
        self, answers: Answers, *, visit: str, context: Answers | None = None
    ) -> Walk:
        """Walk the plan for one encounter.

        Args:
            answers: values by element key: bool, int, Decimal, str, date; absent or
                None is unknown.
            visit: the kind of visit.
            context: birth_date, visit_date, weeks_since_previous, previous.KEY.
        Raises: KeyError: the plan has no such visit.
        """
        return self.walks[visit](answers, context)

    def facts(
        self, answers: Answers, *, visit: str, context: Answers | None = None
    ) -> dict[str, Any]:
        """What the criteria read: hidden answers as None, scores computed."""
        return self.visits[visit].facts(answers, context)[0]

    def shown(
        self,
        form: str,
        answers: Answers,
        *,
        visit: str,
        context: Answers | None = None,
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The sections of *form* that are shown, each with its items that are."""
        facts = self.facts(answers, visit=visit, context=context)
        index = [one.key for one in self.plan.forms].index(form)
        shown = []
        for s, section in enumerate(self.plan.forms[index].sections):
            here: Path = ("forms", index, "sections", s)
            if self._is_hidden((*here, "show_when"), facts):
                continue
            items = tuple(
                item.element
                for i, item in enumerate(section.items)
                if not self._is_hidden((*here, "items", i, "show_when"), facts)
            )
            shown.append((section.key, items))
        return tuple(shown)

    def broken_checks(
        self, answers: Answers, *, visit: str, context: Answers | None = None
    ) -> tuple[Check, ...]:
        """The checks of the plan that say that something is wrong with the answers."""
        facts = self.facts(answers, visit=visit, context=context)
        return tuple(
            check
            for index, check in enumerate(self.plan.checks)
            if self.tests["checks", index, "when"](facts) is True
        )

    def _is_hidden(self, path: Path, facts: Mapping[str, Any]) -> bool:
        test = self.tests.get(path)
        return test is not None and test(facts) is False


class Walker:
    """The walk of one kind of visit."""

    def __init__(
        self, program: Program, tests: Mapping[Path, Test], empty: dict[str, Any]
    ) -> None:
        self.program = program
        self.tree = Tree(program.plan, tests)
        self.start = self.tree.enter(program.start)
        self.unfolded = 0
        self.empty = empty
        self.hidings = program.hidings
        self.shown = {
            key: _shown([[tests[path] for path in paths] for paths in hiding.shows])
            for key, hiding in self.hidings.items()
        }
        self.prepare: tuple[tuple[str, Test, bool], ...] = tuple(
            (step.element, self.shown[step.element], True)
            if isinstance(step, Hiding)
            else (step.key, tests[step.path], False)
            for step in program.prepare
        )

    def facts(
        self, answers: Answers, context: Answers | None
    ) -> tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]:
        """What the criteria read, the elements whose value was hidden, the scores."""
        facts = {**self.empty, **answers}
        if context:
            facts.update(context)
        hidden: tuple[str, ...] = ()
        scores = {}
        for key, compute, hides in self.prepare:
            if not hides:
                facts[key] = scores[key] = compute(facts)
            elif facts.get(key) is not None and compute(facts) is False:
                facts[key] = None
                hidden += (key,)
        return facts, hidden, scores

    def walk(self, answers: Answers, context: Answers | None) -> Walk:
        """Walk from the start of the visit to an end.

        This is the one loop that runs for every encounter: it evaluates criteria, and
        all else was made when the first walk took the same turn.
        """
        facts, hidden, scores = self.facts(answers, context)
        at = self.start
        while isinstance(at, Deciding):
            if at.tests is None:
                at = self._unfold(at, facts)
                continue
            for test, yes, unknown in at.tests:
                value = test(facts)
                if value:
                    at = yes
                    break
                if value is None:
                    at = unknown
                    break
            else:
                at = at.otherwise
        waiting = self._waiting(at.waits_at, facts) if at.waits_at else ()
        return Walk(at.course, waiting, hidden, scores)

    def _unfold(self, at: Deciding, facts: dict[str, Any]) -> Stage:
        if at.unique:
            return self.tree.decide_unique(at, facts)
        self.unfolded += 1
        if self.unfolded > MOST_STAGES:
            self.unfolded = 0
            self.start = self.tree.enter(self.program.start)
        self.tree.unfold(at)
        return at

    def _waiting(self, path: Path, facts: dict[str, Any]) -> tuple[str, ...]:
        found: set[str] = set()
        missing = [name for name in self.program.waits[path] if facts[name] is None]
        while missing:
            name = missing.pop()
            shown = self.shown.get(name)
            if shown is None or shown(facts) is not False:
                found.add(name)
            else:
                missing += self.hidings[name].instead
        return tuple(sorted(found))


def _shown(appearances: list[list[Test]]) -> Test:
    """A function that is False if each appearance has a criterion that is."""
    if len(appearances) == 1 and len(appearances[0]) == 1:
        return appearances[0][0]

    def shown(facts: Mapping[str, Any]) -> bool:
        return not all(
            any(test(facts) is False for test in tests) for tests in appearances
        )

    return shown
