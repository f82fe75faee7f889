"""What is asked about evidence alerts, and about how they are judged."""

from __future__ import annotations

from django import forms

from scamps.models import AlertKind

AREA = {"class": "form-control", "rows": 3}
LINE = {"class": "form-control"}


class AlertForm(forms.Form):
    """What came up, where it stands, which steps it touches, and what it means there."""

    kind = forms.ChoiceField(
        label="What came up?",
        choices=AlertKind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    title = forms.CharField(
        label="In a line",
        help_text="For example: contrast agent X recalled by its maker.",
        max_length=200,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "Say in a line what came up."},
    )
    source = forms.CharField(
        label="Where it stands",
        help_text="A citation, or an address.",
        max_length=500,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "Say where it can be read."},
    )
    words = forms.CharField(
        label="What it means at these steps",
        help_text="Shown beside their advice, to whoever treats a patient there.",
        max_length=1000,
        widget=forms.Textarea(attrs=AREA),
        error_messages={"required": "Say what it means at these steps."},
    )
    nodes = forms.MultipleChoiceField(
        label="Which steps does it touch?",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "Choose the steps it touches."},
    )
    expedite = forms.BooleanField(
        label="Begin an expedited review at once",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args, nodes, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nodes"].choices = nodes


class AddressForm(forms.Form):
    """Which version deals with an alert, and how."""

    number = forms.ChoiceField(
        label="Which version?",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "Choose a version."},
    )
    words = forms.CharField(
        label="How does it deal with it?",
        max_length=1000,
        widget=forms.Textarea(attrs=AREA),
        error_messages={"required": "Say how it deals with it."},
    )

    def __init__(self, *args, numbers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        shown = [(str(number), f"Version {number}") for number in numbers]
        self.fields["number"].choices = shown


class RuleForm(forms.Form):
    """How expedited versions are judged, from now on."""

    quorum = forms.IntegerField(
        label="Members who must approve an expedited version",
        help_text="One of them always somebody who has not written in it.",
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs=LINE),
        error_messages={"required": "Enter a number."},
    )
    days = forms.IntegerField(
        label="Days to decide in, from the alert",
        min_value=1,
        max_value=365,
        widget=forms.NumberInput(attrs=LINE),
        error_messages={"required": "Enter a number of days."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs=AREA),
        error_messages={"required": "Why: enter a sentence."},
    )
