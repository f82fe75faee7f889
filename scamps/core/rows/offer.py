"""What a row may ask about, and the units it may be said in."""

from collections.abc import Iterable
from dataclasses import dataclass

from scamps.core.definition import Plan
from scamps.core.definition.criteria import CONTEXT, PREVIOUS
from scamps.core.judge.names import names_at
from scamps.core.language import Type
from scamps.core.language.tree import Literal, nodes
from scamps.core.language.units import CALENDAR_WORDS, commensurable, known
from scamps.core.rows.shape import AGES
from scamps.core.rows.writing import type_of
from scamps.core.say.units import unit_words
from scamps.core.walk.words import labels

# Units that clinicians say the same thing in; offered where they convert.
COMMON = [
    "Cel",
    "[degF]",
    "kg",
    "g",
    "mg",
    "ug",
    "[lb_av]",
    "m",
    "cm",
    "mm",
    "[in_i]",
    "a",
    "mo",
    "wk",
    "d",
    "h",
    "min",
    "s",
    "mm[Hg]",
    "kPa",
    "/min",
    "L",
    "mL",
    "g/L",
    "g/dL",
    "mg/L",
    "mg/dL",
    "mmol/L",
    "umol/L",
    "10*9/L",
    "10*3/uL",
    "10*12/L",
    "10*6/uL",
    "%",
    "mL/h",
    "mL/kg/h",
    "mg/kg",
    "ug/kg",
    "kg/m2",
    "m2",
    "[IU]/L",
    "mmol",
    "ug/L",
    "ng/mL",
    "ng/L",
    "pg/mL",
    "mosm/kg",
]


@dataclass(frozen=True)
class Subject:
    """A name that a row may ask about, as people call it, with its type in short."""

    key: str
    label: str
    type: Type
    group: str

    @property
    def said(self) -> str:
        """The label, and the unit it is in."""
        unit = unit_words(self.type.unit)
        return f"{self.label} ({unit})" if unit else self.label


def subjects(plan: Plan, where: str, language: str) -> tuple[Subject, ...]:
    """Every name that can stand at *where*, in the order of the plan, ages after."""
    names, called = names_at(plan, where), labels(plan, language)
    ages = {key: f"Age in {key.partition('.')[2]} at the visit" for key in AGES}
    found = [
        Subject(key, called.get(key, key), kind, _group(plan, key))
        for key, kind in names.items()
    ]
    for key, label in ages.items():
        if kind := type_of(key, names):
            found.append(Subject(key, label, kind, _AT_VISIT))
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.group)))


_AT_VISIT = "At this visit"
BEFORE = "At the visit before"
_ORDER = ("Elements", "Scores", _AT_VISIT, BEFORE)


def _group(plan: Plan, key: str) -> str:
    if key.startswith(f"{PREVIOUS}."):
        return BEFORE
    if key in CONTEXT:
        return _AT_VISIT
    return "Scores" if key in plan.score else "Elements"


def units_for(plan: Plan, kind: Type, more: str = "") -> dict[str, str]:
    """The units that convert to that of *kind*, its own first, each as it is written.

    Args: more: a unit that stands there already, and is kept.
    """
    own = kind.unit
    if kind.name != "Quantity":
        return {more: unit_words(more)} if more else {}
    codes = [*([own] if own else []), more, *_declared(plan), *_used(plan), *COMMON]
    fitting = (c for c in codes if c and (c == more or _fits(c, own)))
    return {code: unit_words(code) for code in dict.fromkeys(fitting)}


def _fits(code: str, own: str | None) -> bool:
    if code in CALENDAR_WORDS or not known(code):
        return code == own
    return own is None or commensurable(code, own)


def _declared(plan: Plan) -> Iterable[str]:
    for element in plan.elements:
        yield from (unit.unit for unit in element.entry_units)


def _used(plan: Plan) -> Iterable[str]:
    for expression in plan.criteria.parsed.values():
        for node in nodes(expression.root):
            if isinstance(node, Literal) and node.type.unit:
                yield node.type.unit
