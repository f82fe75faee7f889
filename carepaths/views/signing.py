"""Signing a draft, and what may follow: an amendment, or a void."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.trail import record
from carepaths.actions import signing as actions
from carepaths.actions import voids
from carepaths.actions.encounters import save_draft
from carepaths.actions.submissions import once
from carepaths.core.advised import AdvisedAction
from carepaths.core.sheet import Item
from carepaths.core.signing import missing_words
from carepaths.forms.decisions import open_questions, read_intentions
from carepaths.forms.encounters import ReasonForm
from carepaths.forms.performances import (
    Told,
    performance_fields,
    read_performances,
)
from carepaths.forms.sheet import read_sheet
from carepaths.models import Encounter
from carepaths.permissions import may_amend, may_sign, may_void
from carepaths.views.desk import Desk, desk_of, desk_of_revision, elements_of
from carepaths.views.signed import latest_sealed
from carepaths.views.standing import recall_of, taken_back, withdrawal_of
from carepaths.views.subjects import (
    edit_of,
    find_encounter,
    payload_of,
    refusals_as_pages,
    submission_key,
    switched,
)
from scamps.views.found import demand, problems_of

Problems = list[tuple[str, str]]


@refusals_as_pages
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what will be signed and what is missing; on POST, sign it once."""
    encounter = find_encounter(request, pk)
    demand(may_sign(request.user, encounter) or not encounter.is_open)
    if request.method == "POST":
        refused = switched(request, encounter.enrolment.patient)
        return refused or _sign(request, encounter)
    if not encounter.is_open or recall_of(encounter.version):
        return redirect(encounter)  # which says that it was recalled
    return _sign_page(request, desk_of(encounter), [])


def _sign(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    """Sign; a repeated submit of what is signed by now leads to the same page."""
    intentions = read_intentions(request.POST, encounter.intentions)
    done = _done(request, encounter)
    if encounter.is_open:
        desk = desk_of(encounter, intentions=intentions)
        if problems := _unseen(request, encounter) + _against(desk, request):
            return _sign_page(request, desk, problems, status=422)

    def act() -> int:
        who = {"by": request.user, "at": timezone.now()}
        edit = _decided(encounter, intentions, edit_of(request), who)
        actions.sign(encounter=encounter, edit=edit, performances=done.rows, **who)
        record(request.user, "signed", encounter, encounter.site)
        return encounter.pk

    once(
        user=request.user,
        purpose="sign",
        key=submission_key(request),
        payload=payload_of(request),
        act=act,
    )
    return redirect(encounter)


def _decided(
    encounter: Encounter, intentions: dict[str, Any], edit: int, who: dict[str, Any]
) -> int:
    """Save what was decided on the signing page itself; return the edit to sign."""
    if not encounter.is_open or intentions == encounter.intentions:
        return edit
    answers = encounter.answers
    saved = save_draft(
        encounter=encounter, answers=answers, intentions=intentions, edit=edit, **who
    )
    return saved.edit


def _unseen(request: HttpRequest, encounter: Encounter) -> Problems:
    """That the version was withdrawn, if the page that signs did not show it yet."""
    withdrawn = withdrawal_of(encounter.version)
    if withdrawn is None or request.POST.get("standing") == str(withdrawn.pk):
        return []
    said = (
        "This version was withdrawn: read why, then sign if it is right all the same."
    )
    return [("withdrawn", said)]


def _against(desk: Desk, request: HttpRequest) -> Problems:
    """What stands against signing now: checks, half-made decisions, unusual values."""
    found: Problems = [("main", check.message) for check in desk.draft.blocking]
    for action in desk.advice.actions:
        if said := open_questions(desk.plan, action):
            found.append((f"d-{action.id}", f"{action.words} {said}"))
    for one in desk.conflicts:
        if not one.choice:
            found.append((f"k-{one.id}", f"{one.said} Which holds?"))
    for item in desk.sheet.errors:
        found.append(("summary", f"{item.label}: “{item.typed}”. {item.error}"))
    for item in unusual(desk):
        if f"c.{item.key}" not in request.POST:
            found.append((f"c-{item.key}", f"{item.label}: is {item.said} right?"))
    errors = _done(request, desk.encounter).errors
    return found + [(f"p-{key}", message) for key, message in errors.items()]


def _done(request: HttpRequest, encounter: Encounter) -> Told:
    """What was said on the page of what was done."""
    clock = {"zone": encounter.site.time_zone, "now": timezone.now()}
    return read_performances(encounter.version.plan, request.POST, **clock)


def unusual(desk: Desk) -> Iterable[Item]:
    """Items whose value is used although outside its usual range."""
    return desk.sheet.flagged


def _sign_page(
    request: HttpRequest, desk: Desk, problems: Problems, status: int = 200
) -> HttpResponse:
    asked = [item for part in desk.sheet.parts if part.shown for item in part.items]
    unanswered = [item for item in asked if not item.is_answered and not item.folded]
    open_actions = [one for one in desk.advice.actions if _is_open(desk, request, one)]
    context = {
        **desk.page(),
        **taken_back(desk.encounter.version),
        "problems": problems,
        "flagged": unusual(desk),
        "confirmed": [k.removeprefix("c.") for k in request.POST if k[:2] == "c."],
        "missing": missing_words(len(unanswered), len(open_actions)),
        "unanswered": unanswered,
        "open_actions": open_actions,
        "closed_actions": [a for a in desk.advice.actions if a not in open_actions],
        "performances": performance_fields(
            desk.plan,
            desk.draft.walk,
            request.POST,
            desk.intentions,
            _done(request, desk.encounter).errors,
        ),
        "submission": submission_key(request) if request.POST else uuid4(),
    }
    return render(request, "carepaths/sign.html", context, status=status)


def _is_open(desk: Desk, request: HttpRequest, action: AdvisedAction) -> bool:
    """Whether the action is still to be decided here, or was just decided here."""
    is_here = f"d.{action.key}.asked" in request.POST
    return is_here or not action.said or bool(open_questions(desk.plan, action))


@refusals_as_pages
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct signed answers, with a reason; the signed ones stay readable."""
    encounter = find_encounter(request, pk)
    patient = encounter.enrolment.patient
    demand(may_amend(request.user, encounter))
    revision = latest_sealed(encounter)
    desk = desk_of_revision(encounter, revision)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        if refused := switched(request, patient):
            return refused
        elements = elements_of(encounter, desk.context)
        desk.reading = read_sheet(elements, request.POST, revision.answers)
    if form.is_valid() and not desk.reading.errors_since(revision.answers):
        return _amend(request, encounter, desk, form.cleaned_data["reason"])
    page = desk.page()
    context = {
        **page,
        "form": form,
        "revision": revision,
        "problems": page["problems"] + problems_of(form),
    }
    status = 422 if form.is_bound else 200
    return render(request, "carepaths/amend.html", context, status=status)


def _amend(
    request: HttpRequest, encounter: Encounter, desk: Desk, reason: str
) -> HttpResponse:
    seen = request.POST.get("revision", "")
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    actions.amend(
        encounter=encounter,
        answers=desk.reading.answers,
        reason=reason,
        based_on=int(seen) if seen.isdecimal() else -1,
        **who,
    )
    record(request.user, "amended", encounter, encounter.site)
    return redirect(encounter)


@refusals_as_pages
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark an encounter as entered in error: it stays readable and counts no more."""
    encounter = find_encounter(request, pk)
    patient = encounter.enrolment.patient
    demand(may_void(request.user, encounter))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        voids.void_encounter(
            encounter=encounter, reason=form.cleaned_data["reason"], **who
        )
        record(request.user, "voided", encounter, encounter.site)
        return redirect(patient)
    context = {
        "patient": patient,
        "form": form,
        "problems": problems_of(form),
        "back": encounter.get_absolute_url(),
        "question": "Was this entered in error?",
        "consequence": "It stays readable, marked as entered in error, and leaves "
        "every count. If it belongs to another patient, enter it there.",
        "button": "Yes, it was entered in error",
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/reason.html", context, status=status)
