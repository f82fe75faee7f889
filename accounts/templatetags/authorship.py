"""`{% csrf_token %}` as every form here has it: with the token of whom it is for."""

from __future__ import annotations

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from accounts.actions.parking import AUTHOR, written_by

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: template.Context) -> str:
    """Django's hidden field, and beside it the form's author (actions/parking.py)."""
    field = CsrfTokenNode().render(context)
    user = getattr(context.get("request"), "user", None)
    if not field or user is None or not user.is_authenticated:
        return field
    hidden = '{}<input type="hidden" name="{}" value="{}">'
    return format_html(hidden, field, AUTHOR, written_by(user))
