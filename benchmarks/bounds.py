"""Figures and the bounds they are held to."""

import sys

MISSED: list[str] = []


def hold(
    what: str,
    figure: float,
    unit: str = "",
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> None:
    """Print *figure*; remember it as missed if it is beyond a bound.

    Without a bound it is only told.
    """
    words = [f"{what}: {figure:,.2f}{' ' * bool(unit)}{unit}"]
    if at_most is not None:
        words.append(f"(at most {at_most:g})")
    if at_least is not None:
        words.append(f"(at least {at_least:g})")
    too_high = at_most is not None and figure > at_most
    too_low = at_least is not None and figure < at_least
    if too_high or too_low:
        words.append("MISSED")
        MISSED.append(what)
    print("  " + " ".join(words))
    sys.stdout.flush()
