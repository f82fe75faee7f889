"""Where a plan turns an unknown into an answer that knowing more would contradict.

Two patients are sought: the one knows less, the other the same and more; both get an
answer, and not the same. Only the traps of the language allow it (`language.traps`), so
only expressions that hold one are asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any

import z3

from scamps.core.definition import Plan
from scamps.core.definition.finding import Path
from scamps.core.definition.usage import names_behind
from scamps.core.language import unknown_traps
from scamps.core.prove.ages import Ages
from scamps.core.prove.encode import Encoder
from scamps.core.prove.found import BEYOND_SOLVER
from scamps.core.prove.patients import Patient, plain
from scamps.core.prove.terms import Formula, Number, Symbol, Term, Truth, alike
from scamps.core.prove.variables import Variable, texts_of, variables_of
from scamps.core.walk import CompiledPlan
from scamps.core.walk.program import Scoring, program_of

CODE = "unknown-becomes-known"
TRIES = 8
People = tuple[Patient, Patient]
Told = tuple[Path, str, str, People | None, str]


def trap_findings(
    plan: Plan, compiled: CompiledPlan, each_ms: int, until: float
) -> Iterator[Told]:
    """For each expression with a trap: path, code, words, the two patients, why open."""
    for path, expression in plan.criteria.parsed.items():
        if not unknown_traps(expression):
            continue
        if monotonic() > until:
            yield path, CODE, "", None, "the time was up"
            continue
        people, why = Pair(plan, compiled, path, each_ms).seek()
        message = _message(*people) if people else ""
        yield path, CODE, message, people, why


def _message(less: Patient, more: Patient) -> str:
    known = {**less.answers, **less.context}
    fuller = {**more.answers, **more.context}
    added = [f"{k}: {plain(v)}" for k, v in fuller.items() if k not in known]
    return f"an unknown is answered here; knowing {', '.join(added)} changes the answer"


class Half:
    """One of the two patients: the names behind an expression, and its term."""

    def __init__(
        self, plan: Plan, path: Path, names: frozenset[str], mark: str
    ) -> None:
        self.variables: list[Variable] = variables_of(plan, names, mark)
        facts: dict[str, Term] = {one.key: one.term for one in self.variables}
        raw = dict(facts)
        self.ages = Ages(plan, mark)
        encoder = Encoder(facts, texts_of(plan), self.ages, mark)
        parsed = plan.criteria.parsed
        for step in _scorings(plan):
            if parsed[step.path].names <= facts.keys():
                facts[step.key] = encoder.typed(
                    parsed[step.path].root, parsed[step.path].type
                )
        self.term = encoder.term(parsed[path].root)
        limits = [limit for one in self.variables for limit in one.limits]
        self.limits = [*limits, *self.ages.limits(raw), *encoder.limits]

    def read(self, model: Any) -> dict[str, Any]:
        facts = {one.key: one.read(model) for one in self.variables}
        self.ages.read(model, facts)
        return {key: value for key, value in facts.items() if value is not None}


class Pair:
    """Two patients before one expression."""

    def __init__(
        self, plan: Plan, compiled: CompiledPlan, path: Path, each_ms: int
    ) -> None:
        self.plan, self.compiled, self.path = plan, compiled, path
        names = frozenset(names_behind(plan, path)) - plan.score.keys()
        self.less, self.more = (Half(plan, path, names, mark) for mark in ("", "'"))
        self.solver = z3.SolverFor("QF_LIA")
        self.solver.set("timeout", each_ms)
        self.solver.add(self.less.limits + self.more.limits)
        self.solver.add(self._knows_more())
        self.solver.add(_differ(self.less.term, self.more.term))

    def seek(self) -> tuple[People | None, str]:
        """The two patients, or why it is open whether there are any; both empty: none."""
        for _ in range(TRIES):
            found = self.solver.check()
            if found == z3.unsat:
                return None, ""
            if found == z3.unknown:
                return None, "the solver did not finish"
            model = self.solver.model()
            less, more = self.less.read(model), self.more.read(model)
            before, after = self._value(less), self._value(more)
            if None not in (before, after) and before != after:
                return (self._patient(less), self._patient(more)), ""
            self.solver.add(z3.Or([one() != model[one] for one in model.decls()]))
        return None, BEYOND_SOLVER

    def _knows_more(self) -> list[Formula]:
        together = [
            self.less.ages.months == self.more.ages.months,
            self.less.ages.day == self.more.ages.day,
        ]
        pairs = zip(self.less.variables, self.more.variables, strict=True)
        for one, other in pairs:
            same = z3.And(z3.Not(other.term.null), _same(one.term, other.term))
            together.append(z3.Or(one.term.null, same))
        return together

    def _value(self, facts: Mapping[str, Any]) -> Any:
        """What the expression really is for *facts*."""
        known: dict[str, Any] = dict.fromkeys(self.plan.criteria.types) | dict(facts)
        for step in _scorings(self.plan):
            known[step.key] = self.compiled.tests[step.path](known)
        return self.compiled.tests[self.path](known)

    def _patient(self, facts: Mapping[str, Any]) -> Patient:
        answers = {k: v for k, v in facts.items() if k in self.plan.element}
        context = {k: v for k, v in facts.items() if k not in answers}
        return Patient(self.plan.visits[0].key, answers, context)


def _scorings(plan: Plan) -> list[Scoring]:
    """The scores, each after those it reads."""
    steps = program_of(plan, plan.visits[0].key).prepare
    return [step for step in steps if isinstance(step, Scoring)]


def _same(one: Term, other: Term) -> Formula:
    match one, other:
        case Truth(), Truth():
            return one.yes == other.yes
        case Number(), Number():
            a, b = alike(one, other)
            return a.over == b.over
        case Symbol(), Symbol():
            return one.at == other.at
    raise TypeError(one)


def _differ(one: Term, other: Term) -> Formula:
    known = z3.And(z3.Not(one.null), z3.Not(other.null))
    return z3.And(known, z3.Not(_same(one, other)))
