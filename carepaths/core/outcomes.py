"""Outcomes in their stored form: true or false, an integer, a decimal as a string."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scamps.core.definition.document import Outcome


def canonical(outcome: Outcome, value: Any) -> bool | int | str | None:
    """Return *value* as it is stored for *outcome*; None is sought and not found.

    Raises: ValueError: it does not fit the outcome's type.
    """
    match outcome.type, value:
        case _, None:
            return None
        case "boolean", bool():
            return value
        case "integer", int() if not isinstance(value, bool):
            return value
        case "decimal", str() | Decimal() | int() if not isinstance(value, bool):
            return _decimal(value)
    raise ValueError(f"{value!r} is no {outcome.type}")


def _decimal(value: str | int | Decimal) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is no decimal") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is no finite number")
    return f"{number:f}"
