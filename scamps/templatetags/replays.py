"""What a replay over past patients found, as a review shows it."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.permissions import is_only_in_sandbox
from scamps.actions.evidence import standing_before
from scamps.models import Evidence, Version

register = template.Library()


@register.inclusion_tag("scamps/_replay.html", takes_context=True)
def replay_on_file(context: template.Context, version: Version) -> dict[str, Any]:
    """The last replay of this content, of the realm that the reader is known in."""
    sandbox = is_only_in_sandbox(context["request"].user)
    replays = Evidence.objects.filter(
        kind=Evidence.Kind.REPLAY, content=version.content_id, result__sandbox=sandbox
    )
    return {
        "version": version,
        "base": standing_before(version),
        "replay": replays.order_by("-pk").first(),
    }
