"""A recall's worklist: whom the version reached, who looks at each, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import is_clinical, is_only_in_sandbox
from accounts.trail import record
from carepaths.actions import recalls as actions
from carepaths.actions.recalls import LeftOpen
from carepaths.forms.recalls import CloseForm
from carepaths.models import Reached
from carepaths.models.recalls import ReachedQuerySet
from carepaths.permissions import may_read_recall, may_review_recall
from carepaths.views.standing import recall_of
from carepaths.views.subjects import refusals_as_pages
from carepaths.views.taskrows import owner_words
from scamps.models import State, Version
from scamps.permissions import has_seat
from scamps.views.found import demand, problems_of

ON_A_PAGE = 25
SCOPES = {
    "open": "To look at",
    "mine": "Mine",
    "nobody": "Nobody's",
    "closed": "Closed",
}
LEFT = "Drafts or tasks of somebody chosen stay open: say that you looked at them."


@dataclass(frozen=True)
class Row:
    """One patient in the list."""

    patient: Reached
    owner: str
    may_review: bool


@dataclass(frozen=True)
class Progress:
    """How many of a site's patients are closed."""

    site: str
    is_sandbox: bool
    total: int
    closed: int

    @property
    def left(self) -> int:
        return self.total - self.closed


@refusals_as_pages
def recall(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """List the patients to look at, and how far each site is; POST: close several."""
    version = find_recalled(request, key, number)
    data = request.POST if request.method == "POST" else None
    form = CloseForm(data, auto_id="close-%s")
    problems = []
    if form.is_bound:
        chosen = _chosen(request, version)
        problems = problems_of(form)
        if not chosen:
            problems.append(("patients", "Choose the patients to close."))
        if not problems and not (problems := _close(request, version, chosen, form)):
            return redirect(request.get_full_path())
    context = _list(request, version) | {
        "form": form,
        "problems": problems,
        "chosen": request.POST.getlist("patients"),
    }
    status = 422 if problems else 200
    return render(request, "carepaths/recall.html", context, status=status)


def find_recalled(request: HttpRequest, key: str, number: int) -> Version:
    """The recalled version of this address, if the user may know of its recall."""
    visible = Version.objects.visible_to(request.user).with_content()
    version = get_object_or_404(visible, scamp__key=key, number=number)
    demand(may_read_recall(request.user, version))
    if recall_of(version) is None:
        raise Http404("Not recalled")
    return version


def _chosen(request: HttpRequest, version: Version) -> list[Reached]:
    keys = [one for one in request.POST.getlist("patients") if one.isdecimal()]
    found = Reached.objects.to_review(version).visible_to(request.user)
    chosen = list(found.filter(pk__in=keys[:ON_A_PAGE]).select_related("site"))
    demand(all(may_review_recall(request.user, one) for one in chosen))
    return chosen


def _close(
    request: HttpRequest, version: Version, chosen: list[Reached], form: CloseForm
) -> list[tuple[str, str]]:
    """Close the reviews; return what stands against it."""
    told = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
    try:
        actions.close_reviews(version=version, patients=chosen, **told)
    except LeftOpen:
        return [("close-leaves_open", LEFT)]
    for one in chosen:
        record(request.user, "closed a recall of", one, one.site)
    messages.success(request, f"{len(chosen)} closed.")
    return []


def _list(request: HttpRequest, version: Version) -> dict[str, Any]:
    user = request.user
    scope = request.GET.get("show", "open")
    scope = scope if scope in SCOPES else "open"
    mine = Reached.objects.visible_to(user)
    found = mine.by(version).with_review(version, timezone.now())
    related = _in_scope(found, scope, user).select_related("identity", "site")
    page = Paginator(related.in_order(), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, user)
    return {
        "version": version,
        "recalled": recall_of(version),
        "progress": progress(version, user),
        "sees_patients": is_clinical(user),
        "scope": scope,
        "scopes": SCOPES,
        "rows": rows,
        "page": page,
        "may_close": any(row.may_review for row in rows) and scope != "closed",
    }


def _in_scope(found: ReachedQuerySet, scope: str, user: User) -> ReachedQuerySet:
    match scope:
        case "closed":
            return found.filter(is_closed=True)
        case "mine":
            return found.filter(is_closed=False, holder=user.pk)
        case "nobody":
            return found.filter(is_closed=False, is_owned=False)
    return found.filter(is_closed=False)


def rows_of(patients: Any, user: User) -> list[Row]:
    """The rows of *patients*, which carry what `with_review` gives them."""
    patients = list(patients)
    owners = User.objects.in_bulk({one.holder for one in patients if one.holder})
    return [
        Row(
            one,
            owner_words(owners.get(one.holder), one.is_owned, one.holder == user.pk),
            may_review_recall(user, one),
        )
        for one in patients
    ]


def progress(version: Version, user: User) -> list[Progress]:
    """How far the sites are: one's own; whoever sits on the Scamp sees all.

    Made-up and real patients are never shown together.
    """
    reached = Reached.objects.all()
    if has_seat(user, version.scamp):
        made_up = is_only_in_sandbox(user)
        reached = reached.sandbox() if made_up else reached.real()
    else:
        reached = reached.visible_to(user)
    return [
        Progress(
            row["site__name"], row["site__is_sandbox"], row["total"], row["closed"]
        )
        for row in reached.by_site(version)
    ]


def recalls_to_review(user: User) -> list[tuple[Version, int]]:
    """Recalled versions that reached patients of *user*, with how many are open."""
    recalled = Version.objects.in_state(State.RECALLED).select_related("scamp")
    mine = Reached.objects.visible_to(user)
    counted = [(one, mine.to_review(one).count()) for one in recalled.order_by("-pk")]
    return [(version, count) for version, count in counted if count]
