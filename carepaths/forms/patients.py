"""Registering a patient, and finding one."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from carepaths.forms.dates import day_field, month_field, read_day, year_field

UNKNOWN = "unknown"
SEXES = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Other"),
    (UNKNOWN, "Not known"),
]


class RegisterForm(forms.Form):
    """Who the patient is. A birth date may be partly or wholly unknown."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)
    record_number = forms.CharField(
        max_length=64,
        help_text="As on the wristband or in the health record.",
        error_messages={"required": "Enter the record number."},
    )
    name = forms.CharField(
        max_length=200,
        help_text="Family name, given name.",
        error_messages={"required": "Enter the name."},
    )
    birth_day = day_field()
    birth_month = month_field()
    birth_year = year_field()
    sex = forms.ChoiceField(choices=SEXES, required=False, widget=forms.RadioSelect)

    def __init__(self, *args, sites, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["site"].queryset = sites
        for name in ("record_number", "name"):
            self.fields[name].widget.attrs |= {
                "class": "form-control",
                "autocomplete": "off",
            }
        self.fields["site"].widget.attrs["class"] = "form-select"

    def clean_sex(self) -> str:
        sex = self.cleaned_data["sex"]
        return "" if sex == UNKNOWN else sex

    def clean(self) -> dict:
        data = super().clean()
        parts = (data.get(f"birth_{part}", "") for part in ("day", "month", "year"))
        try:
            birth_date, precision = read_day(*parts)
            if birth_date and birth_date > self.today:
                raise ValidationError("This birth date lies in the future.")
            if birth_date and birth_date.year < self.today.year - 130:
                raise ValidationError("Check the year: it is over 130 years ago.")
        except ValidationError as error:
            self.add_error("birth_day", error)
            return data
        return data | {"birth_date": birth_date, "birth_date_precision": precision}

    @property
    def identity(self) -> dict:
        """What `register_patient` takes."""
        names = ("site", "record_number", "name", "birth_date", "sex")
        return {name: self.cleaned_data[name] for name in names} | {
            "birth_date_precision": self.cleaned_data["birth_date_precision"]
        }
