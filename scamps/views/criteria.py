"""The field of one criterion, read while it is typed; nothing is stored here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from scamps.permissions import may_write
from scamps.templatetags.criteria import CriterionField
from scamps.views.found import demand, find_version

LONGEST = 10_000


@require_POST
def criterion(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say a posted text in English, or what is wrong with it; over the draft as saved."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    field = CriterionField(
        version=version,
        name=request.POST.get("name", "")[:200],
        value=request.POST.get("text", "")[:LONGEST],
        wanted=request.POST.get("wanted", "Boolean"),
        where=request.POST.get("where", "")[:200],
    )
    return render(request, "scamps/_criterion_said.html", {"field": field})
