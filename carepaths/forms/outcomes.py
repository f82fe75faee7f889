"""What became of an episode: each outcome of the plan, when, and how it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from carepaths.core.entry import Unreadable, read_number
from carepaths.core.said import outcome_words
from carepaths.forms.dates import day_field, month_field, read_day, year_field
from scamps.core.definition import Outcome, words
from scamps.core.say.units import unit_words

NOT_FOUND = "none"
YES_NO = (("true", "Yes"), ("false", "No"), (NOT_FOUND, "Looked for, not found"))
HARM = (("true", "Yes"), ("false", "Asked: no"), (NOT_FOUND, "Could not be found out"))
NO_HARM = "0"  # of a harm that is measured: asked, and there was none


class WhenAndHowForm(forms.Form):
    """The day, and the source: they go with every outcome recorded at once."""

    day, month, year = day_field(), month_field(), year_field()
    known_how = forms.CharField(
        label="How is it known?",
        max_length=300,
        help_text="For example: seen at the visit, letter from the surgeon, phone call.",
        error_messages={"required": "Say how it is known."},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean(self) -> dict:
        data = super().clean()
        try:
            on, precision = read_day(
                *(data.get(n, "") for n in ("day", "month", "year"))
            )
            if precision not in ("day", "unknown"):
                raise ValidationError("Give the whole date, or leave it empty.")
        except ValidationError as error:
            self.add_error("day", error)
            return data
        return data | {"happened_on": on}


def outcome_rows(
    outcomes: Iterable[Outcome],
    posted: Mapping[str, str],
    held: Mapping[str, Any],
    errors: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return a row for each outcome, as posted so far, with what is known of it.

    Harms come first, each a question of its own: "asked, and no" is an answer, and
    differs from a harm that nobody asked about.
    """
    rows = [
        {
            "key": outcome.key,
            "label": words(outcome.label, "en"),
            "kind": outcome.kind,
            "note": words(outcome.note, "en") if outcome.note else "",
            "unit": unit_words(outcome.unit),
            "is_boolean": outcome.type == "boolean",
            "is_harm": outcome.kind == "harm",
            "choices": HARM if outcome.kind == "harm" else YES_NO,
            "none": NO_HARM,
            "typed": posted.get(f"o.{outcome.key}", ""),
            "held": held_words(outcome, held[outcome.key])
            if outcome.key in held
            else "",
            "error": errors.get(outcome.key, ""),
        }
        for outcome in outcomes
    ]
    return sorted(rows, key=lambda row: not row["is_harm"])


def held_words(outcome: Outcome, value: Any) -> str:
    """Return what is known of *outcome*; of a harm, that it was asked about."""
    none = value is False or (value is not None and str(value) in ("0", "0.0"))
    if outcome.kind == "harm" and none:
        return "Asked: none"
    return outcome_words(outcome, value)


def read_outcomes(
    outcomes: Iterable[Outcome], posted: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values said, canonical, and the errors, both by key."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for outcome in outcomes:
        typed = posted.get(f"o.{outcome.key}", "").strip()
        if posted.get(f"o.{outcome.key}.none"):
            if typed:
                errors[outcome.key] = "Give the number, or say that there was none."
                continue
            typed = NO_HARM
        if not typed:
            continue
        try:
            values[outcome.key] = _value(outcome, typed)
        except Unreadable as problem:
            errors[outcome.key] = f"{problem}.".capitalize()
    return values, errors


def _value(outcome: Outcome, typed: str) -> Any:
    if typed == NOT_FOUND:
        return None
    if outcome.type == "boolean":
        return typed == "true"
    number = read_number(typed)
    if number < 0:
        raise Unreadable("a number from 0 on is expected")
    if outcome.type == "decimal":
        return number
    if number != number.to_integral_value():
        raise Unreadable("a whole number is expected")
    return int(number)
