"""What is told about a task: done, another day, lost to follow-up, handed over."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from carepaths.forms.dates import (
    day_field,
    local_time,
    month_field,
    read_day,
    year_field,
)
from carepaths.models import Contact

HOW = (
    ("Done or seen by the one who records it", "I did it, or saw it"),
    ("Read in the record", "It is in the record"),
    ("Told by the patient or the family", "The patient or family told"),
    ("Told by a colleague", "A colleague told"),
)
STATUS = (("done", "Done"), ("not-done", "Not done so far"))
NOBODY = "nobody"


def text_field(label: str, required: str = "", **extra: Any) -> forms.CharField:
    """A line of words; *required* says what to do if it is left empty."""
    return forms.CharField(
        label=label,
        max_length=300,
        required=bool(required),
        error_messages={"required": required},
        widget=forms.TextInput(attrs={"class": "form-control"}),
        **extra,
    )


class TaskForm(forms.Form):
    """Knows the day it is at the site, and reads days in three parts."""

    def __init__(self, *args, today: date, zone: str = "UTC", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.zone = today, zone

    def read(self, name: str, data: dict, needed: str = "") -> date | None:
        """Read the day under *name*; a message stands beside its first part."""
        parts = (data.get(f"{name}{part}") or "" for part in ("day", "month", "year"))
        try:
            on, precision = read_day(*parts)
            if precision not in ("day", "unknown"):
                raise ValidationError("Give the whole date, or leave it empty.")
            if on is None and needed:
                raise ValidationError(needed)
        except ValidationError as error:
            self.add_error(f"{name}day", error)
            return None
        return on

    def read_past(self, data: dict) -> date | None:
        """Read the day something was done on: today at the latest."""
        on = self.read("", data)
        if on is not None and on > self.today:
            self.add_error("day", "This day is still to come. Check the date.")
        return on


class DoneForm(TaskForm):
    """What was done, and when: for all but actions."""

    words = text_field(
        "What was done?",
        "Say in a few words what was done.",
        help_text="For example: seen at the clinic in town; called, nothing to change.",
    )
    day, month, year = day_field(), month_field(), year_field()

    def clean(self) -> dict:
        data = super().clean()
        return data | {"happened_on": self.read_past(data)}


class DeedForm(TaskForm):
    """What was really done about an action: when, where, and how that is known."""

    status = forms.ChoiceField(
        label="What was done?",
        choices=STATUS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was done."},
    )
    day, month, year = day_field(), month_field(), year_field()
    place = text_field("Where?")
    known_how = forms.ChoiceField(
        label="How is it known?",
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it is known."},
    )

    def clean(self) -> dict:
        data = super().clean()
        on = self.read_past(data)
        return data | {"done_at": local_time(on, time(12), self.zone) if on else None}


class RescheduleForm(TaskForm):
    """Another window: its first day, its last, and why."""

    first_day, first_month, first_year = day_field(), month_field(), year_field()
    last_day, last_month, last_year = day_field(), month_field(), year_field()
    words = text_field("Why?", "Say why it is on another day.")

    def clean(self) -> dict:
        data = super().clean()
        first = self.read("first_", data, "Enter the first day.")
        last = self.read("last_", data) or first
        if first and last and first > last:
            self.add_error("last_day", "The last day lies before the first.")
        elif last and last < self.today:
            self.add_error("last_day" if last != first else "first_day", PAST)
        return data | {"earliest_on": first, "due_on": last}


PAST = "This day is over. Choose today or a later one."


class LostForm(TaskForm):
    """What the attempt to reach the patient came to."""

    contact = forms.ChoiceField(
        label="What came of the attempt to reach the patient?",
        choices=Contact.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what came of it."},
    )
    tries = forms.IntegerField(
        label="How many attempts?",
        required=False,
        min_value=0,
        max_value=99,
        widget=forms.TextInput(
            attrs={"class": "form-control digits-2", "inputmode": "numeric"}
        ),
    )
    words = text_field("In words")

    def clean(self) -> dict:
        data = super().clean()
        contact = data.get("contact")
        if contact == Contact.OTHER and not data.get("words", "").strip():
            self.add_error("words", "Say what came of it.")
        uncounted = not data.get("tries") and "tries" not in self.errors
        if contact == Contact.NO_CONTACT and uncounted:
            self.add_error("tries", "Say how many attempts were made.")
        return data


class HandOverForm(TaskForm):
    """A colleague of the site, or nobody in particular."""

    to = forms.ChoiceField(
        label="To whom?",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": "Choose somebody.",
            "invalid_choice": "Choose a colleague of the site.",
        },
    )

    def __init__(self, *args, colleagues, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {str(one.pk): one for one in colleagues}
        named = [(key, str(one)) for key, one in self.people.items()]
        self.fields["to"].choices = [
            ("", "Choose…"),
            *named,
            (NOBODY, "Nobody in particular: the site's"),
        ]

    def clean_to(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


class CancelForm(TaskForm):
    """Why it is not to be done."""

    words = text_field("Why is it not to be done?", "Say why, in a few words.")
