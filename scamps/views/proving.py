"""Proving a draft before its review, so that its counter-examples can be tried."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from scamps.actions.proofs import attach_proof
from scamps.core.definition import findings
from scamps.permissions import may_write
from scamps.views.found import demand, find_version


@require_POST
def prove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Prove the content as it is saved, and show what was found. Takes seconds."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    wrong = [one for one in findings(version.plan) if one.level == "error"]
    if wrong:
        said = "error stands" if len(wrong) == 1 else "errors stand"
        messages.error(request, f"{len(wrong)} {said} in the way: put right first.")
    else:
        attach_proof(version=version, by=request.user, at=timezone.now())
    return redirect(reverse("scamps:review", args=[key, number]) + "#proof")
