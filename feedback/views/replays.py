"""The replay of a version over past encounters: asked for, followed, read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.trail import record
from feedback.actions.runs import (
    AlreadyEnded,
    CannotReplay,
    cancel_replay,
    start_replay,
)
from feedback.core.impact import LEAST, page_of_replay
from feedback.models import ReplayRun, RunState
from feedback.permissions import may_read_replay, may_replay
from feedback.tasks import run_replay
from scamps.actions.evidence import standing_before
from scamps.models import Version
from scamps.views.found import find_version

ON_A_PAGE = 25
SMALL = 5  # fewer others than that are not told apart


def _version(request: HttpRequest, key: str, number: int) -> Version:
    version = find_version(request, key, number)
    if not may_replay(request.user, version.scamp):
        raise PermissionDenied
    return version


def _runs(request: HttpRequest, version: Version) -> list[ReplayRun]:
    """Replays of what the version is now, that the reader may read, the latest first."""
    runs = ReplayRun.objects.of(version).select_related("version__scamp", "evidence")
    return [run for run in runs[:20] if may_read_replay(request.user, run)]


def replay(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What the version would have advised to past patients; asked: "origin"."""
    version = _version(request, key, number)
    runs = _runs(request, version)
    done = next((run for run in runs if run.state == RunState.DONE), None)
    context: dict[str, Any] = {
        "version": version,
        "plan": version.plan,
        "base": standing_before(version),
        "run": runs[0] if runs else None,
        "done": done,
        "least": LEAST,
    }
    return render(
        request,
        "feedback/replay.html",
        context | (_found(request, done) if done else {}),
    )


def _found(request: HttpRequest, done: ReplayRun) -> dict[str, Any]:
    result = done.evidence.result
    origins = {one["origin"]: one for one in result["origins"]}
    asked = request.GET.get("origin", next(iter(origins), ""))
    if asked and asked not in origins:
        raise Http404
    if not origins:
        return {"result": result, "page": None}
    page = page_of_replay(origins[asked], result["names"], done.version.plan)
    listed = done.otherwise.filter(encounter__origin=asked)
    seen = listed.visible_to(request.user).count() if page.otherwise else 0
    return {
        "result": result,
        "origins": list(origins),
        "page": page,
        "seen": seen,
        "unseen": _rounded(page.otherwise - seen),
    }


def _rounded(count: int) -> str:
    """Those one may not open, not to the one."""
    if 0 < count < SMALL:
        return f"fewer than {SMALL}"
    return f"about {SMALL * round(count / SMALL):,}" if count else ""


def state(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """How far the replay has come: a fragment that its page asks for again."""
    version = _version(request, key, number)
    runs = _runs(request, version)
    context = {"version": version, "run": runs[0] if runs else None}
    response = render(request, "feedback/_replay_state.html", context)
    if not (runs and runs[0].is_unfinished):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def start(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Ask for a replay; a worker begins it at once."""
    version = _version(request, key, number)
    try:
        run = start_replay(version=version, by=request.user, at=timezone.now())
    except CannotReplay as refused:
        messages.error(request, f"It cannot be replayed. {refused}")
    else:
        run_replay.delay_on_commit(run.pk)
    return redirect("feedback:replay", key, number)


@require_POST
def cancel(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Cancel the replay that is under way."""
    version = _version(request, key, number)
    under_way = [run for run in _runs(request, version) if run.is_unfinished]
    try:
        for run in under_way:
            cancel_replay(run=run, by=request.user, at=timezone.now())
    except AlreadyEnded:
        messages.info(request, "It had already come to its end.")
    return redirect("feedback:replay", key, number)


def otherwise(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The patients who would have been advised otherwise: those the reader may open."""
    version = _version(request, key, number)
    done = next((r for r in _runs(request, version) if r.state == RunState.DONE), None)
    if done is None:
        raise Http404
    listed = done.otherwise.visible_to(request.user).order_by("-encounter")
    if origin := request.GET.get("origin"):
        listed = listed.filter(encounter__origin=origin)
    related = listed.select_related(
        "encounter__enrolment__patient__identity",
        "encounter__enrolment__patient__site",
        "encounter__version__content",
        "encounter__version__scamp",
        "encounter__site",
    )
    rows = Paginator(related, ON_A_PAGE).get_page(request.GET.get("page"))
    names = done.evidence.result["names"]
    for row in rows:
        row.no_more = [names["advice"].get(key, key) for key in row.lost]
        row.instead = [names["advice"].get(key, key) for key in row.gained]
    record(request.user, "saw", version, what="patients advised otherwise")
    context = {
        "version": version,
        "plan": version.plan,
        "rows": rows,
        "names": names["nodes"],
        "origin": origin,
    }
    return render(request, "feedback/replay_patients.html", context)
