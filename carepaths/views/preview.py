"""A version as a clinician would meet it, tried with a made-up patient.

The form and the advice are those of an encounter, on the plan as it is saved. What is
entered lives in the page alone: nothing here writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from carepaths.core.advice import Advice, advise
from carepaths.core.advised import Setting
from carepaths.core.context import PREVIOUS, Context
from carepaths.core.previous import Former
from carepaths.core.said import day_words
from carepaths.core.sheet import Filling, Sheet
from carepaths.core.trial import (
    BEFORE,
    MadeUp,
    Situation,
    earlier_elements,
    earlier_part,
    made_up,
)
from carepaths.forms.decisions import read_intentions
from carepaths.forms.sheet import Reading, read_sheet
from carepaths.forms.trial import SituationForm, posted_situation
from carepaths.models import Origin
from carepaths.permissions import may_preview
from carepaths.views.filled import Filled, elements_at
from carepaths.views.standing import recall_of
from scamps.core.definition import findings
from scamps.models import Evidence, Version
from scamps.views.found import demand, find_version, problems_of

LONGEST_PATIENT = 20_000


@dataclass
class Trial(Filled):
    """A made-up patient at one visit of a version; nothing of it is stored."""

    version: Version
    situation: Situation
    before: Reading
    reading: Reading
    intentions: Mapping[str, Any]
    context: Context
    formers: Mapping[str, Former] = field(default_factory=dict)

    @property
    def visit(self) -> str:
        return self.situation.visit

    @property
    def sex(self) -> str:
        return self.situation.sex

    @property
    def setting(self) -> Setting:
        today = timezone.now().date()
        on = self.situation.visit_date
        return Setting(self.intentions, Origin.SANDBOX, today, on)

    @cached_property
    def advice(self) -> Advice:
        """The advice; what it waits for of the visit before is asked on this page."""
        found = advise(self.draft, self.setting)
        waiting = [(k.replace(PREVIOUS, BEFORE, 1), said) for k, said in found.waiting]
        return replace(found, waiting=tuple(waiting))

    def page(self) -> dict[str, Any]:
        """What the page and its live part show: the visit before stands first."""
        filling = Filling(self.before.answers, errors=self.before.errors)
        is_first = self.visit == self.plan.visits[0].key
        asked = () if is_first and not self.before.answers else self.earlier
        part = earlier_part(asked, filling)
        parts = (part,) if part else ()
        return super().page() | {
            "sheet": Sheet((*parts, *self.sheet.parts)),
            "plan": self.plan,
            "has_before": not is_first or bool(self.before.answers),
            "born": self._born(),
            "steps_at": f"{self.version.get_absolute_url()}#node-",
            "may_edit": True,
            "recalled": recall_of(self.version),
        }

    @property
    def earlier(self) -> tuple[Any, ...]:
        return earlier_elements(self.plan)

    def _born(self) -> str:
        born = self.context["birth_date"]
        return f"Born {day_words(born)}" if born else "Age not known"


def preview(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the form and the advice for a made-up patient, or for one who was asked for.

    `?finding=` names a finding of the proof, whose counter-example is filled in
    (`&other` for the same patient once an unknown is known); `?patient=` is one as
    JSON: visit, answers, context.
    """
    version = find_version(request, key, number)
    demand(may_preview(request.user, version))
    wrong = [one for one in findings(version.plan) if one.level == "error"]
    if wrong or not version.plan.visits:
        context = {"version": version, "plan": version.plan, "findings": wrong}
        return render(request, "carepaths/preview_not_yet.html", context)
    if request.method == "POST":
        return _page(request, version, request.POST)
    given = _asked_for(request, version)
    posted = {**posted_situation(given.situation), **given.posted}
    return _page(request, version, posted, finding=_finding(request, version))


@require_POST
def preview_advice(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Answer with the advice on what is in the preview's form now."""
    version = find_version(request, key, number)
    demand(may_preview(request.user, version))
    if request.POST.get("seen") != version.content_id:
        return render(request, "carepaths/preview_changed.html", {"version": version})
    trial, _ = _trial(version, request.POST)
    return render(request, "carepaths/preview_advice.html", trial.page())


def _page(
    request: HttpRequest,
    version: Version,
    posted: Mapping[str, str],
    finding: Mapping[str, Any] | None = None,
) -> HttpResponse:
    trial, form = _trial(version, posted)
    page = trial.page()
    context = page | {
        "form": form,
        "finding": finding,
        "found": _counter_examples(version),
        "problems": problems_of(form) + page["problems"],
    }
    status = 422 if form.errors or trial.reading.errors else 200
    return render(request, "carepaths/preview.html", context, status=status)


def _trial(version: Version, posted: Mapping[str, str]) -> tuple[Trial, SituationForm]:
    """What was posted, read: situation first, for bounds may depend on the age."""
    plan = version.plan
    form = SituationForm(posted, plan=plan)
    form.is_valid()
    situation = form.situation(timezone.now().date())
    before = read_sheet(earlier_elements(plan), posted, {})
    context = situation.context(plan, before.answers)
    reading = read_sheet(elements_at(plan.elements, context), posted, {})
    intentions = read_intentions(posted, {})
    return Trial(version, situation, before, reading, intentions, context), form


def _asked_for(request: HttpRequest, version: Version) -> MadeUp:
    """The patient that the address asks for; nobody in particular without."""
    plan, today = version.plan, timezone.now().date()
    finding, text = _finding(request, version), request.GET.get("patient", "")
    if not finding and not text:
        visit = request.GET.get("visit", "")
        visit = visit if visit in plan.visit else plan.visits[0].key
        return MadeUp(Situation(visit, today), {})
    try:
        who = json.loads(text[:LONGEST_PATIENT]) if text else _who(request, finding)
        return made_up(plan, who, today)
    except (KeyError, TypeError, ValueError, AttributeError) as misfit:
        raise Http404("no such patient") from misfit


def _who(request: HttpRequest, finding: Mapping[str, Any]) -> Mapping[str, Any]:
    return finding["other" if "other" in request.GET else "patient"]


def _finding(request: HttpRequest, version: Version) -> Mapping[str, Any] | None:
    """The finding that the address names, by code and place."""
    name = request.GET.get("finding", "")
    found = (one for one in _counter_examples(version) if one["name"] == name)
    return next(found, None) if name else None


def _counter_examples(version: Version) -> list[dict[str, Any]]:
    """What the last proof of this content found, where a patient shows it."""
    proofs = Evidence.objects.filter(
        kind=Evidence.Kind.PROOF, content=version.content_id
    )
    proof = proofs.order_by("-pk").first()
    found = proof.result["found"] if proof else []
    return [
        one | {"name": f"{one['code']} {one['where']}"}
        for one in found
        if one.get("patient")
    ]
