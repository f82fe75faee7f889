"""Opening an encounter, and the reasons asked for once it is signed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from carepaths.forms.dates import (
    day_field,
    local_time,
    month_field,
    read_clock,
    read_day,
    year_field,
)
from carepaths.models import Medium

GRACE = timedelta(minutes=10)


class OpenForm(forms.Form):
    """Which visit, when it took place, and whether the plan's advice was at hand."""

    visit = forms.ChoiceField(widget=forms.RadioSelect)
    day = day_field()
    month = month_field()
    year = year_field()
    clock = forms.CharField(
        label="Time",
        widget=forms.TextInput(
            attrs={
                "class": "form-control digits-5",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
        required=False,
    )
    from_paper = forms.BooleanField(
        required=False,
        label="It was written on paper first",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    origin = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args, visits, origins, zone: str, at: datetime, **kwargs):
        local = at.astimezone(ZoneInfo(zone))
        initial = {
            "visit": visits[0][0],
            "origin": origins[0][0],
            "day": local.day,
            "month": str(local.month),
            "year": local.year,
            "clock": local.strftime("%H:%M"),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.zone, self.at = zone, at
        self.fields["visit"].choices = visits
        self.fields["origin"].choices = origins

    def clean_clock(self):
        """The time of day; None if only the day is known."""
        typed = self.cleaned_data["clock"].strip()
        return read_clock(typed) if typed else None

    def clean(self) -> dict:
        data = super().clean()
        try:
            on, precision = read_day(
                *(data.get(n, "") for n in ("day", "month", "year"))
            )
            if precision != "day":
                raise ValidationError("Enter the day of the visit.")
        except ValidationError as error:
            self.add_error("day", error)
            return data
        if "clock" not in data:
            return data
        visit_time = self._visit_time(on, data["clock"])
        if visit_time > self.at + GRACE:
            self.add_error("day", "The visit lies in the future. Check date and time.")
        return data | {
            "visit_time": visit_time,
            "to_the_day": data["clock"] is None,
            "medium": Medium.PAPER if data["from_paper"] else Medium.SCREEN,
        }

    def _visit_time(self, on: date, clock: time | None) -> datetime:
        """The moment of the visit; midday, or now if that is earlier, for a whole day."""
        if clock is not None:
            return local_time(on, clock, self.zone)
        midday = local_time(on, time(12), self.zone)
        today = self.at.astimezone(ZoneInfo(self.zone)).date()
        return min(midday, self.at) if on == today else midday


class ReasonForm(forms.Form):
    """Why: asked for whenever something that counts is taken back or changed."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"required": "Say why, in a few words."},
    )
