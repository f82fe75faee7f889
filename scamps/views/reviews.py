"""Judging a version, and each step from review to publication and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from scamps.actions.evidence import missing, standing_before
from scamps.actions.expedited import quorum_of
from scamps.actions.pilots import start_pilot
from scamps.actions.proofs import doubts_of, errors_of
from scamps.actions.publishing import against, publish, recall, reinstate, withdraw
from scamps.actions.reviews import (
    NotReady,
    StaleContent,
    lacking,
    return_to_draft,
    sign_off,
    submit,
)
from scamps.actions.states import MOVES, NotFromHere
from scamps.core.compare import compare
from scamps.core.definition.gaps import gaps
from scamps.forms import PublishForm, ReasonForm, SignOffForm
from scamps.forms.pilots import PilotForm
from scamps.models import Evidence, SignOff, State, Version
from scamps.permissions import (
    may_put_in_force,
    may_recall,
    may_sign_off,
    may_try_at,
    may_write,
)
from scamps.views.found import demand, find_version, problems_of


@dataclass(frozen=True)
class Step:
    """One step a person may take with a version."""

    verb: str
    to: str
    button: str
    question: str
    consequence: str
    ask: str
    needs_reason: bool
    is_for_publishers: bool
    act: Callable[..., Version]


STEPS = {
    step.verb: step
    for step in (
        Step(
            "submit", State.IN_REVIEW, "Put to review", "Put this version to review?",
            "Its content is frozen. The committee signs off what you see here.",
            "What the reviewers should know", False, False, submit,
        ),
        Step(
            "return", State.DRAFT, "Return to draft", "Return it to draft?",
            "It can be changed again. Sign-offs stay on file, but a change voids them.",
            "Why", True, False, return_to_draft,
        ),
        Step(
            "publish", State.ACTIVE, "Publish", "Publish this version?",
            "New encounters open under it. Open drafts stay on their own version.",
            "Release notes", True, True, publish,
        ),
        Step(
            "pilot", State.PILOT, "Try at chosen sites", "Try this version at chosen "
            "sites?", "New encounters there open under it; elsewhere the active version "
            "stays.", "What is tried, and how it is judged", True, True, start_pilot,
        ),
        Step(
            "withdraw", State.WITHDRAWN, "Withdraw", "Withdraw this version now?",
            "At once, no new encounter opens under it. What is open can be finished.",
            "Why", True, True, withdraw,
        ),
        Step(
            "recall", State.RECALLED, "Recall", "Recall this version for safety?",
            "At once, nothing can be signed on it and its advice is hidden everywhere. "
            "This cannot be undone.",
            "What is unsafe, and what to do instead", True, True, recall,
        ),
        Step(
            "reinstate", State.ACTIVE, "Reinstate", "Make this version active again?",
            "It takes the place of whatever is active now.",
            "Why", True, True, reinstate,
        ),
    )
}  # fmt: skip


def steps_from(version: Version, state: str) -> list[Step]:
    """The steps that can be taken from *state*."""
    steps = [step for step in STEPS.values() if step.to in MOVES.get(state, ())]
    without = "publish" if state == State.SUPERSEDED else "reinstate"
    return [step for step in steps if step.verb != without]


def review(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show what a version changes, what is known of it, who has said what; sign off."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    form = SignOffForm(request.POST if request.method == "POST" else None)
    refused = ""
    if request.method == "POST":
        demand(may_sign_off(request.user, version.scamp))
        if form.is_valid() and not (refused := _sign_off(request, version, form)):
            return redirect("scamps:review", key, number)
    status = 409 if refused else 422 if form.errors else 200
    return render(
        request,
        "scamps/review.html",
        _review(request, version, form, refused),
        status=status,
    )


def _sign_off(request: HttpRequest, version: Version, form: SignOffForm) -> str:
    """Sign off; return why it was refused, in words, or nothing."""
    try:
        sign_off(
            version=version,
            digest=request.POST.get("digest", ""),
            by=request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
    except StaleContent:
        return (
            "The content changed since you opened this page. Read it again, then sign."
        )
    except NotReady as early:
        return f"It cannot be signed off yet: {early}."
    except NotFromHere as moved:
        return f"It is {State(moved.state).label.lower()} now, not in review."
    return ""


def _review(
    request: HttpRequest, version: Version, form: SignOffForm, refused: str
) -> dict:
    state = version.current_state
    is_open = state == State.IN_REVIEW
    unknown = missing(version) if is_open else []
    base = standing_before(version)
    on_file = Evidence.objects.filter(content=version.content_id)
    proof = on_file.filter(kind=Evidence.Kind.PROOF).order_by("-pk").first()
    return {
        "version": version,
        "plan": version.plan,
        "state": state,
        "base": base,
        "comparison": compare(base.plan, version.plan) if base else None,
        "proof": proof,
        "gaps": gaps(version.plan),
        "sign_offs": SignOff.objects.on(version).held().select_related("by"),
        "needed": quorum_of(version),
        "lacking": [*unknown, *lacking(version)] if is_open else (),
        "against": against(version) if state == State.APPROVED else (),
        "to_come": version.transitions.to_come(),
        "steps": [
            step
            for step in steps_from(version, state)
            if not step.is_for_publishers or may_put_in_force(request.user, version)
        ],
        "may_sign_off": is_open
        and not unknown
        and may_sign_off(request.user, version.scamp),
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "refused": refused,
    }


def step(request: HttpRequest, key: str, number: int, verb: str) -> HttpResponse:
    """Ask before a step is taken; on POST, take it."""
    version, found = find_version(request, key, number), STEPS.get(verb)
    if found is None:
        raise Http404
    demand(_may(request, version, found))
    form = _form(request, version, found)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        refused = _take(request, version, found, form)
        if not refused:
            return redirect(_after(request, version))
        problems = [("main", said) for said in refused]
    context = {
        "version": version,
        "plan": version.plan,
        "step": found,
        "back": _after(request, version),
        "form": form,
        "errors": errors_of(version) if verb == "submit" else (),
        "doubts": doubts_of(version) if verb == "submit" else (),
        "problems": problems or (problems_of(form) if form.is_bound else []),
    }
    status = 409 if problems else 422 if form.errors else 200
    return render(request, "scamps/step.html", context, status=status)


def _after(request: HttpRequest, version: Version) -> str:
    """Where a step leads, and where it is left: the review, or the version itself."""
    if not may_write(request.user, version.scamp):
        return version.get_absolute_url()
    return reverse("scamps:review", args=[version.scamp.key, version.number])


def _may(request: HttpRequest, version: Version, step: Step) -> bool:
    if step.verb == "recall":
        return may_recall(request.user, version)
    if step.is_for_publishers:
        return may_put_in_force(request.user, version)
    return may_write(request.user, version.scamp)


def _form(
    request: HttpRequest, version: Version, step: Step
) -> PilotForm | PublishForm | ReasonForm:
    data = request.POST if request.method == "POST" else None
    if step.verb == "pilot":
        return PilotForm(data, label=step.ask, sites=may_try_at(request.user, version))
    if step.verb == "publish":
        return PublishForm(data, initial={"reason": _notes(version)})
    return ReasonForm(data, label=step.ask, required=step.needs_reason)


def _notes(version: Version) -> str:
    """Release notes to begin with: the differences, in the plan's words."""
    base = standing_before(version)
    if base is None:
        return f"First version of {version.scamp}."
    return "\n".join(one.words for one in compare(base.plan, version.plan).changes)


def _take(request: HttpRequest, version: Version, step: Step, form) -> tuple[str, ...]:
    """Take the step; return why it was refused, in words, or nothing."""
    told = dict(form.cleaned_data)
    reason = told.pop("reason")
    told |= {"notes": reason} if step.verb == "publish" else {}
    told |= {"note": reason} if step.verb == "submit" else {}
    if step.verb == "submit":
        told["accepted"] = request.POST.getlist("accept")
    if step.verb not in ("publish", "submit"):
        told["reason"] = reason
    try:
        step.act(version=version, by=request.user, at=timezone.now(), **told)
    except NotReady as refused:
        return refused.problems
    except NotFromHere as moved:
        return (f"It is {State(moved.state).label.lower()} now: look again.",)
    messages.success(request, f"{step.button}: done.")
    return ()
