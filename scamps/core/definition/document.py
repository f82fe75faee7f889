"""The plan document: the whole content of one version of a Scamp, typed.

Everything that is keyed stands in a list, because order carries meaning (the order of
a form, of branches); its `key` outlives wording and order. What the fields mean is
told in docs/plan-document.md.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field

from scamps.core.definition.criteria import Criteria, read_criteria
from scamps.core.definition.learning import Outcome, Reason, Resource, Statement
from scamps.core.definition.nodes import (
    Action,
    Assess,
    Branch,
    Decide,
    Finish,
    Node,
    Recommend,
)
from scamps.core.definition.parts import (
    Code,
    Criterion,
    Day,
    Duration,
    Flag,
    Key,
    Language,
    Name,
    Number,
    Part,
    Text,
    Unit,
    Whole,
    Words,
)
from scamps.core.language import Type

__all__ = [
    "Action",
    "AgeBounds",
    "Assess",
    "Bounds",
    "Branch",
    "Check",
    "Decide",
    "Element",
    "EntryUnit",
    "Finish",
    "Form",
    "Node",
    "Option",
    "Outcome",
    "Plan",
    "Provenance",
    "Reason",
    "Recommend",
    "Resource",
    "Score",
    "Section",
    "Statement",
    "Visit",
]


class Source(Part):
    key: Key
    citation: Words
    url: Words | None = None
    note: Text | None = None


class Provenance(Part):
    """Who wrote the plan, on what evidence, and what is known to be missing."""

    authors: tuple[Words, ...] = ()
    reviewers: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    gaps: tuple[Text, ...] = ()
    next_review: Day | None = None


class Eligibility(Part):
    words: Text
    when: Criterion | None = None


class Population(Part):
    inclusion: tuple[Eligibility, ...] = ()
    exclusion: tuple[Eligibility, ...] = ()


class Bounds(Part):
    """An inclusive range, in the unit of what it bounds."""

    low: Number | None = None
    high: Number | None = None


class AgeBounds(Part):
    """Bounds for patients of an age, in completed months: from, and until before."""

    from_months: Annotated[Whole, Field(ge=0, le=1500)] | None = None
    until_months: Annotated[Whole, Field(ge=1, le=1500)] | None = None
    possible: Bounds | None = None
    plausible: Bounds | None = None


class Option(Part):
    key: Key
    label: Text
    code: Code | None = None


class MolarMass(Part):
    """Grams per mole of a substance: what a mass and an amount of it convert by."""

    grams_per_mole: Annotated[Number, Field(gt=0)]
    source: Words


class EntryUnit(Part):
    """A further unit that a number may be typed in; it is stored in the element's."""

    unit: Unit
    molar_mass: MolarMass | None = None


class Element(Part):
    """One item of data a form asks for."""

    key: Name
    label: Text
    type: Literal["boolean", "integer", "decimal", "choice", "date", "text"]
    unit: Unit | None = None
    entry_units: tuple[EntryUnit, ...] = ()
    precision: Annotated[Whole, Field(ge=0, le=8)] | None = None
    possible: Bounds | None = None
    plausible: Bounds | None = None
    by_age: tuple[AgeBounds, ...] = ()
    options: tuple[Option, ...] = ()
    valid_for: Duration | None = None
    code: Code | None = None
    help: Text | None = None


class Score(Part):
    """A value calculated from answers; its type is that of its expression."""

    key: Name
    label: Text
    expression: Criterion
    unit: Unit | None = None
    range: Bounds | None = None


class Item(Part):
    element: Name
    show_when: Criterion | None = None


class Section(Part):
    key: Key
    title: Text
    show_when: Criterion | None = None
    items: tuple[Item, ...]


class Form(Part):
    key: Key
    title: Text
    sections: tuple[Section, ...]


class Check(Part):
    """A rule over answers; *when* is true if something is wrong."""

    key: Key
    when: Criterion
    message: Text
    level: Literal["warn", "block", "block-signing"]


class Window(Part):
    """Calendar days after the visit *after* within which a follow-up is due."""

    earliest_days: Annotated[Whole, Field(ge=0)]
    latest_days: Annotated[Whole, Field(ge=0)]
    after: Key


class Visit(Part):
    """A kind of encounter, and the node at which its walk starts.

    `advised_by` names the action that advises it: it is then due only where that action
    was advised, and on the day that was chosen about it.
    """

    key: Key
    title: Text
    start: Key
    window: Window | None = None
    advised_by: Key | None = None


class Plan(Part):
    """One version's whole content."""

    schema_: Literal[1] = Field(alias="schema")
    key: Key
    title: Text
    summary: Text
    language: Language = "en"
    demonstration: Flag = False
    emergency: Text | None = None
    provenance: Provenance = Provenance()
    population: Population = Population()
    elements: tuple[Element, ...] = ()
    scores: tuple[Score, ...] = ()
    forms: tuple[Form, ...] = ()
    checks: tuple[Check, ...] = ()
    visits: tuple[Visit, ...] = ()
    nodes: tuple[Node, ...] = ()
    reasons: tuple[Reason, ...] = ()
    resources: tuple[Resource, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    statements: tuple[Statement, ...] = ()

    def __copy__(self) -> Self:
        """A copy without what was worked out from the fields: they may change next."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def __hash__(self) -> int:
        return hash((self.key, tuple(node.key for node in self.nodes)))

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """The nodes by key."""
        return {node.key: node for node in self.nodes}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where in the list of nodes each one stands, by key."""
        return {node.key: index for index, node in enumerate(self.nodes)}

    @cached_property
    def form(self) -> Mapping[str, Form]:
        """The forms by key."""
        return {form.key: form for form in self.forms}

    @cached_property
    def visit(self) -> Mapping[str, Visit]:
        """The kinds of visit by key."""
        return {visit.key: visit for visit in self.visits}

    @cached_property
    def element(self) -> Mapping[str, Element]:
        """The elements by key."""
        return {element.key: element for element in self.elements}

    @cached_property
    def score(self) -> Mapping[str, Score]:
        """The scores by key."""
        return {score.key: score for score in self.scores}

    def names(self) -> Mapping[str, Type]:
        """The names a criterion of this plan may use, each with its type."""
        return self.criteria.types

    @cached_property
    def criteria(self) -> Criteria:
        """Every expression of this plan, typed."""
        return read_criteria(self)
