"""Which effect a change of each field has, and what people call the field.

A field that is not named here has the effect of its part: what is new in the schema is
never taken for mere wording.
"""

from __future__ import annotations

from scamps.core.compare.change import Effect
from scamps.core.definition.parts import Part

# The effect of a part coming, going or moving, and of its fields unless named below.
PARTS: dict[str, Effect] = {
    "Plan": "advice",
    "Provenance": "wording",
    "Source": "wording",
    "Population": "routing",
    "Eligibility": "routing",
    "Element": "data",
    "Option": "data",
    "EntryUnit": "data",
    "AgeBounds": "data",
    "Score": "routing",
    "Form": "data",
    "Section": "data",
    "Item": "data",
    "Check": "data",
    "Visit": "routing",
    "Assess": "routing",
    "Decide": "routing",
    "Branch": "routing",
    "Recommend": "routing",
    "Finish": "routing",
    "Action": "advice",
    "Reason": "learning",
    "Resource": "learning",
    "Outcome": "learning",
    "Statement": "learning",
}
# Only how it is said. The words of an action, and of the next safe step, are advice.
WORDING = {
    "Plan": {"title", "summary", "language"},
    "Element": {"label", "help"},
    "Option": {"label"},
    "Score": {"label"},
    "Form": {"title"},
    "Section": {"title"},
    "Check": {"message"},
    "Visit": {"title"},
    "Assess": {"title"},
    "Decide": {"title"},
    "Branch": {"label"},
    "Recommend": {"title", "summary"},
    "Finish": {"title", "words"},
    "Action": {"rationale", "evidence"},
    "Reason": {"words"},
    "Resource": {"title"},
    "Outcome": {"label", "note"},
    "Statement": {"words"},
    "Eligibility": {"words"},
}
OTHERWISE: dict[tuple[str, str], Effect] = {
    ("Assess", "form"): "data",
    ("Decide", "if_unknown"): "advice",
    ("Visit", "window"): "advice",
}
FIELDS = {
    "if_unknown": "what to do when it is unknown",
    "show_when": "shown when",
    "valid_for": "valid for",
    "derived_from": "derived from",
    "affected_by_action": "affected by the action",
    "omission_of": "omission of",
    "known_how": "how it is known",
    "next_review": "next review",
    "when": "criterion",
    "to": "leads to",
    "next": "leads to",
    "otherwise": "otherwise leads to",
    "unknown": "if unknown leads to",
    "start": "starts at",
}


def effect_of(part: Part, field: str = "") -> Effect:
    """The effect of a change of *field*, or of the part as a whole."""
    name = type(part).__name__
    if field in WORDING.get(name, ()):
        return "wording"
    return OTHERWISE.get((name, field), PARTS.get(name, "advice"))


def field_words(field: str) -> str:
    """What people call a field of the document."""
    return FIELDS.get(field, field.replace("_", " ").strip())
