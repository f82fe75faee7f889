"""The simulation of a plan: distributions from which synthetic patients are drawn.

It is declared in `library/<plan>/simulation.yaml`. Each episode has one hidden *truth*;
answers and outcomes depend on it, outcomes also on what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from carepaths.core.answers import MISSING as MISSING_CODES
from carepaths.core.documents import Part, Problem, read_document
from carepaths.core.opportunities import CHOICES, KINDS
from carepaths.core.reasons import OTHER
from scamps.core.definition.standard import REASONS

if TYPE_CHECKING:
    from scamps.core.definition import Plan

Number = Annotated[int | Decimal, Field(union_mode="left_to_right")]
Rate = Annotated[Number, Field(ge=0, le=1)]
Weights = Annotated[dict[str, Annotated[Number, Field(ge=0)]], Field(min_length=1)]
Words = Annotated[str, StringConstraints(min_length=1)]
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]

MISSING = "missing"


class Draw(Part):
    """How one value is drawn: exactly one of these."""

    chance: Rate | None = None  # of true
    normal: Pair | None = None  # mean, standard deviation
    uniform: Pair | None = None  # lowest, highest
    weights: Weights | None = None  # of the options
    copied: Literal["age", "sex"] | None = None  # from the patient
    performed: Words | None = None  # whether this resource was used


class Mistake(Part):
    """A value typed wrongly now and then."""

    rate: Rate
    value: Words


class ElementDraw(Part):
    """How an element is answered; *missing* are rates by the code that says why."""

    element: Words
    visits: list[Words] | None = None
    only_if: dict[str, bool | str] = {}
    missing: dict[str, Rate] = {}
    always: Draw | None = None
    given: dict[str, Draw] = {}
    mistake: Mistake | None = None


class DecisionDraw(Part):
    """How clinicians decide about some actions; empty *actions* are all the others."""

    actions: list[Words] = []
    choices: Weights
    kinds: Weights | None = None
    reasons: Weights | None = None
    words: list[Words] = []
    due_days: Pair = [1, 3]
    decided_later: Rate = 0  # a deferral that is decided after all
    reason_later: Rate = 0  # a deviation without a reason that gets one


class OutcomeCase(Part):
    """The first case that fits the truth, and what was done, draws the outcome."""

    truth: list[Words] | None = None
    done: list[Words] = []
    not_done: list[Words] = []
    draw: Draw


class OutcomeDraw(Part):
    outcome: Words
    cases: list[OutcomeCase]
    known_how: Words
    missing: Rate = 0
    delay_days: Pair = [0, 1]


class VisitDraw(Part):
    """A visit; a later one follows with a *chance*, if the one before ended there."""

    visit: Words
    chance: Rate = 1
    after_days: Pair = [0, 0]
    after_end: list[Words] | None = None


class Declining(Part):
    rate: Rate
    reasons: list[Words]


class Errors(Part):
    """Rates of what goes wrong in the record."""

    amended: Rate = 0
    voided: Rate = 0
    outcome_voided: Rate = 0
    decision_voided: Rate = 0
    redrawn: list[Words] = []  # the elements an amendment corrects


class Simulation(Part):
    """Everything from which the patients of one plan are drawn."""

    schema_: Literal[1] = Field(alias="schema")
    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    age_years: Pair
    truth: Weights
    months: Annotated[int, Field(ge=1)] = 24
    second_episode: Rate = 0
    declined: Declining
    left: Rate = 0
    drafts_every: Annotated[int, Field(ge=2)] = 25
    visits: Annotated[list[VisitDraw], Field(min_length=1)]
    elements: list[ElementDraw]
    decisions: list[DecisionDraw]
    substitutes: dict[str, str] = {}
    not_advised: dict[str, Rate] = {}
    performance_unknown: Rate = 0
    outcomes: list[OutcomeDraw]
    errors: Errors = Errors()

    @cached_property
    def deciding(self) -> dict[str, DecisionDraw]:
        """How to decide by action; "" for those that are not named."""
        return {
            action: draw for draw in self.decisions for action in draw.actions or [""]
        }


def load_simulation(text: str, source_name: str, plan: Plan) -> Simulation:
    """Read the simulation of *plan* from YAML *text*.

    Raises: PlanError: whatever is wrong with it, each finding with its line.
    """
    return read_document(
        Simulation, text, source_name, lambda simulation: _problems(simulation, plan)
    )


def _problems(simulation: Simulation, plan: Plan) -> Iterator[Problem]:
    resources = [one.key for one in plan.resources]
    for index, visit in enumerate(simulation.visits):
        yield from _unknown(("visits", index, "visit"), [visit.visit], plan.visit)
        here = ("visits", index, "after_end")
        yield from _unknown(here, visit.after_end or [], plan.node)
    for index, draw in enumerate(simulation.elements):
        yield from _element_problems(index, draw, simulation, plan)
    for index, decision in enumerate(simulation.decisions):
        yield from _decision_problems(index, decision, plan)
    if "" not in simulation.deciding:
        yield ("decisions",), "say how all other actions are decided: without actions"
    outcomes = [one.key for one in plan.outcomes]
    for index, drawn in enumerate(simulation.outcomes):
        yield from _unknown(("outcomes", index, "outcome"), [drawn.outcome], outcomes)
        for number, case in enumerate(drawn.cases):
            at = ("outcomes", index, "cases", number)
            yield from _unknown(at, [*case.done, *case.not_done], resources)
            yield from _unknown(at, case.truth or [], simulation.truth)
    used = [*simulation.substitutes, *simulation.substitutes.values()]
    yield from _unknown(("substitutes",), used, resources)
    yield from _unknown(("not_advised",), simulation.not_advised, resources)
    yield from _unknown(("errors", "redrawn"), simulation.errors.redrawn, plan.element)


def _element_problems(
    index: int, draw: ElementDraw, simulation: Simulation, plan: Plan
) -> Iterator[Problem]:
    here = ("elements", index)
    yield from _unknown((*here, "element"), [draw.element], plan.element)
    yield from _unknown((*here, "only_if"), draw.only_if, plan.element)
    yield from _unknown((*here, "missing"), draw.missing, MISSING_CODES)
    yield from _unknown((*here, "given"), draw.given, simulation.truth)
    yield from _unknown((*here, "visits"), draw.visits or [], plan.visit)
    if draw.always is None and set(draw.given) != set(simulation.truth):
        yield here, "say how it is drawn: always, or given every truth"
    resources = [one.key for one in plan.resources]
    for drawn in (draw.always, *draw.given.values()):
        if drawn is not None and drawn.performed is not None:
            yield from _unknown(here, [drawn.performed], resources)


def _decision_problems(index: int, draw: DecisionDraw, plan: Plan) -> Iterator[Problem]:
    here = ("decisions", index)
    actions = {
        action.key
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    }
    yield from _unknown((*here, "actions"), draw.actions, actions)
    yield from _unknown((*here, "choices"), draw.choices, (*CHOICES, MISSING))
    yield from _unknown((*here, "kinds"), draw.kinds or {}, KINDS)
    for action in draw.actions or [""]:
        offered = {
            one.key for one in plan.reasons if action in (one.actions or [action])
        }
        known = {*offered, *REASONS, OTHER, ""}
        yield from _unknown((*here, "reasons"), draw.reasons or {}, known)
    if OTHER in (draw.reasons or {}) and not draw.words:
        yield here, "the reason “other” needs words to draw from"


def _unknown(
    here: tuple[str | int, ...], keys: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    known = set(known)
    for key in keys:
        if key not in known:
            yield here, f"{key!r} is not known here"
