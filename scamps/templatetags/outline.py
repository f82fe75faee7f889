"""What the templates of the outline editor ask for."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from scamps.core.edit import Shown

register = template.Library()
# htmx only narrows what is replaced: the whole workbench, which holds form and outline.
SWAP = 'hx-target="#work" hx-select="#work" hx-swap="outerHTML show:none" hx-push-url="true"'


@register.simple_tag
def swap() -> SafeString:
    """The attributes of a link or form that replaces the workbench alone."""
    return mark_safe(SWAP)  # noqa: S308 (a constant)


@register.filter
def described(field: Shown) -> SafeString | str:
    """The attributes that tie a control to its hint and to what is wrong with it."""
    told = [("hint", field.hint), ("errors", field.errors)]
    told.append(("findings", field.findings))
    ids = " ".join(f"{field.id}-{name}" for name, said in told if said)
    if not ids:
        return ""
    invalid = mark_safe(' aria-invalid="true"') if field.errors else ""
    return format_html(' aria-describedby="{}"{}', ids, invalid)
