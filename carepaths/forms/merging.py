"""Which patient is the same person, why, and what is decided about it."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from carepaths.models import Patient

NEEDS_WORDS = "Say why, in a few words."


class ProposeForm(forms.Form):
    """The other patient, by record number, and how one knows."""

    record_number = forms.CharField(
        max_length=64,
        label="Record number of the other",
        help_text="The one that is merged into this patient.",
        error_messages={"required": "Enter the record number of the other patient."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label="How do you know?",
        error_messages={"required": NEEDS_WORDS},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.others = others

    def clean(self) -> dict:
        data = super().clean()
        if number := data.pop("record_number", ""):
            data["merged"] = self._of_number(number)
        return data

    def _of_number(self, number: str) -> Patient | None:
        found = self.others.filter(identity__record_number__iexact=number.strip())
        if other := found.first():
            return other
        error = ValidationError("No other patient of this site has this number.")
        self.add_error("record_number", error)
        return None


class MergeForm(forms.Form):
    """Confirm, reject, or undo; undoing says why."""

    verb = forms.ChoiceField(choices=[(v, v) for v in ("confirm", "reject", "undo")])
    reason = forms.CharField(
        required=False,
        label="Why?",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("verb") == "undo" and not data.get("reason", "").strip():
            self.add_error("reason", NEEDS_WORDS)
        return data
