"""The committee's pages: which reports there are, and each of them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import is_only_in_sandbox
from accounts.trail import record
from feedback.actions.live import counted_at, live_report, waiting
from feedback.actions.reports import compute, freeze
from feedback.actions.subjects import NothingToRead, Subject, subject_of
from feedback.core.export import TABLES, as_csv
from feedback.core.present import page_of
from feedback.models import Report, Rollup
from feedback.permissions import may_export_exact, may_freeze, sites_of_report
from scamps.models import Scamp


def _subject(request: HttpRequest, key: str, number: int) -> Subject:
    try:
        return subject_of(user=request.user, key=key, number=number, asked=request.GET)
    except NothingToRead as nothing:
        raise Http404 from nothing


def reports(request: HttpRequest) -> HttpResponse:
    """Every plan the user may read about, with what is known of each version."""
    sandbox = "sandbox" in request.GET or is_only_in_sandbox(request.user)
    rows = []
    for scamp in Scamp.objects.visible_to(request.user):
        sites = sites_of_report(request.user, scamp, sandbox=sandbox)
        lines = Rollup.objects.encounters_by_version(scamp, sites)
        frozen = [r for r in scamp.reports.all() if _may_read(request, r)]
        rows.append({"scamp": scamp, "lines": lines, "frozen": frozen})
    return render(request, "feedback/reports.html", {"rows": rows, "sandbox": sandbox})


def report(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The live report: what the roll-ups say now."""
    subject = _subject(request, key, number)
    now = timezone.now()
    found = live_report(
        version=subject.version, sites=subject.sites, origin=subject.origin, at=now
    )
    context = _context(subject, found) | {
        "age": _age(subject),
        "may_freeze": may_freeze(request.user, subject.scamp),
        "may_export_exact": may_export_exact(request.user, subject.scamp),
        "other_origins": [o for o in subject.origins if o != subject.origin],
    }
    return render(request, "feedback/report.html", context)


def age(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """How old the figures are: a fragment that the report page asks for again."""
    subject = _subject(request, key, number)
    context = {"subject": subject, "age": _age(subject)}
    return render(request, "feedback/_age.html", context)


def report_csv(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One table of the report; small counts are rounded unless asked otherwise."""
    subject = _subject(request, key, number)
    exact = request.GET.get("counts") == "exact"
    if exact and not may_export_exact(request.user, subject.scamp):
        raise PermissionDenied
    table = request.GET.get("table", "opportunities")
    if table not in TABLES:
        raise Http404
    found = live_report(
        version=subject.version,
        sites=subject.sites,
        origin=subject.origin,
        at=timezone.now(),
    )
    detail = {"table": table, "origin": subject.origin, "exact": exact}
    record(request.user, "exported", subject.version, **detail)
    name = f"{key}-{number}-{subject.origin}-{table}{'' if exact else '-rounded'}.csv"
    return HttpResponse(
        as_csv(found, table, exact=exact),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
def freeze_report(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Compute the report from the rows, as known now, and keep it."""
    subject = _subject(request, key, number)
    if not may_freeze(request.user, subject.scamp):
        raise PermissionDenied
    what = {"version": subject.version, "sites": subject.sites}
    found = compute(origin=subject.origin, **what)
    kept = freeze(report=found, by=request.user, at=timezone.now(), **what)
    record(request.user, "froze", kept)
    return redirect("feedback:frozen", kept.pk)


def frozen(request: HttpRequest, pk: int) -> HttpResponse:
    """A frozen report, exactly as it was."""
    kept = get_object_or_404(Report.objects.select_related("scamp", "by"), pk=pk)
    if not _may_read(request, kept):
        raise Http404
    version = kept.scamp.versions.select_related("scamp", "content").get(
        number=kept.versions[0]["number"]
    )
    context = {
        "version": version,
        "frozen": kept,
        "page": page_of(version.plan, kept.numbers),
        "sandbox": kept.filters["sandbox"],
        "sites": kept.filters["sites"],
        "query": "",
    }
    return render(request, "feedback/report.html", context)


def _may_read(request: HttpRequest, kept: Report) -> bool:
    """Whoever may see every site that a frozen report counts may read it."""
    realm = kept.filters["sandbox"]
    mine = sites_of_report(request.user, kept.scamp, sandbox=realm)
    return set(kept.filters["sites"]) <= set(mine.values_list("key", flat=True))


def _context(subject: Subject, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "subject": subject,
        "version": subject.version,
        "page": page_of(subject.version.plan, found),
        "sandbox": subject.sandbox,
        "sites": [site.name for site in subject.sites],
        "query": subject.query,
        "tables": TABLES,
    }


def _age(subject: Subject) -> dict[str, Any]:
    return {
        "counted_at": counted_at(subject.version, subject.sites),
        "waiting": waiting(subject.version, subject.sites),
    }
