"""The field of one criterion, read while it is typed; nothing is stored here."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from scamps.core.judge import plain
from scamps.core.judge.names import names_at
from scamps.core.rows import Group, write
from scamps.core.rows.moving import changed
from scamps.core.rows.posted import posted
from scamps.core.rows.shown import fitted
from scamps.models import Version
from scamps.permissions import may_write
from scamps.templatetags.criteria import CriterionField
from scamps.views.found import demand, find_version

LONGEST = 10_000  # characters of a criterion in a plan
ROWS = ("r-", "r.")


@require_POST
def criterion(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say a text, or rows, in English, or what is wrong; over the draft as saved."""
    version = _draft(request, key, number)
    asked = request.POST
    field = _field(version, asked, text=asked.get("text", ""))
    if "r.kind" in asked:
        field = _from_rows(field, asked)
    elif asked.get("cursor", "").isdecimal():
        field = replace(field, cursor=min(int(asked["cursor"]), len(field.value)))
    return render(request, "scamps/_criterion_live.html", {"field": field})


@require_POST
def rows(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Put a criterion together from rows, on a page of its own for want of a script.

    The other fields of the form that it comes from are carried along, and go back.
    """
    version = _draft(request, key, number)
    field = _field(version, request.GET, text=request.POST.get(request.GET.get("name")))
    if "r.kind" in request.POST:
        field = _from_rows(field, request.POST)
    own = {field.name, "csrfmiddlewaretoken", "do", "back", "then"}
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in own and not name.startswith(ROWS)
    ]
    context = {
        "version": version,
        "plan": version.plan,
        "field": field,
        "carried": carried,
        "back": _back(request),
    }
    return render(request, "scamps/rows.html", context)


def _draft(request: HttpRequest, key: str, number: int) -> Version:
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    return version


def _field(version: Version, told: QueryDict, text: str | None) -> CriterionField:
    return CriterionField(
        version=version,
        name=told.get("name", "")[:200],
        value=plain(text or "")[:LONGEST],
        wanted=told.get("wanted", "Boolean"),
        where=told.get("where", "")[:200],
        label=told.get("label", "")[:200],
    )


def _from_rows(field: CriterionField, sent: QueryDict) -> CriterionField:
    """The field with what its rows say; its text stays while some are not complete."""
    plan = field.version.plan
    root = posted(dict(sent.lists()))
    verb, _, path = sent.get("do", "").partition(" ")
    places = tuple(int(part) for part in path.split("-")[1:] if part.isdecimal())
    moved = changed(root if isinstance(root, Group) else Group("all"), verb, places)
    item = fitted(moved.root, plan, field.where)
    written = write(item, names_at(plan, field.where))
    touched = "-".join(["r", *map(str, moved.at)]) if verb else ""
    return replace(
        field,
        value=field.value if written.problems else written.text,
        rows=item if isinstance(item, Group) else None,
        problems=written.problems,
        touched=touched,
    )


def _back(request: HttpRequest) -> str:
    """The page that the form came from, if it is one of ours."""
    address = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if safe and address.startswith("/") else ""
