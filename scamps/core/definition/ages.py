"""Bounds that depend on the patient's age: what is usual of a heart rate at two."""

from scamps.core.definition.document import AgeBounds, Element


def at_age(element: Element, months: int | None) -> Element:
    """Return *element* with the bounds of an age in completed *months*.

    An age that is not known, or that no entry covers, keeps the general bounds; so does
    a bound that the entry leaves out.
    """
    row = _row(element, months)
    if row is None:
        return element
    stated = {"possible": row.possible, "plausible": row.plausible}
    return element.model_copy(
        update={name: bounds for name, bounds in stated.items() if bounds is not None}
    )


def _row(element: Element, months: int | None) -> AgeBounds | None:
    if months is None:
        return None
    covering = (row for row in element.by_age if covers(row, months))
    return next(covering, None)


def covers(row: AgeBounds, months: int) -> bool:
    """Whether *row* is for an age of *months*: from the first, until before the last."""
    return (row.from_months or 0) <= months and (
        row.until_months is None or months < row.until_months
    )


def age_range(row: AgeBounds) -> str:
    """The ages that *row* is for, in words.

    >>> age_range(AgeBounds(until_months=3)), age_range(AgeBounds(from_months=24))
    ('under 3 months', 'from 2 years')
    >>> age_range(AgeBounds(from_months=3, until_months=24))
    '3 months to under 2 years'
    """
    match row:
        case AgeBounds(from_months=int() as first, until_months=int() as last):
            return f"{_months(first)} to under {_months(last)}"
        case AgeBounds(until_months=int() as last):
            return f"under {_months(last)}"
        case AgeBounds(from_months=int() as first):
            return f"from {_months(first)}"
    return "at any age"


def _months(months: int) -> str:
    if months >= 24 and months % 12 == 0:
        return f"{months // 12} years"
    return f"{months} month{'' if months == 1 else 's'}"
