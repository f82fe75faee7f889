"""One case: written, edited, its walk confirmed by a person, removed, brought back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from scamps.actions.cases import (
    CasesFrozen,
    NameTaken,
    NotAsShown,
    StaleCase,
    confirm_walk,
    keep_case,
    may_change_cases,
    remove_case,
    restore_case,
)
from scamps.core.cases import Case, Held, read_stored, run
from scamps.core.cases.fields import Posted, groups, read_posted, typed_of
from scamps.core.cases.telling import Given, answers_of, given, rows, turn
from scamps.core.definition import PlanError
from scamps.core.walk import compile_plan
from scamps.forms import CaseForm, ReasonForm
from scamps.models import CaseRevision, Version
from scamps.permissions import may_write
from scamps.views.cases import FROZEN
from scamps.views.found import demand, find_version, problems_of

STALE = "Somebody changed this case meanwhile: look again."


@dataclass(frozen=True)
class Filled:
    """The form of a case as it stands: what was typed, what is wrong, where it walks."""

    form: CaseForm
    posted: Posted
    visit: str
    given: Given | None = None
    told: str = ""


def case(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Show a case: its answers, the walk expected beside the walk given, its history."""
    version, last = _found(request, key, number, pk)
    (ran,) = run(version.plan, [Held(pk, last.pk, last.data)]).ran
    now = given(compile_plan(version.plan), ran.case) if ran.walk else None
    expected = ran.case.expected
    context = {
        "version": version,
        "plan": version.plan,
        "last": last,
        "ran": ran,
        "visit": version.plan.visit.get(last.visit),
        "answers": answers_of(version.plan, ran.case),
        "now": now,
        "rows": rows(version.plan, expected, now.expected if now else None),
        "turn": turn(expected, now.expected) if now and expected else "",
        "history": last.case.revisions.newest_first(),
        "may_change": may_change_cases(version),
        "tried": urlencode({"patient": json.dumps(_patient(last))}),
    }
    return render(request, "scamps/case.html", context)


def _patient(last: CaseRevision) -> dict[str, Any]:
    """The patient of a case, as the preview takes one."""
    return {"visit": last.visit, "answers": last.answers, "context": last.context}


def new(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Write a case: its answers, then the walk as it is now, confirmed."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    visits = version.plan.visits
    asked = request.POST.get("visit") or request.GET.get("visit", "")
    visit = asked if asked in version.plan.visit else visits[0].key if visits else ""
    if request.method != "POST":
        return _form(request, version, Filled(CaseForm(), Posted(), visit))
    return _posted(request, version, visit, None)


def edit(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Change a case; its walk must be confirmed again."""
    version, last = _found(request, key, number, pk)
    if request.method == "POST":
        return _posted(request, version, last.visit, last)
    known, _ = read_stored(version.plan, last.data)
    form = CaseForm(initial={"name": last.name, "note": last.note})
    posted = Posted(typed=typed_of(known.answers, known.context))
    return _form(request, version, Filled(form, posted, last.visit), last)


def _posted(
    request: HttpRequest, version: Version, visit: str, last: CaseRevision | None
) -> HttpResponse:
    form, posted = CaseForm(request.POST), read_posted(version.plan, request.POST)
    filled = Filled(form, posted, visit)
    if not form.is_valid() or posted.errors or not visit:
        return _form(request, version, filled, last, status=422)
    written = Case(
        form.cleaned_data["name"],
        visit,
        posted.answers,
        posted.context,
        None,
        last.like if last else "",
        form.cleaned_data["note"],
    )
    now = _walked(version, written)
    filled = replace(filled, given=now)
    if request.POST.get("then") == "later":
        return _keep(request, version, filled, written, last)
    if now is None or request.POST.get("then") != "keep":
        return _form(request, version, filled, last)
    if request.POST.get("shown") != now.shown:
        told = "This is the walk as it is now. Read it, then confirm it."
        return _form(request, version, replace(filled, told=told), last, status=409)
    confirmed = replace(written, expected=now.expected)
    return _keep(request, version, filled, confirmed, last)


def _walked(version: Version, written: Case) -> Given | None:
    try:
        return given(compile_plan(version.plan), written)
    except PlanError:
        return None


def _keep(
    request: HttpRequest,
    version: Version,
    filled: Filled,
    written: Case,
    last: CaseRevision | None,
) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        kept = keep_case(
            version=version,
            case=written,
            of=last.case if last else None,
            seen=int(seen) if seen.isdigit() else None,
            **({"source": last.source} if last else {}),
            by=request.user,
            at=timezone.now(),
        )
    except NameTaken as taken:
        filled.form.add_error("name", str(taken))
        return _form(request, version, filled, last, status=422)
    except StaleCase:
        return _form(request, version, replace(filled, told=STALE), last, status=409)
    except CasesFrozen:
        return _form(request, version, replace(filled, told=FROZEN), last, status=409)
    messages.success(request, "Kept.")
    return redirect("scamps:case", version.scamp.key, version.number, kept.case_id)


def _form(
    request: HttpRequest,
    version: Version,
    filled: Filled,
    last: CaseRevision | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    plan, posted = version.plan, filled.posted
    asked = groups(plan, filled.visit, posted.typed, posted.errors)
    wrong = [(name.replace(".", "-"), said) for name, said in posted.errors.items()]
    context = {
        "version": version,
        "plan": plan,
        "last": last,
        "form": filled.form,
        "visit": plan.visit.get(filled.visit),
        "groups": asked,
        "given": filled.given,
        "rows": rows(plan, None, filled.given.expected) if filled.given else (),
        "cannot_walk": request.method == "POST" and status == 200 and not filled.given,
        "told": filled.told,
        "problems": [
            *(problems_of(filled.form) if filled.form.is_bound else []),
            *wrong,
        ],
        "may_change": may_change_cases(version),
    }
    return render(request, "scamps/case_form.html", context, status=status)


@require_POST
def confirm(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """A person says that the walk the page showed is the right one."""
    shown, reason = request.POST.get("shown", ""), request.POST.get("reason", "")
    said = "The walk is confirmed."
    more = {"shown": shown, "reason": reason}
    return _act(request, (key, number, pk), confirm_walk, said, **more)


def remove(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Ask why, then take a case away."""
    version, last = _found(request, key, number, pk)
    data = request.POST if request.method == "POST" else None
    form = ReasonForm(data, label="Why", required=True)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        place = (key, number, pk)
        return _act(request, place, remove_case, "Removed.", reason=reason)
    context = {
        "version": version,
        "plan": version.plan,
        "last": last,
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 422 if form.errors else 200
    return render(request, "scamps/case_remove.html", context, status=status)


@require_POST
def restore(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Bring back a case that was removed."""
    return _act(request, (key, number, pk), restore_case, "Brought back.")


def _act(
    request: HttpRequest,
    place: tuple[str, int, int],
    act: Callable[..., CaseRevision],
    said: str,
    **more: Any,
) -> HttpResponse:
    """Do *act* to a case, over the revision that the page showed; say what came of it."""
    version, last = _found(request, *place)
    seen = request.POST.get("seen", "")
    told = {"by": request.user, "at": timezone.now(), **more}
    try:
        act(
            version=version,
            of=last.case,
            seen=int(seen) if seen.isdigit() else None,
            **told,
        )
    except (StaleCase, NotAsShown):
        messages.error(request, STALE)
    except CasesFrozen:
        messages.error(request, FROZEN)
    except NameTaken as taken:
        messages.error(request, str(taken))
    else:
        messages.success(request, said)
    is_gone = act is remove_case
    page = ("scamps:cases", *place[:2]) if is_gone else ("scamps:case", *place)
    return redirect(*page)


def _found(
    request: HttpRequest, key: str, number: int, pk: int
) -> tuple[Version, CaseRevision]:
    """The version, and what the case says for it; of those who sit on the Scamp."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    said = CaseRevision.objects.last_said_for(version).select_related("case", "by")
    if (last := said.filter(case=pk).first()) is None:
        raise Http404
    return version, last
