"""Keys: none twice, none that the language takes, and none that leads nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from scamps.core.definition.criteria import RESERVED
from scamps.core.definition.document import Outcome, Plan, Statement
from scamps.core.definition.finding import Path
from scamps.core.definition.graph import edge_path, edges
from scamps.core.definition.problem import Problem
from scamps.core.definition.standard import REASONS

# Source: HL7 CQL 1.5, the keywords of its grammar that have the form of a key.
_WORDS = """
    after aggregate all and as asc ascending before between by called case cast code
    codesystem codesystems collapse concept contains context convert date datetime day
    days default define desc descending difference display distinct div duration
    during else end ends except exclude exists expand false flatten fluent from
    function hour hours if implies in include includes included intersect interval is
    let library list maximum meets millisecond milliseconds minimum minute minutes mod
    month months not null occurs of on or overlaps parameter per point predecessor
    private properly public quantity return same second seconds singleton sort start
    starts string such successor that then time timezone timezoneoffset to true tuple
    union using valueset version week weeks when where width with within without xor
    year years
"""
CQL_WORDS = frozenset(_WORDS.split())


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


def key_problems(plan: Plan) -> Iterator[Problem]:
    """Everything that is wrong with the keys of *plan* and what they refer to."""
    yield from _twice(plan)
    yield from _taken(plan)
    yield from _dangling(plan)


def _twice(plan: Plan) -> Iterator[Problem]:
    for path, keyed in _lists(plan):
        seen: set[str] = set()
        for index, entry in enumerate(keyed):
            if entry.key in seen:
                message = f"the key {entry.key!r} is used twice"
                yield Problem("key-twice", (*path, index, "key"), message)
            seen.add(entry.key)
    elements = {element.key for element in plan.elements}
    for index, score in enumerate(plan.scores):
        if score.key in elements:
            message = f"{score.key!r} is an element already"
            yield Problem("key-twice", ("scores", index, "key"), message)


def _lists(plan: Plan) -> Iterator[tuple[Path, Sequence[Keyed]]]:
    yield ("elements",), plan.elements
    for index, element in enumerate(plan.elements):
        yield ("elements", index, "options"), element.options
    yield ("scores",), plan.scores
    yield ("forms",), plan.forms
    for index, form in enumerate(plan.forms):
        yield ("forms", index, "sections"), form.sections
    yield ("checks",), plan.checks
    yield ("visits",), plan.visits
    yield ("nodes",), plan.nodes
    for index, node in enumerate(plan.nodes):
        if node.kind == "recommend":
            yield ("nodes", index, "actions"), node.actions
    yield ("reasons",), plan.reasons
    yield ("resources",), plan.resources
    yield ("outcomes",), plan.outcomes
    yield ("statements",), plan.statements
    yield ("provenance", "sources"), plan.provenance.sources


def _taken(plan: Plan) -> Iterator[Problem]:
    named: tuple[tuple[str, Sequence[Keyed]], ...] = (
        ("elements", plan.elements),
        ("scores", plan.scores),
        ("outcomes", plan.outcomes),
    )
    for where, entries in named:
        for index, entry in enumerate(entries):
            if entry.key in RESERVED or entry.key in CQL_WORDS:
                message = f"{entry.key!r} is a word of the criteria language"
                yield Problem("key-taken", (where, index, "key"), message)


def _dangling(plan: Plan) -> Iterator[Problem]:
    yield from _node_references(plan)
    yield from _form_references(plan)
    yield from _visit_references(plan)
    for index, outcome in enumerate(plan.outcomes):
        yield from _outcome_references(plan, index, outcome)
    for index, statement in enumerate(plan.statements):
        yield from _statement_references(plan, index, statement)
    yield from _reason_references(plan)


def _missing(path: Path, key: str, kind: str, known: Iterable[str]) -> list[Problem]:
    if key in known:
        return []
    return [Problem("no-such-key", path, f"there is no {kind} {key!r}")]


def _node_references(plan: Plan) -> Iterator[Problem]:
    for index, node in enumerate(plan.nodes):
        here: Path = ("nodes", index)
        for edge in edges(node):
            path = edge_path(plan, edge)
            yield from _missing(path, edge.target, "node", plan.node)
        match node.kind:
            case "assess":
                yield from _missing((*here, "form"), node.form, "form", plan.form)
            case "recommend":
                for number, action in enumerate(node.actions):
                    at = (*here, "actions", number)
                    yield from _action_references(
                        plan, at, action.resource, action.evidence
                    )


def _action_references(
    plan: Plan, path: Path, resource: str, evidence: tuple[str, ...]
) -> Iterator[Problem]:
    resources = [entry.key for entry in plan.resources]
    yield from _missing((*path, "resource"), resource, "resource", resources)
    sources = [source.key for source in plan.provenance.sources]
    for number, key in enumerate(evidence):
        yield from _missing((*path, "evidence", number), key, "source", sources)


def _form_references(plan: Plan) -> Iterator[Problem]:
    for f, form in enumerate(plan.forms):
        seen: set[str] = set()
        for s, section in enumerate(form.sections):
            for i, item in enumerate(section.items):
                path = ("forms", f, "sections", s, "items", i, "element")
                yield from _missing(path, item.element, "element", plan.element)
                if item.element in seen:
                    message = f"{item.element!r} is asked twice on this form"
                    yield Problem("asked-twice", path, message)
                seen.add(item.element)


def _visit_references(plan: Plan) -> Iterator[Problem]:
    for index, visit in enumerate(plan.visits):
        here: Path = ("visits", index)
        yield from _missing((*here, "start"), visit.start, "node", plan.node)
        if visit.advised_by is not None:
            known = {
                a.key for n in plan.nodes if n.kind == "recommend" for a in n.actions
            }
            path = (*here, "advised_by")
            yield from _missing(path, visit.advised_by, "action", known)
        if visit.window is None:
            continue
        path = (*here, "window", "after")
        yield from _missing(path, visit.window.after, "visit", plan.visit)
        if visit.window.earliest_days > visit.window.latest_days:
            message = "earliest_days lies after latest_days"
            yield Problem("bounds", (*here, "window"), message)


def _outcome_references(plan: Plan, index: int, outcome: Outcome) -> Iterator[Problem]:
    known = plan.element.keys() | plan.score.keys()
    for number, key in enumerate(outcome.derived_from):
        path = ("outcomes", index, "derived_from", number)
        yield from _missing(path, key, "element or score", known)


def _statement_references(
    plan: Plan, index: int, statement: Statement
) -> Iterator[Problem]:
    here: Path = ("statements", index)
    yield from _missing((*here, "node"), statement.node, "node", plan.node)
    outcomes = {outcome.key: outcome for outcome in plan.outcomes}
    path = (*here, "outcome")
    yield from _missing(path, statement.outcome, "outcome", outcomes)
    outcome = outcomes.get(statement.outcome)
    if outcome is not None and outcome.type != "boolean":
        message = f"{outcome.key!r} is not a boolean outcome"
        yield Problem("statement-outcome", path, message)
    if statement.omission_of is not None:
        resources = [resource.key for resource in plan.resources]
        path = (*here, "omission_of")
        yield from _missing(path, statement.omission_of, "resource", resources)


def _reason_references(plan: Plan) -> Iterator[Problem]:
    actions = {
        action.key
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    }
    for index, reason in enumerate(plan.reasons):
        here: Path = ("reasons", index)
        path = (*here, "standard")
        yield from _missing(path, reason.standard, "standard reason", REASONS)
        for number, key in enumerate(reason.actions):
            yield from _missing((*here, "actions", number), key, "action", actions)
