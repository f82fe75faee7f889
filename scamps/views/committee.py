"""Who sits on a plan's committee, and how many of them must approve a version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import AccessEvent
from scamps.actions.committee import (
    TooFewMembers,
    UnderReview,
    members_of,
    set_quorum,
)
from scamps.forms import QuorumForm
from scamps.models import Scamp, Seat
from scamps.permissions import may_set_quorum, may_write
from scamps.views.found import demand, problems_of


def committee(request: HttpRequest, key: str) -> HttpResponse:
    """Show the seats and the quorum; on POST, set the quorum."""
    scamp = get_object_or_404(Scamp.objects.visible_to(request.user), key=key)
    demand(may_write(request.user, scamp))
    may_set = may_set_quorum(request.user, scamp)
    form = QuorumForm(request.POST or None, initial={"quorum": scamp.quorum})
    if request.method == "POST":
        demand(may_set)
        if form.is_valid() and _set(request, scamp, form):
            return redirect("scamps:committee", key)
    seats = Seat.objects.current().filter(scamp=scamp).select_related("user", "role")
    context = {
        "scamp": scamp,
        "seats": seats.order_by("role__name", "-is_chair", "user__name"),
        "members": members_of(scamp),
        "changes": _changes(scamp),
        "alerts": scamp.alerts.open(),
        "may_set": may_set,
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scamps/committee.html", context, status=status)


def _set(request: HttpRequest, scamp: Scamp, form: QuorumForm) -> bool:
    """Set the quorum; what stands against it is said beside its field."""
    told = form.cleaned_data
    try:
        set_quorum(scamp=scamp, by=request.user, at=timezone.now(), **told)
    except UnderReview:
        said = "A version is in review. The rules change before it, or after it."
        form.add_error("quorum", said)
    except TooFewMembers as few:
        said = f"Only {few.members} sit on the committee: enter at most {few.members}."
        form.add_error("quorum", said)
    else:
        messages.success(request, f"From now on {told['quorum']} must approve.")
        return True
    return False


def _changes(scamp: Scamp) -> list[AccessEvent]:
    """Each change of the quorum, the last first."""
    events = AccessEvent.objects.filter(
        subject="scamp", subject_id=str(scamp.pk), verb="set the quorum"
    )
    return list(events.select_related("user").order_by("-pk")[:20])
