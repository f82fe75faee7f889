"""Calculated values: what a paediatrician works out from age, weight and height.

They are shown, and no criterion reads them. A plan says which of its elements is the
weight, the height or the gestational age by the element's LOINC code; what a plan does
not ask is not calculated. A line without a value says what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal

from carepaths.core.growth import (
    CDC,
    MONTH_DAYS,
    WHO,
    Sex,
    Standing,
    Table,
    age_between,
    body_mass_index,
    body_surface,
    standing,
)
from carepaths.core.measured import (
    HEIGHT,
    WEIGHT,
    Measured,
    loinc,
    measured,
    size_of,
)

if TYPE_CHECKING:
    from scamps.core.definition import Plan

OLDEST = 240 * MONTH_DAYS
BEYOND = "beyond the table"
MEASURES: tuple[tuple[Literal["weight", "height", "bmi"], str], ...] = (
    ("weight", "Weight"),
    ("height", "Height"),
    ("bmi", "BMI"),
)


@dataclass(frozen=True)
class Calculated:
    """One value as it is shown; without one, *note* says what is missing.

    *table* names the edition of the reference a z-score was read from, else empty.
    """

    key: str
    label: str
    value: str
    unit: str = ""
    table: str = ""
    note: str = ""

    @property
    def source(self) -> str:
        """The short name of the table: WHO, CDC."""
        return self.table.partition(" ")[0]


def calculated(
    plan: Plan, answers: Mapping[str, Any], context: Mapping[str, Any], sex: str
) -> tuple[Calculated, ...]:
    """Return what can be worked out, in the order in which it is shown.

    Args:
        answers: values by element key, as a walk reads them.
        context: birth_date and visit_date.
        sex: of the patient: female, male, else not known.
    """
    facts = measured(plan, answers, context, sex)
    coded = {loinc(element) for element in plan.elements}
    weighs, measures = bool(coded & {*WEIGHT}), bool(coded & {*HEIGHT})
    lines = [*_age_lines(context, facts)]
    if weighs and measures:
        lines += _body_lines(facts)
    if weighs or measures:
        lines += _growth_lines(facts, weighs, measures)
    return tuple(lines)


def _age_lines(context: Mapping[str, Any], facts: Measured) -> Iterator[Calculated]:
    birth, visit = context.get("birth_date"), context.get("visit_date")
    age = None
    if isinstance(birth, date) and isinstance(visit, date):
        age = age_between(birth, visit)
    if age is not None:
        note = "" if age.words == age.exactly else age.words
        yield Calculated("age", "Age", age.exactly, note=note)
    elif facts.days is not None:
        months = int(facts.days / MONTH_DAYS)
        value = f"{months} months" if months < 24 else f"{months // 12} years"
        yield Calculated("age", "Age", value, note="as stated, without a birth date")
    else:
        yield Calculated("age", "Age", "", note=facts.lacks_age)
    if facts.corrected is not None and facts.gestation_days is not None:
        yield _corrected_line(facts.corrected, facts.gestation_days)


def _corrected_line(days: float, gestation: float) -> Calculated:
    weeks, over = divmod(round(gestation), 7)
    note = f"born at {weeks} weeks" + (f" {over} days" if over else "")
    if days < 0:
        value = f"{round(-days)} days before term"
    elif days < 2 * MONTH_DAYS:
        value = f"{int(days // 7)} weeks"
    else:
        value = f"{int(days / MONTH_DAYS)} months"
    return Calculated("corrected_age", "Corrected age", value, note=note)


def _body_lines(facts: Measured) -> Iterator[Calculated]:
    lacks = _lacks(("weight", facts.weight), ("height", facts.height))
    for key, label, unit, digits, formula, source in (
        ("bmi", "BMI", "kg/m²", 1, body_mass_index, ""),
        ("body_surface", "Body surface", "m²", 2, body_surface, "Mosteller"),
    ):
        if facts.weight is None or facts.height is None:
            yield Calculated(key, label, "", note=lacks)
        else:
            value = _rounded(formula(facts.weight, facts.height), digits)
            yield Calculated(key, label, value, unit, note=source)


def _growth_lines(
    facts: Measured, weighs: bool, measures: bool
) -> Iterator[Calculated]:
    """Z-scores of what the plan asks, by both tables; for adults none."""
    if facts.read_at is not None and facts.read_at > OLDEST:
        return
    asked = {"weight": weighs, "height": measures, "bmi": weighs and measures}
    for measure, label in MEASURES:
        for table in (WHO, CDC) if asked[measure] else ():
            key = f"{measure}_for_age_{table.key}"
            value, note = _scored(facts, table, measure)
            named = f"{label} for age"
            yield Calculated(key, named, value, "z", table.edition, note)


def _scored(
    facts: Measured, table: Table, measure: Literal["weight", "height", "bmi"]
) -> tuple[str, str]:
    """The z-score and what is to be said with it; empty and why there is none."""
    sex: Sex | None = _sex(facts.sex)
    size = size_of(facts, measure)
    if facts.read_at is None or sex is None or size is None:
        return "", _lacking(facts, measure)
    found = standing(table, sex, measure, facts.read_at, float(size))
    if found is None:
        return "", BEYOND
    note = percentile_words(found)
    if found.flagged:
        note += ", check the measurement"
    return _signed(found.z), note


def _sex(said: str) -> Sex | None:
    match said:
        case "female" | "male":
            return said
    return None


def _lacking(facts: Measured, measure: str) -> str:
    if facts.days is None:
        return facts.lacks_age
    wanted = {
        "weight": (("weight", facts.weight),),
        "height": (("height", facts.height),),
        "bmi": (("weight", facts.weight), ("height", facts.height)),
    }
    return _lacks(*wanted[measure], ("sex", _sex(facts.sex)))


def _lacks(*wanted: tuple[str, Any]) -> str:
    absent = [name for name, value in wanted if value is None]
    return f"needs {' and '.join(absent)}" if absent else ""


def percentile_words(found: Standing) -> str:
    """
    >>> [percentile_words(Standing(0, p, False)) for p in (50.2, 1.4, 22.7, 0.2, 99.6)]
    ['50th percentile', '1st percentile', '23rd percentile', 'below the 1st', 'above the 99th']
    """
    if found.percentile < 1:
        return "below the 1st"
    if found.percentile > 99:
        return "above the 99th"
    whole = round(found.percentile)
    teens = whole % 100 in (11, 12, 13)
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending} percentile"


def _signed(z: float) -> str:
    text = f"{abs(z):.2f}"
    return f"\N{MINUS SIGN}{text}" if z < 0 and float(text) else text


def _rounded(value: Decimal, digits: int) -> str:
    return str(value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def growth_rows(
    lines: tuple[Calculated, ...],
) -> tuple[tuple[str, tuple[Calculated, ...]], ...]:
    """The z-scores of *lines* by measure: label, and one line for each table."""
    labels = dict.fromkeys(line.label for line in lines if line.table)
    return tuple(
        (label, tuple(line for line in lines if line.label == label))
        for label in labels
    )
