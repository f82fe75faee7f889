"""Home: what waits for this clinician, and the patients seen last."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Site, User
from accounts.permissions import (
    CLINICAL_ROLES,
    CLINICIAN,
    DATA_MANAGER,
    has_any_role,
)
from carepaths.core.waiting import departures, sentence
from carepaths.models import Decision, Encounter, Opportunity, Patient, Task
from carepaths.views.enrolments import DECLINED, eligible_rows
from carepaths.views.merging import merges_to_decide
from carepaths.views.recalls import recalls_to_review
from carepaths.views.signed import action_of
from carepaths.views.taskrows import TaskRow, rows_of
from scamps.core.definition import words

SHOWN = 50
AT_FIRST = 8  # tasks of a section; the rest is one tap away
ON_A_PAGE = 25
SCOPES = {
    "mine": "Mine",
    "site": "My site's",
    "week": "All due this week",
    "nobody": "Nobody's",
}
SECTIONS = {
    "due": ("Visits and tests, due or overdue", ""),
    "decisions": ("Decisions put off", "You deferred these until a day that has come."),
    "changed": (
        "Advice that changed",
        "An amendment changed what the advice or a later visit rests on.",
    ),
    "results": ("Results to come", ""),
    "outcomes": (
        "Outcomes to record",
        "Their window has closed and nobody told what became of the patient.",
    ),
    "coming": ("Later", "Not yet: each shows the first day it can be done."),
}


def worklist(request: HttpRequest) -> HttpResponse:
    """Show drafts, reasons, tasks, who may be enrolled, and recent patients."""
    user = request.user
    drafts, reasons = _drafts(user), _reasons(user)
    eligible = eligible_rows(user, SHOWN)
    scope = request.GET.get("show", "mine")
    scope = scope if scope in SCOPES else "mine"
    tasks = _in_scope(user, scope)
    counts = _counts(tasks)
    known = {key: each["n"] for key, each in counts.items()}
    overdue = sum(each["overdue"] for each in counts.values())
    begun = sum(known.get(key, 0) for key in ("due", "decisions")) - overdue
    told = {"drafts": len(drafts), "reasons": len(reasons), "eligible": len(eligible)}
    section = request.GET.get("section", "")
    context = {
        "sentence": sentence({**known, **told, "overdue": overdue, "due": begun}),
        "drafts": drafts,
        "reasons": reasons,
        "departures": _departures(user) if reasons else "",
        "scope": scope,
        "scopes": SCOPES,
        "one_section": section if section in SECTIONS else "",
        "sections": _sections(user, tasks, known, section, request.GET.get("page")),
        "nobodys": _nobodys(user) if scope == "mine" else 0,
        "eligible": eligible,
        "decline_reasons": DECLINED,
        "merges": merges_to_decide(user),
        "recalls": recalls_to_review(user),
        "recent": Patient.objects.visible_to(user).last_seen_by(user),
        "sees_patients": has_any_role(user, CLINICAL_ROLES),
        "may_register": Site.objects.open_to(user, CLINICIAN, DATA_MANAGER).exists(),
    }
    return render(request, "carepaths/worklist.html", context)


def _drafts(user: User) -> QuerySet[Encounter]:
    drafts = Encounter.objects.visible_to(user).drafts().worked_on_by(user)
    related = drafts.select_related(
        "enrolment__patient__identity", "version__scamp", "site", "edited_by"
    )
    return related.defer("answers", "intentions").order_by("-edited_at")[:SHOWN]


def _reasons(user: User) -> list[dict[str, Any]]:
    """What *user* signed as deviated and gave no reason for yet, the oldest first."""
    mine = Opportunity.objects.visible_to(user).filter(encounter__signed_by=user)
    found = (
        mine.without_reason(timezone.now())
        .select_related("encounter__enrolment__patient__identity", "encounter__site")
        .select_related("encounter__version__scamp", "encounter__version__content")
        .order_by("encounter__signed_at")[:SHOWN]
    )
    return [
        {"opportunity": one, "words": words(action_of(one.encounter, one).words, "en")}
        for one in found
    ]


def _departures(user: User) -> str:
    """The share without a reason, for the eyes of its owner only."""
    counted = Decision.objects.departures_of(user).aggregate(
        total=Count("pk"), without=Count("pk", filter=Q(reason=""))
    )
    return departures(counted["without"], counted["total"])


def _in_scope(user: User, scope: str) -> QuerySet[Task]:
    tasks = Task.objects.visible_to(user).waiting(timezone.now())
    match scope:
        case "mine":
            return tasks.filter(holder=user.pk)
        case "week":
            return tasks.this_week()
        case "nobody":
            return tasks.filter(is_owned=False)
    return tasks


def _counts(tasks: QuerySet[Task]) -> dict[str, dict[str, int]]:
    late = Count("pk", filter=Q(until_on__lt=F("today")))
    rows = tasks.order_by().values("section").annotate(n=Count("pk"), overdue=late)
    return {row["section"]: row for row in rows}


def _nobodys(user: User) -> int:
    """Tasks here whose owner is nobody, or works here no more: they must not be lost."""
    return _in_scope(user, "nobody").count()


def _sections(
    user: User,
    tasks: QuerySet[Task],
    counts: dict[str, int],
    only: str,
    page: str | None,
) -> list[dict[str, Any]]:
    """The sections that have tasks: the first of each, or all of one, in pages."""
    related = tasks.select_related(
        "enrolment__patient__identity", "enrolment__patient__site", "enrolment__scamp"
    )
    if only in SECTIONS:
        mine = related.filter(section=only).order_by("last_day", "pk")
        found: Page = Paginator(mine, ON_A_PAGE).get_page(page)
        return [_section(only, counts, rows_of(found, user), found)]
    rows = rows_of(related.first_of_each(AT_FIRST), user)
    return [
        _section(key, counts, [row for row in rows if row.task.section == key])
        for key in SECTIONS
        if counts.get(key)
    ]


def _section(
    key: str, counts: dict[str, int], rows: list[TaskRow], page: Page | None = None
) -> dict[str, Any]:
    title, note = SECTIONS[key]
    total = counts.get(key, 0)
    more = page is None and total > len(rows)
    return {
        "key": key,
        "title": title,
        "note": note,
        "rows": rows,
        "page": page,
        "total": total,
        "more": more,
    }
