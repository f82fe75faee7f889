"""Who a patient is: registering, and correcting an identity."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from carepaths.core.duplicates import Who
from carepaths.core.lifetime import OLDEST, years_between
from carepaths.forms.dates import day_field, month_field, read_day, year_field
from carepaths.models import Identity

UNKNOWN = "unknown"
SEXES = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Other"),
    (UNKNOWN, "Not known"),
]


class IdentityForm(forms.Form):
    """Two identifiers at least: the record number, and the name or the birth date.

    A birth date may be partly or wholly unknown.
    """

    record_number = forms.CharField(
        max_length=64,
        help_text="As on the wristband or in the health record.",
        error_messages={"required": "Enter the record number."},
    )
    name = forms.CharField(
        max_length=200, required=False, help_text="Family name, given name."
    )
    birth_day = day_field()
    birth_month = month_field()
    birth_year = year_field()
    sex = forms.ChoiceField(choices=SEXES, required=False, widget=forms.RadioSelect)

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        for name in ("record_number", "name"):
            self.fields[name].widget.attrs |= {
                "class": "form-control",
                "autocomplete": "off",
            }

    def clean_sex(self) -> str:
        sex = self.cleaned_data["sex"]
        return "" if sex == UNKNOWN else sex

    def clean(self) -> dict:
        data = super().clean()
        parts = (data.get(f"birth_{part}", "") for part in ("day", "month", "year"))
        try:
            birth_date, precision = read_day(*parts)
            _refuse_what_cannot_be(birth_date, self.today)
        except ValidationError as error:
            self.add_error("birth_day", error)
            return data
        if not data.get("name", "").strip() and precision != "day":
            self.add_error(
                "name", "Enter the name, or the whole birth date: two identifiers."
            )
        return data | {"birth_date": birth_date, "birth_date_precision": precision}

    @property
    def identity(self) -> dict:
        """What `register_patient` and `correct_identity` take of it."""
        names = ("record_number", "name", "birth_date", "birth_date_precision", "sex")
        return {name: self.cleaned_data[name] for name in names}

    def who(self, site: int) -> Who:
        """What was typed so far, as far as it can be read."""
        data = self.cleaned_data
        whole = data.get("birth_date_precision") == "day"
        born = data.get("birth_date") if whole else None
        return Who(site, data.get("record_number", ""), data.get("name", ""), born)


class RegisterForm(IdentityForm):
    """A new patient of one of the user's sites."""

    site = forms.ModelChoiceField(queryset=None, empty_label=None)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["site"].widget.attrs["class"] = "form-select"


class CorrectForm(IdentityForm):
    """What an identity is to become, and why, if it needs saying."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Why is it corrected?",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def stated(identity: Identity) -> dict[str, str]:
    """An identity as the fields of the form show it."""
    shown = {
        "record_number": identity.record_number,
        "name": identity.name,
        "sex": identity.sex or UNKNOWN,
    }
    born, precision = identity.birth_date, identity.birth_date_precision
    if born is not None:
        shown["birth_year"] = f"{born.year:04}"
        if precision in ("month", "day"):
            shown["birth_month"] = str(born.month)
        if precision == "day":
            shown["birth_day"] = str(born.day)
    return shown


def _refuse_what_cannot_be(birth_date: date | None, today: date) -> None:
    if birth_date is None:
        return
    if birth_date > today:
        raise ValidationError("This birth date lies in the future.")
    if years_between(birth_date, today) > OLDEST:
        raise ValidationError(f"Check the year: it is over {OLDEST} years ago.")
