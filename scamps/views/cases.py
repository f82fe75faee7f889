"""All cases of a plan: what came of them, what none comes to, in and out as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from scamps.actions.cases import (
    CasesFrozen,
    NameTaken,
    case_of_proof,
    cases_for,
    keep_case,
    may_change_cases,
    replace_cases,
    run_cases,
)
from scamps.core.cases import Case, dump_cases, load_cases, to_stored
from scamps.core.definition import PlanError
from scamps.forms import CasesFileForm
from scamps.models import CaseRevision, CaseSource, Version
from scamps.permissions import may_write
from scamps.views.found import demand, find_version, problems_of

FROZEN = "The cases of this version cannot be changed now."


def cases(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """List the cases with what came of each, and what no case comes to."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    removed = CaseRevision.objects.last_said_for(version).filter(is_removed=True)
    context = {
        "version": version,
        "plan": version.plan,
        "results": run_cases(version),
        "removed": removed.select_related("by"),
        "may_change": may_change_cases(version),
    }
    return render(request, "scamps/cases.html", context)


def download(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The cases as cases.yaml: reading it again gives the same cases."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    text = dump_cases(version.plan, [one.data for one in cases_for(version)])
    name = f'attachment; filename="{key}-{number}-cases.yaml"'
    headers = {"Content-Disposition": name}
    return HttpResponse(
        text, content_type="application/yaml; charset=utf-8", headers=headers
    )


def upload(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show what a file would change of the cases; on a second POST, change it."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    data = request.POST if request.method == "POST" else None
    known = dump_cases(version.plan, [one.data for one in cases_for(version)])
    form = CasesFileForm(data, request.FILES or None, initial={"text": known})
    read: tuple[Case, ...] | None = None
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            read = load_cases(form.cleaned_data["text"], "cases.yaml", version.plan)
        except PlanError as wrong:
            problems = [("id_text", str(one)) for one in wrong.findings]
        if read is not None and request.POST.get("then") == "replace":
            return _replace(request, version, read)
        form = CasesFileForm({"text": form.cleaned_data["text"]})
    context = {
        "version": version,
        "plan": version.plan,
        "form": form,
        "problems": problems or (problems_of(form) if form.is_bound else []),
        "changes": None if read is None else _changes(version, read),
        "may_change": may_change_cases(version),
    }
    status = 422 if context["problems"] else 200
    return render(request, "scamps/cases_file.html", context, status=status)


def _replace(
    request: HttpRequest, version: Version, read: tuple[Case, ...]
) -> HttpResponse:
    try:
        written = replace_cases(
            version=version, cases=read, by=request.user, at=timezone.now()
        )
    except CasesFrozen:
        messages.error(request, FROZEN)
    else:
        messages.success(request, f"{len(written)} changed.")
    return redirect("scamps:cases", version.scamp.key, version.number)


def _changes(version: Version, read: tuple[Case, ...]) -> dict[str, list[str]]:
    """The names of the cases that a file adds, changes, takes away, leaves."""
    before = {one.data["name"]: one.data for one in cases_for(version)}
    after = {one.name: to_stored(one) for one in read}
    both = [name for name in after if name in before]
    return {
        "New": [name for name in after if name not in before],
        "Changed": [name for name in both if after[name] != before[name]],
        "Removed": [name for name in before if name not in after],
        "As they are": [name for name in both if after[name] == before[name]],
    }


@require_POST
def from_proof(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Keep a counter-example patient as a case; its walk is still to be confirmed."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    case = case_of_proof(
        version, request.POST.get("finding", ""), request.POST.get("who", "patient")
    )
    if case is None:
        raise Http404
    try:
        kept = keep_case(
            version=version,
            case=case,
            source=CaseSource.PROOF,
            by=request.user,
            at=timezone.now(),
        )
    except NameTaken:
        messages.info(request, "This patient is among the cases already.")
        return redirect("scamps:cases", key, number)
    except CasesFrozen:
        messages.error(request, FROZEN)
        return redirect("scamps:review", key, number)
    return redirect("scamps:case", key, number, kept.case_id)
