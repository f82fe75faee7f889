"""Where a version is tried."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet

from accounts.models import Site
from scamps.forms import ReasonForm


class PilotForm(ReasonForm):
    """The sites at which a version is tried, and what is to be learnt there."""

    sites = forms.ModelMultipleChoiceField(
        label="At which sites?",
        queryset=Site.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "Choose at least one site."},
    )

    def __init__(
        self, *args, label: str, sites: QuerySet[Site], required: bool = True, **kwargs
    ) -> None:
        super().__init__(*args, label=label, required=required, **kwargs)
        self.fields["sites"].queryset = sites
