"""Telling the committee about a step of its plan, and what it answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from carepaths.actions import remarks as actions
from carepaths.actions.remarks import RemarkNeedsWords
from carepaths.models import Encounter, Remark, RemarkKind, RemarkReply
from carepaths.permissions import (
    may_answer_remarks,
    may_read_remarks,
    may_tell_committee,
)
from carepaths.views.subjects import find_encounter, refusals_as_pages, switched
from scamps.core.definition import words
from scamps.models import Scamp
from scamps.views.found import demand

TELL = "remark:"
ASK = "Choose one. “Something else” needs a few words."
SHOWN = 200


def telling(encounter: Encounter, then: str) -> HttpResponse | None:
    """Where a draft goes on whose button, without a script, was "tell the committee"."""
    if not then.startswith(TELL):
        return None
    node, _, kind = then.removeprefix(TELL).partition(":")
    query = urlencode({"node": node, "kind": kind})
    return redirect(f"{reverse('carepaths:remark', args=[encounter.pk])}?{query}")


@refusals_as_pages
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what is to be told about a step; on POST, tell it."""
    encounter = find_encounter(request, pk)
    demand(may_tell_committee(request.user, encounter))
    problem, asked = "", request.GET
    if request.method == "POST":
        asked = request.POST
        if refused := switched(request, encounter.enrolment.patient):
            return refused
        try:
            return redirect("carepaths:remarked", _tell(request, encounter).pk)
        except RemarkNeedsWords:
            problem = ASK
    node = encounter.version.plan.node.get(asked.get("node", ""))
    if node is None:
        raise Http404("No such step")
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "node": node.key,
        "title": words(node.title, "en"),
        "kinds": RemarkKind.choices,
        "kind": asked.get("kind", ""),
        "words": asked.get("words", ""),
        "problems": [("kinds", problem)] if problem else [],
    }
    status = 422 if problem else 200
    return render(request, "carepaths/remark.html", context, status=status)


def _tell(request: HttpRequest, encounter: Encounter) -> Remark:
    said = {key: request.POST.get(key, "") for key in ("node", "kind", "words")}
    return actions.tell(encounter=encounter, by=request.user, at=timezone.now(), **said)


@refusals_as_pages
def remarked(request: HttpRequest, pk: int) -> HttpResponse:
    """Show its author a remark and its answers; on POST, add to it or take it back."""
    mine = Remark.objects.filter(by=request.user)
    told = get_object_or_404(mine.select_related("version__scamp"), pk=pk)
    if request.method == "POST":
        who = {"by": request.user, "at": timezone.now()}
        if request.POST.get("then") == "take-back":
            actions.take_back(remark=told, **who)
        else:
            words_ = request.POST.get("words", "")
            actions.add_words(remark=told, words=words_, **who)
        return redirect("carepaths:remarked", told.pk)
    replies = list(told.replies.all())
    context = {
        "told": told,
        "title": _title(told),
        "replies": replies,
        "taken_back": any(one.kind == RemarkReply.Kind.TAKEN_BACK for one in replies),
    }
    return render(request, "carepaths/remarked.html", context)


@refusals_as_pages
def remarks(request: HttpRequest, key: str) -> HttpResponse:
    """Show the committee what was told about its plan; on POST, answer one."""
    scamp = get_object_or_404(Scamp, key=key)
    if not may_read_remarks(request.user, scamp):
        raise Http404("No seat")
    read = Remark.objects.of(scamp).read_by(request.user).standing()
    if request.method == "POST":
        demand(may_answer_remarks(request.user, scamp))
        told = get_object_or_404(read, pk=_number(request.POST.get("remark")))
        said = request.POST.get("words", "")
        actions.answer(remark=told, words=said, by=request.user, at=timezone.now())
        return redirect(f"{request.path}#remark-{told.pk}")
    related = read.with_answer().select_related("version__content", "site")
    rows = related.prefetch_related("replies").order_by("-pk")[:SHOWN]
    context = {
        "scamp": scamp,
        "rows": [_row(one) for one in rows],
        "may_answer": may_answer_remarks(request.user, scamp),
        "waiting": sum(one.answered_at is None for one in rows),
    }
    return render(request, "carepaths/remarks.html", context)


def _row(told: Remark) -> dict[str, Any]:
    """What the committee is shown: the step and the words, no patient, no name."""
    return {
        "told": told,
        "title": _title(told),
        "replies": [r for r in told.replies.all() if r.words],
    }


def _title(told: Remark) -> str:
    node = told.version.plan.node.get(told.node)
    return words(node.title, "en") if node else told.node


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
