"""What is told when a patient is looked at after a recall."""

from __future__ import annotations

from django import forms

from carepaths.forms.tasks import HandOverForm
from carepaths.models import Finding


class CloseForm(forms.Form):
    """What was found, and why the review can be closed.

    Args: must_look: whether drafts or tasks stay open, which must then be said.
    """

    finding = forms.ChoiceField(
        label="What did you find?",
        choices=Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you found."},
    )
    words = forms.CharField(
        label="Why can it be closed?",
        help_text="What you looked at, and what was done.",
        max_length=1000,
        error_messages={"required": "Say why it can be closed."},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    leaves_open = forms.BooleanField(
        label="I looked at the drafts and tasks of this version; they may stay open",
        error_messages={
            "required": "Drafts or tasks of this version stay open: look at them first."
        },
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args, must_look: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaves_open"].required = must_look


class ReopenForm(forms.Form):
    """Why a closed review is opened again."""

    words = forms.CharField(
        label="Why open it again?",
        max_length=1000,
        error_messages={"required": "Say why."},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


__all__ = ["CloseForm", "HandOverForm", "ReopenForm"]
