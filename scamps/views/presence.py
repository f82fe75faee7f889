"""Who else is at a draft now, and at which part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from scamps.actions.presence import be_here
from scamps.core.compare.called import part_called
from scamps.models import Presence, Version
from scamps.permissions import may_write
from scamps.views.found import demand, find_version


@dataclass(frozen=True)
class Other:
    """Somebody else who is at the draft: *section* and *key* are empty at the whole."""

    name: str
    at: datetime
    section: str
    key: str
    place: str


def others_here(
    request: HttpRequest, version: Version, section: str = "", key: str = ""
) -> list[Other]:
    """Note that the user is at this part of the draft; name the others who are there."""
    now = timezone.now()
    part = "/".join(filter(None, (section, key)))
    be_here(version=version, part=part, by=request.user, at=now)
    beside = Presence.objects.beside(request.user, version, now)
    return [_other(one, version) for one in beside]


def _other(here: Presence, version: Version) -> Other:
    section, _, key = here.part.partition("/")
    place = part_called(version.plan, section, key)
    return Other(str(here.user), here.at, section, key, place)


@require_POST
def presence(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One beat of an open page: who else is there."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    part = (request.POST.get("section", "")[:30], request.POST.get("key", "")[:63])
    others = others_here(request, version, *part)
    context = {"version": version, "others": others}
    return render(request, "scamps/_present.html", context)
