"""Dates typed as day, month and year: no order to guess, no picker needed."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTH_CHOICES = [("", "Month"), *((str(n), name) for n, name in enumerate(MONTHS, 1))]


def day_field(**extra) -> forms.CharField:
    return _number("Day", 2, "bday-day", **extra)


def year_field(**extra) -> forms.CharField:
    return _number("Year", 4, "bday-year", **extra)


def month_field() -> forms.ChoiceField:
    select = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(
        label="Month", choices=MONTH_CHOICES, required=False, widget=select
    )


def _number(label: str, length: int, autocomplete: str, **extra) -> forms.CharField:
    attrs = {
        "class": f"form-control digits-{length}",
        "inputmode": "numeric",
        "autocomplete": "off",
    }
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        widget=forms.TextInput(attrs=attrs),
        **extra,
    )


def read_day(day: str, month: str, year: str) -> tuple[date | None, str]:
    """Return the date and its precision: day, month, year, or unknown.

    A part left empty makes the date less precise; the first day stands for it.

    Raises: ValidationError: the parts make no date; the message says what to do.
    """
    if not (day or month or year):
        return None, "unknown"
    if not year:
        raise ValidationError("Give the year too, or leave the date empty.")
    if day and not month:
        raise ValidationError("Give the month too, or leave the day empty.")
    precision = "day" if day else "month" if month else "year"
    if not year.isdecimal() or not 1890 <= int(year) <= 2200:
        raise ValidationError("Give the year in four digits.")
    try:
        return date(int(year), int(month or 1), int(day or 1)), precision
    except ValueError:
        raise ValidationError(
            "There is no such day. Check day, month and year."
        ) from None


def read_clock(text: str) -> time:
    """Return the time of day that *text* says on the 24-hour clock.

    Raises: ValidationError: it says none.
    """
    match = re.fullmatch(r"\s*([01]?\d|2[0-3])[:.h ]?([0-5]\d)\s*", text)
    if match is None:
        raise ValidationError("Give the time as 14:05, on the 24-hour clock.")
    return time(int(match[1]), int(match[2]))


def local_time(on: date, at: time, zone: str) -> datetime:
    """Return the moment that a wall clock in *zone* shows as *on*, *at*."""
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone))
