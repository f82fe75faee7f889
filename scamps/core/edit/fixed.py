"""The fixed words of the document, as people say them."""

from __future__ import annotations

from collections.abc import Mapping

# By field, or by model and field.
CHOICES: Mapping[str, Mapping[object, str]] = {
    "Element.type": {
        "boolean": "Yes or no",
        "integer": "A whole number",
        "decimal": "A number",
        "choice": "One of a list",
        "date": "A date",
        "text": "Words",
    },
    "Outcome.type": {
        "boolean": "Yes or no",
        "integer": "A whole number",
        "decimal": "A number",
    },
    "kind": {
        "assess": "Asks",
        "decide": "Decides",
        "recommend": "Advises",
        "finish": "Ends",
        "test": "Test",
        "treatment": "Treatment",
        "service": "Service",
        "benefit": "Benefit",
        "harm": "Harm",
        "patient-reported": "Reported by the patient",
        "process": "Process",
    },
    "direction": {"do": "Do", "do-not": "Do not"},
    "level": {
        "warn": "Is shown",
        "block": "Withholds the advice until it is put right",
        "block-signing": "Is shown, and cannot be signed",
    },
    "hit": {
        "first": "The first that holds is taken",
        "unique": "Exactly one may hold",
    },
    "comparison": {"<": "Fewer than", ">": "More than"},
    "looks": {"at-cut-off": "At the cut-off of a report"},
}


def choice_words(owner: str, name: str, value: object) -> str:
    """What one fixed word of the document is called."""
    known = CHOICES.get(f"{owner}.{name}") or CHOICES.get(name, {})
    return known.get(value, str(value))
