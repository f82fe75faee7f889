"""Enrolling: what is to happen, and why if the criteria speak against it."""

from __future__ import annotations

from django import forms

from carepaths.core.eligibility import Judgement

VERBS = ["enrol", "open", "decline", "later"]


class EnrolForm(forms.Form):
    """Enrol, enrol and open an encounter, decline, or note as eligible for later.

    Enrolling somebody who is judged not eligible needs a reason.
    """

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in VERBS], required=False)
    reason = forms.CharField(
        required=False,
        label="Why enrol nevertheless?",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, *args, judged: Judgement | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.judged = judged

    @property
    def needs_reason(self) -> bool:
        return self.judged is not None and self.judged.state == "not eligible"

    def clean_verb(self) -> str:
        return self.cleaned_data["verb"] or "enrol"

    def clean(self) -> dict:
        data = super().clean()
        enrols = data.get("verb") in ("enrol", "open")
        if enrols and self.needs_reason and not data.get("reason", "").strip():
            self.add_error(
                "reason",
                "The criteria speak against it: say why you enrol nevertheless.",
            )
        return data
