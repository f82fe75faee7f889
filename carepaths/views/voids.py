"""A single decision or outcome entered in error, and all that was ever recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import Site
from accounts.trail import record
from carepaths.actions import voids as actions
from carepaths.forms.encounters import ReasonForm
from carepaths.models import Decision, Enrolment, Opportunity, Outcome, Patient
from carepaths.permissions import may_void_decision, may_void_outcome
from carepaths.views.outcomes import recorded_words
from carepaths.views.signed import advised_with
from carepaths.views.subjects import find_opportunity, refusals_as_pages, switched
from scamps.views.found import demand, problems_of

CONSEQUENCE = (
    "It stays readable, marked as entered in error, and leaves every count. "
    "What was recorded before it holds again."
)


@refusals_as_pages
def void_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one decision as entered in error; another person than its author does."""
    seen = Opportunity.objects.visible_to(request.user)
    found = Decision.objects.filter(opportunity__in=seen).select_related(
        "opportunity__encounter__site",
        "opportunity__encounter__enrolment__patient__identity",
        "opportunity__encounter__enrolment__patient__site",
    )
    decision = get_object_or_404(found, pk=pk)
    demand(may_void_decision(request.user, decision))
    encounter = decision.opportunity.encounter

    def act(**who: Any) -> None:
        actions.void_decision(decision=decision, **who)
        record(request.user, "voided", decision, encounter.site)

    address = ("carepaths:decisions", decision.opportunity_id)
    told = advised_with(encounter, decision.opportunity, decision)
    about = f"{told.words} {told.said}"
    return _ask(request, encounter.enrolment.patient, act, address, about)


@refusals_as_pages
def void_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one outcome as entered in error; another person than its author does."""
    seen = Enrolment.objects.visible_to(request.user)
    found = Outcome.objects.filter(enrolment__in=seen).select_related(
        "enrolment__patient__identity", "enrolment__patient__site", "enrolment__scamp"
    )
    outcome = get_object_or_404(found, pk=pk)
    demand(may_void_outcome(request.user, outcome))
    patient = outcome.enrolment.patient
    site: Site = patient.site

    def act(**who: Any) -> None:
        actions.void_outcome(outcome=outcome, **who)
        record(request.user, "voided", outcome, site)

    about = recorded_words(outcome)
    back = ("carepaths:outcomes", outcome.enrolment_id)
    return _ask(request, patient, act, back, about)


def _ask(
    request: HttpRequest,
    patient: Patient,
    act: Callable[..., None],
    back: tuple,
    about: str = "",
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (refused := switched(request, patient)):
        return refused
    if form.is_valid():
        act(reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        return redirect(*back)
    context = {
        "patient": patient,
        "form": form,
        "problems": problems_of(form),
        "back": redirect(*back).url,
        "about": about,
        "question": "Was this entered in error?",
        "consequence": CONSEQUENCE,
        "button": "Yes, it was entered in error",
    }
    status = 422 if form.errors else 200
    return render(request, "carepaths/reason.html", context, status=status)


def decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was ever decided about one advised action, the latest first."""
    opportunity = find_opportunity(request, pk)
    encounter = opportunity.encounter
    rows = opportunity.decisions.select_related("by").prefetch_related("voids__by")
    held = Decision.objects.held().filter(opportunity=opportunity).first()
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "words": advised_with(encounter, opportunity, None).words,
        "rows": [
            {
                "decision": row,
                "said": advised_with(encounter, opportunity, row).said,
                "holds": row == held,
                "void": next(iter(row.voids.all()), None),
                "may_void": not row.voids.all()
                and may_void_decision(request.user, row),
            }
            for row in rows.order_by("-pk")
        ],
    }
    return render(request, "carepaths/decisions.html", context)
