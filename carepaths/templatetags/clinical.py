"""Dates, ages and names as the clinician's pages write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Site
from carepaths.core.advised import AdvisedAction
from carepaths.core.basis import Marked
from carepaths.core.lifetime import age_words
from carepaths.core.mark import icon_address, initials, mark_svg
from carepaths.core.said import day_words
from carepaths.core.sheet import Item
from carepaths.models import Encounter, Identity, Patient, Remark, RemarkKind
from scamps.models import Version

register = template.Library()

ANSWERS_DAYS, ANSWERS_SHOWN = 30, 5


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
def visited(encounter: Encounter) -> str:
    """When the visit was, as precisely as it is known: 3 Oct 2026, 14:05."""
    if encounter.visit_to_the_day:
        return day(encounter.visit_time, encounter.site)
    return moment(encounter.visit_time, encounter.site)


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


@register.simple_tag
def person_in_full(patient: Patient, at: datetime | str = "") -> str:
    """As `person`, but nothing is left out: what is not known is said.

    Where the age was another at *at*, both stand there.
    """
    identity, today = patient.identity, _local(timezone.now(), patient.site).date()
    then = _local(at, patient.site).date() if at else today
    now, before = _age(identity, today), _age(identity, then)
    age = now if now == before else f"{before} at the visit, {now} today"
    words = [_sex(identity, then) or "sex not known", age, born(identity)]
    return ", ".join(word for word in words if word)


@register.simple_tag
def mark(patient: Patient) -> SafeString:
    """The patient's mark: initials, tint and pattern."""
    return mark_safe(mark_svg(patient.pk, _initials(patient)))  # noqa: S308  escaped there


@register.simple_tag
def mark_icon(patient: Patient) -> str:
    """The patient's mark, as the address of the tab's icon."""
    return icon_address(patient.pk, _initials(patient))


def _initials(patient: Patient) -> str:
    return initials(patient.identity.name, patient.identity.record_number)


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


@register.filter
def display_name(identity: Identity) -> str:
    return identity.name or f"No. {identity.record_number}"


@register.simple_tag(takes_context=True)
def own_remarks(context: template.Context, encounter: Encounter) -> dict:
    """What the user told the committee about this version, by node; mostly nothing."""
    user, found = context["request"].user, {}
    if not getattr(encounter, "has_told", True):
        return found
    for told in Remark.objects.told_at(encounter, user):
        found.setdefault(told.node, []).append(told)
    return found


@register.simple_tag
def remark_kinds() -> list[tuple[str, str]]:
    """What can be told in one tap; "something else" needs words, and so a page."""
    return [(k, label) for k, label in RemarkKind.choices if k != RemarkKind.OTHER]


@register.simple_tag(takes_context=True)
def committee_answers(context: template.Context) -> list[Remark]:
    """What committees answered to the user in the last weeks, latest first."""
    since = timezone.now() - timedelta(days=ANSWERS_DAYS)
    answered = Remark.objects.answered_to(context["request"].user)
    recent = answered.filter(answered_at__gte=since)
    return list(recent.select_related("version__scamp")[:ANSWERS_SHOWN])


@register.filter
def in_english(text) -> str:
    """A plan's text: a string, or a map from language to string."""
    from scamps.core.definition import words

    return words(text, "en") if text else ""


@register.simple_tag
def question(item: Item) -> SafeString:
    """One question of the form. What is the same was rendered before: a form is mostly
    questions that nobody has touched. Words that somebody wrote are not kept."""
    if item.element.type == "text":
        return _rendered(item)
    return _kept(item)


@register.simple_tag
@lru_cache(maxsize=512)
def small_map(marked: Marked) -> SafeString:
    """The small map of the way; a plan has few ways, so each is drawn once."""
    return mark_safe(render_to_string("carepaths/_map.html", {"map": marked}))  # noqa: S308 (a template's own output)


@register.simple_tag
def action_with_decision(advised: AdvisedAction) -> SafeString:
    """One advised action and the controls to decide about it; kept as questions are."""
    if advised.intention.get("words"):
        return _action(advised)
    return _kept_action(replace(advised, intention=dict(advised.intention)))


def _action(advised: AdvisedAction) -> SafeString:
    page = {"advised": advised, "may_edit": True}
    return mark_safe(render_to_string("carepaths/_action.html", page))  # noqa: S308 (a template's own output)


_kept_action = lru_cache(maxsize=1024)(_action)


@register.simple_tag
def basis(version: Version) -> SafeString:
    """On what advice rests; a version that patients are on never changes."""
    return _kept_basis(version, version.content_id)


@lru_cache(maxsize=64)
def _kept_basis(version: Version, content: int) -> SafeString:
    page = {"version": version}
    return mark_safe(render_to_string("carepaths/_basis.html", page))  # noqa: S308 (a template's own output)


def _rendered(item: Item) -> SafeString:
    return mark_safe(render_to_string("carepaths/_item.html", {"item": item}))  # noqa: S308 (a template's own output)


_kept = lru_cache(maxsize=4096)(_rendered)


@register.filter
def of(mapping, key):
    """The entry of *mapping* under *key*, or None."""
    return mapping.get(key) if mapping else None
