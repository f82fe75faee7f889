"""Body mass index and body surface, from weight and height."""

from __future__ import annotations

from decimal import Decimal


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return kilograms per square metre, not rounded.

    >>> round(body_mass_index(Decimal("70"), Decimal("175")), 1)
    Decimal('22.9')
    """
    return weight_kg / (height_cm / 100) ** 2


def body_surface(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body surface in square metres, not rounded.

    Source: Mosteller RD. Simplified calculation of body-surface area. N Engl J Med
    1987;317:1098: the square root of height (cm) times weight (kg) over 3600.
    >>> round(body_surface(Decimal("60"), Decimal("165")), 2)
    Decimal('1.66')
    """
    return (height_cm * weight_kg / 3600).sqrt()
