"""Writing a draft: its text, what is wrong with it, and its way into review."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from scamps.actions.drafts import (
    AnotherPlan,
    DraftExists,
    EditConflict,
    NotADraft,
    NothingToUndo,
    begin_scamp,
    save_draft,
    start_draft,
    undo_edit,
)
from scamps.actions.saving import knows
from scamps.core.compare import compare
from scamps.core.definition import Finding, Plan, dump_yaml, review
from scamps.core.definition.exchange import base_of
from scamps.core.definition.gaps import gaps
from scamps.forms import DraftForm
from scamps.models import State, Version
from scamps.permissions import may_begin, may_write
from scamps.views.aftermath import after_save
from scamps.views.arrivals import collided, saved
from scamps.views.found import demand, find_version, problems_of
from scamps.views.presence import others_here


def begin(request: HttpRequest) -> HttpResponse:
    """Begin a new Scamp from a text or a file."""
    demand(may_begin(request.user))
    form = DraftForm(request.POST or None, request.FILES or None)
    found: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        plan, found = review(form.cleaned_data["text"])
        if plan:
            try:
                made = begin_scamp(plan=plan, by=request.user, at=timezone.now())
            except DraftExists:
                form.add_error("text", f"There is a plan “{plan.key}” already.")
            else:
                return redirect("scamps:outline", made.scamp.key, made.number)
        form.data = {"text": form.cleaned_data["text"]}
    context = {"form": form, "findings": found, "problems": problems_of(form)}
    status = 422 if request.method == "POST" else 200
    return render(request, "scamps/begin.html", context, status=status)


@require_POST
def revise(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begin the next version with the content of this one."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    try:
        made = start_draft(plan=version.plan, by=request.user, at=timezone.now())
    except DraftExists as there:
        messages.info(request, f"Version {there.version.number} is under way already.")
        made = there.version
    return redirect("scamps:outline", made.scamp.key, made.number)


def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the text of a draft; on POST check it, save it, or take a change back."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    if version.current_state != State.DRAFT:
        return redirect("scamps:review", key, number)
    if request.method != "POST":
        text = dump_yaml(version.plan)
        return _page(request, version, DraftForm({"text": text}), review(text)[1])
    if request.POST.get("then") == "undo":
        return _undo(request, version)
    form = DraftForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, version, form, [], status=422)
    return _check_or_save(request, version, form)


def _check_or_save(
    request: HttpRequest, version: Version, form: DraftForm
) -> HttpResponse:
    text = form.cleaned_data["text"]
    plan, found = review(text)
    form = DraftForm({"text": text})
    if plan is None or request.POST.get("then") == "check":
        status = 422 if plan is None else 200
        return _page(request, version, form, found, plan=plan, status=status)
    here = reverse("scamps:edit", args=[version.scamp.key, version.number])
    try:
        done = save_draft(
            version=version,
            plan=plan,
            seen=_base(request, version, text),
            note=request.POST.get("note", "")[:200],
            by=request.user,
            at=timezone.now(),
        )
    except EditConflict as conflict:
        if conflict.arrival:
            return collided(conflict, here)
        theirs = compare(conflict.version.plan, plan)
        return _page(
            request, conflict.version, form, found, clash=theirs, plan=plan, status=409
        )
    except AnotherPlan:
        form.add_error("text", f"The key must stay “{version.scamp.key}”.")
        return _page(request, version, form, found, status=422)
    except NotADraft:
        return redirect("scamps:review", version.scamp.key, version.number)
    return saved(request, done, here)


def _base(request: HttpRequest, version: Version, text: str) -> str:
    """The hash of what was changed: as a file says, if it was made of this draft."""
    said = base_of(text)
    return said if said and knows(version, said) else request.POST.get("seen", "")


def _undo(request: HttpRequest, version: Version) -> HttpResponse:
    try:
        undo_edit(
            version=version,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "The last saved change is taken back.")
        after_save(request, version)
    except NothingToUndo:
        messages.info(request, "The draft is as it was begun.")
    except EditConflict:
        messages.error(request, "Somebody changed the draft meanwhile: look again.")
    return redirect("scamps:edit", version.scamp.key, version.number)


def _page(
    request: HttpRequest,
    version: Version,
    form: DraftForm,
    found: list[Finding],
    *,
    plan: Plan | None = None,
    clash=None,
    status: int = 200,
) -> HttpResponse:
    changed = compare(version.plan, plan) if plan and not clash else None
    context = {
        "version": version,
        "plan": version.plan,
        "drawing": version.drawing,
        "form": form,
        "problems": problems_of(form),
        "findings": found,
        "gaps": gaps(plan or version.plan),
        "unsaved": changed.by_effect() if changed else (),
        "is_checked": plan is not None,
        "clash": clash.by_effect() if clash else (),
        "others": others_here(request, version),
        "edits": version.edits.select_related("by").order_by("-pk")[:10],
    }
    return render(request, "scamps/edit.html", context, status=status)
