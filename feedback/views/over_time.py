"""Adherence over time as a control chart, and the committee's word on its limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import is_only_in_sandbox
from feedback.actions.limits import (
    AlreadySet,
    AlreadyTakenBack,
    set_limits,
    take_back,
)
from feedback.actions.subjects import NothingToRead, Subject, subject_of
from feedback.core.funnel_picture import Sites, sites_of
from feedback.core.over_time import (
    Measure,
    Series,
    before_and_after,
    measures,
    quarters,
    series_of,
)
from feedback.core.page import Vocabulary
from feedback.core.spc import Chart, Mark, chart
from feedback.core.spc.drawing import answer, in_words, picture, table
from feedback.forms import LimitsForm, TakeBackForm
from feedback.models import Count, LimitMark
from feedback.permissions import may_set_limits
from scamps.models import Scamp


@dataclass(frozen=True)
class Asked:
    """Which chart is asked for."""

    subject: Subject
    measures: list[Measure]
    measure: Measure
    by_quarter: bool

    @property
    def query(self) -> str:
        """What keeps an address on the same chart."""
        chosen = {"measure": self.measure.key, "each": self.each}
        return f"{self.subject.query}&{urlencode(chosen)}"

    @property
    def each(self) -> str:
        return "quarter" if self.by_quarter else "month"


def over_time(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the chart; on POST, record what the committee decided about its limits."""
    asked = _asked(request, key, number)
    subject = asked.subject
    may = may_set_limits(request.user, subject.scamp)
    if request.method == "POST" and not may:
        raise PermissionDenied
    series = _series(asked)
    form = LimitsForm(
        request.POST if request.method == "POST" else None,
        months=[sample.at for sample in reversed(series.samples)],
    )
    if form.is_valid():
        try:
            set_limits(
                **_chart_of(asked),
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            here = reverse("feedback:over_time", args=[key, number])
            return redirect(here + asked.query)
        except AlreadySet:
            form.add_error("month", "This is already decided for that month.")
    context = _context(asked, series) | {"form": form, "may_set_limits": may}
    status = 422 if form.is_bound else 200
    return render(request, "feedback/over_time.html", context, status=status)


def take_limits_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why a decision about limits is taken back, and take it back."""
    mark = get_object_or_404(LimitMark.objects.standing().select_related("by"), pk=pk)
    if mark.scamp not in Scamp.objects.visible_to(request.user):
        raise Http404
    if mark.sandbox != is_only_in_sandbox(request.user):
        raise Http404
    if not may_set_limits(request.user, mark.scamp):
        raise PermissionDenied
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_back(
                mark=mark, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            return redirect(_address_of(mark))
        except AlreadyTakenBack as gone:
            raise Http404 from gone
    context = {"mark": mark, "form": form, "back": _address_of(mark)}
    status = 422 if form.errors else 200
    return render(request, "feedback/take_limits_back.html", context, status=status)


def _asked(request: HttpRequest, key: str, number: int) -> Asked:
    try:
        subject = subject_of(
            user=request.user, key=key, number=number, asked=request.GET
        )
    except NothingToRead as nothing:
        raise Http404 from nothing
    offered = measures(subject.version.plan)
    wanted = request.GET.get("measure")
    measure = next((each for each in offered if each.key == wanted), None)
    if measure is None and (wanted or not offered):
        raise Http404
    by_quarter = request.GET.get("each") == "quarter"
    return Asked(subject, offered, measure or offered[0], by_quarter)


def _chart_of(asked: Asked) -> dict[str, Any]:
    """What names a chart, whoever reads it."""
    subject = asked.subject
    return {
        "scamp": subject.scamp,
        "measure": asked.measure.key,
        "origin": subject.origin,
        "sandbox": subject.sandbox,
    }


def _series(asked: Asked) -> Series:
    """The months of all versions that gave the same advice."""
    counts = Count.objects.decided(
        asked.subject.scamp, asked.subject.origin, asked.subject.sites
    ).about(asked.measure.pairs)
    found = series_of(counts.shares_by("rollup__version__number", "rollup__month"))
    if not asked.by_quarter:
        return found
    return replace(found, samples=tuple(quarters(found.samples)))


def _before_and_after(asked: Asked, series: Series) -> list[str]:
    if asked.by_quarter:
        return []  # the trend of a year needs its months
    word = Vocabulary.of(asked.subject.origin)
    return before_and_after(series, f"the share {word.followed} is")


def _context(asked: Asked, series: Series) -> dict[str, Any]:
    rows = list(
        LimitMark.objects.of_chart(**_chart_of(asked)).select_related(
            "by", "taken_back_by__by"
        )
    )
    standing = [row for row in rows if _stands(row)]
    marks = [Mark(row.kind, f"{row.month:%Y-%m}", row.reason) for row in standing]
    drawn = chart("p", series.samples, marks=marks, lines=series.lines)
    return {
        "asked": asked,
        "subject": asked.subject,
        "version": asked.subject.version,
        "word": Vocabulary.of(asked.subject.origin),
        "sandbox": asked.subject.sandbox,
        "chart": drawn,
        "answer": answer(drawn, asked.each),
        "picture": picture(drawn, " %"),
        "rows": list(reversed(table(drawn))),
        "undated": series.undated,
        "before_and_after": _before_and_after(asked, series),
        "decisions": [row for row in rows if row.takes_back_id is None],
        "sites": _sites(asked),
        "phases": _phases(drawn),
        "has_no_limits": any(phase.baseline is None for phase in drawn.phases),
    }


def _stands(row: LimitMark) -> bool:
    return row.takes_back_id is None and not hasattr(row, "taken_back_by")


def _phases(drawn: Chart) -> list[dict[str, Any]]:
    """The phases in words: from when to when their limits were estimated."""
    return [
        {
            "phase": phase,
            "first": in_words(drawn.points[phase.start].sample.at),
            "last": in_words(drawn.points[phase.baseline_end - 1].sample.at),
        }
        for phase in drawn.phases
    ]


def _sites(asked: Asked) -> Sites | None:
    """Sites side by side in this version; None if the reader sees one only."""
    subject = asked.subject
    if len(subject.sites) < 2:
        return None
    counts = (
        Count.objects.of(subject.version, subject.origin, subject.sites)
        .filter(measure="decision", value__in=["followed", "modified", "deviated"])
        .about(asked.measure.pairs)
        .shares_by("rollup__site__name")
    )
    return sites_of({name: (part, whole - part) for name, part, whole in counts})


def _address_of(mark: LimitMark) -> str:
    """The chart of *mark*, in the newest version of its plan."""
    newest = mark.scamp.versions.order_by("-number").first()
    chosen = {"origin": mark.origin, "measure": mark.measure}
    here = reverse("feedback:over_time", args=[mark.scamp.key, newest.number])
    return f"{here}?{urlencode(chosen)}" + ("&sandbox" if mark.sandbox else "")
