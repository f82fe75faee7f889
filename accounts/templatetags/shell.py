"""The frame of every page: what the top bar shows, and the way to upper apps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.core.sealing import device_key
from accounts.permissions import is_only_in_sandbox, pages_of

register = template.Library()


@dataclass(frozen=True)
class Entry:
    """One word of the top bar. `current` is what aria-current says, or empty."""

    label: str
    url: str
    current: str


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[Entry]:
    """The entries of the top bar that the user's roles open."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return []
    shown = [
        (settings.NAVIGATION[key][0], page(key), settings.NAVIGATION[key][1])
        for key in pages_of(request.user)
    ]
    here = _section(request, shown)
    return [
        Entry(label, url, _current(request, url) if name == here else "")
        for label, url, name in shown
    ]


def _current(request: HttpRequest, url: str) -> str:
    return "page" if request.path == url else "true"


def _section(request: HttpRequest, shown: list[tuple[str, str, str]]) -> str:
    """The name of the entry this page belongs to: by address, else by app."""
    begins = [
        (len(url), name)
        for _, url, name in shown
        if request.path == url or (url != "/" and request.path.startswith(url))
    ]
    if begins:
        return max(begins)[1]
    match = request.resolver_match
    app = f"{match.namespace}:" if match and match.namespace else None
    return next((name for *_, name in shown if app and name.startswith(app)), "")


@register.simple_tag
def page(key: str, *args: object) -> str:
    """The address of a page in `settings.UPPER_PAGES`, or of an entry of the top bar.

    A lower app links to an upper one with this, never by the upper app's URL name.
    """
    name = settings.UPPER_PAGES.get(key) or settings.NAVIGATION[key][1]
    return reverse(name, args=args)


@register.simple_tag(takes_context=True)
def sandbox_only(context: template.Context) -> bool:
    """Whether everything this user can see is made up."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and is_only_in_sandbox(user))


@register.filter
def styled(field: BoundField) -> str:
    """The field's control with the family's class, and its error or help named."""
    match field.field.widget:
        case CheckboxInput() | RadioSelect():
            name = "form-check-input"
        case Select():
            name = "form-select"
        case _:
            name = "form-control"
    return field.as_widget(attrs={"class": name} | _placeholder(field))


def _placeholder(field: BoundField) -> dict[str, str]:
    """No placeholder repeats a label that stands above the field."""
    return {"placeholder": ""} if "placeholder" in field.field.widget.attrs else {}


@register.simple_tag(takes_context=True)
def device_keys(context: template.Context) -> str:
    """The keys of what the user leaves on this device: today's first, as JSON.

    Older days are as many as KEPT_HOURS can reach back to.
    """
    user, now = context["request"].user, timezone.now()
    reach = range(settings.KEPT_HOURS // 24 + 2)
    days = [(now - timedelta(days=back)).date().isoformat() for back in reach]
    secret = settings.SECRET_KEY
    return json.dumps({day: device_key(secret, user.pk, day) for day in days})


@register.simple_tag
def kept_hours() -> int:
    """How long what could not be saved is kept."""
    return settings.KEPT_HOURS
