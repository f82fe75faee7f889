"""What was written on an older base: what came in, and what must be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from scamps.actions.saving import EditConflict, NotADraft, Settled, merge_of, settle
from scamps.core.compare import Comparison, compare
from scamps.core.definition import Finding
from scamps.core.merge import Conflict, broken_by
from scamps.models import Arrival, State, Version
from scamps.permissions import may_write
from scamps.views.aftermath import after_save
from scamps.views.found import demand, find_version

TOLD = 3  # so many changes fit into one message


@dataclass(frozen=True)
class Choice:
    """A conflict as it is asked: its number on the page, and what was chosen."""

    number: int
    conflict: Conflict
    chosen: str

    @property
    def field(self) -> str:
        return f"choose:{self.conflict.name}"


@dataclass(frozen=True)
class Outcome:
    """What a settled arrival came to, for its page."""

    came_in: Comparison
    own: Comparison
    broken: list[Finding]


def saved(request: HttpRequest, version: Version, back: str) -> HttpResponse:
    """Go *back* after a save; say what came in, if anything did."""
    if version.arrival is None:
        messages.success(request, "Saved.")
    else:
        messages.success(request, _told(version.arrival))
    after_save(request, version)
    return redirect(back)


def collided(conflict: EditConflict, back: str) -> HttpResponse:
    """Go and choose; afterwards *back*."""
    return redirect(f"{conflict.arrival.get_absolute_url()}?next={back}")


def _told(arrival: Arrival) -> str:
    came = compare(arrival.base.plan, arrival.beside.plan).changes
    said = "; ".join(one.words for one in came[:TOLD])
    more = f"; and {len(came) - TOLD} more" if len(came) > TOLD else ""
    return format_html(
        "Saved, and merged with what was saved meanwhile: {}{}. "
        '<a href="{}">What came in</a>',
        said,
        more,
        arrival.get_absolute_url(),
    )


def arrival(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Show both sides of each conflict; on POST, merge as was chosen."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    rows = version.arrivals.select_related(
        "by", "base", "content", "beside", "result", "settled_by"
    )
    arrival = get_object_or_404(rows, pk=pk)
    arrival.version = version
    if arrival.settled_at or version.current_state != State.DRAFT:
        return _settled(request, arrival)
    if request.method == "POST":
        return _choose(request, arrival)
    return _page(request, arrival)


def _settled(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    context = _context(request, arrival)
    if arrival.settled_at:
        plans = arrival.base.plan, arrival.beside.plan, arrival.content.plan
        base, beside, content = plans
        context["outcome"] = Outcome(
            compare(base, beside),
            compare(base, content),
            broken_by(arrival.result.plan, beside, content),
        )
    return render(request, "scamps/arrival.html", context)


def _choose(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    chosen = {
        name.removeprefix("choose:"): side
        for name, side in request.POST.items()
        if name.startswith("choose:") and side in ("mine", "theirs")
    }
    try:
        version = settle(
            arrival=arrival,
            choices=chosen,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
        )
    except EditConflict as conflict:
        arrival.version = conflict.version
        return _page(request, arrival, chosen, is_stale=_is_stale(request, conflict))
    except (Settled, NotADraft):
        return redirect(arrival.get_absolute_url())
    return saved(request, version, _back(request, version))


def _is_stale(request: HttpRequest, conflict: EditConflict) -> bool:
    return request.POST.get("seen") != conflict.version.content_id


def _page(
    request: HttpRequest,
    arrival: Arrival,
    chosen: dict[str, str] | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    version = arrival.version
    merged = merge_of(arrival, version, chosen)
    mine, theirs = arrival.sides(version.plan)
    asked = [
        Choice(number, one, (chosen or {}).get(one.name, ""))
        for number, one in enumerate(merged.conflicts, 1)
    ]
    context = _context(request, arrival) | {
        "choices": asked,
        "is_stale": is_stale,
        "both": merged.both,
        "broken": broken_by(merged.plan, mine, theirs),
        "mine": compare(arrival.base.plan, mine),
        "theirs": compare(arrival.base.plan, theirs),
        "problems": []
        if chosen is None
        else [
            (f"choice-{one.number}", f"Choose: {one.conflict.place}")
            for one in asked
            if not one.chosen
        ],
    }
    status = 200 if chosen is None else 409 if is_stale else 422
    return render(request, "scamps/arrival.html", context, status=status)


def _context(request: HttpRequest, arrival: Arrival) -> dict[str, object]:
    is_author = arrival.kind == Arrival.Kind.AUTHOR
    is_own = arrival.by_id == request.user.pk
    written = "What you wrote" if is_own else f"What {arrival.by} wrote"
    return {
        "version": arrival.version,
        "plan": arrival.version.plan,
        "arrival": arrival,
        "mine_words": written if is_author else "This plan",
        "theirs_words": "What is saved" if is_author else "Upstream",
        "back": _back(request, arrival.version),
    }


def _back(request: HttpRequest, version: Version) -> str:
    """Where the author came from, if that is a page of this system."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("scamps:outline", args=[version.scamp.key, version.number])
