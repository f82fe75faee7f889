"""The word an author probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str]) -> str:
    """A question to add to a message, or nothing.

    >>> closest("temprature", ["temperature", "wbc"])
    "; did you mean 'temperature'?"
    """
    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean '{names[found[0]]}'?" if found else ""
