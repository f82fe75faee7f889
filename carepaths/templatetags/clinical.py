"""Dates, ages and names as the clinician's pages write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from accounts.models import Site
from carepaths.core.sheet import day_words
from carepaths.models import Identity, Patient

register = template.Library()


@register.filter
def day(value: date | datetime | None, site: Site | None = None) -> str:
    """3 Oct 2026; a moment is dated in the time zone of *site*."""
    if value is None:
        return "undated"
    if isinstance(value, datetime):
        value = _local(value, site).date()
    return day_words(value)


@register.filter
def moment(value: datetime | None, site: Site | None = None) -> str:
    """3 Oct 2026, 14:05 in the time zone of *site*."""
    if value is None:
        return "undated"
    local = _local(value, site)
    return f"{day_words(local.date())}, {local:%H:%M}"


@register.filter
def clock(value: datetime | None, site: Site | None = None) -> str:
    """14:05 in the time zone of *site*."""
    return "" if value is None else f"{_local(value, site):%H:%M}"


def _local(value: datetime, site: Site | None) -> datetime:
    return value.astimezone(ZoneInfo(site.time_zone if site else "UTC"))


@register.filter
def born(identity: Identity) -> str:
    """The birth date as precisely as it is known."""
    match identity.birth_date_precision:
        case "day":
            return f"born {day_words(identity.birth_date)}"
        case "month":
            return f"born {identity.birth_date:%b %Y}"
        case "year":
            return f"born {identity.birth_date.year}"
        case _:
            return "birth date not known"


@register.simple_tag
def person(patient: Patient, at: datetime | str = "") -> str:
    """Sex, age and birth date, as far as known: "girl, 11 years, born 14 Mar 2015".

    The age is that at *at*, or now.
    """
    identity = patient.identity
    on = _local(at or timezone.now(), patient.site).date()
    words = [_sex(identity, on), _age(identity, on), born(identity)]
    return ", ".join(word for word in words if word)


def _sex(identity: Identity, on: date) -> str:
    if identity.sex not in ("female", "male") or identity.birth_date is None:
        return identity.sex
    adult = on.year - identity.birth_date.year >= 18
    if identity.sex == "female":
        return "woman" if adult else "girl"
    return "man" if adult else "boy"


def _age(identity: Identity, on: date) -> str:
    if identity.birth_date is None:
        return ""
    about = "" if identity.birth_date_precision == "day" else "about "
    return about + age_words(identity.birth_date, on)


def age_words(birth: date, on: date) -> str:
    """Say how old somebody born on *birth* is on the day *on*.

    >>> age_words(date(2015, 3, 14), date(2026, 10, 3))
    '11 years'
    >>> age_words(date(2025, 6, 20), date(2026, 10, 3))
    '15 months'
    """
    days = (on - birth).days
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if days < 0:
        return "not yet born"
    if months >= 24:
        return f"{months // 12} years"
    if months >= 3:
        return f"{months} months"
    if days >= 21:
        return f"{days // 7} weeks"
    return f"{days} day{'' if days == 1 else 's'}"


@register.filter
def display_name(identity: Identity) -> str:
    return identity.name or f"No. {identity.record_number}"


@register.filter
def in_english(text) -> str:
    """A plan's text: a string, or a map from language to string."""
    from scamps.core.definition import words

    return words(text, "en") if text else ""


@register.filter
def of(mapping, key):
    """The entry of *mapping* under *key*, or None."""
    return mapping.get(key) if mapping else None
