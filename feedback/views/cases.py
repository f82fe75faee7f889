"""A signed visit becomes a case of its plan: what is kept is shown, and confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.trail import record
from carepaths.models import Encounter
from carepaths.views.subjects import find_encounter
from feedback.actions.cases import (
    NotAVisitToKeep,
    deidentified,
    home_for,
    keep_visit,
    rarity_of,
)
from feedback.core.deidentifying import Deidentified, Left, names_in
from feedback.permissions import may_make_case
from scamps.actions.cases import CasesFrozen, NameTaken
from scamps.core.cases import Case
from scamps.core.cases.fields import Posted, groups, read_posted, typed_of
from scamps.core.cases.telling import Given, given, rows
from scamps.core.definition import PlanError
from scamps.core.walk import labels
from scamps.models import Version
from scamps.views.found import problems_of

SEEN = "Say that you have looked at every value."
NAMED = "This names the patient: {}. Say it otherwise."


class VisitCaseForm(forms.Form):
    """What the case is called, and that a person has looked at all that is kept."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        help_text="Of the example, never of the patient.",
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": "Say in a few words what it is an example of."},
    )
    note = forms.CharField(
        label="Why it is worth keeping",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    looked = forms.BooleanField(
        label="I have looked at every value above: none of them, nor all together, tell "
        "who this is.",
        required=False,
    )


@dataclass(frozen=True)
class Shown:
    """The page as it stands: what was kept of the visit, what a person made of it."""

    encounter: Encounter
    version: Version
    kept: Deidentified
    form: VisitCaseForm
    posted: Posted
    given: Given | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)


def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what of a visit would become a case; on POST, walk it, or keep it."""
    encounter = find_encounter(request, pk)
    if not may_make_case(request.user, encounter.version.scamp):
        raise PermissionDenied
    try:
        version = home_for(encounter)
        kept = deidentified(encounter, version, whole="all" in request.GET)
    except (NotAVisitToKeep, PlanError) as why:
        return _refused(request, encounter, str(why))
    if request.method == "POST":
        return _posted(request, encounter, version, kept)
    record(request.user, "saw", encounter, encounter.site, what="as a case")
    posted = Posted(typed=typed_of(kept.case.answers, kept.case.context))
    walk = given(version.content.compiled, kept.case)
    shown = Shown(encounter, version, kept, VisitCaseForm(), posted, walk)
    return _page(request, shown)


def _posted(
    request: HttpRequest, encounter: Encounter, version: Version, kept: Deidentified
) -> HttpResponse:
    form, posted = VisitCaseForm(request.POST), read_posted(version.plan, request.POST)
    shown = Shown(encounter, version, kept, form, posted)
    _refuse_names(form, encounter)
    if not form.is_valid() or posted.errors:
        wrong = [(name.replace(".", "-"), said) for name, said in posted.errors.items()]
        return _page(request, replace(shown, problems=wrong), status=422)
    told = form.cleaned_data
    written = Case(
        told["name"],
        encounter.visit,
        posted.answers,
        posted.context,
        None,
        note=told["note"],
    )
    now = given(version.content.compiled, written)
    shown = replace(shown, given=now)
    if request.POST.get("then") != "keep" or request.POST.get("shown") != now.shown:
        return _page(request, shown)
    if not told["looked"]:
        form.add_error("looked", SEEN)
        return _page(request, shown, status=422)
    return _keep(request, shown, replace(written, expected=now.expected))


def _refuse_names(form: VisitCaseForm, encounter: Encounter) -> None:
    """Whatever is written about the case must not name the patient."""
    identity = encounter.enrolment.patient.identity
    names = (identity.name, identity.record_number)
    for name in ("name", "note"):
        if found := names_in(form.data.get(name, ""), names):
            form.add_error(name, NAMED.format(", ".join(found)))


def _keep(request: HttpRequest, shown: Shown, written: Case) -> HttpResponse:
    try:
        made = keep_visit(
            encounter=shown.encounter,
            version=shown.version,
            case=written,
            by=request.user,
            at=timezone.now(),
        )
    except NameTaken as taken:
        shown.form.add_error("name", str(taken))
        return _page(request, shown, status=422)
    except (NotAVisitToKeep, CasesFrozen):
        return _refused(request, shown.encounter, "The plan went on meanwhile.")
    messages.success(request, "Kept. Nothing in the case leads back to the visit.")
    place = (shown.version.scamp.key, shown.version.number, made.case_id)
    return redirect("scamps:case", *place)


def _page(request: HttpRequest, shown: Shown, *, status: int = 200) -> HttpResponse:
    plan, kept = shown.version.plan, shown.kept
    now = shown.posted if request.method == "POST" else kept.case
    rare = rarity_of(shown.encounter, now.answers)
    remarks = {
        f"a.{key}": one.words for key, one in rare.items() if key and one.is_rare
    }
    context = {
        "encounter": shown.encounter,
        "patient": shown.encounter.enrolment.patient,
        "version": shown.version,
        "plan": plan,
        "visit": plan.visit[shown.encounter.visit],
        "form": shown.form,
        "kept": kept,
        "left": _grouped(kept.left, labels(plan, plan.language)),
        "is_whole": "all" in request.GET,
        "rare": rare.get(""),
        "groups": groups(
            plan,
            shown.encounter.visit,
            shown.posted.typed,
            shown.posted.errors,
            remarks,
        ),
        "given": shown.given,
        "rows": rows(plan, None, shown.given.expected) if shown.given else (),
        "problems": [
            *(problems_of(shown.form) if shown.form.is_bound else []),
            *shown.problems,
        ],
    }
    return render(request, "feedback/case.html", context, status=status)


def _grouped(left: Iterable[Left], named: Mapping[str, str]) -> dict[str, list[str]]:
    """What is left out, by why."""
    found: dict[str, list[str]] = {}
    for one in left:
        found.setdefault(one.why, []).append(named.get(one.key, one.key))
    return found


def _refused(request: HttpRequest, encounter: Encounter, why: str) -> HttpResponse:
    context = {"words": why, "back": encounter.get_absolute_url()}
    return render(request, "carepaths/refused.html", context, status=409)
