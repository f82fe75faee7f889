"""One kind of visit to the solver: its names, scores, criteria, and where walks come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import z3

from scamps.core.definition import Decide, Plan, edges
from scamps.core.definition.finding import Path
from scamps.core.prove.ages import Ages
from scamps.core.prove.encode import Encoder
from scamps.core.prove.patients import Patient
from scamps.core.prove.terms import NO, YES, Formula, Number, Symbol, Term, Truth
from scamps.core.prove.variables import Variable, texts_of, variables_of
from scamps.core.walk.program import Hiding, Program, program_of


class World:
    """The patients of one kind of visit, as formulas.

    `reach` says by node where walks come to it, `truths` what each criterion is,
    `scores` the terms of scores. All of it is of what walks read: hidden answers null.
    """

    def __init__(self, plan: Plan, visit: str) -> None:
        self.plan, self.visit = plan, visit
        self.program: Program = program_of(plan, visit)
        self.named: list[Formula] = []
        self.names = _names(plan)
        self.variables: list[Variable] = variables_of(plan, self.names)
        self.facts: dict[str, Term] = {one.key: one.term for one in self.variables}
        self.ages = Ages(plan)
        self.encoder = Encoder(self.facts, texts_of(plan), self.ages)
        self.hidden: dict[str, Formula] = {}
        self.scores: dict[str, Term] = {}
        self._prepare()
        self.truths: dict[Path, Truth] = {
            path: self._name_truth(self.encoder.truth(expression.root), str(path))
            for path, expression in plan.criteria.parsed.items()
            if path[0] != "scores"
        }
        self.reach: dict[str, Formula] = {}
        self.ways: dict[tuple[str, str, int], Formula] = {}
        self._walk()

    @property
    def limits(self) -> list[Formula]:
        """What holds of every patient."""
        limits = [limit for one in self.variables for limit in one.limits]
        raw = {one.key: one.term for one in self.variables}
        limits += self.ages.limits(raw)
        return limits + self.encoder.limits + self.named

    def patient(self, model: Any) -> Patient:
        """The patient of *model*; what is hidden is left out."""
        facts = {one.key: one.read(model) for one in self.variables}
        self.ages.read(model, facts)
        hidden = {
            key
            for key, covered in self.hidden.items()
            if z3.is_true(model.eval(covered, model_completion=True))
        }
        known = {k: v for k, v in facts.items() if v is not None and k not in hidden}
        answers = {k: v for k, v in known.items() if k in self.plan.element}
        context = {k: v for k, v in known.items() if k not in answers}
        return Patient(self.visit, answers, context)

    def _prepare(self) -> None:
        """Hide and compute in the order in which a walk does."""
        parsed = self.plan.criteria.parsed
        for step in self.program.prepare:
            if isinstance(step, Hiding):
                self._hide(step)
            else:
                term = self.encoder.typed(
                    parsed[step.path].root, parsed[step.path].type
                )
                self.facts[step.key] = self.scores[step.key] = term

    def _hide(self, step: Hiding) -> None:
        term = self.facts.get(step.element)
        if term is None:
            return
        parsed = self.plan.criteria.parsed
        covered = z3.And(
            [
                z3.Or([self.encoder.truth(parsed[path].root).no for path in paths])
                for paths in step.shows
            ]
        )
        covered = self._name(covered, f"{step.element} hidden")
        self.hidden[step.element] = covered
        self.facts[step.element] = _without(term, covered)

    def _walk(self) -> None:
        """Where walks come, node by node in the order of the tree."""
        into: dict[str, list[Formula]] = {key: [] for key in self.program.nodes}
        into[self.program.start].append(YES)
        for key in self.program.nodes:
            here = self._name(z3.Or(into[key]) if into[key] else NO, f"reach {key}")
            self.reach[key] = here
            node = self.plan.node[key]
            taken = self.turns(node) if node.kind == "decide" else {}
            for edge in edges(node):
                turn = taken.get((edge.kind, edge.index), YES)
                way = z3.And(here, turn)
                self.ways[key, edge.kind, edge.index] = way
                into[edge.target].append(way)

    def branches(self, node: Decide) -> list[Truth]:
        """What the criteria of *node* are, branch by branch."""
        here = self.plan.position[node.key]
        count = range(len(node.branches))
        return [self.truths["nodes", here, "branches", i, "when"] for i in count]

    def turns(self, node: Decide) -> dict[tuple[str, int], Formula]:
        """Which way a walk that is at *node* takes, by kind of edge and branch."""
        tried = self.branches(node)
        none = z3.And([one.no for one in tried])
        found: dict[tuple[str, int], Formula] = {("otherwise", 0): none}
        if node.hit == "unique":
            for index, one in enumerate(tried):
                rest = [other.no for i, other in enumerate(tried) if i != index]
                found["branch", index] = z3.And(one.yes, *rest)
            unknown = z3.Or([one.null for one in tried])
            found["unknown", 0] = z3.And(unknown, z3.Not(two_of(tried)))
            return found
        before: list[Formula] = []
        stops = []
        for index, one in enumerate(tried):
            found["branch", index] = z3.And(*before, one.yes)
            stops.append(z3.And(*before, one.null))
            before.append(one.no)
        found["unknown", 0] = z3.Or(stops)
        return found

    def _name(self, formula: Formula, name: str) -> Formula:
        """A name for *formula*, so that what contains it stays small."""
        symbol = z3.Bool(f"${name}")
        self.named.append(symbol == formula)
        return symbol

    def _name_truth(self, one: Truth, name: str) -> Truth:
        return Truth(
            self._name(one.yes, f"{name} yes"), self._name(one.no, f"{name} no")
        )


def two_of(tried: list[Truth]) -> Formula:
    """At least two are true at once."""
    pairs = [
        z3.And(one.yes, other.yes)
        for index, one in enumerate(tried)
        for other in tried[index + 1 :]
    ]
    return z3.Or(pairs) if pairs else NO


def _without(term: Term, covered: Formula) -> Term:
    match term:
        case Truth(yes=yes, no=no):
            shown = z3.Not(covered)
            return Truth(z3.And(shown, yes), z3.And(shown, no))
        case Number(null=null, over=over, under=under, low=low, high=high):
            return Number(z3.Or(null, covered), over, under, low, high)
        case Symbol(null=null, at=at):
            return Symbol(z3.Or(null, covered), at)


def _names(plan: Plan) -> Mapping[str, None]:
    """The names that some expression reads, scores apart."""
    read = (expression.names for expression in plan.criteria.parsed.values())
    return dict.fromkeys(sorted(set().union(*read) - plan.score.keys()))
