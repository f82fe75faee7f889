"""What is asked when the limits of a control chart are decided about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms

from feedback.core.spc.drawing import in_words
from feedback.models import LimitMark

WHY = forms.Textarea(attrs={"class": "form-control", "rows": 2})


class LimitsForm(forms.Form):
    """Rebase or freeze, with which of the *months* that are drawn, and why."""

    kind = forms.ChoiceField(
        label="What",
        choices=LimitMark.Kind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    month = forms.ChoiceField(
        label="Month", widget=forms.Select(attrs={"class": "form-select"})
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=WHY,
        error_messages={"required": "Reason: enter a sentence."},
    )

    def __init__(self, *args, months: Iterable[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(at, in_words(at)) for at in months]

    def clean_month(self) -> date:
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


class TakeBackForm(forms.Form):
    """Why a decision about limits is taken back."""

    reason = forms.CharField(
        label="Why it is taken back",
        max_length=2000,
        widget=WHY,
        error_messages={"required": "Why it is taken back: enter a sentence."},
    )
