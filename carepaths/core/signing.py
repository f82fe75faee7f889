"""What is said before signing: what is missing, in one sentence."""

from __future__ import annotations


def missing_words(answers: int, decisions: int) -> str:
    """Say how many answers and decisions are missing.

    >>> missing_words(0, 0)
    'Nothing is missing.'
    >>> missing_words(3, 1)
    '3 answers and 1 decision are missing.'
    >>> missing_words(1, 0)
    '1 answer is missing.'
    """
    counted = [_counted(answers, "answer"), _counted(decisions, "decision")]
    said = " and ".join(filter(None, counted))
    if not said:
        return "Nothing is missing."
    return f"{said} {'is' if answers + decisions == 1 else 'are'} missing."


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}" if number else ""
