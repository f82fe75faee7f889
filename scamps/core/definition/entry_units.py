"""The further units a number may be typed in, and how each becomes the element's."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from scamps.core.definition.document import Element, EntryUnit
from scamps.core.definition.finding import Path
from scamps.core.definition.problem import Problem
from scamps.core.language.units import commensurable, in_places, line, molar_factor


def entry_unit(element: Element, unit: str) -> EntryUnit | None:
    """Return the entry unit of *element* with this UCUM code, if it declares it."""
    return next((one for one in element.entry_units if one.unit == unit), None)


def entry_line(element: Element, unit: str) -> tuple[Fraction, Fraction]:
    """Factor and offset from *unit* to the unit of *element*.

    By the molar mass where the element declares one for this unit.

    Raises: UnknownUnit, Inconvertible (both ValueError).
    """
    declared = entry_unit(element, unit)
    own = element.unit or "1"
    if declared is None or declared.molar_mass is None:
        return line(unit, own)
    return molar_factor(unit, own, declared.molar_mass.grams_per_mole), Fraction(0)


def in_own_unit(element: Element, number: Decimal, unit: str) -> Decimal:
    """Convert *number* to the unit of *element*; exact if it has a finite decimal form.

    Raises: UnknownUnit, Inconvertible (both ValueError).
    """
    factor, offset = entry_line(element, unit)
    return in_places(Fraction(number) * factor + offset)


def entry_unit_problems(element: Element, here: Path) -> Iterator[Problem]:
    """Entry units that cannot become the element's, or are said twice."""
    if element.entry_units and element.unit is None:
        yield Problem("entry-unit", here, "only a number with a unit has entry units")
        return
    seen = {element.unit}
    for index, declared in enumerate(element.entry_units):
        if declared.unit in seen:
            message = f"'{declared.unit}' is the element's unit already"
            yield Problem("entry-unit", (*here, index), message)
        elif message := _against(element, declared):
            yield Problem("entry-unit", (*here, index), message)
        seen.add(declared.unit)


def _against(element: Element, declared: EntryUnit) -> str:
    try:
        entry_line(element, declared.unit)
    except ValueError:
        missing = declared.molar_mass is None
        hint = "; a mass and an amount of substance need a molar_mass"
        said = f"'{declared.unit}' cannot be converted to '{element.unit}'"
        return said + hint * missing
    if declared.molar_mass and commensurable(declared.unit, element.unit or "1"):
        return f"'{declared.unit}' converts without a molar_mass"
    return ""
