"""Plans as clinicians and committees read them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from scamps.actions.states import MOVES
from scamps.core.compare import compare
from scamps.core.definition.exchange import yaml_file
from scamps.core.sheets import sheets
from scamps.models import State, Version
from scamps.permissions import (
    has_seat,
    may_adopt,
    may_begin,
    may_read_reports,
    may_recall,
    may_write,
)


def scamps(request: HttpRequest) -> HttpResponse:
    """List the plans, each by the version that stands for it."""
    visible = Version.objects.visible_to(request.user)
    context = {
        "versions": visible.with_content().standing().with_alerts(),
        "may_begin": may_begin(request.user),
    }
    return render(request, "scamps/scamps.html", context)


def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show one version whole: whom it is for, its tree, its steps, its evidence."""
    visible = Version.objects.visible_to(request.user).with_content()
    version = get_object_or_404(visible, scamp__key=key, number=number)
    others = version.scamp.versions.with_state().exclude(pk=version.pk)
    context = {
        "version": version,
        "plan": version.plan,
        "others": others.order_by("-number"),
        "transitions": version.transitions.newest_first(),
        "may_read_reports": may_read_reports(request.user),
        "has_seat": has_seat(request.user, version.scamp),
        "alerts": list(version.scamp.alerts.standing_on(version.number)),
        "may_write": may_write(request.user, version.scamp),
        "may_recall": State.RECALLED in MOVES.get(version.state, ())
        and may_recall(request.user, version),
        "adoption": (adoption := version.scamp.adoptions.merged().first()),
        "may_adopt": version.state == State.ACTIVE
        and adoption is None
        and may_adopt(request.user, version),
    }
    return render(request, "scamps/version.html", context)


def changes(request: HttpRequest, key: str, number: int, earlier: int) -> HttpResponse:
    """Show what differs between two versions, by what each difference does."""
    visible = Version.objects.visible_to(request.user).with_content()
    version = get_object_or_404(visible, scamp__key=key, number=number)
    before = get_object_or_404(visible, scamp__key=key, number=earlier)
    comparison = compare(before.plan, version.plan)
    context = {
        "version": version,
        "before": before,
        "plan": version.plan,
        "comparison": comparison,
    }
    return render(request, "scamps/changes.html", context)


def document(request: HttpRequest, key: str, number: int, form: str) -> HttpResponse:
    """The document of a version as a file: YAML for people, or JSON as it is hashed."""
    visible = Version.objects.visible_to(request.user).with_content()
    version = get_object_or_404(visible, scamp__key=key, number=number)
    match form:
        case "yaml":
            body = yaml_file(version.plan, " ".join(str(version).split()))
            kind = "application/yaml; charset=utf-8"
        case "json":
            body, kind = version.content.text, "application/json"
        case _:
            raise Http404
    name = f"{key}-{number}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": f'"{version.content_id}"',
    }
    return HttpResponse(body, content_type=kind, headers=headers)


def tree(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the tree of a version alone; `?sheets` cuts it into sheets of paper."""
    visible = Version.objects.visible_to(request.user).with_content()
    version = get_object_or_404(visible, scamp__key=key, number=number)
    drawing = version.drawing
    context = {
        "version": version,
        "plan": version.plan,
        "drawing": drawing,
        "sheets": sheets(drawing),
        "is_cut": "sheets" in request.GET,
    }
    return render(request, "scamps/tree.html", context)
