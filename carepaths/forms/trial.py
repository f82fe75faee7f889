"""Who the made-up patient of a preview is: asked above the form of the visit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from carepaths.core.trial import OLDEST, UNITS, Age, Situation, visits_of
from scamps.core.definition import Plan

FIELD = {"class": "form-control"}
NUMBER = {"class": "form-control digits-5", "inputmode": "numeric"}
SEXES = [("", "Not known"), ("female", "Female"), ("male", "Male")]
YEARS = {"years": 1, "months": 12, "weeks": 52, "days": 366}


class SituationForm(forms.Form):
    """Visit, day, age, sex, and how long ago the visit before was."""

    prefix = "p"
    visit = forms.ChoiceField(label="Kind of visit", widget=forms.RadioSelect)
    visit_date = forms.DateField(
        label="Day of the visit",
        widget=forms.DateInput(attrs=FIELD | {"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter the day as 2026-01-31."},
    )
    age = forms.IntegerField(
        label="Age at the visit",
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={"invalid": "Enter the age as a whole number."},
    )
    unit = forms.ChoiceField(
        label="Unit of the age",
        choices=[(one, one) for one in UNITS],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    sex = forms.ChoiceField(
        label="Sex", required=False, choices=SEXES, widget=forms.RadioSelect
    )
    weeks = forms.IntegerField(
        label="Weeks since the visit before",
        required=False,
        min_value=0,
        max_value=OLDEST * 53,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={"invalid": "Enter the weeks as a whole number."},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["visit"].choices = visits_of(plan)

    def add_prefix(self, field_name: str) -> str:
        return f"p.{field_name}"

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        age, unit = found.get("age"), found.get("unit")
        if age is not None and unit and age > OLDEST * YEARS[unit]:
            self.add_error("age", "Nobody is that old.")
        return found

    def situation(self, today: date) -> Situation:
        """What could be read of it; the rest is not known."""
        found = getattr(self, "cleaned_data", {})
        age, unit = found.get("age"), found.get("unit")
        return Situation(
            visit=found.get("visit") or self.plan.visits[0].key,
            visit_date=found.get("visit_date") or today,
            age=Age(age, unit) if age is not None and unit else None,
            sex=found.get("sex") or "",
            weeks=found.get("weeks"),
        )


def posted_situation(situation: Situation) -> dict[str, str]:
    """What the form would have posted of *situation*."""
    age = situation.age
    return {
        "p.visit": situation.visit,
        "p.visit_date": situation.visit_date.isoformat(),
        "p.age": str(age.number) if age else "",
        "p.unit": age.unit if age else UNITS[0],
        "p.sex": situation.sex,
        "p.weeks": "" if situation.weeks is None else str(situation.weeks),
    }
