"""What is measured, found among a plan's answers by the LOINC codes of its elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from carepaths.core.growth import age_between, body_mass_index, corrected_days
from scamps.core.language.units import commensurable, convert

if TYPE_CHECKING:
    from scamps.core.definition import Element, Plan

LOINC = "http://loinc.org"
AGE = ("30525-0",)
WEIGHT = ("29463-7", "3141-9")
LYING, UPRIGHT = "8306-3", "8308-9"
HEIGHT = ("8302-2", "3137-7", LYING, UPRIGHT)
GESTATION = ("18185-9", "11884-4", "76516-4")
LYING_UNTIL = 730  # days: WHO's tables hold lengths until then, and heights after
LYING_IS_LONGER = Decimal("0.7")  # cm. WHO 2006, Methods and development, chapter 2


@dataclass(frozen=True)
class Measured:
    """What is known: days of age (None: not known), kilograms, centimetres, sex."""

    days: float | None
    lacks_age: str
    weight: Decimal | None
    height: Decimal | None
    height_code: str
    gestation_days: float | None
    sex: str

    @property
    def corrected(self) -> float | None:
        """The age corrected for birth before term; None if it is not corrected."""
        if self.days is None or self.gestation_days is None:
            return None
        return corrected_days(self.days, self.gestation_days)

    @property
    def read_at(self) -> float | None:
        """The age in days at which growth tables are read."""
        return self.days if self.corrected is None else self.corrected


def measured(
    plan: Plan, answers: Mapping[str, Any], context: Mapping[str, Any], sex: str
) -> Measured:
    """Find the measurements of one visit; arguments as of `calculated`."""
    days, lacks = _days(plan, answers, context)
    weight, _ = _measured(plan, answers, WEIGHT, "kg")
    height, code = _measured(plan, answers, HEIGHT, "cm")
    gestation, _ = _measured(plan, answers, GESTATION, "d")
    born = None if gestation is None else float(gestation)
    return Measured(days, lacks, weight, height, code, born, sex)


def loinc(element: Element) -> str:
    """The LOINC code of *element*; empty without one."""
    code = element.code
    return code.code if code is not None and code.system == LOINC else ""


def _measured(
    plan: Plan, answers: Mapping[str, Any], codes: tuple[str, ...], unit: str
) -> tuple[Decimal | None, str]:
    """The first answer above 0 whose element has one of *codes*, and that code."""
    for element in plan.elements:
        value = answers.get(element.key)
        if loinc(element) not in codes or not _is_fine(element):
            continue
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        if value > 0 and commensurable(element.unit or "1", unit):
            return convert(Decimal(value), element.unit or "1", unit), loinc(element)
    return None, ""


def _days(
    plan: Plan, answers: Mapping[str, Any], context: Mapping[str, Any]
) -> tuple[float | None, str]:
    """The age in days: from the birth date, else as stated finely enough."""
    birth, visit = context.get("birth_date"), context.get("visit_date")
    if isinstance(birth, date) and isinstance(visit, date):
        age = age_between(birth, visit)
        if age is None:
            return None, "the birth date is after the visit"
        return age.in_days, ""
    stated, _ = _measured(plan, answers, AGE, "d")
    if stated is not None:
        return float(stated), ""
    return None, "needs the birth date" if visit else "needs the day of the visit"


def _is_fine(element: Element) -> bool:
    """Whether it states more than an age in whole years, too coarse for a table."""
    return element.unit != "a" or bool(element.precision)


def size_of(facts: Measured, measure: str) -> Decimal | None:
    """The weight, the height as the table of that age holds it, or the BMI."""
    if measure == "weight":
        return facts.weight
    height = _as_tabled(facts)
    if measure == "height" or height is None or facts.weight is None:
        return height if measure == "height" else None
    return body_mass_index(facts.weight, height)


def _as_tabled(facts: Measured) -> Decimal | None:
    """The height as WHO's table of that age holds it: lying under 2 years."""
    if facts.height is None or facts.read_at is None:
        return facts.height
    if facts.height_code == UPRIGHT and facts.read_at <= LYING_UNTIL:
        return facts.height + LYING_IS_LONGER
    if facts.height_code == LYING and facts.read_at > LYING_UNTIL:
        return facts.height - LYING_IS_LONGER
    return facts.height
