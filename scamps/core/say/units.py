"""UCUM units as they are written on a ward."""

import re

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
UNITS = {
    "1": "",
    "Cel": "°C",
    "[degF]": "°F",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "/min": "per minute",
    "mm[Hg]": "mmHg",
    "[lb_av]": "lb",
    "[in_i]": "in",
}


def unit_words(unit: str | None) -> str:
    """A UCUM unit as it is written on a ward.

    >>> unit_words("10*3/uL"), unit_words("Cel"), unit_words("mg/dL"), unit_words(None)
    ('10³/µL', '°C', 'mg/dL', '')
    """
    if unit is None:
        return ""
    if unit in UNITS:
        return UNITS[unit]
    raised = re.sub(r"10\*(-?\d+)", lambda m: "10" + m[1].translate(SUPERSCRIPT), unit)
    return re.sub(r"(^|/)u(?=[A-Za-z])", r"\1µ", raised)
