"""What the fields of the document are called on a form, and in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """How one field is shown.

    `rare`: folded away while it is empty. `only`: the types of the part that it is for;
    for another it is folded away. `add`: the words on the button for a further row.
    """

    label: str
    hint: str = ""
    rare: bool = False
    only: tuple[str, ...] = ()
    add: str = ""
    long: bool = False


W = Wording
NUMBERS = ("integer", "decimal")
_KEY = W("Key", "For ever: it outlives wording. Empty: made from the words.")
_CODE = W("Code", "What a terminology calls it.", rare=True)

# By model, then by field, in the order they are shown.
WORDINGS: Mapping[str, Mapping[str, Wording]] = {
    "Plan": {
        "title": W("Title"),
        "summary": W("Summary", "In two sentences: for whom, and what it does."),
        "language": W("Language of the plan", "As in en, de, pt-BR."),
        "emergency": W(
            "For a patient who cannot wait",
            "Said when somebody treats first and documents later.",
            rare=True,
            long=True,
        ),
        "demonstration": W(
            "A demonstration: for made-up patients and cohorts of the past only"
        ),
    },
    "Provenance": {
        "authors": W("Authors", add="Add an author"),
        "reviewers": W("Reviewers", add="Add a reviewer"),
        "next_review": W("Review again by"),
        "gaps": W("What it lacks", "Each thing not known or not agreed.", add="Add"),
        "sources": W("Sources"),
    },
    "Source": {
        "citation": W("Citation", long=True),
        "key": _KEY,
        "url": W("Address"),
        "note": W("What it is used for", long=True),
    },
    "Population": {
        "inclusion": W("Who is in", "All of these must hold.", add="Add a line"),
        "exclusion": W("Who is not", "None of these may hold.", add="Add a line"),
    },
    "Eligibility": {
        "words": W("In words"),
        "when": W("As a criterion", "Empty: the clinician judges it.", rare=True),
    },
    "Bounds": {"low": W("From"), "high": W("To")},
    "AgeBounds": {
        "from_months": W("From, in months"),
        "until_months": W("Until before, in months"),
        "possible": W("Refused outside of"),
        "plausible": W("To be confirmed outside of"),
    },
    "Option": {"label": W("Answer"), "key": _KEY, "code": _CODE},
    "MolarMass": {
        "grams_per_mole": W("Grams per mole"),
        "source": W("Where that is said"),
    },
    "EntryUnit": {
        "unit": W("Unit", "In UCUM, such as [degF]."),
        "molar_mass": W("Molar mass", "Between a mass and an amount.", rare=True),
    },
    "Element": {
        "label": W("Question", "As the clinician reads it on the form."),
        "key": _KEY,
        "type": W("Answered by"),
        "options": W("Answers to choose from", only=("choice",), add="Add an answer"),
        "unit": W("Unit", "In UCUM: mg/dL, Cel, kg, a for years.", only=NUMBERS),
        "precision": W("Digits after the point", only=("decimal",)),
        "possible": W("Refused outside of", only=NUMBERS),
        "plausible": W("To be confirmed outside of", only=NUMBERS),
        "help": W("Help beside the question", rare=True),
        "entry_units": W(
            "May also be typed in",
            rare=True,
            only=NUMBERS,
            add="Add a unit",
        ),
        "by_age": W("Bounds by age", rare=True, only=NUMBERS, add="Add an age"),
        "valid_for": W(
            "Drives advice for", "Then it must be confirmed again.", rare=True
        ),
        "code": _CODE,
    },
    "Code": {
        "system": W("System", "Its address, such as http://loinc.org."),
        "code": W("Code"),
        "display": W("What it is called there"),
    },
    "Score": {
        "label": W("What it is called"),
        "key": _KEY,
        "expression": W("How it is worked out"),
        "unit": W("Unit", "Only if the expression has one.", rare=True),
        "range": W("Lies within", rare=True),
    },
    "Form": {
        "title": W("Title"),
        "key": _KEY,
        "sections": W("Sections", add="Add a section"),
    },
    "Section": {
        "title": W("Heading"),
        "key": _KEY,
        "items": W("Asks for", add="Add an element"),
        "show_when": W("Shown only when", "Empty: always.", rare=True),
    },
    "Item": {
        "element": W("Element"),
        "show_when": W("Shown only when", "Empty: always.", rare=True),
    },
    "Check": {
        "message": W("What is said", long=True),
        "key": _KEY,
        "when": W("Something is wrong when"),
        "level": W("What it does"),
    },
    "Visit": {
        "title": W("Title"),
        "key": _KEY,
        "start": W("Begins with the step"),
        "window": W("Due within", "For a follow-up.", rare=True),
        "advised_by": W(
            "Only where this was advised", "Empty: for everybody.", rare=True
        ),
    },
    "Window": {
        "earliest_days": W("Days, at the earliest"),
        "latest_days": W("Days, at the latest"),
        "after": W("After the visit"),
    },
    "Assess": {
        "title": W("Title"),
        "key": _KEY,
        "kind": W("What it does"),
        "form": W("Asks the form"),
        "next": W("Then goes on to"),
    },
    "Decide": {
        "title": W("Question"),
        "key": _KEY,
        "kind": W("What it does"),
        "branches": W(
            "Ways", "Tried in this order; the first that holds.", add="Add a way"
        ),
        "otherwise": W("Otherwise, on to"),
        "if_unknown": W(
            "What to do while it cannot be answered",
            "Missing data never becomes a no: say the next safe step.",
            long=True,
        ),
        "unknown": W("If it is not known, on to", "Empty: the walk waits.", rare=True),
        "hit": W("How the ways are tried"),
    },
    "Branch": {
        "when": W("If"),
        "to": W("On to"),
        "label": W("Words on the way", "Short: they stand in the drawing.", rare=True),
    },
    "Recommend": {
        "title": W("Title"),
        "key": _KEY,
        "kind": W("What it does"),
        "summary": W("Why, in a sentence", long=True),
        "actions": W("Advises", add="Add an action"),
        "next": W("Then goes on to", "Empty: the walk ends here."),
    },
    "Finish": {
        "title": W("Title"),
        "key": _KEY,
        "kind": W("What it does"),
        "words": W("What is said at the end", long=True),
    },
    "Action": {
        "words": W("Advice"),
        "key": _KEY,
        "direction": W("Do or do not"),
        "resource": W("It is about"),
        "serious": W("Serious: to depart from it asks for words"),
        "window": W("Within", rare=True),
        "rationale": W("Why", rare=True, long=True),
        "evidence": W("Evidence", rare=True, add="Add"),
        "strength": W("Strength of the recommendation", rare=True),
    },
    "Reason": {
        "words": W("Reason"),
        "key": _KEY,
        "standard": W("Counts as the standard reason"),
        "actions": W("For the actions", "None: for all.", add="Add"),
    },
    "Cost": {
        "amount": W("Amount"),
        "currency": W("Currency", "Three letters, such as EUR."),
        "source": W("Where that is said", rare=True),
    },
    "Resource": {
        "title": W("What it is called"),
        "key": _KEY,
        "kind": W("Kind"),
        "cost": W("Cost", rare=True),
        "code": _CODE,
    },
    "Outcome": {
        "label": W("What became of the patient"),
        "key": _KEY,
        "type": W("Told as"),
        "unit": W("Unit", "In UCUM, such as d for days.", only=NUMBERS),
        "kind": W("Kind"),
        "known_how": W("How it is known", long=True),
        "affected_by_action": W(
            "Can what was done change it?",
            "A diagnosis cannot. Only what can be changed is shown by what was done.",
        ),
        "window": W("Within", rare=True),
        "derived_from": W(
            "Worked out from", "Elements and scores.", rare=True, add="Add"
        ),
        "note": W("Note", rare=True, long=True),
    },
    "Prediction": {"comparison": W("Fewer or more than"), "percent": W("Percent")},
    "Statement": {
        "words": W("Statement", "A sentence that can turn out wrong.", long=True),
        "key": _KEY,
        "node": W("Of those who come to"),
        "outcome": W("This becomes of them"),
        "prediction": W("Predicted for"),
        "omission_of": W(
            "It says that leaving this out is safe", "Empty: it does not.", rare=True
        ),
        "looks": W("Looked at"),
    },
}
# Rows that stand folded under their words while they are not being changed.
FOLDED = ("Action", "Branch", "Section", "Eligibility")


def wording(owner: str, name: str) -> Wording:
    """How a field is shown; by its own name where nobody worded it."""
    known = WORDINGS.get(owner, {}).get(name)
    return known or Wording(name.replace("_", " ").capitalize(), rare=True)


def place_of(owner: str, name: str) -> int:
    """Where a field stands on its form; what nobody worded stands last."""
    order = list(WORDINGS.get(owner, {}))
    return order.index(name) if name in order else len(order)
